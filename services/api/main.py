"""The app: middleware, problems, and every room's routes in one readable list."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.cors import CORSMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from services.api import (
    crossing,
    health,
    histories,
    limits,
    metrics,
    openapi,
    problems,
    reading_room,
)
from services.api.batch import drain, serving
from services.api.batch.collections import collections_of
from services.api.edge import Edge
from services.api.routes import (
    admissions,
    agreements,
    assignments,
    audit,
    blockers,
    calendar,
    escalations,
    events,
    evidence,
    groups,
    guarantees,
    jobs,
    meetings,
    monitoring,
    notifications,
    organisations,
    outcomes,
    overview,
    policies,
    progress,
    projects,
    regions,
    reminders,
    rulings,
    runs,
    simulations,
    sync,
    targets,
    terms,
    webhooks,
)
from services.api.routes.access import (
    accounts,
    bootstrap,
    credentials,
    oidc,
    sessions,
    tokens,
)
from services.api.stream import Hub, ended_by_signals
from services.api.trace import Traced
from services.core.kit import logs
from services.core.kit.settings import Settings, settings

ROOMS: tuple[APIRouter, ...] = (
    projects.router,
    progress.router,
    overview.router,
    sync.router,
    events.router,
    monitoring.router,
    rulings.router,
    runs.router,
    notifications.router,
    reminders.router,
    escalations.router,
    meetings.router,
    blockers.router,
    groups.router,
    accounts.router,
    tokens.router,
    sessions.router,
    credentials.router,
    oidc.router,
    bootstrap.router,
    organisations.router,
    regions.router,
    calendar.router,
    policies.router,
    assignments.router,
    simulations.router,
    agreements.router,
    targets.router,
    admissions.router,
    guarantees.router,
    outcomes.router,
    evidence.router,
    webhooks.router,
    audit.router,
    jobs.router,
    terms.router,
)
"""Routes are matched in this order: the busiest rooms come first."""

BATCHES = collections_of(ROOMS)


_ASKED_ACROSS_ORIGINS = (
    "Authorization",
    "Content-Type",
    "Idempotency-Key",
    "If-Match",
    "If-None-Match",
    "Last-Event-ID",
    "X-Request-ID",
    "traceparent",
)
_TOLD_ACROSS_ORIGINS = (
    "Content-Disposition",
    "ETag",
    "Link",
    "Location",
    "Retry-After",
    "RateLimit",
    "RateLimit-Policy",
    "Upload-Offset",
    "Idempotent-Replayed",
    "Deprecation",
    "Sunset",
    "X-Request-ID",
    "traceparent",
)
"""A browser shows a script of another origin only what is named here."""


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Give the thread pool as many threads as there are connections: more would only wait.

    Beside them one thread shares the counts of the limits with other api processes, and one does
    the jobs: batches too large for one request.
    """
    anyio.to_thread.current_default_thread_limiter().total_tokens = settings().api_threads
    aside = (limits.Reconciler(), drain.Drain(BATCHES))
    for thread in aside:
        thread.start()
    with ended_by_signals(app.state.hub):
        yield
    for thread in aside:
        thread.stop()


def _operation_id(route: APIRoute) -> str:
    """Name the operation after its function, in camelCase, as generated clients like it."""
    first, *rest = route.name.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _stand_in_front(app: FastAPI, chosen: Settings) -> None:
    """Put the layers around the routes, from the innermost to the outermost."""
    app.add_middleware(Edge, body_limit=chosen.body_limit_bytes)
    if chosen.cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=chosen.cors_origins,
            allow_credentials=True,
            allow_methods=("GET", "POST", "PUT", "PATCH", "DELETE"),
            allow_headers=_ASKED_ACROSS_ORIGINS,
            expose_headers=_TOLD_ACROSS_ORIGINS,
        )
    app.add_middleware(Traced, over_tls=chosen.address().startswith("https://"))
    if chosen.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(chosen.trusted_proxies))


def create_app() -> FastAPI:
    """Build the app; uvicorn calls this in each api process."""
    logs.configure()
    app = FastAPI(
        title="Tuanzu",
        version="1.0.0",
        summary="Joint groups, one mechanism, one list.",
        lifespan=_lifespan,
        generate_unique_id_function=_operation_id,
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.hub = Hub()
    _stand_in_front(app, settings())
    problems.install(app)
    for room in ROOMS:
        app.include_router(room, prefix="/api/v1", responses=problems.COMMON)
    app.include_router(histories.of(ROOMS), prefix="/api/v1", responses=problems.COMMON)
    batches = serving.router_of(BATCHES.values())
    app.include_router(batches, prefix="/api/v1", responses=problems.COMMON)
    app.include_router(health.router)
    app.include_router(metrics.router)
    crossing.install(app)
    reading_room.install(app)
    metrics.WORK.forget()
    openapi.install(app, BATCHES.values())
    return app
