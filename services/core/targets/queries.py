"""Reads of targets and statements, each beside what the library records in the caller's scope.

A statement stands beside the investment of the projects in the library; a year's target beside
what their plans for that year say. Parts of a project are parts of its figure, unless it has none.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from types import MappingProxyType
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Select,
    SQLColumnExpression,
    Text,
    and_,
    any_,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    true,
    tuple_,
)
from sqlalchemy.orm import Session, aliased
from sqlalchemy.sql.selectable import LateralFromClause

from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.money import Qualifier
from services.core.kit.reading import Ask, Fields, Found, Page
from services.core.kit.scope import ASKED, Ids, among
from services.core.projects import queries as projects
from services.core.projects.models import AnnualPlan, Project, ProjectWatch
from services.core.regions.models import Region
from services.core.targets import rules
from services.core.targets.models import AnnualTarget, LibraryStatement

Row = AnnualTarget | LibraryStatement
_NOTHING: Fields = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list asks for; what is None does not matter."""

    region: str | None = None
    year: int | None = None


def target(session: Session, caller: Caller, *, target_id: UUID, also: Fields = _NOTHING) -> Found:
    """Read one target with what is recorded beside it; `also`: what rooms above know of it.

    Raises:
        Missing: there is none.
    """
    recorded = _planned(caller)
    return reading.found(
        session,
        _fields(AnnualTarget, {"year": AnnualTarget.year}, recorded, also),
        version=AnnualTarget.version,
        source=AnnualTarget.__table__.join(recorded, true()),
        where=[AnnualTarget.id == target_id],
    )


def targets(
    session: Session, caller: Caller, *, ask: Ask, sought: Sought, also: Fields = _NOTHING
) -> Page:
    """Read a page of targets; they are public to every caller."""
    where = _of(AnnualTarget, sought.region)
    if sought.year is not None:
        where.append(AnnualTarget.year == sought.year)
    recorded = _planned(caller)
    return reading.page(
        session,
        _fields(AnnualTarget, {"year": AnnualTarget.year}, recorded, also),
        source=AnnualTarget.__table__.join(recorded, true()),
        where=where,
        sorts={
            "year": AnnualTarget.year,
            "region": AnnualTarget.region_code,
            "id": AnnualTarget.id,
        },
        ask=ask,
    )


def statement(
    session: Session, caller: Caller, *, statement_id: UUID, also: Fields = _NOTHING
) -> Found:
    """Read one statement with what is recorded beside it; `also`: what rooms above know of it.

    Raises:
        Missing: there is none.
    """
    recorded = _held(caller)
    return reading.found(
        session,
        _fields(LibraryStatement, {"as_of_month": LibraryStatement.as_of_month}, recorded, also),
        version=LibraryStatement.version,
        source=LibraryStatement.__table__.join(recorded, true()),
        where=[LibraryStatement.id == statement_id],
    )


def statements(
    session: Session, caller: Caller, *, ask: Ask, sought: Sought, also: Fields = _NOTHING
) -> Page:
    """Read a page of statements; they are public to every caller."""
    recorded = _held(caller)
    return reading.page(
        session,
        _fields(LibraryStatement, {"as_of_month": LibraryStatement.as_of_month}, recorded, also),
        source=LibraryStatement.__table__.join(recorded, true()),
        where=_of(LibraryStatement, sought.region),
        sorts={
            "as_of_month": LibraryStatement.as_of_month,
            "region": LibraryStatement.region_code,
            "id": LibraryStatement.id,
        },
        ask=ask,
    )


def planned_of(
    session: Session, wanted: Collection[UUID], *also: ColumnElement[Any]
) -> Sequence[Any]:
    """Read targets with what the whole library plans and has done for each, in one statement."""
    return session.execute(_planned_beside(*also), Ids.asked(wanted).given).all()


