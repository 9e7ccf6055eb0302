"""The lights a project had when months ended, from what was recorded then."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, case, func, literal, literal_column, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of
from services.core.kit.scope import among
from services.core.monitoring.models import HealthAssessment
from services.core.monitoring.rules.months import begins, between, period_of, shifted
from services.core.monitoring.rules.verdict import MonthLights
from services.core.policies.pack import Dimension, Light

MONTHS_KEPT = 24
"""How far back a run of months is told; a pack's memory reaches back twelve."""

_LIGHTS = """(
    SELECT coalesce(jsonb_object_agg(kept ->> 'dimension', kept ->> 'light'), '{}')
    FROM jsonb_array_elements(latest.dimensions) AS kept
    WHERE kept ->> 'light' IS NOT NULL AND kept ->> 'dimension' <> 'memory'
)"""


def months_of(
    session: Session, wanted: Collection[UUID], *, now: datetime
) -> dict[UUID, tuple[MonthLights, ...]]:
    """Give each project's lights at the ends of its latest months, the running one left out.

    Assessments are kept when a light changes: a month without one has the lights of that before.
    """
    running = period_of(day_of(now))
    first = shifted(running, -MONTHS_KEPT)
    latest = month_ends(wanted, first=first, until=running).subquery("latest")
    kept: dict[UUID, dict[str, Mapping[str, str]]] = {}
    for project_id, period, lights in session.execute(
        select(latest.c.project_id, latest.c.period, literal_column(_LIGHTS))
    ):
        kept.setdefault(project_id, {})[period] = lights
    return {project_id: _carried(found, first, running) for project_id, found in kept.items()}


def month_ends(wanted: Collection[UUID], *, first: str, until: str) -> Select[Any]:
    """Write the last assessment of every month, and the last from before the first one.

    The month `until` is left out; the period of what is older than `first` is the empty text.
    """
    local = func.timezone("Asia/Shanghai", HealthAssessment.computed_at)
    period = case(
        (HealthAssessment.computed_at < begins(first), literal("")),
        else_=func.to_char(local, "YYYY-MM"),
    ).label("period")
    return (
        select(
            HealthAssessment.project_id,
            period,
            HealthAssessment.light,
            HealthAssessment.dimensions,
        )
        .where(
            among(HealthAssessment.project_id, wanted),
            HealthAssessment.computed_at < begins(until),
        )
        .ext(distinct_on(HealthAssessment.project_id, literal_column("period")))
        .order_by(HealthAssessment.project_id, literal_column("period"), HealthAssessment.id.desc())
    )


def _carried(
    kept: Mapping[str, Mapping[str, str]], first: str, running: str
) -> tuple[MonthLights, ...]:
    """Lay the kept months out one after the other, from the first that is known."""
    begun = first if "" in kept else min(kept)
    lights, months = kept.get("", {}), []
    for period in between(begun, shifted(running, -1)):
        lights = kept.get(period, lights)
        known = {Dimension(dimension): Light(light) for dimension, light in lights.items()}
        months.append(MonthLights(period, known))
    return tuple(months)
