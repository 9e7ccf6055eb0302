"""What another policy would have said: told from what was recorded by then, changing nothing."""

import copy
import json
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.blockers.models import Blocker, BlockerSuspension
from services.core.escalations import actions as escalations
from services.core.escalations.models import EscalationRun, EscalationStep
from services.core.kit.db import Base
from services.core.kit.feed import PendingEvent, Seen
from services.core.kit.ids import new_id
from services.core.monitoring import actions as monitoring
from services.core.policies.models import PolicyPack
from services.core.progress import actions as progress
from services.core.projects.models import AnnualPlan, Milestone
from tests import given, watching
from tests.given import at
from tests.policies.test_rules import PACKS
from tests.watching import Site

PATH = "/api/v1/simulations"
NOW = at("2027-03-02 09:00")


def live(session: Session, place: Site, *, until: datetime) -> None:
    """Let the workers do what falls due, each time when it does."""
    heard = 0
    while True:
        watch = place.watch(session)
        runs = session.scalars(select(EscalationRun.next_at)).all()
        due = [each for each in (watch.next_check_at, watch.next_open_at, *runs) if each]
        now = min(due, default=until)
        if now >= until:
            return
        progress.open_due(session, now=now, limit=50)
        monitoring.check_due(session, now=now, limit=50)
        session.flush()
        told = select(PendingEvent).where(PendingEvent.id > heard).order_by(PendingEvent.id)
        for row in session.scalars(told).all():
            heard = row.id
            if row.type in escalations.READERS:
                seen = Seen(1, new_id(), row.type, "x", new_id(), None, (), now, None, row.data)
                escalations.READERS[row.type](session, seen, now)
        escalations.climb_due(session, now=now, limit=50)
        session.flush()


def stand(session: Session, place: Site, side_state: str | None, now: datetime) -> None:
    """Pause the project, or let it go on."""
    live(session, place, until=now)
    place.project.side_state = side_state
    place.watch(session).next_check_at = now
    session.flush()


@pytest.fixture
def place(session: Session, set_clock: Callable[[datetime], None]) -> Site:
    """A winter: a report late and made good, investment behind, a milestone missed, a pause."""
    made = watching.site(session, actual_start_on=date(2026, 9, 1))
    made.watch(session).next_open_at = made.watch(session).next_check_at = at("2026-11-20 09:00")
    watching.planned(session, made.project, *[1_000_000 * month for month in range(1, 13)])
    watching.planned(session, made.project, *[2_000_000] * 12, year=2027)
    session.add(
        Milestone(
            project_id=made.project.id,
            name="施工许可",
            planned_on=date(2027, 1, 15),
            original_planned_on=date(2027, 1, 15),
            actual_on=None,
        )
    )
    live(session, made, until=at("2026-12-17 10:00"))
    slow = {"cumulative_year": {"amount": "8000000.00"}}
    handed = watching.handed_in(session, made, at("2026-12-17 10:00"), **slow)
    watching.accepted(session, made, handed, at("2026-12-17 11:00"))
    live(session, made, until=at("2027-01-25 10:00"))
    session.scalars(select(Milestone)).one().actual_on = date(2027, 1, 25)
    stand(session, made, "paused", at("2027-02-05 18:00"))
    stand(session, made, None, at("2027-02-09 18:00"))
    live(session, made, until=NOW)
    session.commit()
    set_clock(NOW)
    return made


@pytest.fixture
def keeper(session: Session, place: Site) -> dict[str, str]:
    return given.headers(session, place.regulator, Accept_Language="en")


def pack_id(session: Session, code: str) -> str:
    return str(session.scalars(select(PolicyPack.id).where(PolicyPack.code == code)).one())


def ask(client: TestClient, keeper: dict[str, str], **body: Any) -> Any:
    whole = {"from_period": "2026-11", "to_period": "2027-02", **body}
    return client.post(PATH, headers=keeper, json=whole)


