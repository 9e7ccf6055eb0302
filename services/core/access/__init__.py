"""Access: who comes in, and the one place that computes what they may see.

Life: an account is opened, holds tokens, is closed for good; a token is issued, expires or is
revoked.
Doors: `services/api/routes/access.py`; `tuanzu token`; every request through `caller_of`.
Decisions: scope = (own organisation tree) ∪ (groups) ∪ (region of a regulator), as ids. A regulator
sees a group by its region or as a member itself, never through a unit it merely owns. No role
grants itself anything; an administrator sees no business data and is nobody's recipient.
"""
