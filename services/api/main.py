"""The app: middleware, problems, and every room's routes in one readable list."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from fastapi.routing import APIRoute
from prometheus_fastapi_instrumentator import Instrumentator

from services.api import health, openapi, problems
from services.api.routes import (
    access,
    agreements,
    calendar,
    escalations,
    events,
    groups,
    monitoring,
    notifications,
    organisations,
    overview,
    policies,
    progress,
    projects,
    regions,
    reminders,
    sync,
    targets,
    terms,
    webhooks,
)
from services.api.stream import Hub, ended_by_signals
from services.api.trace import Traced
from services.core.kit import logs
from services.core.kit.settings import settings

ROOMS: tuple[APIRouter, ...] = (
    projects.router,
    progress.router,
    monitoring.router,
    notifications.router,
    reminders.router,
    escalations.router,
    groups.router,
    access.router,
    organisations.router,
    regions.router,
    calendar.router,
    policies.router,
    agreements.router,
    targets.router,
    webhooks.router,
    sync.router,
    overview.router,
    events.router,
    terms.router,
)
"""Routes are matched in this order: the busiest rooms come first."""

_PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: problems.documented(words)
    for status, words in (
        (401, "No token, or not a good one."),
        (403, "Visible, but not this caller's to change."),
        (404, "No such record, or none in the caller's scope."),
        (409, "In conflict with what is recorded; unlawful moves list the lawful ones."),
        (412, "The record has another version by now; it is included."),
        (422, "The input is wrong; each field is named by its pointer."),
        (428, "A change needs If-Match."),
        (503, "Try again shortly."),
    )
}


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    """Give the thread pool as many threads as there are connections: more would only wait."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = settings().api_threads
    with ended_by_signals(app.state.hub):
        yield


def _operation_id(route: APIRoute) -> str:
    """Name the operation after its function, in camelCase, as generated clients like it."""
    first, *rest = route.name.split("_")
    return first + "".join(word.capitalize() for word in rest)


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
        redoc_url=None,
        max_body_size=settings().body_limit_bytes,
    )
    app.state.hub = Hub()
    app.add_middleware(Traced)
    problems.install(app)
    for room in ROOMS:
        app.include_router(room, prefix="/api/v1", responses=_PROBLEMS)
    app.include_router(health.router)
    Instrumentator(excluded_handlers=["/metrics", "/livez", "/readyz"]).instrument(app).expose(
        app, include_in_schema=False
    )
    openapi.install(app)
    return app