def test_the_policy_that_counted_would_have_said_what_was_said(
    client: TestClient, keeper: dict[str, str], session: Session
) -> None:
    answer = ask(client, keeper, policy_id=pack_id(session, "zj-default"))
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body["projects"] == []
    assert body["policy"] == {"code": "zj-default", "number": 1}
    assert body["counts"] == {
        "projects": 1,
        "project_months": 4,
        "different": 0,
        "unrecorded": 0,
    }
    assert [(cell["period"], cell["computed"], cell["projects"]) for cell in body["matrix"]] == [
        ("2026-11", "green", 1),
        ("2026-12", "yellow", 1),
        ("2027-01", "red", 1),
        ("2027-02", "red", 1),
    ]
    assert sum(step["taken"] for step in body["steps"]) > 4
    assert all(step["taken"] == step["simulated_steps"] for step in body["steps"])


@pytest.mark.parametrize(
    ("life", "november"),
    [
        ((date(2026, 12, 10), None), "red"),
        ((date(2026, 12, 10), (date(2026, 11, 23), date(2026, 11, 27), 4)), "yellow"),
        ((date(2026, 12, 10), (date(2026, 11, 23), None, None)), "green"),
        ((date(2026, 11, 30), None), "green"),
    ],
)
def test_what_stood_in_the_way_is_judged_as_it_stood_when_the_month_ended(
    client: TestClient,
    keeper: dict[str, str],
    session: Session,
    place: Site,
    life: tuple[date, tuple[date, date | None, int | None] | None],
    november: str,
) -> None:
    resolved_on, stop = life
    blocker = Blocker(
        project_id=place.project.id,
        kind="blockage",
        severity="major",
        level="county",
        state="resolved",
        title="用地未批",
        description="用地未批",
        raised_by=place.reporter.id,
        raised_by_organisation_id=place.unit.id,
        owner_organisation_id=place.unit.id,
        raised_on=date(2026, 11, 20),
        original_due_on=date(2026, 11, 23),
        current_due_on=date(2026, 11, 23),
        assessed_due_on=date(2026, 11, 23),
        resolved_on=resolved_on,
    )
    session.add(blocker)
    session.flush()
    if stop is not None:
        session.add(
            BlockerSuspension(
                blocker_id=blocker.id,
                state_before="assigned",
                reason="等待批复",
                began_on=stop[0],
                limit_days=30,
                until_on=date(2026, 12, 31),
                ended_on=stop[1],
                stopped_working_days=stop[2],
            )
        )
    session.commit()
    body = ask(client, keeper, policy_id=pack_id(session, "zj-default")).json()
    lights = {cell["period"]: cell["simulated"] for cell in body["matrix"]}
    assert lights == {
        "2026-11": november,
        "2026-12": "yellow",
        "2027-01": "red",
        "2027-02": "red",
    }
    if november != "green":
        (month,) = body["projects"][0]["months"]
        assert month["reasons"] == ["MR-11"]


def test_another_pack_lights_the_past_otherwise_for_each_project_and_in_sum(
    client: TestClient, keeper: dict[str, str], session: Session, place: Site
) -> None:
    body = ask(client, keeper, policy_id=pack_id(session, "suqian-2025")).json()
    (project,) = body["projects"]
    assert (project["id"], project["code"]) == (str(place.project.id), place.project.code)
    assert {"period": "2026-12", "kind": "supervision_order", "taken": 1, "simulated_steps": 1} in (
        body["steps"]
    )
    assert project["steps"] == [
        step for step in body["steps"] if step["taken"] != step["simulated_steps"]
    ]
    assert {"period": "2027-01", "kind": "consultation", "taken": 1, "simulated_steps": 0} in (
        project["steps"]
    )
    ratio = ask(client, keeper, policy_id=pack_id(session, "wuhan-ratio")).json()
    december = next(cell for cell in ratio["matrix"] if cell["period"] == "2026-12")
    assert (december["computed"], december["simulated"]) == ("yellow", "yellow")
    assert sum(cell["projects"] for cell in ratio["matrix"]) == ratio["counts"]["project_months"]


def test_a_draft_is_tried_as_it_is_sent_and_names_the_rules_behind_its_lights(
    client: TestClient, keeper: dict[str, str]
) -> None:
    document = copy.deepcopy(PACKS["zj-default"])
    bands = next(scale for scale in document["lights"] if scale["dimension"] == "progress")["bands"]
    bands[2]["high"] = bands[3]["low"] = 20
    body = ask(client, keeper, document=document, to_period="2026-12").json()
    assert body["policy"] == {"code": "zj-default", "number": 0}
    assert body["projects"][0]["months"] == [
        {"period": "2026-12", "computed": "yellow", "simulated": "red", "reasons": ["MR-05"]}
    ]
    assert body["counts"]["different"] == 1
    bands[3]["low"] = 25
    wrong = ask(client, keeper, document=document)
    assert wrong.status_code == 422
    assert [fault["pointer"] for fault in wrong.json()["errors"]] == [
        "/document/lights/1/bands/3/low"
    ]


