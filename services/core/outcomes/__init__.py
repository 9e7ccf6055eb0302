"""Outcomes: what a project brought about, beside its investment and never added to it.

Life: an indicator is defined once; its observations follow one another, and a second person
verifies them; a correction is a newer observation of the same day, with its reason.
Doors: `services/api/routes/outcomes.py`; `tuanzu seed`.
Decisions: 7,109 loans, 4.03亿元 and 3,288 households are outcomes of a service, not investment
(T-4): they have their own unit, day and source, and no total of the library ever sees them.
"""
