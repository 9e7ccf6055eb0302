"""Reads of outcomes; who sees the project sees what it brings about."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, Text, cast, select
from sqlalchemy.orm import Session

from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by
from services.core.outcomes.models import IndicatorObservation, OutcomeIndicator
from services.core.outcomes.rules import Observed
from services.core.projects import queries as projects
from services.core.projects.models import Project

_SEEN = IndicatorObservation
_LATEST = (
    select(
        reading.shaped(
            {
                "as_of": _SEEN.as_of,
                "value": cast(_SEEN.value, Text),
                "qualifier": _SEEN.qualifier,
                "is_verified": _SEEN.verified_at.is_not(None),
            }
        )
    )
    .where(_SEEN.indicator_id == OutcomeIndicator.id, _SEEN.is_current)
    .order_by(_SEEN.as_of.desc())
    .limit(1)
    .correlate(OutcomeIndicator)
    .scalar_subquery()
)
_FIELDS: Fields = Constant(
    {
        "id": OutcomeIndicator.id,
        "project": reading.shaped({"id": Project.id, "code": Project.code, "name": Project.name}),
        "name": OutcomeIndicator.name,
        "unit": OutcomeIndicator.unit,
        "measure": OutcomeIndicator.measure,
        "latest": _LATEST,
        "source": OutcomeIndicator.source,
        "is_illustrative": OutcomeIndicator.is_illustrative,
        "version": OutcomeIndicator.version,
    }
)
_SOURCE = OutcomeIndicator.__table__.join(
    Project.__table__, Project.id == OutcomeIndicator.project_id
)
_OBSERVED: Fields = Constant(
    {
        "id": _SEEN.id,
        "indicator_id": _SEEN.indicator_id,
        "as_of": _SEEN.as_of,
        "value": cast(_SEEN.value, Text),
        "unit": OutcomeIndicator.unit,
        "qualifier": _SEEN.qualifier,
        "reason": _SEEN.reason,
        "is_current": _SEEN.is_current,
        "observed_at": _SEEN.observed_at,
        "observed_by": _SEEN.observed_by,
        "verified_at": _SEEN.verified_at,
        "verified_by": _SEEN.verified_by,
        "source": _SEEN.source,
        "is_illustrative": _SEEN.is_illustrative,
        "version": _SEEN.version,
    }
)
_OBSERVED_SOURCE = _SEEN.__table__.join(
    OutcomeIndicator.__table__, OutcomeIndicator.id == _SEEN.indicator_id
).join(Project.__table__, Project.id == OutcomeIndicator.project_id)


def _of_observed(ids: Collection[str]) -> ColumnElement[bool]:
    """Find the indicators whose newest value may be among changed observations."""
    return OutcomeIndicator.id.in_(select(_SEEN.indicator_id).where(by(_SEEN.id)(ids)))


INDICATORS = Records(
    name="outcome-indicators",
    kind="outcome_indicator",
    key=OutcomeIndicator.id,
    version=OutcomeIndicator.version,
    fields=lambda _: _FIELDS,
    source=lambda _: _SOURCE,
    visible=projects.visible,
    follows={
        "indicator_observation": _of_observed,
        "project": by(OutcomeIndicator.project_id),
        "project_partner": by(OutcomeIndicator.project_id),
    },
    seen_by=frozenset({"project", "project_partner"}),
)


def _of_projects(ids: Collection[str]) -> ColumnElement[bool]:
    """Find observations of the indicators of changed projects."""
    theirs = select(OutcomeIndicator.id).where(by(OutcomeIndicator.project_id)(ids))
    return _SEEN.indicator_id.in_(theirs)


OBSERVATIONS = Records(
    name="observations",
    kind="indicator_observation",
    key=_SEEN.id,
    version=_SEEN.version,
    fields=lambda _: _OBSERVED,
    source=lambda _: _OBSERVED_SOURCE,
    visible=projects.visible,
    follows={
        "outcome_indicator": by(_SEEN.indicator_id),
        "project": _of_projects,
        "project_partner": _of_projects,
    },
    seen_by=frozenset({"project", "project_partner"}),
)


def indicator(session: Session, caller: Caller, *, indicator_id: UUID) -> Found:
    """Read one indicator with its newest value.

    Raises:
        Missing: there is none of a project in scope.
    """
    return INDICATORS.one(session, caller, indicator_id)


def indicators(session: Session, caller: Caller, *, ask: Ask, project_id: UUID | None) -> Page:
    """Read a page of the indicators of projects in scope."""
    where = [projects.visible(caller)]
    if project_id is not None:
        where.append(OutcomeIndicator.project_id == project_id)
    return reading.page(
        session,
        _FIELDS,
        source=_SOURCE,
        where=where,
        sorts={"name": OutcomeIndicator.name, "id": OutcomeIndicator.id},
        ask=ask,
    )


def observation(session: Session, caller: Caller, *, observation_id: UUID) -> Found:
    """Read one observation.

    Raises:
        Missing: there is none of a project in scope.
    """
    return OBSERVATIONS.one(session, caller, observation_id)


def observations(session: Session, caller: Caller, *, indicator_id: UUID, ask: Ask) -> Page:
    """Read a page of an indicator's observations, corrected ones too.

    Raises:
        Missing: the indicator is not in scope.
    """
    indicator(session, caller, indicator_id=indicator_id)
    return reading.page(
        session,
        _OBSERVED,
        source=_OBSERVED_SOURCE,
        where=[_SEEN.indicator_id == indicator_id],
        sorts={"as_of": _SEEN.as_of, "id": _SEEN.id},
        ask=ask,
    )


def indicator_for_change(
    session: Session, caller: Caller, *, indicator_id: UUID
) -> OutcomeIndicator:
    """Lock one indicator of a project in scope: its values are given one after the other."""
    return rows.for_change(
        session, OutcomeIndicator, OutcomeIndicator.id == indicator_id, _in_scope(caller)
    )


def observation_for_change(
    session: Session, caller: Caller, *, observation_id: UUID, expected: int
) -> IndicatorObservation:
    """Lock one observation at the version the caller has seen."""
    of_it = select(OutcomeIndicator.id).where(
        OutcomeIndicator.id == _SEEN.indicator_id, _in_scope(caller)
    )
    return rows.for_change(
        session, _SEEN, _SEEN.id == observation_id, of_it.exists(), expected=expected
    )


def is_named(session: Session, project_id: UUID, name: str) -> bool:
    """Say whether a project has an indicator of this name."""
    found = select(OutcomeIndicator.id).where(
        OutcomeIndicator.project_id == project_id, OutcomeIndicator.name == name
    )
    return session.scalar(found) is not None


def current_of(session: Session, indicator_id: UUID, as_of: date) -> IndicatorObservation | None:
    """Give the value that counts for a day."""
    return session.scalars(
        select(_SEEN).where(
            _SEEN.indicator_id == indicator_id, _SEEN.as_of == as_of, _SEEN.is_current
        )
    ).one_or_none()


def next_to(session: Session, indicator_id: UUID, as_of: date) -> tuple[Observed | None, ...]:
    """Give the values that count next before and next after a day."""
    counted = select(_SEEN.as_of, _SEEN.value).where(
        _SEEN.indicator_id == indicator_id, _SEEN.is_current
    )
    asked = (
        counted.where(_SEEN.as_of < as_of).order_by(_SEEN.as_of.desc()),
        counted.where(_SEEN.as_of > as_of).order_by(_SEEN.as_of),
    )
    found = (session.execute(one.limit(1)).one_or_none() for one in asked)
    return tuple(Observed(row.as_of, row.value) if row else None for row in found)


def _in_scope(caller: Caller) -> ColumnElement[bool]:
    seen = select(Project.id).where(
        Project.id == OutcomeIndicator.project_id, projects.visible(caller)
    )
    return seen.exists()
