"""Totals of places: which are due, what rules look at of each, and what was found of them."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    any_,
    case,
    func,
    or_,
    select,
)
from sqlalchemy.orm import Session, aliased

from services.core.assignments.queries import place_policy_code
from services.core.kit import reading
from services.core.kit.caller import Caller
from services.core.kit.money import Qualifier
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.scope import among
from services.core.monitoring.models import Finding, FindingState, TotalKind, TotalWatch
from services.core.monitoring.rules.totals import StatementFacts, Sum, TargetFacts
from services.core.organisations.models import Organisation
from services.core.organisations.rules import OrganisationKind
from services.core.regions.models import Region
from services.core.targets import queries as targets
from services.core.targets.models import AnnualTarget, LibraryStatement


@dataclass(frozen=True, slots=True)
class Total:
    """One total with what is known of it, whose it is, and by which policy it is judged."""

    kind: TotalKind
    id: UUID
    region_code: str
    facts: TargetFacts | StatementFacts
    policy_code: str | None
    regulator_id: UUID | None
    """Who answers for it: the regulator of its place, or the nearest above; null: nobody does."""


def due_totals(session: Session, *, now: datetime, limit: int) -> Sequence[TotalWatch]:
    """Lock the totals whose moment has come, oldest first; what others hold is left for later."""
    return session.scalars(
        select(TotalWatch)
        .where(TotalWatch.next_at <= now)
        .order_by(TotalWatch.next_at, TotalWatch.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def totals_of(session: Session, wanted: Collection[TotalWatch]) -> dict[UUID, Total]:
    """Read what rules look at of some totals: one statement for targets, one for statements."""
    ids = {kind: [watch.id for watch in wanted if watch.kind == kind] for kind in TotalKind}
    found: dict[UUID, Total] = {}
    if ids[TotalKind.TARGET]:
        for row in targets.planned_of(session, ids[TotalKind.TARGET], *_whose(AnnualTarget)):
            found[row.AnnualTarget.id] = _target(row)
    if ids[TotalKind.STATEMENT]:
        for row in targets.held_of(session, ids[TotalKind.STATEMENT], *_whose(LibraryStatement)):
            found[row.LibraryStatement.id] = _statement(row)
    return found


def open_total_findings(session: Session, wanted: Collection[UUID]) -> dict[UUID, list[Finding]]:
    """Give the findings about some totals that are not cleared."""
    found: dict[UUID, list[Finding]] = defaultdict(list)
    for finding in session.scalars(
        select(Finding)
        .where(
            or_(Finding.target_id.in_(wanted), Finding.statement_id.in_(wanted)),
            Finding.state != FindingState.CLEARED,
        )
        .execution_options(populate_existing=True)
    ):
        about = finding.target_id or finding.statement_id
        if about is not None:
            found[about].append(finding)
    return found


@cache
def _whose(row: type[AnnualTarget | LibraryStatement]) -> tuple[ColumnElement[Any], ...]:
    """Write by which policy a total is judged, and who answers for it."""
    return (
        place_policy_code(row).label("policy_code"),
        _regulator(row).label("regulator_id"),
    )


def _regulator(row: type[AnnualTarget | LibraryStatement]) -> ScalarSelect[Any]:
    here, there = aliased(Region), aliased(Region)
    return (
        select(Organisation.id)
        .join(there, there.code == Organisation.region_code)
        .join(here, there.code == any_(here.lineage))
        .where(here.code == row.region_code, Organisation.kind == OrganisationKind.SASAC)
        .order_by(func.cardinality(there.lineage).desc(), Organisation.code)
        .limit(1)
        .correlate(row)
        .scalar_subquery()
    )


def _sum_of(row: AnnualTarget | LibraryStatement) -> Sum:
    return Sum(
        row.project_count,
        Qualifier(row.project_qualifier),
        row.investment,
        Qualifier(row.investment_qualifier),
    )


def _recorded(row: Any) -> Sum:  # noqa: ANN401 a row of a statement written in another room
    """Give what is recorded; projects without a figure make the sum at least what it is (T-6)."""
    qualifier = Qualifier(row.qualifier)
    if row.unknown_count and qualifier is Qualifier.EXACT:
        qualifier = Qualifier.AT_LEAST
    return Sum(row.project_count, Qualifier.EXACT, row.investment, qualifier)


def _target(row: Any) -> Total:  # noqa: ANN401 a row of a statement written in another room
    target = row.AnnualTarget
    facts = TargetFacts(
        year=target.year,
        target=_sum_of(target),
        planned=_recorded(row),
        done_cny=row.done,
        reported=row.reported,
        first_period=row.first_period,
        last_period=row.last_period,
    )
    about = (target.id, target.region_code, facts, row.policy_code, row.regulator_id)
    return Total(TotalKind.TARGET, *about)


def _statement(row: Any) -> Total:  # noqa: ANN401 a row of a statement written in another room
    statement = row.LibraryStatement
    facts = StatementFacts(
        as_of_month=statement.as_of_month,
        stated=_sum_of(statement),
        recorded=_recorded(row),
        is_latest=row.is_latest,
    )
    about = (statement.id, statement.region_code, facts, row.policy_code, row.regulator_id)
    return Total(TotalKind.STATEMENT, *about)


def visible(caller: Caller) -> ColumnElement[bool]:
    """Write "about a total, and of a regulator the caller sees": its sums are over all below."""
    return and_(
        Finding.project_id.is_(None), among(Finding.organisation_id, caller.organisation_ids)
    )


_SHOWN: Fields = Constant(
    {
        "id": Finding.id,
        "rule": Finding.rule,
        "occurrence": Finding.occurrence,
        "state": Finding.state,
        "light": Finding.light,
        "worst_light": Finding.worst_light,
        "due_at": Finding.due_at,
        "opened_at": Finding.opened_at,
        "cleared_at": Finding.cleared_at,
        "explanation": Finding.explanation,
    }
)
_SOURCE = (
    Finding.__table__.join(Organisation.__table__, Organisation.id == Finding.organisation_id)
    .outerjoin(AnnualTarget.__table__, AnnualTarget.id == Finding.target_id)
    .outerjoin(LibraryStatement.__table__, LibraryStatement.id == Finding.statement_id)
)
_FIELDS: Fields = Constant(
    {
        **_SHOWN,
        "target": case(
            (
                Finding.target_id.is_not(None),
                reading.shaped(
                    {
                        "id": AnnualTarget.id,
                        "region_code": AnnualTarget.region_code,
                        "year": AnnualTarget.year,
                    }
                ),
            )
        ),
        "statement": case(
            (
                Finding.statement_id.is_not(None),
                reading.shaped(
                    {
                        "id": LibraryStatement.id,
                        "region_code": LibraryStatement.region_code,
                        "as_of_month": LibraryStatement.as_of_month,
                    }
                ),
            )
        ),
        "organisation": reading.shaped({"id": Organisation.id, "name": Organisation.name}),
        "version": Finding.version,
    }
)


def total_findings(session: Session, caller: Caller, *, ask: Ask, **filters: object) -> Page:
    """Read a page of findings about totals; filters: target_id, statement_id, state, light."""
    where = [visible(caller)]
    where += [
        getattr(Finding, name) == value for name, value in filters.items() if value is not None
    ]
    return reading.page(
        session,
        _FIELDS,
        source=_SOURCE,
        where=where,
        sorts={"due_at": Finding.due_at, "opened_at": Finding.opened_at, "id": Finding.id},
        ask=ask,
    )


def _found(caller: Caller, about: ColumnElement[bool]) -> dict[str, ColumnElement[Any]]:
    """Write what was last found of a total, and holds still."""
    return {
        "finding": select(reading.shaped(dict(_SHOWN)))
        .where(about, visible(caller), Finding.state != FindingState.CLEARED)
        .scalar_subquery()
    }


def target(session: Session, caller: Caller, *, target_id: UUID) -> Found:
    """Read one target with what is recorded beside it, and what was found of it.

    Raises:
        Missing: there is none.
    """
    also = _found(caller, Finding.target_id == AnnualTarget.id)
    return targets.target(session, caller, target_id=target_id, also=also)


def targets_page(session: Session, caller: Caller, *, ask: Ask, sought: targets.Sought) -> Page:
    """Read a page of targets, each with what was found of it."""
    also = _found(caller, Finding.target_id == AnnualTarget.id)
    return targets.targets(session, caller, ask=ask, sought=sought, also=also)


def statement(session: Session, caller: Caller, *, statement_id: UUID) -> Found:
    """Read one statement with what is recorded beside it, and what was found of it.

    Raises:
        Missing: there is none.
    """
    also = _found(caller, Finding.statement_id == LibraryStatement.id)
    return targets.statement(session, caller, statement_id=statement_id, also=also)


def statements_page(session: Session, caller: Caller, *, ask: Ask, sought: targets.Sought) -> Page:
    """Read a page of statements, each with what was found of it."""
    also = _found(caller, Finding.statement_id == LibraryStatement.id)
    return targets.statements(session, caller, ask=ask, sought=sought, also=also)
