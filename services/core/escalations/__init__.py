"""Escalations: the ladder that is climbed while something stays wrong, and orders people issue.

Life of a run: begun when a report is missing, a blocker is late or a project stalls, with its own
copy of the ladder; climbing; stopped when the cause is gone, or finished when no step is left.
Life of an order: drafted, issued, signed, replied, closed; returned to be done again; withdrawn.
Rules: `rules.due_steps` says which steps are due, `rules.stopped_by` what ends a climb.
Doors: `services/api/routes/escalations.py`; `READERS` hear of reports, findings, blockers and
projects; `climb_due` is the worker's tick.
Decisions: every due step is taken once, in order, however long nobody looked; each keeps the
moment it was planned for. Of the steps of one moment a person hears the highest, in one message.
The mild steps (reminder, urging, urging notice) wait for the sending window; what is beyond them
is urgent and does not. That it is over is in the inbox at once, as a letter at the next opening.
People are looked up when a step is taken, by who holds the office that day: a handover is heeded.
A paper of the ladder is a draft: the regulator who may issue it is told, its addressees only
when a person has issued it (I-16). Drafts are seen by regulators alone, and fall with their run.
A finding that opens again climbs on above the steps already taken for it; none is repeated.
"""
