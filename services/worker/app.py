"""The Celery app: messages are wake-ups, rows are the work, nothing is kept in the broker.

Why each setting is what it is stands in decision 0025.
"""

from contextlib import suppress
from functools import lru_cache
from typing import Any

from celery import Celery
from celery.signals import (
    celeryd_init,
    setup_logging,
    worker_process_init,
    worker_shutting_down,
)
from kombu import Exchange, Queue
from kombu.exceptions import OperationalError as BrokerDown
from redis import RedisError

from services.core.kit import db, logs
from services.core.kit.settings import settings
from services.worker import queues, schedule, stopping

_TASK_MODULES = (
    "services.worker.tasks.watch",
    "services.worker.tasks.deliver",
    "services.worker.tasks.upkeep",
)
_TRANSPORT: dict[str, Any] = {
    "visibility_timeout": 120,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "health_check_interval": 10,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    "socket_keepalive": True,
    "queue_order_strategy": "round_robin",
    "client_name": "tuanzu",
}


def _configured(**also: Any) -> Celery:  # noqa: ANN401 Celery's own settings
    made = Celery("tuanzu", broker=settings().redis_url, include=_TASK_MODULES)
    made.conf.update(
        result_backend=None,
        task_ignore_result=True,
        task_store_errors_even_if_ignored=False,
        task_send_sent_event=False,
        task_acks_late=False,
        worker_prefetch_multiplier=1,
        worker_disable_prefetch=True,
        broker_transport_options=_TRANSPORT,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        worker_cancel_long_running_tasks_on_connection_loss=True,
        task_time_limit=60,
        task_soft_time_limit=45,
        worker_max_tasks_per_child=2000,
        worker_max_memory_per_child=300_000,
        worker_send_task_events=False,
        task_default_queue=queues.WATCH,
        task_create_missing_queues=False,
        task_queues=[Queue(name, Exchange(name), routing_key=name) for name in queues.ALL],
        task_serializer="json",
        accept_content=["json"],
        enable_utc=True,
        timezone="UTC",
        beat_max_loop_interval=5,
        beat_schedule=schedule.entries(),
        worker_hijack_root_logger=False,
        **also,
    )
    return made


app = _configured()


@lru_cache(maxsize=1)
def _publisher() -> Celery:
    """Give an app for sending only: with the broker away it fails at once, not in seconds.

    One that hangs costs a second.
    """
    made = _configured(task_publish_retry=False)
    hasty = {"max_retries": 0, "socket_timeout": 1, "socket_connect_timeout": 1}
    made.conf.broker_transport_options = {**_TRANSPORT, **hasty}
    return made


def nudge(task: str, *, queue: str, expires: float) -> None:
    """Tell a worker to look; a message that is lost costs one sweep interval (seconds)."""
    with suppress(BrokerDown, OSError, RedisError):
        _publisher().send_task(task, queue=queue, expires=expires, retry=False)


@setup_logging.connect
def _log_as_json(**_: object) -> None:
    """Use the house's own log lines instead of Celery's."""
    logs.configure()


@worker_process_init.connect
def _start_clean(**_: object) -> None:
    """Drop connections inherited over the fork: they belong to the parent."""
    db.forget()


@celeryd_init.connect
def _know_the_pool(conf: Any, options: dict[str, Any], **_: object) -> None:  # noqa: ANN401 Celery's own settings
    """Note how many children there will be: only of several may one wait for webhooks."""
    conf.worker_concurrency = options.get("concurrency") or conf.worker_concurrency


@worker_shutting_down.connect
def _claim_no_more(**_: object) -> None:
    """Tell the children; they finish what they have begun."""
    stopping.ask()
