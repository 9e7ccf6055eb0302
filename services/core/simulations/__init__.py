"""Simulations: what another policy would have said of months that are over; nothing is kept.

Life: asked, answered, forgotten; it reads what was recorded and changes nothing.
Doors: `services/api/routes/simulations.py`.
Rules: `rules.simulated` lights the ends of months by the rules of monitoring; `rules.steps_of`
climbs the ladder by the rules of escalations. What is compared with was recorded at the time.
Decisions: facts of a past day are those that were recorded by then: reports by when they came in
and were accepted, plans by when they were made, milestones by when they were reached. A project
is simulated only for months whose light was recorded. A project's own planned days, and a report
that came back and was handed in again, are known only as they are now.
"""
