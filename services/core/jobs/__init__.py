"""Jobs: a batch that is too large for one request, done piece by piece after it.

Life: queued → running → done; cancelled from either, what is done by then stays done.
Doors: `services/api/routes/jobs.py` shows them; `services/api/batch` starts and does them, because
an item is a request to a route, and routes live there.
"""
