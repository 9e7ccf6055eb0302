"""Progress: each watched project's periodic report, filled in by one person, accepted by another.

Life: due → draft → submitted → accepted, or returned and owed again; an accepted one can be
reopened to be done over, or corrected by a record of its own. "No change" is a report too.
Remarkable figures are asked, and every question has its answer before a report is handed in.
Doors: `services/api/routes/progress.py`; `open_due` is the worker's tick; `READERS` hear of the
calendar.
Decisions: a submitted report stops the reminders and is no longer missing; only acceptance moves
the project's figures. A returned report is owed again: at once if its first submission was late,
from the return on if it was in time, since a slow review is not the reporter's fault. Whether a
report is late is judged once, by its first submission and its original due (I-9).
A period that opens while the project is paused or has ended is never owed (I-17). What an outage
missed is opened afterwards, one period after another. Figures of a draft are its unit's own.
To begin, set `ProjectWatch.next_open_at` to now: the tick finds out when the next period opens.
"""
