"""Blockers: what is in a project's way (堵点难点痛点), solved at the lowest level that can.

Life: raised → triaged (to a level) → assigned → consulting → resolved → verified → closed; from any
open state suspended for a time, or escalated to the next level, where it is triaged again; sent
back when it is not solved; reopened when the re-check 90 days after close-out finds it again.
Rules: `rules/life.py` moves and who may judge, `rules/dues.py` days, `rules/ladders.py` presets.
Doors: `services/api/routes/blockers.py`; `actions.resume_due` is the worker's tick.
Ladders: `ladders/*.json`, how places coordinate, each with its source; none is official.
Decisions: the lowest level comes first, so going further than the next level up needs a reason
when it is triaged, and from there it climbs one level at a time, never beyond the province. Nobody
but a person escalates. It is assessed by its original due (I-9); only a stopped clock gives days
back. Who reported it solved never closes it, and from the county up neither does their unit (I-10).
A consultation is written down once and never changed; one that finds no solution escalates.
"""
