"""The clock table: what beat asks workers to do, how often, and why.

Beat only says "look"; what is due is asked of PostgreSQL. Two beats at once do no harm, and a
message that nobody took in time expires, so that a dead worker does not find thousands.
"""

from typing import Any

from services.core.kit.settings import settings
from services.worker import queues


def entries() -> dict[str, dict[str, Any]]:
    """Give Celery's beat schedule."""
    sweep = settings().sweep_every.total_seconds()
    upkeep = settings().upkeep_every.total_seconds()
    table = (
        ("look", "watch.look", sweep, queues.WATCH),  # a lost wake-up is a delay of one sweep
        ("mail", "deliver.mail", sweep, queues.DELIVER),  # retries come due by time
        ("webhooks", "deliver.webhooks", sweep, queues.DELIVER),  # the same
        ("tidy", "upkeep.tidy", upkeep, queues.UPKEEP),  # spent keys and old attempts
        ("audit", "upkeep.audit", upkeep, queues.UPKEEP),  # a daily anchor, and what is too old
        ("prove", "upkeep.prove", upkeep, queues.UPKEEP),  # once a night, some projects at a time
        ("events", "upkeep.events", upkeep, queues.UPKEEP),  # parts of the log that are too old
    )
    return {
        name: {
            "task": task,
            "schedule": every,
            "options": {"queue": queue, "expires": max(every, 1.0)},
        }
        for name, task, every, queue in table
    }
