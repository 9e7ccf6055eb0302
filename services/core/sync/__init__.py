"""Sync: a phone's copy of what its owner may see, brought up to date in small steps.

Life: a snapshot, kind by kind → the rows written since → what went out of scope or came into it;
the cursor knows how far the copy is and under which scope it was made. Nothing of it is kept here
but the scopes, so a phone may stay away for weeks and a server may be restarted at any moment.
Doors: `services/api/routes/sync.py`. A new kind is one line in `kinds.py`.
Decisions: the log of written rows (`services/core/kit/written.py`), not the facts, says what has
changed, because many writes are no fact; the relay numbers both in one transaction.
"""
