"""Overview: the first screen, gathered from the rooms below; nothing of its own is kept.

Life: read at every look, in one statement; what it shows lives in its own rooms.
Doors: `services/api/routes/overview.py` (`/home`, `/totals`). A new section is one line in
`queries.py`, a new total one in `rollups.py`.
Decisions: each section counts everything and shows the first few; who may not act on something is
not shown it as work, so a section that does not fit the caller's role is null.
"""
