"""Calendar: which days work in China, and every deadline counted in them.

Life: a year is assumed (provisional), then published; an own day overrules the published base.
Doors: `services/api/routes/calendar.py`; every tick, through `queries.work_calendar`.
Rules: `rules.WorkCalendar` counts, and explains each day it counted or skipped.
Base: `published.base_calendar()` (chinesecalendar, then assumed holidays, then Monday to Friday).
"""
