"""Writes of outcomes: whoever keeps the project defines, observes and verifies."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of
from services.core.kit import rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Fault
from services.core.kit.words import Words
from services.core.outcomes import queries, rules, schemas
from services.core.outcomes.events import IndicatorDefined, OutcomeObserved, OutcomeVerified
from services.core.outcomes.models import IndicatorObservation, OutcomeIndicator
from services.core.outcomes.rules import Measure, Observed
from services.core.projects.actions import keeping
from services.core.projects.models import Project


def define(
    session: Session, *, project_id: UUID, given: schemas.NewIndicator, by: Caller
) -> OutcomeIndicator:
    """Say what is to be observed of a project.

    Raises:
        Missing, Forbidden, UnlawfulMove: the project has left the library. Conflict: name taken.
    """
    project = keeping.open_project(
        session, project_id=project_id, expected=None, verb="define an outcome", by=by
    )
    if queries.is_named(session, project.id, given.name):
        words = Words("该项目已有同名指标。", "The project has an outcome of this name.")
        raise Conflict(words, faults=[Fault("/name", "taken", words)])
    made = OutcomeIndicator(project_id=project.id, **given.model_dump())
    session.add(made)
    session.flush()
    fact = IndicatorDefined(**_about(project, made), measure=Measure(made.measure))
    keeping.record(session, project, fact, by=by, about=("outcome_indicator", made.id))
    return made


def observe(
    session: Session, *, indicator_id: UUID, given: schemas.NewObservation, by: Caller
) -> IndicatorObservation:
    """Record what an indicator was found to be; with a reason it may correct what stood there.

    Raises:
        Missing, Forbidden, UnlawfulMove.
        Invalid: the day has not come; the value falls or is there already, without a reason.
    """
    found = queries.indicator_for_change(session, by, indicator_id=indicator_id)
    project = keeping.open_project(
        session, project_id=found.project_id, expected=None, verb="observe", by=by
    )
    rules.check_day(given.as_of, today=day_of(by.now))
    there = queries.current_of(session, found.id, given.as_of)
    before, after = queries.next_to(session, found.id, given.as_of)
    rules.check_value(
        Measure(found.measure),
        Observed(given.as_of, given.value),
        before=before,
        after=after,
        same=Observed(there.as_of, there.value) if there else None,
        reason=given.reason,
    )
    changes: dict[str, Any] | None = None
    if there is not None:
        there.is_current = False
        changes = {"value": [there.value, given.value]}
        session.flush()
    made = IndicatorObservation(
        indicator_id=found.id,
        observed_at=by.now,
        observed_by=by.account_id,
        **given.model_dump(),
    )
    session.add(made)
    rows.touch(found)
    session.flush()
    fact = OutcomeObserved(
        **_about(project, found),
        observation_id=made.id,
        as_of=made.as_of,
        value=made.value,
        qualifier=given.qualifier,
        reason=made.reason,
    )
    about = ("indicator_observation", made.id)
    keeping.record(session, project, fact, by=by, changes=changes, about=about)
    return made


def verify(
    session: Session, *, observation_id: UUID, expected: int, by: Caller
) -> IndicatorObservation:
    """Verify, as a second person, a value that counts.

    Raises:
        Missing, Stale. Forbidden: also to whoever observed it.
        Conflict: it was verified before, or corrected since.
    """
    seen = queries.observation_for_change(
        session, by, observation_id=observation_id, expected=expected
    )
    found = session.get_one(OutcomeIndicator, seen.indicator_id)
    project = keeping.open_project(
        session, project_id=found.project_id, expected=None, verb="verify", by=by
    )
    if seen.verified_at is not None or not seen.is_current:
        raise Conflict(
            Words("该数据已核实或已被更正。", "This value was verified, or corrected since.")
        )
    rules.check_second_person(seen.observed_by, by.account_id)
    changes = rows.merged(seen, {"verified_at": by.now, "verified_by": by.account_id})
    rows.touch(found)
    fact = OutcomeVerified(
        **_about(project, found), observation_id=seen.id, as_of=seen.as_of, value=seen.value
    )
    about = ("indicator_observation", seen.id)
    keeping.record(session, project, fact, by=by, changes=changes, about=about)
    return seen


def _about(project: Project, found: OutcomeIndicator) -> dict[str, Any]:
    return {
        "indicator_id": found.id,
        "project_id": project.id,
        "project_code": project.code,
        "indicator_name": found.name,
        "unit": found.unit,
    }
