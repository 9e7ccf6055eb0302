"""The front door: it translates HTTP, holds the transaction, and commits before it answers.

Begin with `main` (the app), `door` (one request's way through the house), `problems` (every no).
"""
