"""Webhooks: integrators' endpoints, what is owed to each, and every attempt with its answer.

Life of an endpoint: pending until it gives its challenge back, then active ⇄ paused; disabled
after long failure or a 410, enabled again by hand; retired for good. Polled: active at once.
Life of a delivery: due → delivered | failed | cancelled, or kept to be polled; due again by a
resend or a replay; its event's id is its webhook-id for ever.
Doors: `services/api/routes/webhooks.py`; `services/worker/tasks/deliver.py`.
Decisions: an endpoint receives what its owner's scope saw the day it happened; rows are the
retries, nothing waits in a broker; addresses are vetted when saved and at every connection.
"""
