"""The house: every record, rule and fact; it knows neither HTTP nor Celery.

Floors, from the top: catalogue · exchange · webhooks · escalations · reminders · notifications ·
monitoring · progress, rulings · targets, agreements, guarantees, outcomes, blockers, assignments ·
projects · access · groups · policies, organisations · regions · calendar · kit. A room may know
those below it, never those above.
In a room: rules ← (models | events | schemas) ← queries ← actions. Begin with `regions`, the
smallest whole room, then `progress`.
"""
