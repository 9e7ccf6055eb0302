"""Reads of targets and statements, each beside what the library records in the caller's scope."""

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, FromClause, Text, any_, case, cast, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.money import Qualifier
from services.core.kit.reading import Ask, Fields, Found, Page
from services.core.projects import queries as projects
from services.core.projects.models import Project
from services.core.regions.models import Region
from services.core.targets.models import AnnualTarget, LibraryStatement

Row = AnnualTarget | LibraryStatement


def target(session: Session, caller: Caller, *, target_id: UUID) -> Found:
    """Read one target with what is recorded beside it.

    Raises:
        Missing: there is none.
    """
    return reading.found(
        session,
        _fields(AnnualTarget, caller),
        version=AnnualTarget.version,
        source=AnnualTarget.__table__,
        where=[AnnualTarget.id == target_id],
    )


def targets(session: Session, caller: Caller, *, ask: Ask, year: int | None) -> Page:
    """Read a page of targets; they are public to every caller."""
    where = [] if year is None else [AnnualTarget.year == year]
    sorts = {"year": AnnualTarget.year, "id": AnnualTarget.id}
    return _page(session, AnnualTarget, caller, ask=ask, where=where, sorts=sorts)


def statement(session: Session, caller: Caller, *, statement_id: UUID) -> Found:
    """Read one statement with what is recorded beside it.

    Raises:
        Missing: there is none.
    """
    return reading.found(
        session,
        _fields(LibraryStatement, caller),
        version=LibraryStatement.version,
        source=LibraryStatement.__table__,
        where=[LibraryStatement.id == statement_id],
    )


def statements(session: Session, caller: Caller, *, ask: Ask) -> Page:
    """Read a page of statements; they are public to every caller."""
    sorts = {"as_of_month": LibraryStatement.as_of_month, "id": LibraryStatement.id}
    return _page(session, LibraryStatement, caller, ask=ask, where=[], sorts=sorts)


def for_change(session: Session, *, target_id: UUID, expected: int) -> AnnualTarget:
    """Lock one target at the version the caller has seen."""
    return rows.for_change(session, AnnualTarget, AnnualTarget.id == target_id, expected=expected)


def _page(
    session: Session,
    table: type[Row],
    caller: Caller,
    *,
    ask: Ask,
    where: list[ColumnElement[bool]],
    sorts: dict[str, InstrumentedAttribute[Any]],
) -> Page:
    source: FromClause = table.__table__
    return reading.page(
        session, _fields(table, caller), source=source, where=where, sorts=sorts, ask=ask
    )


def _fields(table: type[Row], caller: Caller) -> Fields:
    """Show what was said, what the caller's scope of the library holds, and the gap (I-13)."""
    when = (
        {"year": AnnualTarget.year}
        if table is AnnualTarget
        else {"as_of_month": LibraryStatement.as_of_month}
    )
    count, amount = _recorded(table, caller)
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
        "recorded": _recorded_sum(table, caller),
        "gap": reading.shaped(
            {
                "project_count": table.project_count - count,
                "investment_amount": cast(table.investment - amount, Text),
            }
        ),
        "source": table.source,
        "is_illustrative": table.is_illustrative,
        "version": table.version,
    }


def _recorded(table: type[Row], caller: Caller) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Count and sum the whole projects of a region in scope; children are parts of theirs."""
    parts = _library(table, caller)
    return (
        select(func.count()).select_from(parts).scalar_subquery(),
        select(func.coalesce(func.sum(parts.c.total_investment), 0))
        .select_from(parts)
        .scalar_subquery(),
    )


def _recorded_sum(table: type[Row], caller: Caller) -> ColumnElement[Any]:
    parts = _library(table, caller)
    worst = case(
        (func.bool_or(parts.c.investment_qualifier == Qualifier.ABOUT), Qualifier.ABOUT),
        (func.bool_or(parts.c.investment_qualifier == Qualifier.AT_LEAST), Qualifier.AT_LEAST),
        else_=Qualifier.EXACT,
    )
    shown = reading.shaped(
        {
            "project_count": func.count(),
            "project_qualifier": case((func.count() >= 0, Qualifier.EXACT)),
            "investment": reading.money(
                func.coalesce(func.sum(parts.c.total_investment), 0), worst
            ),
        }
    )
    return select(shown).select_from(parts).scalar_subquery()


def _library(table: type[Row], caller: Caller) -> Any:  # noqa: ANN401 a lateral subquery
    """Give the projects that count: in the region, in scope, not parts of another, still there."""
    return (
        select(Project.total_investment, Project.investment_qualifier)
        .join(Region, Region.code == Project.region_code)
        .where(
            table.region_code == any_(Region.lineage),
            projects.visible(caller),
            Project.parent_id.is_(None),
            Project.side_state.is_distinct_from("moved_out"),
        )
        .correlate(table)
        .subquery()
    )
