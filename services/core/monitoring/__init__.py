"""Monitoring: rules look at projects, find what is wrong, and light each project with a reason.

Life of a finding: open → cleared when its cause is gone (and open again if it returns).
Doors: `services/api/routes/monitoring.py`; `services/worker/ticks.py` (`monitoring.check`).
Decisions: one rule, one file; a rule is pure and gives its arithmetic with its light; the clock
re-checks a project only when a rule could change its mind (`next_check_at`); a report counts as
missing until it is accepted, because a returned one is still owed.
"""
