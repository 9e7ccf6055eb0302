"""Totals of the library, each with the way to the rows behind it: one statement for a question.

A project whose whole stands in the same total brings no figure of its own into it (no double
counting of joint projects); what has no figure is counted apart, so that a sum hides nothing, and
every sum carries the qualifiers of its parts (T-5, T-6).
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Select,
    SQLColumnExpression,
    Text,
    and_,
    case,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from services.core.groups.models import JointGroup
from services.core.kit import reading
from services.core.kit.caller import Caller
from services.core.overview.rules import By
from services.core.policies.pack import Light
from services.core.projects import queries as projects
from services.core.projects.models import AnnualPlan, Project, ProjectWatch
from services.core.projects.schemas import ProjectFilters
from services.core.regions.models import Region

_LEAD = projects.LEAD.c
_LIGHT = func.coalesce(ProjectWatch.light, "none")
_PLACES = Region.lineage
_KEYS: Mapping[By, tuple[SQLColumnExpression[Any], SQLColumnExpression[Any], str]] = {
    By.CITY: (_PLACES[2], _PLACES[2], "region"),
    By.COUNTY: (_PLACES[3], _PLACES[3], "region"),
    By.LEVEL: (_LEAD.level, _LEAD.level, "lead_level"),
    By.ORGANISATION: (_LEAD.id, _LEAD.name, "lead_organisation_id"),
    By.GROUP: (JointGroup.id, JointGroup.name, "group_id"),
    By.DOMAIN: (Project.domain, Project.domain, "domain"),
    By.THRUST: (Project.thrust, Project.thrust, "thrust"),
    By.TRACK: (Project.track, Project.track, "track"),
    By.STAGE: (Project.stage, Project.stage, "stage"),
    By.LIBRARY_CLASS: (projects.LIBRARY_CLASS, projects.LIBRARY_CLASS, "library_class"),
    By.YEAR: (AnnualPlan.year, AnnualPlan.year, "plan_year"),
    By.LIGHT: (_LIGHT, _LIGHT, "light"),
}
"""What a total is of, how it is named, and the filter of `/projects` that lists its rows."""


def totals(session: Session, caller: Caller, *, by: By, wanted: ProjectFilters) -> str:
    """Add up the projects in scope that the filters let through; gives JSON text.

    A part counts in its whole's figure where both stand in one total, and for itself elsewhere.
    """
    rows = _rows(caller, by, wanted).cte("rows")
    whole = rows.alias("whole")
    is_part = and_(whole.c.id == rows.c.parent_id, whole.c.amount.is_not(None))
    if by is By.YEAR:
        is_part = and_(is_part, whole.c.key == rows.c.key)
    joined = rows.outerjoin(whole, is_part)
    base = f"/api/v1/projects?{urlencode(_said(wanted))}"
    alone = whole.c.id.is_(None)
    all_of_it = {"href": null() if by is By.YEAR else literal(base)}
    overall = _total(rows, alone, all_of_it)
    named = {
        "key": rows.c.key,
        "label": rows.c.label,
        "href": literal(f"{base}{'&' if _said(wanted) else ''}{_KEYS[by][2]}=") + rows.c.key,
    }
    each = _total(rows, alone | whole.c.key.is_distinct_from(rows.c.key), named)
    asked = union_all(
        select(literal(0).label("place"), null().label("label"), overall).select_from(joined),
        select(literal(1), rows.c.label, each)
        .select_from(joined)
        .group_by(rows.c.key, rows.c.label),
    ).order_by("place", "label")
    (_, _, total), *items = session.execute(asked)
    inside = ",".join(item for _, _, item in items)
    return f'{{"by":"{by}","total":{total},"items":[{inside}]}}'


def _rows(caller: Caller, by: By, wanted: ProjectFilters) -> Select[*tuple[Any, ...]]:
    """Select the projects to be added up: for a year each plan of them, else each once."""
    key, label, _ = _KEYS[by]
    source, amount, qualifier = (
        projects.SOURCE,
        Project.total_investment,
        Project.investment_qualifier,
    )
    if by is By.YEAR:
        source = source.join(
            AnnualPlan.__table__,
            and_(AnnualPlan.project_id == Project.id, AnnualPlan.is_current),
        )
        amount, qualifier = AnnualPlan.planned_investment, AnnualPlan.investment_qualifier
    return (
        select(
            Project.id,
            Project.parent_id,
            cast(key, Text).label("key"),
            cast(label, Text).label("label"),
            amount.label("amount"),
            qualifier.label("qualifier"),
            _LIGHT.label("light"),
        )
        .select_from(source)
        .where(projects.visible(caller), *projects.matching(wanted))
    )


def _total(
    rows: FromClause, counts: ColumnElement[bool], also: Mapping[str, ColumnElement[Any]]
) -> ColumnElement[str]:
    """Write one total as JSON text; `counts`: that a row's own figure is part of it."""
    amount, worst = projects.sum_of(case((counts, rows.c.amount)), rows.c.qualifier)
    lights = {
        light: func.count().filter(rows.c.light == light) for light in (*map(str, Light), "none")
    }
    return cast(
        reading.shaped(
            {
                **also,
                "project_count": func.count(),
                "part_count": func.count().filter(~counts),
                "unknown_count": func.count().filter(counts, rows.c.amount.is_(None)),
                "investment": reading.money(func.coalesce(amount, literal_column("0.00")), worst),
                "lights": reading.shaped(lights),
            }
        ),
        Text,
    )


def _said(wanted: ProjectFilters) -> dict[str, str]:
    """Give the filters as they stand in an address."""
    given = wanted.model_dump(include=set(ProjectFilters.model_fields), exclude_none=True)
    return {name: str(value) for name, value in given.items()}
