"""What `/metrics` says of requests: how many, and how long they took, by route and status."""

from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest

router = APIRouter(include_in_schema=False)

_REQUESTS = Counter("http_requests", "Requests answered", ["method", "route", "status"])
_SECONDS = Histogram(
    "http_request_duration_seconds",
    "Seconds from a request to the end of its answer",
    ["method", "route"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30),
)


def note(method: str, route: str | None, status: int, seconds: float) -> None:
    """Count one request; what matched no route is counted together."""
    name = route or "none"
    _REQUESTS.labels(method, name, status).inc()
    _SECONDS.labels(method, name).observe(seconds)


@router.get("/metrics")
def show_metrics() -> Response:
    """Give all numbers of this process as Prometheus reads them."""
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)
