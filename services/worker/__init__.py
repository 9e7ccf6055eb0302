"""The back door: Celery wakes it, rows tell it what to do, and it holds the transaction.

Begin with `ticks` (what is looked for), `consumers` (who reads the feed), `schedule` (when),
`relay` (numbers the facts and copies them to Redis).
"""
