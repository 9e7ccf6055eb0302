"""Agreements: framework agreements one by one, and in batches as they were announced.

Life: negotiating → signed → converting → fulfilled; or expired, or terminated.
Doors: `services/api/routes/agreements.py`; `tuanzu seed`.
Decisions: a party is an organisation, so that a department can sign for a county (T-10); a batch
keeps its own announced figures, which are never the sum of what is recorded (T-5).
"""
