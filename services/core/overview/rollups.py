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
from services.core.projects.models import AnnualPlan
from services.core.projects.schemas import ProjectFilters
from services.core.regions.models import Region

_LEAD = projects.LEAD.c
_PLACES = Region.lineage
_FILTERS: Mapping[By, str] = {
    By.CITY: "region",
    By.COUNTY: "region",
    By.LEVEL: "lead_level",
    By.ORGANISATION: "lead_organisation_id",
    By.GROUP: "group_id",
    By.YEAR: "plan_year",
}
"""The filter of `/projects` that lists a total's rows, where it has another name."""


def _key(by: By, library: projects.Library) -> SQLColumnExpression[Any]:
    """Give what a total is of."""
    project = library.project
    keys: Mapping[By, SQLColumnExpression[Any]] = {
        By.CITY: _PLACES[2],
        By.COUNTY: _PLACES[3],
        By.LEVEL: _LEAD.level,
        By.ORGANISATION: _LEAD.id,
        By.GROUP: JointGroup.id,
        By.DOMAIN: project.domain,
        By.THRUST: project.thrust,
        By.TRACK: project.track,
        By.STAGE: project.stage,
        By.LIBRARY_CLASS: projects.class_of(project.stage),
        By.YEAR: AnnualPlan.year,
        By.LIGHT: _light(library),
    }
    return keys[by]


_LABELS: Mapping[By, SQLColumnExpression[Any]] = {
    By.ORGANISATION: _LEAD.name,
    By.GROUP: JointGroup.name,
}
"""How a total is named, where its key is a record's."""


def _light(library: projects.Library) -> ColumnElement[str]:
    return func.coalesce(library.watch.light, literal_column("'none'", Text))


def totals(session: Session, caller: Caller, *, by: By, wanted: ProjectFilters) -> str:
    """Add up the projects in scope that the filters let through; gives JSON text.

    A part counts in its whole's figure where both stand in one total, and for itself elsewhere.
    With `as_of`, all of it is as it was known when that day ended, and so are the lists it names.

    Raises:
        Invalid: the day has not come yet, or lies before what is recorded.
    """
    library = projects.library_of(wanted.as_of, caller)
    rows = _rows(caller, by, wanted, library).cte("rows")
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
        "href": literal(f"{base}{'&' if _said(wanted) else ''}{_FILTERS.get(by, by)}=")
        + rows.c.key,
    }
    each = _total(rows, alone | whole.c.key.is_distinct_from(rows.c.key), named)
    asked = union_all(
        select(literal(0).label("place"), null().label("label"), overall).select_from(joined),
        select(literal(1), rows.c.label, each)
        .select_from(joined)
        .group_by(rows.c.key, rows.c.label),
    ).order_by("place", "label")
    (_, _, total), *items = session.execute(asked)
    if not items:
        projects.check_recorded(session, caller, library)
    inside = ",".join(item for _, _, item in items)
    return f'{{"by":"{by}","total":{total},"items":[{inside}]}}'


def _rows(
    caller: Caller, by: By, wanted: ProjectFilters, library: projects.Library
) -> Select[*tuple[Any, ...]]:
    """Select the projects to be added up: for a year each plan of them, else each once."""
    key, project, source = _key(by, library), library.project, projects.source_of(library)
    amount, qualifier = project.total_investment, project.investment_qualifier
    if by is By.YEAR:
        source = source.join(
            AnnualPlan.__table__,
            and_(AnnualPlan.project_id == project.id, projects.in_force(wanted.as_of)),
        )
        amount, qualifier = AnnualPlan.planned_investment, AnnualPlan.investment_qualifier
    return (
        select(
            project.id,
            project.parent_id,
            cast(key, Text).label("key"),
            cast(_LABELS.get(by, key), Text).label("label"),
            amount.label("amount"),
            qualifier.label("qualifier"),
            _light(library).label("light"),
        )
        .select_from(source)
        .where(projects.visible(caller), *projects.matching(wanted, library))
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
