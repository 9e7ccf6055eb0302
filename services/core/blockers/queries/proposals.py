"""The ladders of coordination as they are shown, and what one of them proposes for a blocker."""

from dataclasses import asdict
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.core.blockers.known import ladders as known_ladders
from services.core.blockers.models import Blocker
from services.core.blockers.queries.blockers import visible
from services.core.blockers.rules import OPEN_STATES, BlockerLevel, Ladder, Rung, proposed
from services.core.calendar import queries as calendars
from services.core.calendar.rules import day_of
from services.core.kit.caller import Caller
from services.core.kit.errors import Missing
from services.core.kit.reading import Found, Page
from services.core.projects.models import Project


def ladders() -> Page:
    """Give every shipped ladder."""
    every = [_shown(one) for one in known_ladders().values()]
    return Page(orjson.dumps(every).decode(), next_cursor=None, total=None)


def ladder(code: str) -> Found:
    """Give one shipped ladder.

    Raises:
        Missing: there is none of this code.
    """
    found = known_ladders().get(code)
    if found is None:
        raise Missing
    return Found(orjson.dumps(_shown(found)).decode(), version=1)


def proposal(session: Session, caller: Caller, *, blocker_id: UUID) -> Found:
    """Propose the next level and the next days of a blocker, by its ladder and the calendar.

    Raises:
        Missing: there is no such blocker in scope.
    """
    found = session.execute(
        select(Blocker, Project.region_code)
        .join(Project, Project.id == Blocker.project_id)
        .where(Blocker.id == blocker_id, visible(caller))
    ).one_or_none()
    if found is None:
        raise Missing
    blocker, region_code = found
    is_open = blocker.state in OPEN_STATES
    next_one = proposed(
        known_ladders().get(blocker.ladder) if blocker.ladder else None,
        BlockerLevel(blocker.level),
        today=day_of(caller.now),
        calendar=calendars.work_calendar(session, region_code),
    )
    body = {
        "blocker_id": blocker_id,
        "level": blocker.level,
        "next_level": next_one.next_level if is_open else None,
        "rung": _rung(next_one.rung) if is_open and next_one.rung else None,
        "next_consultation_on": next_one.consultation_on if is_open else None,
        "days": [
            {"does": one.does, "on": day, "title": one.title.both()} for one, day in next_one.days
        ]
        if is_open
        else [],
    }
    return Found(orjson.dumps(body).decode(), version=blocker.version)


def _shown(ladder: Ladder) -> dict[str, Any]:
    return {
        "code": ladder.code,
        "title": ladder.title.both(),
        "source": {**ladder.source.title.both(), "url": ladder.source.url},
        "rungs": [_rung(rung) for rung in ladder.rungs],
        "rhythms": [asdict(rhythm) for rhythm in ladder.rhythms],
    }


def _rung(rung: Rung) -> dict[str, Any]:
    return asdict(rung)
