"""Webhooks: integrators' endpoints, what is owed to each, and every attempt with its answer.

Life of an endpoint: active ⇄ paused; disabled after long failure or a 410; enabled again by hand.
Life of a delivery: due → delivered | failed | cancelled; its event's id is its webhook-id for ever.
Doors: `services/api/routes/webhooks.py`; `services/worker/tasks/deliver.py`.
Decisions: an endpoint receives what its owner's scope sees; rows are the retries, nothing waits in
a broker; addresses are vetted when saved and again at every connection.
"""
