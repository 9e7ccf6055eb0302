"""Monitoring: rules look at projects, find what is wrong, and light each project with a reason.

Life of a finding: open → cleared when its cause is gone, and open again if it returns; waived while
a ruling accepts a reason for it.
Doors: `services/api/routes/monitoring.py`; `check_due` is the worker's tick; `READERS` hear of
policies. `past.py` reads what was recorded: on a day, all along, at the ends of months (MR-21).
`findings.py` keeps findings, whatever they are about; `totals.py` watches targets and statements,
with a tick of its own: their findings are the regulator's, and turn no project's light.
Decisions: one rule, one file; a rule is pure and gives its arithmetic with its light; the clock
re-checks a project only when a rule could change its mind (`next_check_at`). What cannot be judged
is said, never invented: a project that no rule judges has no light, and neither has one at rest.
A report handed in in time is not missing; one handed in late is, until a second person accepts it,
and one returned is owed again. A project whose last report showed progress is not called stalled
before its next report is due: some months have 31 days, and some projects report by the quarter.
"""
