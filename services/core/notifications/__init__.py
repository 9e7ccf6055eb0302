"""Notifications: what the service tells a person, and the proof that it was told.

Life: a row in the inbox is written once per person and cause, read, acknowledged; beside it each
delivery by another channel is due, then delivered or failed, with the platform's own answer.
Rules: `rules.verdict` says what becomes of a delivery after an attempt. Texts: `texts/__init__.py`
names all of them, in both languages. Mail: `mail.py` holds one conversation with the server.
Doors: `services/api/routes/notifications.py`; the worker claims, sends and settles e-mail.
Decisions: claim and settle are two transactions, so that nothing is locked while a server is
slow; a worker that dies between them costs one lease, and the letter keeps its Message-ID.
Reading is nobody else's business: it leaves no fact and no line that others see. Reading and
acknowledging need no If-Match: they only ever happen once, and only to one's own row.
"""
