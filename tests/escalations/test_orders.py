"""Supervision orders over HTTP: drafted, issued by a person, signed, replied, closed by another."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.escalations import actions
from services.core.escalations.models import EscalationRun
from services.core.kit.feed import PendingEvent
from tests import given
from tests.chasing import County, county, facts, finding, inbox, office, seen
from tests.given import at

PATH = "/api/v1/supervision-orders"
NOW = at("2026-12-14 10:00")
Clock = Callable[[datetime], None]


@pytest.fixture
def jingning(session: Session, set_clock: Clock) -> County:
    """A climb has just drafted DB-2026-0001."""
    set_clock(NOW)
    found = county(session)
    missing = finding(session, found.project)
    actions.READERS["progress.missing"](
        session, seen("progress.missing", finding_id=missing.id), at("2026-12-07 17:31")
    )
    actions.climb_due(session, now=NOW, limit=10)
    return found


class Desk:
    """One person at work: reads an order and moves it, with the version just read."""

    def __init__(self, session: Session, client: TestClient, found: County, name: str) -> None:
        self.client = client
        self.headers = given.headers(session, found.people[name])

    def orders(self, query: str = "") -> list[Any]:
        """List what this person sees."""
        answer = self.client.get(f"{PATH}{query}", headers=self.headers)
        assert answer.status_code == 200, answer.text
        items: list[Any] = answer.json()["items"]
        return items

    def move(self, order_id: str, verb: str, **body: str) -> Any:
        """Do something with an order as it is now."""
        path = f"{PATH}/{order_id}"
        etag = self.client.get(path, headers=self.headers).headers.get("etag", '"0"')
        headers = {**self.headers, "If-Match": etag, "Accept-Language": "en"}
        return self.client.post(f"{path}/{verb}", headers=headers, json=body or None)


@pytest.fixture
def desk(session: Session, client: TestClient, jingning: County) -> Callable[[str], Desk]:
    def of(name: str) -> Desk:
        return Desk(session, client, jingning, name)

    return of


def test_a_draft_is_seen_by_regulators_alone(desk: Callable[[str], Desk]) -> None:
    for name in ("sasac", "province"):
        (order,) = desk(name).orders()
        assert (order["code"], order["state"]) == ("DB-2026-0001", "drafted")
        assert order["drafted_by"] is None
    for name in ("energy", "convener", "leader", "mech"):
        assert desk(name).orders() == []


def test_the_fact_of_a_draft_is_for_regulators_alone(session: Session, jingning: County) -> None:
    drafted, stepped = (
        session.scalars(select(PendingEvent).where(PendingEvent.type == name)).all()
        for name in ("supervision.drafted", "escalation.stepped")
    )
    assert [(fact.group_id, fact.organisation_ids) for fact in drafted] == [
        (None, [jingning.sasac.id])
    ]
    assert {fact.group_id for fact in stepped} == {jingning.group.id}


def test_an_order_goes_its_whole_way(
    session: Session, jingning: County, desk: Callable[[str], Desk]
) -> None:
    sasac, energy = desk("sasac"), desk("energy")
    order = sasac.orders()[0]["id"]
    assert inbox(session, jingning.people["energy"]) == []
    issued = sasac.move(order, "issue")
    assert issued.status_code == 200, issued.text
    assert issued.json()["issued_by"]["id"] == str(jingning.people["sasac"].id)
    (letter,) = inbox(session, jingning.people["energy"])
    assert (letter.cause_kind, letter.title_zh[:16]) == (
        "supervision_order",
        "请签收：DB-2026-0001",
    )
    assert energy.orders("?state=issued")[0]["id"] == order
    assert energy.move(order, "sign").json()["state"] == "signed"
    first = energy.move(order, "reply", text="已督促，材料补报中。")
    assert first.json()["reply"] == "已督促，材料补报中。"
    back = sasac.move(order, "return", reason="请附补报日期。")
    assert back.json()["state"] == "signed"
    energy.move(order, "reply", text="已于12月14日补报。")
    closed = sasac.move(order, "close").json()
    assert (closed["state"], closed["closed_by"]["id"]) == (
        "closed",
        str(jingning.people["sasac"].id),
    )
    names = ("drafted", "issued", "signed", "replied", "returned", "replied", "closed")
    said = [f"supervision.{name}" for name in names]
    written = session.scalars(
        select(PendingEvent.type)
        .where(PendingEvent.type.startswith("supervision."))
        .order_by(PendingEvent.id)
    ).all()
    assert list(written) == said


@pytest.mark.parametrize("name", ["energy", "convener", "leader", "mech"])
def test_only_a_regulator_issues(session: Session, jingning: County, desk: Any, name: str) -> None:
    del session, jingning
    order = desk("sasac").orders()[0]["id"]
    assert desk(name).move(order, "issue").status_code == 403


def test_a_move_needs_the_version_it_moves(client: TestClient, desk: Callable[[str], Desk]) -> None:
    sasac = desk("sasac")
    order = sasac.orders()[0]["id"]
    assert client.post(f"{PATH}/{order}/issue", headers=sasac.headers).status_code == 428
    stale = {**sasac.headers, "If-Match": '"99-x"'}
    answer = client.post(f"{PATH}/{order}/issue", headers=stale)
    assert answer.status_code == 412
    assert answer.json()["current"]["state"] == "drafted"


def test_an_unlawful_move_names_the_lawful_ones(desk: Callable[[str], Desk]) -> None:
    sasac = desk("sasac")
    order = sasac.orders()[0]["id"]
    answer = sasac.move(order, "close")
    assert answer.status_code == 409
    assert answer.json()["lawful"] == ["issue", "withdraw"]


def test_units_it_was_not_issued_to_neither_sign_nor_reply(
    desk: Callable[[str], Desk],
) -> None:
    sasac = desk("sasac")
    order = sasac.orders()[0]["id"]
    sasac.move(order, "issue")
    assert desk("mech").move(order, "sign").status_code == 403
    assert desk("energy").move(order, "sign").status_code == 200
    assert desk("mech").move(order, "reply", text="…").status_code == 403


def test_only_the_issuing_unit_checks_the_reply(desk: Callable[[str], Desk]) -> None:
    sasac, energy, province = desk("sasac"), desk("energy"), desk("province")
    order = sasac.orders()[0]["id"]
    sasac.move(order, "issue")
    energy.move(order, "sign")
    energy.move(order, "reply", text="已补报。")
    for verb in ("close", "return"):
        body = {"reason": "请补充。"} if verb == "return" else {}
        assert province.move(order, verb, **body).status_code == 403
    assert sasac.move(order, "close").status_code == 200


def test_nobody_checks_the_reply_of_the_own_unit(
    session: Session, jingning: County, desk: Callable[[str], Desk]
) -> None:
    """Four eyes of two units, even where one person may answer and another may close."""
    answering = office(session, jingning.sasac, "reporter", "reviewer")
    jingning.people["answering"] = answering
    sasac = desk("sasac")
    order = sasac.orders()[0]["id"]
    sasac.move(order, "issue")
    inside = desk("answering")
    assert inside.move(order, "sign").status_code == 200
    assert inside.move(order, "reply", text="已办。").status_code == 200
    answer = sasac.move(order, "close")
    assert answer.status_code == 403
    assert answer.json()["detail"] == "A reply is checked by another unit than replied."


def test_a_withdrawn_order_is_told_to_those_who_got_it(
    session: Session, jingning: County, desk: Callable[[str], Desk]
) -> None:
    sasac = desk("sasac")
    order = sasac.orders()[0]["id"]
    sasac.move(order, "issue")
    assert desk("province").move(order, "withdraw", reason="误发。").status_code == 403
    gone = sasac.move(order, "withdraw", reason="误发。").json()
    assert (gone["state"], gone["end_reason"]) == ("withdrawn", "误发。")
    kinds = [row.cause_kind for row in inbox(session, jingning.people["energy"])]
    assert kinds == ["supervision_order", "supervision_end"]
    assert facts(session, "supervision.withdrawn")[0]["reason"] == "误发。"


def test_a_withdrawn_draft_is_told_to_nobody(
    session: Session, jingning: County, desk: Callable[[str], Desk]
) -> None:
    sasac = desk("sasac")
    order = sasac.orders()[0]["id"]
    assert sasac.move(order, "withdraw", reason="已电话办结。").status_code == 200
    assert inbox(session, jingning.people["energy"]) == []
    assert desk("energy").orders() == []


def draft_of(found: County, **also: Any) -> dict[str, Any]:
    return {
        "project_id": str(found.project.id),
        "title": {"zh": "关于用地指标的督办单", "en": "Supervision order: land quota"},
        "body": {"zh": "请协调用地指标。", "en": "Please help with the land quota."},
        "issued_to": [str(found.energy.id)],
        **also,
    }


def test_a_person_drafts_changes_and_issues_an_order(
    session: Session, client: TestClient, jingning: County, desk: Callable[[str], Desk]
) -> None:
    sasac = desk("sasac")
    made = client.post(PATH, headers=sasac.headers, json=draft_of(jingning))
    assert made.status_code == 201, made.text
    order = made.json()
    assert (order["code"], order["colour"], order["run_id"]) == ("DB-2026-0002", "red", None)
    assert order["drafted_by"]["id"] == str(jingning.people["sasac"].id)
    path = f"{PATH}/{order['id']}"
    patch = {"colour": "yellow", "title": {"zh": "关于用地的督办单", "en": "Land"}}
    headers = {**sasac.headers, "If-Match": made.headers["etag"]}
    changed = client.patch(path, headers=headers, json=patch)
    assert changed.status_code == 200, changed.text
    assert changed.json()["title"] == patch["title"]
    assert changed.json()["body"]["zh"] == "请协调用地指标。"
    assert changed.json()["issued_to"] == [
        {"id": str(jingning.energy.id), "name": "浙江省能源集团"}
    ]
    assert len(facts(session, "supervision.changed")) == 1
    assert sasac.move(order["id"], "issue").status_code == 200
    late = {**sasac.headers, "If-Match": client.get(path, headers=sasac.headers).headers["etag"]}
    assert client.patch(path, headers=late, json={"colour": "red"}).status_code == 409


@pytest.mark.parametrize(
    ("also", "pointer"),
    [
        ({"kind": "reminder"}, "/kind"),
        ({"colour": "green"}, "/colour"),
        ({"issued_to": []}, "/issued_to"),
        ({"issued_to": ["00000000-0000-7000-8000-000000000000"]}, "/issued_to/0"),
        ({"project_id": "00000000-0000-7000-8000-000000000000"}, "/project_id"),
        ({"title": {"zh": "只有中文"}}, "/title/en"),
        ({"state": "issued"}, "/state"),
    ],
)
def test_bad_drafts_are_refused_by_pointer(
    client: TestClient,
    jingning: County,
    desk: Callable[[str], Desk],
    also: dict[str, Any],
    pointer: str,
) -> None:
    answer = client.post(PATH, headers=desk("sasac").headers, json=draft_of(jingning, **also))
    assert answer.status_code == 422, answer.text
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}


def test_another_countys_people_see_nothing_of_it(
    session: Session, client: TestClient, jingning: County
) -> None:
    sasac_ts = given.unit(session, "泰顺县国资办", kind="sasac", region_code="330329")
    who = given.account(session, "sasac-ts", of=sasac_ts, role="regulator")
    me = given.headers(session, who)
    run = session.scalars(select(EscalationRun)).one()
    assert client.get(PATH, headers=me).json()["items"] == []
    assert client.get("/api/v1/escalations", headers=me).json()["items"] == []
    assert client.get(f"/api/v1/escalations/{run.id}", headers=me).status_code == 404
    refused = client.post(PATH, headers=me, json=draft_of(jingning))
    assert refused.json()["errors"][0]["pointer"] == "/project_id"


def test_a_climb_is_shown_with_its_ladder_and_steps(
    session: Session, client: TestClient, jingning: County
) -> None:
    me = given.headers(session, jingning.people["leader"])
    page = client.get(
        f"/api/v1/escalations?state=climbing&project_id={jingning.project.id}&include=total",
        headers=me,
    ).json()
    assert page["total"] == 1
    run = page["items"][0]
    assert [step["number"] for step in run["steps"]] == [1, 2, 3]
    assert run["steps"][2]["planned_at"] == "2026-12-14T01:00:00+00:00"
    assert run["organisation"]["name"] == "景宁县管网公司"
    assert len(run["ladder"]["steps"]) == 7
    one = client.get(f"/api/v1/escalations/{run['id']}", headers=me)
    assert one.json() == run
    other = f"?group_id={jingning.unit.id}"
    assert client.get(f"/api/v1/escalations{other}", headers=me).json()["items"] == []