@cache
def _planned_beside(*also: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    recorded = _planned(None)
    return (
        select(AnnualTarget, *recorded.c, *also)
        .join(recorded, true())
        .where(among(AnnualTarget.id, ASKED))
    )


def held_of(session: Session, wanted: Collection[UUID], *also: ColumnElement[Any]) -> Sequence[Any]:
    """Read statements with what the whole library holds in the place of each, in one statement.

    `is_latest`: no other of the same place is of a later month, or was recorded later of the same.
    """
    return session.execute(_held_beside(*also), Ids.asked(wanted).given).all()


@cache
def _held_beside(*also: ColumnElement[Any]) -> Select[*tuple[Any, ...]]:
    recorded, other = _held(None), aliased(LibraryStatement)
    newer = select(other.id).where(
        other.region_code == LibraryStatement.region_code,
        tuple_(other.as_of_month, other.id)
        > tuple_(LibraryStatement.as_of_month, LibraryStatement.id),
    )
    return (
        select(LibraryStatement, *recorded.c, (~newer.exists()).label("is_latest"), *also)
        .join(recorded, true())
        .where(among(LibraryStatement.id, ASKED))
    )


def for_change(session: Session, *, target_id: UUID, expected: int) -> AnnualTarget:
    """Lock one target at the version the caller has seen."""
    return rows.for_change(session, AnnualTarget, AnnualTarget.id == target_id, expected=expected)


def is_set(session: Session, region_code: str, year: int) -> bool:
    """Say whether a region has a target for a year."""
    found = select(AnnualTarget.id).where(
        AnnualTarget.region_code == region_code, AnnualTarget.year == year
    )
    return session.scalar(found) is not None


def _of(table: type[Row], region: str | None) -> list[ColumnElement[bool]]:
    if region is None:
        return []
    below = select(Region.code).where(Region.lineage.contains([region]))
    return [table.region_code.in_(below)]


def _fields(
    table: type[Row],
    when: Mapping[str, SQLColumnExpression[Any]],
    recorded: LateralFromClause,
    also: Fields,
) -> Fields:
    """Show what was said, what the caller's scope of the library holds, and the gap (I-13)."""
    held = recorded.c
    gap = table.investment - held.investment
    return {
        "id": table.id,
        "region_code": table.region_code,
        **when,
        "reported": reading.shaped(
            {
                "project_count": table.project_count,
                "project_qualifier": table.project_qualifier,
                "investment": reading.money(table.investment, table.investment_qualifier),
            }
        ),
        "recorded": reading.shaped(
            {
                "project_count": held.project_count,
                "project_qualifier": _constant(Qualifier.EXACT),
                "investment": reading.money(held.investment, held.qualifier),
                "unknown_count": held.unknown_count,
            }
        ),
        "gap": reading.shaped(
            {
                "project_count": table.project_count - held.project_count,
                "project_qualifier": table.project_qualifier,
                "investment": reading.money(
                    gap, _gap_qualifier(table.investment_qualifier, held.qualifier)
                ),
            }
        ),
        **also,
        "source": table.source,
        "is_illustrative": table.is_illustrative,
        "version": table.version,
    }


def _gap_qualifier(
    reported: SQLColumnExpression[str], recorded: SQLColumnExpression[str]
) -> ColumnElement[str]:
    """Write the rule's table into the statement, so that the two cannot drift apart."""
    return case(
        *(
            (
                and_(reported == _constant(one), recorded == _constant(other)),
                _constant(rules.gap_qualifier(one, other)),
            )
            for one, other in product(Qualifier, Qualifier)
        )
    )


def _held(caller: Caller | None) -> LateralFromClause:
    """Sum the investment of the projects that the library holds in a statement's region.

    No caller: of the whole library.
    """
    whole = aliased(Project)
    counted = (
        select(*_figures(Project.total_investment, Project.investment_qualifier))
        .select_from(Project)
        .outerjoin(whole, whole.id == Project.parent_id)
        .where(or_(whole.id.is_(None), whole.total_investment.is_(None)))
    )
    return _within(LibraryStatement, counted, caller)


def _planned(caller: Caller | None) -> LateralFromClause:
    """Sum the plans for a target's year of the projects in its region, and what is done of them.

    No caller: of the whole library.
    """
    of_the_whole = aliased(AnnualPlan)
    period, year = ProjectWatch.last_accepted_period, cast(AnnualTarget.year, Text)
    is_reported = and_(func.substr(period, 1, 4) == year, ProjectWatch.cumulative_year.is_not(None))
    counted = (
        select(
            *_figures(AnnualPlan.planned_investment, AnnualPlan.investment_qualifier),
            func.coalesce(
                func.sum(ProjectWatch.cumulative_year).filter(is_reported), literal_column("0.00")
            ).label("done"),
            func.count().filter(is_reported).label("reported"),
            func.min(period).filter(is_reported).label("first_period"),
            func.max(period).filter(is_reported).label("last_period"),
        )
        .select_from(Project)
        .outerjoin(ProjectWatch, ProjectWatch.project_id == Project.id)
        .join(AnnualPlan, AnnualPlan.project_id == Project.id)
        .outerjoin(
            of_the_whole,
            and_(
                of_the_whole.project_id == Project.parent_id,
                of_the_whole.year == AnnualPlan.year,
                of_the_whole.is_current,
            ),
        )
        .where(
            AnnualPlan.year == AnnualTarget.year,
            AnnualPlan.is_current,
            of_the_whole.id.is_(None),
        )
    )
    return _within(AnnualTarget, counted, caller)


def _figures(
    amount: SQLColumnExpression[Any], qualifier: SQLColumnExpression[Any]
) -> tuple[ColumnElement[Any], ...]:
    """Count and sum; what has no figure is counted apart, so that a sum does not hide it."""
    total, worst = projects.sum_of(amount, qualifier)
    return (
        func.count().label("project_count"),
        func.count().filter(amount.is_(None)).label("unknown_count"),
        func.coalesce(total, literal_column("0.00")).label("investment"),
        worst.label("qualifier"),
    )


def _within(
    table: type[Row], counted: Select[*tuple[Any, ...]], caller: Caller | None
) -> LateralFromClause:
    """Narrow to projects of the row's region that the caller sees and that have not gone."""
    place = aliased(Region)
    here = select(place.code).where(table.region_code == any_(place.lineage)).correlate(table)
    return (
        counted.where(
            Project.region_code.in_(here),
            projects.is_kept(),
            true() if caller is None else projects.visible(caller),
        )
        .correlate(table)
        .lateral("recorded")
    )


def _constant(word: str) -> ColumnElement[str]:
    """Write one of our own words into the statement, so that it stays one and the same."""
    return literal_column(f"'{word}'", Text)
