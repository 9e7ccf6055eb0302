"""Runs: the daily account of the watch, kept also when there is nothing to tell (零报告).

Life: completed; or missed, then caught_up when nothing due is left undone.
Doors: `services/api/routes/runs.py`; `record_due` is the worker's last tick; `/readyz` asks
`queries.self_check`.
Decisions: projects are checked one by one, whenever a rule could change its mind; once a day, at
an hour of the house, what was looked at, found and sent since the last run is added up and said. A
run is not written while anything due waits to be looked at. That runs were missed is noted once,
with since when. Whether the watch runs at all is asked of the rows by whoever answers requests
(MR-23): what stands still cannot say so.
"""
