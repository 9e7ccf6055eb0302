"""Targets: what was promised for a year, and the library's size as somebody stated it.

Life: a target is set and may be corrected; a statement is recorded once and never changes.
Doors: `services/api/routes/targets.py`; `tuanzu seed`.
Decisions: reported and recorded figures stand side by side with their gap, and neither ever
overwrites the other (I-13); every sum carries the qualifiers of its parts (T-6).
"""
