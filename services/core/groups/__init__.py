"""Groups: one joint group for one county, its dated memberships, and the convener's chair.

Life: draft → active → dissolved; a dissolved group is frozen, for who saw it on that day.
Doors: `services/api/routes/groups.py`; `tuanzu seed`.
Decisions: an active group has exactly one convener on every day, who is a member unit or belongs to
one (I-1 to I-5); the chair changes by hand-over only, which takes every open duty along.
"""
