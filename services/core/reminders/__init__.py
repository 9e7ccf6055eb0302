"""Reminders: who owes a report hears of it before, on and after the due day, and never twice.

Life: planned when a report opens, then sent, or superseded by a later one, or withdrawn when
nothing is owed any more. One row for each (rule, report, occurrence): T-3, T-1, T, T+2, … (I-15);
S1 and S2 are the two times a person may put it off.
Rules: `rules.owed` says what a report is owed now; `rules.silenced_by` whom to leave in peace.
Doors: `services/api/routes/reminders.py`; `READERS` hear of reports and projects; `send_due` is
the worker's tick.
Decisions: every reminder is asked again when its moment comes: still owed, still inside the
window, which occurrence it is by then. What was missed goes once, at the next opening.
One message a person a day outside escalation: what falls together becomes one digest. A reminder
that finds its person told already waits for the plan's hour of the next working day, to be one
message with that day's own, except on the due day and after it: a deadline is worse to miss than
a second message is to get.
A report nobody can be told of waits a working day and is asked again.
One transaction at a time touches the plan (`queries.is_alone`): a day's messages can only be
counted by one who counts alone.
Planning, superseding and withdrawing leave no facts of their own: the report's or the project's
fact is their cause. Sending, putting off and acknowledging do.
"""
