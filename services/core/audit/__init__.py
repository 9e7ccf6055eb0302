"""audit: who did what, when, from where, with which outcome; a chain that shows any tampering.

Life of a line: written with the change it tells of (`services/core/kit/ledger.py`), sealed into the
chain by the relay within a moment, anchored outside once a day, kept for `TUANZU_AUDIT_KEEP`, then
archived to a file that is read back, and dropped; a tombstone joins the file to the chain.
Doors: `services/api/routes/audit.py`, `services/api/histories.py`; `services/worker/relay.py`,
`services/worker/tasks/upkeep.py`; `tuanzu audit`.
Decisions: lines are sealed after their commit, in the order they are seen; nobody changes or
removes one, and only archived ones older than the law asks for may be dropped.
"""
