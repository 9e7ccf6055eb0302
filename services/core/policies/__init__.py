"""Policies: every threshold, cadence, reminder plan and ladder, as versioned data with a source.

Life: a pack's document is drafted, checked, adopted as the next number, at last retired.
Doors: `services/api/routes/policies.py`; `actions.ship` when the database is made ready.
Rules: `rules.checked_pack` reads a document or says where it is wrong; `rules.lit` gives a light.
Shipped: `packs/*.json`; none is official, each says what practice or proposal a number is from.
"""