def test_what_was_recorded_later_is_not_known_earlier(
    client: TestClient, keeper: dict[str, str], session: Session, place: Site
) -> None:
    """A plan made in January, and a report accepted in December, change no November."""
    asked = {"policy_id": pack_id(session, "zj-default")}
    before = ask(client, keeper, **asked).json()["matrix"]
    old = session.scalars(select(AnnualPlan).where(AnnualPlan.year == 2026)).one()
    old.is_current = False
    session.flush()
    session.add(
        AnnualPlan(
            project_id=place.project.id,
            year=2026,
            number=2,
            planned_investment=Decimal(8_000_000),
            curve=[Decimal(1_000_000)] * 11 + [Decimal(8_000_000)],
            made_at=at("2027-01-10 09:00"),
            reason="调整",
        )
    )
    session.commit()
    after = ask(client, keeper, **asked).json()["matrix"]
    assert after[:2] == before[:2]
    assert [cell["simulated"] for cell in after] == ["green", "yellow", "red", "red"]


def test_nothing_is_changed_or_kept(
    client: TestClient, keeper: dict[str, str], session: Session
) -> None:
    def everything() -> dict[str, Any]:
        session.expire_all()
        tables = Base.metadata.tables.values()
        counts = {
            table.name: session.scalar(sa.select(sa.func.count()).select_from(table))
            for table in tables
        }
        last = session.scalar(select(sa.func.max(PendingEvent.id)))
        watch = session.execute(
            sa.text("SELECT md5(string_agg(w::text, ',')) FROM project_watch w")
        )
        return {**counts, "last fact": last, "watch": watch.scalar()}

    asked = {"policy_id": pack_id(session, "suqian-2025")}
    before = everything()
    assert ask(client, keeper, **asked).status_code == 200
    assert everything() == before


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/policy_id"),
        ({"document": {}, "policy_id": str(new_id())}, "/policy_id"),
        ({"to_period": "2027-03"}, "/to_period"),
        ({"from_period": "2027-02", "to_period": "2027-01"}, "/from_period"),
        ({"from_period": "2024-01"}, "/from_period"),
        ({"from_period": "soon"}, "/from_period"),
    ],
)
def test_what_cannot_be_simulated_is_refused_with_what_can(
    client: TestClient, keeper: dict[str, str], body: dict[str, Any], pointer: str
) -> None:
    if pointer != "/policy_id":
        body = {"document": PACKS["zj-default"], **body}
    answer = ask(client, keeper, **body)
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


def test_it_is_for_those_who_keep_policies_and_of_what_they_see(
    client: TestClient, keeper: dict[str, str], session: Session, place: Site
) -> None:
    asked = {"policy_id": pack_id(session, "zj-default")}
    reporter = given.headers(session, place.reporter)
    assert ask(client, reporter, **asked).status_code == 403
    far = given.unit(session, "温州市国资委", region_code="330300", level="city", kind="sasac")
    elsewhere = given.headers(session, given.account(session, "wz", of=far, role="regulator"))
    assert ask(client, elsewhere, **asked).json()["counts"]["projects"] == 0
    one = {"project_ids": [str(place.project.id)], "region_code": "331100"}
    assert ask(client, keeper, **asked, **one).json()["counts"]["projects"] == 1
    assert ask(client, keeper, **asked, region_code="330300").json()["counts"]["projects"] == 0
    assert ask(client, keeper, **asked, group_id=str(new_id())).json()["counts"]["projects"] == 0
    assert ask(client, keeper, policy_id=str(new_id())).status_code == 404


@pytest.mark.usefixtures("place")
def test_the_steps_of_the_winter_were_really_taken(session: Session) -> None:
    kinds = list(session.scalars(select(EscalationStep.kind).order_by(EscalationStep.taken_at)))
    assert kinds[:3] == ["urge", "urge_notice", "supervision_order"], json.dumps(kinds)
