"""Regions: province, city, county, township; and what a county is designated as, with dates.

Life: a region is entered once; designations begin and end (26 mountain counties → 25 in 2024).
Doors: `services/api/routes/regions.py`; `tuanzu seed`.
Decisions: codes are GB/T 2260; a designation is a dated row, never an enum on the region.
"""
