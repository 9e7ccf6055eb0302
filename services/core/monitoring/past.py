"""The lights a project had, as recorded then: on a day, all along, at the ends of months."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    DateTime,
    Integer,
    Subquery,
    bindparam,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    null,
    select,
)
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session, aliased

from services.core.calendar.rules import day_of, end_of
from services.core.kit import reading
from services.core.kit.caller import Caller
from services.core.kit.errors import Missing
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.scope import ASKED, Ids, among
from services.core.monitoring.models import HealthAssessment, Lights
from services.core.monitoring.rules.months import begins, between, period_of, shifted
from services.core.monitoring.rules.verdict import MonthLights
from services.core.policies.pack import Dimension, Light
from services.core.projects import queries as projects
from services.core.projects.models import Project

MONTHS_KEPT = 24
"""How far back a run of months is told; a pack's memory reaches back twelve."""

_INSTANT = DateTime(timezone=True)


def months_of(
    session: Session, wanted: Ids, *, now: datetime
) -> dict[UUID, tuple[MonthLights, ...]]:
    """Give each project's lights at the ends of its latest months, the running one left out.

    Assessments are kept when a light changes: a month without one has the lights of that before.
    """
    running = period_of(day_of(now))
    first = shifted(running, -MONTHS_KEPT)
    kept: dict[UUID, dict[str, Lights]] = {}
    for project_id, period, lights in session.execute(
        _MONTH_LIGHTS, month_ends_given(wanted, first=first, until=running)
    ):
        kept.setdefault(project_id, {})[period] = lights
    return {project_id: _carried(found, first, running) for project_id, found in kept.items()}


def month_ends_given(wanted: Ids, *, first: str, until: str) -> dict[str, object]:
    """Give the parameters of `MONTH_ENDS`: of which projects, from a month until another one.

    The month `until` is left out; the period of what is older than `first` is the empty text.
    """
    return {**wanted.given, "since": begins(first), "until": begins(until)}


def _month_ends() -> Subquery:
    local = func.timezone("Asia/Shanghai", HealthAssessment.computed_at)
    period = case(
        (HealthAssessment.computed_at < bindparam("since", type_=_INSTANT), literal("")),
        else_=func.to_char(local, "YYYY-MM"),
    ).label("period")
    return (
        select(
            HealthAssessment.project_id,
            period,
            HealthAssessment.light,
            HealthAssessment.lights,
        )
        .where(
            among(HealthAssessment.project_id, ASKED),
            HealthAssessment.computed_at < bindparam("until", type_=_INSTANT),
        )
        .ext(distinct_on(HealthAssessment.project_id, literal_column("period")))
        .order_by(HealthAssessment.project_id, literal_column("period"), HealthAssessment.id.desc())
        .subquery("latest")
    )


MONTH_ENDS = _month_ends()
"""The last assessment of every month, and the last from before the first one."""
_MONTH_LIGHTS = select(MONTH_ENDS.c.project_id, MONTH_ENDS.c.period, MONTH_ENDS.c.lights)


def _carried(kept: Mapping[str, Lights], first: str, running: str) -> tuple[MonthLights, ...]:
    """Lay the kept months out one after the other, from the first that is known."""
    begun = first if "" in kept else min(kept)
    known, months = _counted(kept.get("", [])), []
    for period in between(begun, shifted(running, -1)):
        known = _counted(kept[period]) if period in kept else known
        months.append(MonthLights(period, known))
    return tuple(months)


def _counted(lights: Lights) -> dict[Dimension, Light]:
    """Give the light of each dimension that was judged and counts; memory remembers no memory."""
    return {
        Dimension(dimension): Light(light)
        for _, dimension, light, waived in lights
        if light is not None and not waived and dimension != Dimension.MEMORY
    }


_HISTORY_FIELDS: Fields = Constant(
    {
        "id": HealthAssessment.id,
        "computed_at": HealthAssessment.computed_at,
        "light": HealthAssessment.light,
        "policy": reading.shaped(
            {"code": HealthAssessment.policy_code, "number": HealthAssessment.policy_number}
        ),
        "dimensions": HealthAssessment.dimensions,
    }
)


def past_health(session: Session, caller: Caller, *, project_id: UUID, as_of: date) -> Found:
    """Give a project's light as it was recorded when a day ended, with its arithmetic then.

    Raises:
        Missing: there is no such project in scope, or nothing was recorded by that day.
        Invalid: the day has not come yet.
    """
    projects.check_has_come(as_of, caller)
    latest = select(func.max(HealthAssessment.id)).where(
        HealthAssessment.project_id == project_id, HealthAssessment.computed_at < end_of(as_of)
    )
    return reading.found(
        session,
        _PAST_FIELDS,
        version=cast(HealthAssessment.id, Integer),
        source=HealthAssessment.__table__.join(
            Project.__table__, Project.id == HealthAssessment.project_id
        ),
        where=[HealthAssessment.id == latest.scalar_subquery(), projects.visible(caller)],
    )


def _light_since() -> ColumnElement[Any]:
    """Give since when an assessment's light has been the same; others may have kept it."""
    same, other = aliased(HealthAssessment), aliased(HealthAssessment)
    broken = (
        exists()
        .where(
            other.project_id == HealthAssessment.project_id,
            other.id > same.id,
            other.id < HealthAssessment.id,
            other.light.is_distinct_from(HealthAssessment.light),
        )
        .correlate(HealthAssessment, same)
    )
    return (
        select(func.min(same.computed_at))
        .where(
            same.project_id == HealthAssessment.project_id,
            same.id <= HealthAssessment.id,
            same.light == HealthAssessment.light,
            ~broken,
        )
        .correlate(HealthAssessment)
        .scalar_subquery()
    )


_PAST_FIELDS: Fields = Constant(
    {
        "project_id": HealthAssessment.project_id,
        "project_code": Project.code,
        "computed_at": HealthAssessment.computed_at,
        "is_watched": null(),
        "light": HealthAssessment.light,
        "reason": null(),
        "light_since": _light_since(),
        "next_check_at": null(),
        "dimensions": HealthAssessment.dimensions,
        "declared": null(),
        "policy": reading.shaped(
            {
                "code": HealthAssessment.policy_code,
                "number": HealthAssessment.policy_number,
                "because": null(),
            }
        ),
    }
)


def health_history(session: Session, caller: Caller, *, project_id: UUID, ask: Ask) -> Page:
    """Read how a project's light changed, with the explanation of each time.

    Raises:
        Missing: there is no such project in scope.
    """
    seen = session.scalar(
        select(func.count())
        .select_from(Project)
        .where(Project.id == project_id, projects.visible(caller))
    )
    if not seen:
        raise Missing
    return reading.page(
        session,
        _HISTORY_FIELDS,
        source=HealthAssessment.__table__,
        where=[HealthAssessment.project_id == project_id],
        sorts={"id": HealthAssessment.id},
        ask=ask,
    )
