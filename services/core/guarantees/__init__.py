"""Guarantees: what others promised a project (land, funds, permits, staff), and its delivery.

Life: promised → reported (its promiser says that it is there) → delivered; returned to promised;
or withdrawn.
Doors: `services/api/routes/guarantees.py`; rule MR-24 reads them.
Decisions: what is promised never changes, it is withdrawn and promised anew; it is judged by the
day it was first promised for (I-9); a second person confirms what was delivered (I-10); an
overdue promise is a finding of its promiser and turns no light of the project.
"""
