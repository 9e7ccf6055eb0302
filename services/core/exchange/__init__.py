"""Exchange: a whole programme in and out of one document.

Life: a document is read (relative days counted from its first load), checked as a whole, loaded
in one transaction; what exists already is left alone, so loading twice changes nothing.
Doors: `services/standalone/commands/records.py` (`tuanzu seed`, `tuanzu demo load`).
Documents: `documents/demo.json` (the article's records, each with its source line) and
`documents/history.json` (what the demonstration's people did). Form: `docs/how-to/seed.md`.
"""
