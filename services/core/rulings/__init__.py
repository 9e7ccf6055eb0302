"""Rulings: what a person decides about a project's light, with a reason and an end.

Life: made → in force until it expires or is ended. A ruling either accepts a good reason (正当理由)
for one dimension, which then lights nothing, or declares another light for the whole project.
Doors: `services/api/routes/rulings.py`.
Rules: `rules.InForce` is what monitoring heeds. The computed value is never hidden (I-12): a waived
dimension keeps its arithmetic and its finding, and a declared light stands beside the computed one.
"""
