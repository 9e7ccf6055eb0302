"""Writes of targets and statements."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of
from services.core.kit import ledger, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Fault, Forbidden
from services.core.kit.events import Actor, Subject
from services.core.kit.money import Qualifier
from services.core.kit.shapes import Money
from services.core.kit.words import Words
from services.core.organisations import queries as organisations
from services.core.regions import queries as regions
from services.core.targets import queries, rules, schemas
from services.core.targets.events import LibraryStated, TargetRecorded
from services.core.targets.models import AnnualTarget, LibraryStatement


def set_target(session: Session, *, given: schemas.NewTarget, by: Caller) -> AnnualTarget:
    """Set a region's target for a year.

    Raises:
        Invalid: there is no such region. Forbidden: the caller does not regulate it.
        Conflict: the region has a target for that year.
    """
    _must_regulate(session, given.region_code, by)
    if queries.is_set(session, given.region_code, given.year):
        words = Words("该年度目标已存在。", "The region has a target for that year.")
        raise Conflict(words, faults=[Fault("/year", "taken", words)])
    target = AnnualTarget(**_values(given.model_dump(exclude={"investment"}), given.investment))
    session.add(target)
    session.flush()
    _record_target(session, target, by)
    return target


def change_target(
    session: Session, *, target_id: UUID, given: schemas.TargetChange, expected: int, by: Caller
) -> AnnualTarget:
    """Correct a target.

    Raises:
        Missing, Stale. Forbidden: the caller does not regulate its region.
    """
    target = queries.for_change(session, target_id=target_id, expected=expected)
    _must_regulate(session, target.region_code, by)
    values = {name: value for name, value in given.given().items() if name != "investment"}
    if "investment" in given.model_fields_set:
        values = _values(values, given.investment)
    changes = rows.merged(target, values)
    if changes:
        _record_target(session, target, by, changes)
    return target


def state_library(session: Session, *, given: schemas.NewStatement, by: Caller) -> LibraryStatement:
    """Record what somebody stated; it never changes, a newer statement stands beside it.

    Raises:
        Invalid: there is no such region, or the month has not come.
        Forbidden: the caller does not regulate it.
    """
    _must_regulate(session, given.region_code, by)
    rules.checked_month(given.as_of_month, day_of(by.now).isoformat()[:7])
    statement = LibraryStatement(
        **_values(given.model_dump(exclude={"investment"}), given.investment)
    )
    session.add(statement)
    session.flush()
    fact = LibraryStated(
        statement_id=statement.id,
        region_code=statement.region_code,
        as_of_month=statement.as_of_month,
        **_figures(statement),
    )
    ledger.record(
        session,
        fact,
        about=Subject("library_statement", statement.id, for_everybody=True),
        by=Actor.person(by),
        now=by.now,
    )
    return statement


def _must_regulate(session: Session, region_code: str, by: Caller) -> None:
    """Refuse whoever is not the regulator of a region or of one above it."""
    by.must("targets.keep")
    regions.placed(session, code=region_code, pointer="/region_code")
    if not organisations.regulates(session, by, region_code=region_code):
        raise Forbidden(Words("该地区不在您的监管范围内。", "The region is not yours to regulate."))


def _values(others: dict[str, Any], investment: Money) -> dict[str, Any]:
    return {
        **others,
        "investment": investment.amount,
        "investment_qualifier": investment.qualifier,
    }


def _figures(row: AnnualTarget | LibraryStatement) -> dict[str, Any]:
    return {
        "project_count": row.project_count,
        "project_qualifier": Qualifier(row.project_qualifier),
        "investment": row.investment,
        "investment_qualifier": Qualifier(row.investment_qualifier),
    }


def _record_target(
    session: Session, target: AnnualTarget, by: Caller, changes: dict[str, Any] | None = None
) -> None:
    fact = TargetRecorded(
        target_id=target.id, region_code=target.region_code, year=target.year, **_figures(target)
    )
    ledger.record(
        session,
        fact,
        about=Subject("annual_target", target.id, for_everybody=True),
        by=Actor.person(by),
        now=by.now,
        changes=changes,
    )
