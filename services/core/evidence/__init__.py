"""Evidence: photos and files (佐证材料) that show that what was reported is so.

Life: uploading → complete → withdrawn; or refused (it is not what was declared), or expired (its
parts never all came). It belongs to one record of a project: a progress report, a milestone, a
blocker, a promise. Its words stand in that record's own `evidence`; here are the files.
Doors: `services/api/routes/evidence.py`; `actions.tidy_due` is the worker's tick.
Files: `rules/kinds.py` what is taken, `pictures.py` looks into photos, `store.py` keeps bytes in a
folder or an S3-compatible bucket, `addresses.py` signs the address of an upload.
Decisions: whoever has the signed address may send the parts, in order, each up to a request's
size. A file is taken when its hash and its bytes are what was declared. Of a photo others get a
copy without place, time or anything else its camera wrote; the original, and what it says, are
open to its uploader's unit and those above it, the group's convener and regulators. Nothing is
deleted but the bytes of what was never evidence.
"""
