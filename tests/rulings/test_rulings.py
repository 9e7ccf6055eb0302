"""An accepted reason prevents a light until its day; a declared light hides nothing (I-12)."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.access.models import Account
from services.core.escalations import actions as escalations
from services.core.escalations.models import EscalationRun
from services.core.kit.errors import Invalid
from services.core.kit.feed import PendingEvent, Seen
from services.core.kit.ids import new_id
from services.core.monitoring import actions as monitoring
from services.core.monitoring.models import Finding, HealthAssessment
from services.core.progress import actions as progress
from services.core.rulings import rules
from services.core.rulings.models import Ruling
from tests import given, watching
from tests.given import at
from tests.watching import DUE, OPENS, Site

LATE = DUE + timedelta(days=1)
BODY = {"dimension": "report", "reason": "特大暴雨，县防指停工令", "expires_on": "2026-12-11"}


@pytest.fixture
def place(session: Session, set_clock: Callable[[datetime], None]) -> Site:
    """A site whose report of November is a day late, and noticed."""
    made = watching.site(session)
    look(session, OPENS)
    look(session, LATE)
    session.commit()
    set_clock(LATE)
    return made


def look(session: Session, now: datetime) -> None:
    progress.open_due(session, now=now, limit=10)
    monitoring.check_due(session, now=now, limit=10)
    session.flush()


def hear(session: Session, now: datetime, *names: str) -> None:
    """Let the ladder hear of the facts with these names."""
    session.flush()
    for row in session.scalars(select(PendingEvent).order_by(PendingEvent.id)).all():
        if row.type in names:
            seen = Seen(1, new_id(), row.type, "x", new_id(), None, (), now, None, row.data)
            escalations.READERS[row.type](session, seen, now)
    session.flush()


def rule(client: TestClient, session: Session, place: Site, who: Account, **also: Any) -> Any:
    body = {name: value for name, value in {**BODY, **also}.items() if value is not None}
    headers = given.headers(session, who, Accept_Language="en")
    return client.post(f"/api/v1/projects/{place.project.id}/rulings", headers=headers, json=body)


def health(client: TestClient, session: Session, place: Site) -> Any:
    headers = given.headers(session, place.convener)
    return client.get(f"/api/v1/projects/{place.project.id}/health", headers=headers).json()


def test_an_accepted_reason_prevents_the_light_and_hides_nothing(
    client: TestClient, session: Session, place: Site
) -> None:
    hear(session, LATE, "progress.missing")
    made = rule(client, session, place, place.regulator)
    assert (made.status_code, made.json()["state"]) == (201, "in_force"), made.text
    look(session, LATE)
    session.commit()
    body = health(client, session, place)
    (report,) = [each for each in body["dimensions"] if each["rule"] == "MR-03"]
    assert (body["light"], report["light"]) == ("green", "yellow")
    assert report["waived"] == {
        "reason": BODY["reason"],
        "until": at("2026-12-12 00:00").isoformat(),
        "by": "regulator",
    }
    assert "工作日" in report["arithmetic"]["zh"]
    finding = session.scalars(select(Finding)).one()
    session.refresh(finding)
    assert (finding.state, finding.light, finding.worst_light) == ("waived", "yellow", "yellow")
    assert finding.waived_until == at("2026-12-12 00:00")
    assert [fact["occurrence"] for fact in watching.facts(session, "finding.waived")] == ["2026-11"]
    assert place.watch(session).next_check_at == at("2026-12-12 00:00")
    hear(session, LATE, "finding.waived")
    run = session.scalars(select(EscalationRun)).one()
    assert (run.state, run.ended_reason) == ("stopped", "waived")


def test_when_its_day_is_over_the_light_is_back_by_the_clock(
    client: TestClient, session: Session, place: Site, set_clock: Callable[[datetime], None]
) -> None:
    made = rule(client, session, place, place.regulator)
    look(session, LATE)
    look(session, at("2026-12-11 23:59"))
    assert place.watch(session).light == "green"
    finding = session.scalars(select(Finding)).one()
    look(session, at("2026-12-12 00:00"))
    session.refresh(finding)
    assert (place.watch(session).light, finding.state) == ("yellow", "open")
    assert finding.waived_until is None
    assert len(watching.facts(session, "progress.missing")) == 2
    set_clock(at("2026-12-12 09:00"))
    path = made.headers["location"]
    ruling = client.get(path, headers=given.headers(session, place.member)).json()
    assert (ruling["state"], ruling["ended_at"]) == ("expired", None)
    kept = session.scalars(select(HealthAssessment).order_by(HealthAssessment.id)).all()
    assert [each.light for each in kept] == ["green", "yellow", "green", "yellow"]
    waived = [[rule for rule, _, _, is_waived in each.lights if is_waived] for each in kept]
    assert waived == [[], [], ["MR-03"], []]
    for each in kept:
        assert [list(said) for said in each.lights] == [
            [one["rule"], one["dimension"], one["light"], one["waived"] is not None]
            for one in each.dimensions
        ]


def test_a_declared_light_stands_beside_the_computed_one(
    client: TestClient, session: Session, place: Site
) -> None:
    made = rule(client, session, place, place.regulator, dimension=None, light="green")
    assert made.status_code == 201, made.text
    look(session, LATE)
    session.commit()
    body = health(client, session, place)
    assert (body["light"], body["declared"]["light"]) == ("yellow", "green")
    assert body["declared"]["by"] == "regulator"
    assert place.watch(session).light == "yellow"
    etag = made.headers["etag"]
    headers = {**given.headers(session, place.regulator), "If-Match": etag}
    ended = client.post(f"{made.headers['location']}/end", headers=headers)
    assert (ended.status_code, ended.json()["state"]) == (200, "ended"), ended.text
    assert health(client, session, place)["declared"] is None
    again = client.post(
        f"{made.headers['location']}/end", headers={**headers, "If-Match": ended.headers["etag"]}
    )
    assert (again.status_code, again.json()["code"]) == (409, "unlawful_move")
    facts = watching.facts(session, "ruling.issued", "ruling.ended")
    assert [fact["light"] for fact in facts] == ["green", "green"]


def test_a_month_that_was_waived_is_not_remembered(session: Session) -> None:
    place = watching.site(
        session, stage="preparatory", plan_start_on=date(2026, 9, 20), reports_from=None
    )
    for day in ("2026-10-25", "2026-11-10"):
        place.watch(session).next_check_at = at(f"{day} 09:00")
        look(session, at(f"{day} 09:00"))
    session.add(
        Ruling(
            project_id=place.project.id,
            dimension="start",
            reason="停工令",
            expires_on=date(2026, 11, 30),
            made_at=at("2026-11-10 10:00"),
            made_by=place.regulator.id,
        )
    )
    place.watch(session).next_check_at = at("2026-11-10 10:00")
    look(session, at("2026-11-10 10:00"))
    assert place.watch(session).light is None
    look(session, at("2026-12-01 00:00"))
    assert place.watch(session).light == "yellow"


@pytest.mark.parametrize(
    ("also", "pointer"),
    [
        ({"light": "green"}, "/dimension"),
        ({"dimension": None}, "/dimension"),
        ({"expires_on": "2026-12-07"}, "/expires_on"),
        ({"expires_on": "2027-12-10"}, "/expires_on"),
        ({"reason": None}, "/reason"),
        ({"expires_on": None}, "/expires_on"),
    ],
)
def test_a_ruling_says_one_thing_with_a_reason_and_a_near_end(
    client: TestClient, session: Session, place: Site, also: dict[str, Any], pointer: str
) -> None:
    answer = rule(client, session, place, place.regulator, **also)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


def test_only_a_regulator_rules_and_only_once_on_the_same(
    client: TestClient, session: Session, place: Site
) -> None:
    assert rule(client, session, place, place.reviewer).status_code == 403
    assert rule(client, session, place, place.convener).status_code == 403
    assert rule(client, session, place, place.outsider).status_code in {403, 404}
    assert rule(client, session, place, place.regulator).status_code == 201
    assert rule(client, session, place, place.regulator).status_code == 409
    assert rule(client, session, place, place.regulator, dimension="stale").status_code == 201
    headers = given.headers(session, place.member)
    listed = client.get(f"/api/v1/projects/{place.project.id}/rulings", headers=headers).json()
    assert [each["dimension"] for each in listed["items"]] == ["report", "stale"]
    far = given.headers(session, place.outsider)
    gone = client.get(f"/api/v1/projects/{place.project.id}/rulings", headers=far)
    assert gone.status_code == 404


@pytest.mark.parametrize(
    ("expires_on", "ended_at", "state"),
    [
        (date(2026, 12, 9), None, "expired"),
        (date(2026, 12, 10), None, "in_force"),
        (date(2026, 12, 11), None, "in_force"),
        (date(2026, 12, 11), at("2026-12-09 10:00"), "ended"),
        (date(2026, 12, 9), at("2026-12-08 10:00"), "ended"),
    ],
)
def test_a_ruling_counts_on_its_last_day_too(
    expires_on: date, ended_at: datetime | None, state: str
) -> None:
    assert rules.state_of(expires_on, ended_at, date(2026, 12, 10)) == state


@pytest.mark.parametrize(("days", "fits"), [(-1, False), (0, True), (366, True), (367, False)])
def test_its_end_lies_within_a_year(days: int, fits: bool) -> None:  # noqa: FBT001
    today = date(2026, 12, 10)
    if fits:
        rules.check_expiry(today + timedelta(days=days), today)
    else:
        with pytest.raises(Invalid):
            rules.check_expiry(today + timedelta(days=days), today)
