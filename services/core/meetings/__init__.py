"""Meetings: what units meet for, who is invited and comes, and what was settled in the minutes.

Life: draft → scheduled → held → minutes_approved → closed; cancelled, with the reason, before it
is held. The domain's finer states are moments of these: telling everybody is part of scheduling
(notified), what runs or is being written up is held (in_progress, minutes_draft), and decisions
are followed up while it waits between minutes_approved and closed (decisions_tracked).
Rules: `rules.check_holder` says who may hold which kind, `rules.with_convener` who is invited.
Doors: `services/api/routes/meetings.py`; `tuanzu seed`; `READERS` hear of meetings, calendar and
hand-overs; `remind_due` is the worker's tick.
Decisions: the convener keeps a meeting; in a group that is its convener unit, and the chair takes
its meetings along (I-5). A group meeting is never a regulator's to call.
A draft is its convener's own. Once announced, time and place change only by a move with a reason,
which asks every unit again; the start announced first is kept for ever (I-9).
An invitation has dates: a unit that is left out later keeps its row, withdrawn, and is told.
A unit answers for itself; who supervises it does not. Who wrote minutes never approves them.
News goes to the inbox at once and by letter in sending hours, unless that would be too late. One
reminder goes two working days before, or as the policy's plan `meeting` says, to units that have
not declined; several of one morning are one message.
"""
