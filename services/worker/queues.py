"""The queues, by what waits in them; a worker may serve all or some."""

WATCH = "watch"
"""Due rows: periods to open, checks, reminders, ladder steps, and the feed's internal readers."""
DELIVER = "deliver"
"""Talk with the outside: mail and webhooks. Slow receivers never hold up what is watched."""
UPKEEP = "upkeep"
"""Removing what is spent."""

ALL: tuple[str, ...] = (WATCH, DELIVER, UPKEEP)
