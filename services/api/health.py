"""`/livez`, `/readyz`, `/version`: for supervisors, load balancers and the doctor."""

from datetime import date, datetime
from importlib.metadata import version
from pathlib import Path

import redis
from alembic.config import Config
from alembic.script import ScriptDirectory
from fastapi import APIRouter, Response
from orjson import dumps
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from services.core.audit import queries as audit
from services.core.calendar import queries as calendar
from services.core.calendar.rules import day_of
from services.core.kit import db, jobs
from services.core.kit.settings import settings
from services.core.runs import queries as runs

router = APIRouter(tags=["operations"])

_STATE = text(
    "SELECT (SELECT version_num FROM alembic_version), house_now(), "
    "(SELECT json_object_agg(name, extract(epoch FROM clock_timestamp() - at)) FROM heartbeat "
    "WHERE at < clock_timestamp() - greatest(:stale, :times * every)), "
    "(SELECT pg_has_role(oid, 'MEMBER') FROM pg_roles WHERE rolname = :caller_role)"
).bindparams(caller_role=db.CALLER_ROLE)
_NOTICE_MONTH = 11
"""The State Council publishes next year's holidays around November [domain 2.8]."""


def expected_head() -> str | None:
    """Give the newest migration this code knows."""
    scripts = ScriptDirectory.from_config(Config(Path(__file__).parents[2] / "alembic.ini"))
    return scripts.get_current_head()


@router.get("/livez", include_in_schema=False)
async def livez() -> Response:
    """Say that the process runs; depends on nothing."""
    return Response('{"status":"alive"}', media_type="application/json")


@router.get("/version", include_in_schema=False)
async def running_version() -> Response:
    """Say which version runs."""
    return Response(dumps({"version": version("tuanzu")}), media_type="application/json")


@router.get("/readyz", include_in_schema=False)
def readyz() -> Response:
    """Say whether requests can be served, and what is degraded meanwhile.

    Only the database and its migrations are required; Redis, the relay and the sweeps being down
    delay events and reminders, and are no reason to refuse traffic.
    """
    try:
        with db.reading() as session:
            stale = {"stale": settings().heartbeat_stale, "times": jobs.STALE}
            head, now, beats, may_enter = session.execute(_STATE, stale).one()
            broken = (
                [] if head == expected_head() else [f"migration: at {head}, not {expected_head()}"]
            )
            warnings = [] if broken else _warnings(session, now)
    except SQLAlchemyError:
        return _answer(503, ["database: no answer"], [])
    if not may_enter:
        broken.append(f"role: the application may not become {db.CALLER_ROLE}")
    degraded = [*_silent(beats or {}), *warnings, *_redis()]
    return _answer(503 if broken else 200, broken, degraded)


def _warnings(session: Session, now: datetime) -> list[str]:
    """Say what the database knows to be behind."""
    return [
        *_unsealed(session),
        *_unwatched(session, now),
        *_holidays(session, day_of(now)),
    ]


def _answer(status: int, broken: list[str], degraded: list[str]) -> Response:
    word = "broken" if broken else "degraded" if degraded else "ready"
    body = dumps({"status": word, "broken": broken, "degraded": degraded})
    return Response(body, status_code=status, media_type="application/json")


def _silent(ages: dict[str, float]) -> list[str]:
    """Name the parts that were not seen at work for too long."""
    return [f"{name}: last seen {age:.0f} s ago" for name, age in sorted(ages.items())]


def _unsealed(session: Session) -> list[str]:
    """Warn while audit lines wait for their seal: the relay is down, or cannot seal."""
    waited = audit.unsealed_for(session)
    if waited is None or waited <= audit.UNSEALED_TOO_LONG:
        return []
    return [f"audit: lines unsealed for {waited.total_seconds():.0f} s"]


def _unwatched(session: Session, now: datetime) -> list[str]:
    """Warn while the watch does not run, or what it should have sent is not sent (MR-23).

    Asked of the rows, by the process that answers: what does not run cannot say so itself.
    """
    return [f"monitor: {each.words.en}" for each in runs.self_findings(session, now=now)]


def _redis() -> list[str]:
    try:
        with redis.Redis.from_url(settings().redis_url, socket_connect_timeout=1) as client:
            client.ping()
    except (redis.RedisError, ValueError) as error:
        return [f"redis: {type(error).__name__}"]
    return []


def _holidays(session: Session, today: date) -> list[str]:
    """From November on, warn while next year's holiday notice is not in."""
    if today.month < _NOTICE_MONTH or calendar.is_announced(session, today.year + 1):
        return []
    return [f"calendar: the holiday notice of {today.year + 1} is not imported"]
