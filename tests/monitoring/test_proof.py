"""The nightly proof: what is kept is what the rules would say, or it is found."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.core.monitoring import actions
from services.core.monitoring.actions.proving import night_of
from services.core.monitoring.models import Finding, Proof
from services.core.monitoring.rules.proof import Standing, differences
from services.core.policies.pack import Light
from services.core.progress import actions as progress
from tests import given, watching
from tests.given import at
from tests.watching import DUE, OPENS

NOON = datetime(2026, 11, 26, 4, tzinfo=UTC)
QUIET = Standing(Light.GREEN, {"MR-03": ("green", False)}, frozenset(), NOON)
LATE = ("MR-03", "2026-10", "yellow", False)


@pytest.mark.parametrize(
    ("kept", "anew", "said"),
    [
        (QUIET, QUIET, []),
        (
            Standing(Light.RED, QUIET.lights, QUIET.found, NOON),
            QUIET,
            ["light: kept red, anew green"],
        ),
        (
            Standing(None, {}, QUIET.found, NOON),
            QUIET,
            ["light: kept –, anew green", "MR-03: kept –, anew green"],
        ),
        (
            Standing(Light.GREEN, {"MR-03": ("green", True)}, QUIET.found, NOON),
            QUIET,
            ["MR-03: kept green (waived), anew green"],
        ),
        (
            Standing(Light.GREEN, QUIET.lights, frozenset({LATE}), NOON),
            QUIET,
            ["MR-03 2026-10: kept yellow, not anew"],
        ),
        (
            QUIET,
            Standing(Light.GREEN, QUIET.lights, frozenset({LATE}), NOON),
            ["MR-03 2026-10: anew yellow, not kept"],
        ),
        (Standing(Light.GREEN, QUIET.lights, QUIET.found, NOON - timedelta(hours=1)), QUIET, []),
        (
            Standing(Light.GREEN, QUIET.lights, QUIET.found, NOON + timedelta(hours=1)),
            QUIET,
            ["next check: kept 2026-11-26T05:00:00+00:00, must be 2026-11-26T04:00:00+00:00"],
        ),
        (
            Standing(Light.GREEN, QUIET.lights, QUIET.found, None),
            QUIET,
            ["next check: kept –, must be 2026-11-26T04:00:00+00:00"],
        ),
        (QUIET, Standing(Light.GREEN, QUIET.lights, QUIET.found, None), []),
    ],
)
def test_a_difference_is_named_with_both_values(
    kept: Standing, anew: Standing, said: list[str]
) -> None:
    assert [words.en for words in differences(kept, anew)] == said


@pytest.mark.parametrize(
    ("moment", "night"),
    [("2026-11-26 01:59", 25), ("2026-11-26 02:00", 26), ("2026-11-26 23:59", 26)],
)
def test_a_night_begins_at_two(moment: str, night: int) -> None:
    assert night_of(at(moment)).day == night


def proven(session: Session, now: datetime, *, limit: int = 100) -> Proof:
    """Prove until there is no more, and give what is kept of that night."""
    while actions.prove_some(session, now=now, limit=limit):
        pass
    return session.scalars(select(Proof).where(Proof.night == night_of(now))).one()


def doubts(session: Session) -> list[Finding]:
    return list(session.scalars(select(Finding).where(Finding.rule == "MR-23")))


def checked(session: Session, now: datetime) -> None:
    progress.open_due(session, now=now, limit=50)
    actions.check_due(session, now=now, limit=50)
    session.flush()


def test_what_is_checked_as_it_should_be_is_proven(session: Session) -> None:
    watching.site(session)
    for now in (OPENS, DUE + timedelta(minutes=1)):
        checked(session, now)
        proof = proven(session, now + timedelta(days=1))
        assert (proof.projects, proof.differences) == (1, 0)
    assert doubts(session) == []


@pytest.mark.parametrize(
    "harm",
    [
        "UPDATE project_watch SET light = 'red'",
        "UPDATE project_watch SET next_check_at = NULL",
        "UPDATE finding SET state = 'cleared', cleared_at = house_now()",
        "UPDATE finding SET light = 'red'",
        "UPDATE progress_report SET state = 'accepted'",
        "UPDATE health_assessment SET dimensions = '[]'",
    ],
)
def test_a_missed_check_is_found_mended_and_cleared_the_night_after(
    session: Session, harm: str
) -> None:
    place = watching.site(session)
    late = DUE + timedelta(minutes=1)
    checked(session, OPENS)
    checked(session, late)
    session.execute(text(harm))
    session.expire_all()

    night = late + timedelta(days=1)
    assert proven(session, night).differences == 1
    (doubt,) = doubts(session)
    assert (doubt.state, doubt.light) == ("open", "yellow")
    assert doubt.explanation["arithmetic"]["en"].startswith("Nightly proof: ")
    assert place.watch(session).next_check_at == night
    opened = watching.facts(session, "finding.opened")
    assert [fact["rule"] for fact in opened if fact["rule"] == "MR-23"] == ["MR-23"]

    checked(session, night)
    session.refresh(doubt)
    assert doubt.state == "open"
    assert proven(session, night + timedelta(days=1)).differences == 0
    session.refresh(doubt)
    assert doubt.state == "cleared"


def test_a_night_is_proven_once_and_goes_on_where_it_was_left(session: Session) -> None:
    place = watching.site(session)
    for code in ("P-2", "P-3"):
        given.project(session, group=place.group, lead=place.unit, code=code)
    checked(session, OPENS)
    now = OPENS + timedelta(hours=5)
    assert actions.prove_some(session, now=now, limit=2)
    assert not actions.prove_some(session, now=now, limit=2)
    assert not actions.prove_some(session, now=now, limit=2)
    proof = session.scalars(select(Proof)).one()
    assert (proof.projects, proof.ended_at) == (3, now)


def test_what_waits_to_be_checked_is_left_to_the_check(session: Session) -> None:
    place = watching.site(session)
    checked(session, OPENS)
    session.execute(text("UPDATE project_watch SET light = 'red', next_check_at = house_now()"))
    session.expire_all()
    assert proven(session, OPENS + timedelta(days=1)).projects == 1
    assert doubts(session) == []
    assert place.watch(session).light == "red"


def test_a_project_that_cannot_be_judged_stops_no_other(session: Session) -> None:
    place = watching.site(session)
    other = given.project(session, group=place.group, lead=place.unit, code="P-2")
    checked(session, OPENS)
    broken = text(
        "UPDATE project_watch SET last_accepted_period = 'no period' WHERE project_id = :id"
    )
    session.execute(broken, {"id": place.project.id})
    session.execute(
        text("UPDATE project_watch SET light = 'red' WHERE project_id = :id"), {"id": other.id}
    )
    session.expire_all()
    proof = proven(session, OPENS + timedelta(hours=5))
    assert (proof.projects, proof.differences) == (2, 1)
    assert [doubt.project_id for doubt in doubts(session)] == [other.id]
