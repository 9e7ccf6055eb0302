"""Organisations: regulators, groups and their subsidiaries as one tree; officers who answer.

Life: a unit is entered below its parent, may move with all that is below it, and is never removed;
an officer is appointed for one duty from a day on, and ended.
Doors: `services/api/routes/organisations.py`; `tuanzu seed`.
Decisions: the directory is public to every caller, an officer's phone and log-in are not; a unit's
place in the tree decides who sees its records, so only who oversees both ends may move it.
"""
