"""What may be owed to an endpoint again."""

from enum import StrEnum


class ReplayState(StrEnum):
    """A replay runs until all was looked at, or somebody stopped it."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class ReplayMode(StrEnum):
    """What failed, what never succeeded, or everything."""

    FAILED = "failed"
    MISSING = "missing"
    ALL = "all"
