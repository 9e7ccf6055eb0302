"""Projects: the library (合作项目库), with partners, milestones, annual plans and the watched row.

Life: admitted (what is proposed is an admission, no project) → moves along its track's stages,
may pause, and ends operating, evaluated, terminated or moved out. A plan of a year is baselined,
then changes by a request that somebody else approves; a milestone's first date never moves.
Doors: `services/api/routes/projects.py`; the worker's monitoring sweep reads `ProjectWatch`.
Decisions: the library class is derived from the stage in SQL, never stored; a project may stand
elsewhere than its group's county (T-3); what was said before a change is kept by triggers, and read
by the same queries (`queries/past.py`); every write that concerns health asks for a new check.
"""
