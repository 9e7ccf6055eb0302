"""The life of a job."""

from collections.abc import Mapping
from enum import StrEnum

MOST_ITEMS = 5000
"""Items of one batch; a body of 1 MiB holds about as many."""
MOST_INLINE = 200
"""Up to so many are done at once, in the request itself."""


class JobState(StrEnum):
    """How far a job is."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"


class JobVerb(StrEnum):
    """What moves a job on."""

    BEGIN = "begin"
    FINISH = "finish"
    CANCEL = "cancel"


MOVES: Mapping[tuple[JobState, JobVerb], JobState] = {
    (JobState.QUEUED, JobVerb.BEGIN): JobState.RUNNING,
    (JobState.RUNNING, JobVerb.FINISH): JobState.DONE,
    (JobState.QUEUED, JobVerb.CANCEL): JobState.CANCELLED,
    (JobState.RUNNING, JobVerb.CANCEL): JobState.CANCELLED,
}
