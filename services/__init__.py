"""Two doors (api, worker), one house (core), and the small door of the one machine (standalone)."""
