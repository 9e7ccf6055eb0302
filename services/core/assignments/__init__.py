"""Assignments: which policy counts where, for a place and all below it, or one class of projects.

Life: made → counts from its day on → ended; a newer one for the same place and class goes before.
Doors: `services/api/routes/assignments.py`; `queries.policy_code` is what other rooms ask.
Decisions: the most specific choice counts: the project's class in the nearest place, then what its
group chose, then the nearest place (county, city, province), then the default. A group that uses
the default has chosen nothing.
"""
