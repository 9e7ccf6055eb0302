"""What /metrics tells: of requests, how many and how long; of the work behind them, what waits.

Requests are counted where they are logged. The work is read from PostgreSQL by one statement, at
most once in a few seconds, whoever asks how often.
"""

import threading
from collections.abc import Iterator, Mapping
from time import monotonic

import structlog
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from services.core import catalogue
from services.core.kit import backlog, db
from services.core.kit.backlog import Backlog

_log = structlog.get_logger(__name__)
router = APIRouter(include_in_schema=False)
_REQUESTS = Counter("http_requests", "Requests answered", ["method", "route", "status"])
_SECONDS = Histogram(
    "http_request_duration_seconds",
    "Seconds from a request to the end of its answer",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30),
)
_FRESH_SECONDS = 5.0
_ASKED = backlog.statement(catalogue.DUE, catalogue.DELIVERIES)


class Work(Collector):
    """The gauges of the work; a database that does not answer leaves them out."""

    def __init__(self) -> None:
        """Read nothing before the first who asks."""
        self._lock = threading.Lock()
        self._read_at = float("-inf")
        self._found: Backlog | None = None

    def describe(self) -> Iterator[Metric]:
        """Say nothing beforehand, so that nothing is read when the app is made."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Give the gauges."""
        found = self._fresh()
        if found is None:
            return
        yield GaugeMetricFamily("tuanzu_feed_seq", "Latest number of the feed", found.newest)
        yield GaugeMetricFamily("tuanzu_facts_pending", "Facts without a number", found.pending)
        yield _labelled("tuanzu_feed_lag", "Facts a reader is behind", "reader", found.lags)
        due = {one.kind: one.count for one in found.due}
        oldest = {one.kind: one.oldest_seconds for one in found.due}
        yield _labelled("tuanzu_due_rows", "Rows whose moment has come", "kind", due)
        yield _labelled("tuanzu_due_oldest_seconds", "Age of the oldest due row", "kind", oldest)
        yield _labelled("tuanzu_failing", "What failed and is tried again", "kind", found.failing)
        yield _labelled("tuanzu_parked", "What failed too often", "kind", found.parked)
        yield _labelled("tuanzu_dead_letters", "Given up within a day", "kind", found.dead)
        yield _labelled(
            "tuanzu_heartbeat_seconds", "Since a part was seen at work", "part", found.heartbeats
        )

    def _fresh(self) -> Backlog | None:
        with self._lock:
            if monotonic() - self._read_at >= _FRESH_SECONDS:
                self._found = _read()
                self._read_at = monotonic()
            return self._found

    def forget(self) -> None:
        """Read anew for the next who asks."""
        self._read_at = float("-inf")


WORK = Work()
REGISTRY.register(WORK)


def _read() -> Backlog | None:
    try:
        with db.reading() as session:
            return backlog.read(session, _ASKED)
    except SQLAlchemyError as error:
        _log.warning("no metrics of the work", error=repr(error))
        return None


def _labelled(name: str, help_: str, label: str, values: Mapping[str, float]) -> GaugeMetricFamily:
    family = GaugeMetricFamily(name, help_, labels=[label])
    for key, value in sorted(values.items()):
        family.add_metric([key], value)
    return family


def note(method: str, route: str | None, status: int, seconds: float) -> None:
    """Count one request; those that matched no route are counted together."""
    name = route or "none"
    _REQUESTS.labels(method, name, status).inc()
    _SECONDS.labels(method, name).observe(seconds)


@router.get("/metrics")
def show_metrics() -> Response:
    """Give all numbers of this process as Prometheus reads them."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
