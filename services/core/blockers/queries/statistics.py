"""Time to solve, by level."""

from datetime import date
from uuid import UUID

import orjson
from sqlalchemy import Float, cast, func, select
from sqlalchemy.orm import Session

from services.core.blockers.models import Blocker
from services.core.blockers.queries.blockers import (
    IS_OPEN,
    IS_OVERDUE,
    SOURCE,
    Sought,
    matching,
    visible,
)
from services.core.blockers.rules import BlockerLevel, BlockerState
from services.core.calendar.rules import day_of
from services.core.kit.caller import Caller
from services.core.kit.reading import Found

_NOBODY = {
    "solved_count": 0,
    "median_days": None,
    "p90_days": None,
    "open_count": 0,
    "suspended_count": 0,
    "overdue_count": 0,
}


def statistics(
    session: Session,
    caller: Caller,
    *,
    group_id: UUID | None,
    region: str | None,
    project_id: UUID | None,
) -> Found:
    """Count the blockers the caller sees by level, and how many calendar days the solved ones took.

    One statement. Median and p90 are interpolated between neighbours, as `percentile_cont` does.
    """
    today = day_of(caller.now)
    sought = Sought(project_id=project_id, group_id=group_id, region=region)
    is_solved = Blocker.resolved_on.is_not(None)
    took = cast(Blocker.resolved_on - Blocker.raised_on, Float)
    rows = session.execute(
        select(
            Blocker.level,
            func.count().filter(is_solved).label("solved_count"),
            func.percentile_cont(0.5).within_group(took).filter(is_solved).label("median_days"),
            func.percentile_cont(0.9).within_group(took).filter(is_solved).label("p90_days"),
            func.count().filter(IS_OPEN).label("open_count"),
            func.count().filter(Blocker.state == BlockerState.SUSPENDED).label("suspended_count"),
            func.count().filter(IS_OVERDUE).label("overdue_count"),
        )
        .select_from(SOURCE)
        .where(visible(caller), *matching(sought, today))
        .group_by(Blocker.level)
    )
    counted = {row.level: {name: getattr(row, name) for name in _NOBODY} for row in rows}
    levels = [{"level": level, **counted.get(level, _NOBODY)} for level in BlockerLevel]
    return _found(today, levels)


def _found(today: date, levels: list[dict[str, object]]) -> Found:
    body = orjson.dumps({"as_of": today, "levels": levels}).decode()
    return Found(body, version=0)
