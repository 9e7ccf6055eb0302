"""Access: who comes in, and the one place that computes what they may see.

Life: an account is opened, invited to set a password, signs in, is closed for good. A session is
opened, used, refreshed, and ends: by itself, by its owner, or with what it was opened by. A token
is issued, expires or is revoked.
Doors: `services/api/routes/access/`; `tuanzu token`, `tuanzu bootstrap`; every request through
`caller_of`.
Decisions: scope = (own organisation tree) ∪ (groups) ∪ (region of a regulator), as ids. A regulator
sees a group by its region or as a member itself, never through a unit it merely owns. No role
grants itself anything; a token never does more than who issued it; an administrator sees no
business data and is nobody's recipient.
"""
