"""Kit: the plumbing every room stands on; nothing here knows what a joint group is.

Life: none of its own. Doors: both, through `db.unit_of_work`.
Begin with `db` (transactions), `errors` (refusals), `ledger` (facts), `jobs` (rows that are due).
"""
