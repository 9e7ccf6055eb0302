"""Framework agreements: two sides, one life, seen by those they concern."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.access.models import Account
from services.core.agreements import schemas
from services.core.groups.models import GroupMembership, JointGroup
from services.core.organisations.models import Organisation
from services.core.projects.models import Project
from tests import given

NOBODY = "00000000-0000-7000-8000-000000000000"
AGREEMENTS, BATCHES = "/api/v1/agreements", "/api/v1/agreement-batches"


@dataclass(frozen=True)
class People:
    """Two parties, their regulator, the group one of them is in, and outsiders."""

    session: Session
    gold: Organisation
    civil: Organisation
    far: Organisation
    group: JointGroup
    project: Project
    regulator: Account
    convener: Account
    party: Account
    outsider: Account

    def as_(self, account: Account) -> dict[str, str]:
        """Headers with a token of this account."""
        return given.headers(self.session, account, Accept_Language="en")

    def body(self, **also: Any) -> dict[str, Any]:
        """FA-20 of the article: a company with a county's department (T-10)."""
        return {
            "code": "FA-20",
            "name": "养老领域共同富裕战略合作框架协议",
            "domain": "elderly_care",
            "parties": [
                {"organisation_id": str(self.gold.id), "side": "enterprise"},
                {"organisation_id": str(self.civil.id), "side": "county"},
            ],
            **also,
        }


@pytest.fixture
def people(session: Session, set_clock: Callable[[datetime], None]) -> People:
    set_clock(given.at("2026-11-24 10:00"))
    given.places(session)
    sasac = given.unit(session, "景宁县国资办", kind="sasac")
    gas = given.unit(session, "景宁县天然气有限公司")
    gold = given.unit(session, "物产中大金石集团", region_code="330000", level="province")
    civil = given.unit(session, "景宁县民政局", kind="gov_dept")
    far = given.unit(session, "泰顺县某公司", region_code="330329")
    group = given.group(session, members=[gas, gold])
    return People(
        session=session,
        gold=gold,
        civil=civil,
        far=far,
        group=group,
        project=given.project(session, group=group, lead=gold),
        regulator=given.account(session, "sasac-jn", of=sasac, role="regulator"),
        convener=given.account(session, "convener-jn", of=gas, role="convener"),
        party=given.account(session, "civil-jn", of=civil, role="convener"),
        outsider=given.account(session, "convener-ts", of=far, role="convener"),
    )


def move(client: TestClient, who: dict[str, str], place: str, verb: str, **body: Any) -> Any:
    etag = client.get(place, headers=who).headers["etag"]
    return client.post(f"{place}/{verb}", headers={**who, "If-Match": etag}, json=body)


def patch(client: TestClient, who: dict[str, str], place: str, **body: Any) -> Any:
    etag = client.get(place, headers=who).headers["etag"]
    return client.patch(place, headers={**who, "If-Match": etag}, json=body)


def error_of(answer: Any) -> tuple[int, str, str]:
    (error,) = answer.json()["errors"]
    return answer.status_code, error["pointer"], error["code"]


def test_an_agreement_is_signed_converted_and_fulfilled(client: TestClient, people: People) -> None:
    who = people.as_(people.regulator)
    made = client.post(AGREEMENTS, headers=who, json=people.body())
    assert made.status_code == 201, made.text
    schemas.Agreement.model_validate(made.json())
    assert [party["side"] for party in made.json()["parties"]] == ["enterprise", "county"]
    place = made.headers["location"]
    assert move(client, who, place, "fulfil").json()["lawful"] == ["sign", "terminate"]
    assert move(client, who, place, "sign", signed_on="2023-05-01").json()["state"] == "signed"
    chosen = {"project_id": str(people.project.id)}
    converted = move(client, who, place, "convert", **chosen).json()
    assert (converted["state"], converted["project_ids"]) == ("converting", [chosen["project_id"]])
    again = move(client, who, place, "convert", **chosen)
    assert error_of(again) == (409, "/project_id", "linked")
    assert move(client, who, place, "fulfil").json()["state"] == "fulfilled"
    assert move(client, who, place, "terminate", reason="x").status_code == 409
    assert patch(client, who, place, name="x").status_code == 409
    rows = people.session.execute(text("SELECT type, data FROM event_pending ORDER BY id")).all()
    assert [(row.type, row.data["state"]) for row in rows] == [
        ("agreement.recorded", "negotiating"),
        ("agreement.signed", "signed"),
        ("agreement.converted", "converting"),
        ("agreement.closed", "fulfilled"),
    ]


def test_an_agreement_may_be_recorded_as_signed_on_a_day_nobody_knows(
    client: TestClient, people: People
) -> None:
    who = people.as_(people.regulator)
    made = client.post(AGREEMENTS, headers=who, json=people.body(state="signed"))
    assert (made.json()["state"], made.json()["signed_on"]) == ("signed", None)
    expired = move(client, who, made.headers["location"], "expire")
    assert expired.status_code == 409
    assert patch(client, who, made.headers["location"], valid_to="2026-11-24").status_code == 200
    assert move(client, who, made.headers["location"], "expire").json()["state"] == "expired"


@pytest.mark.parametrize(
    ("also", "fault"),
    [
        ({"parties": []}, (422, "/parties", "side_missing")),
        ({"signed_on": "2023-05-01"}, (422, "/signed_on", "not_signed")),
        ({"state": "signed", "signed_on": "2026-11-25"}, (422, "/signed_on", "in_the_future")),
        (
            {"state": "signed", "signed_on": "2023-05-02", "valid_to": "2023-05-02"},
            (422, "/valid_to", "before_signing"),
        ),
        ({"state": "converting"}, (422, "/state", "literal_error")),
        ({"batch_id": NOBODY}, (422, "/batch_id", "unknown_batch")),
        ({"group_id": NOBODY}, (422, "/group_id", "unknown_group")),
        ({"is_placeholder": True}, (422, "/batch_id", "missing")),
    ],
)
def test_what_does_not_fit_is_refused_with_its_field(
    client: TestClient, people: People, also: dict[str, Any], fault: tuple[int, str, str]
) -> None:
    who = people.as_(people.regulator)
    answer = client.post(AGREEMENTS, headers=who, json=people.body(**also))
    assert error_of(answer) == fault
    assert client.get(AGREEMENTS, headers=who).json()["items"] == []


def test_a_missing_side_and_an_unknown_party_are_named(client: TestClient, people: People) -> None:
    who, body = people.as_(people.regulator), people.body()
    one_sided = {**body, "parties": [{**party, "side": "county"} for party in body["parties"]]}
    answer = client.post(AGREEMENTS, headers=who, json=one_sided)
    assert answer.json()["errors"][0]["allowed"] == ["enterprise"]
    body["parties"].append({"organisation_id": NOBODY, "side": "county"})
    answer = client.post(AGREEMENTS, headers=who, json=body)
    assert error_of(answer) == (422, "/parties/2/organisation_id", "unknown_organisation")


def test_a_code_is_taken_once(client: TestClient, people: People) -> None:
    who = people.as_(people.regulator)
    assert client.post(AGREEMENTS, headers=who, json=people.body()).status_code == 201
    again = client.post(AGREEMENTS, headers=who, json=people.body())
    assert error_of(again) == (409, "/code", "taken")


def test_an_outsider_does_not_know_of_it(client: TestClient, people: People) -> None:
    made = client.post(AGREEMENTS, headers=people.as_(people.regulator), json=people.body())
    place, outsider = made.headers["location"], people.as_(people.outsider)
    seen = {**outsider, "If-Match": made.headers["etag"]}
    assert client.get(place, headers=outsider).status_code == 404
    assert client.get(AGREEMENTS, headers=outsider).json()["items"] == []
    assert client.patch(place, headers=seen, json={"name": "x"}).status_code == 404
    for verb in ("sign", "convert", "fulfil", "expire", "terminate"):
        bodies = {"sign": {"signed_on": "2023-05-01"}, "convert": {"project_id": NOBODY}}
        answer = client.post(f"{place}/{verb}", headers=seen, json=bodies.get(verb, {}))
        assert answer.status_code == 404


def test_who_sees_an_agreement_of_the_group_need_not_keep_it(
    client: TestClient, people: People
) -> None:
    member = given.unit(people.session, "浙江省农发集团", region_code="330000")
    people.session.add(
        GroupMembership(
            group_id=people.group.id,
            organisation_id=member.id,
            role="member",
            valid_from=given.LONG_AGO,
        )
    )
    onlooker = given.account(people.session, "agri", of=member, role="convener")
    body = people.body(group_id=str(people.group.id))
    made = client.post(AGREEMENTS, headers=people.as_(people.convener), json=body)
    assert made.status_code == 201, made.text
    place = made.headers["location"]
    assert client.get(place, headers=people.as_(onlooker)).status_code == 200
    assert patch(client, people.as_(onlooker), place, name="x").status_code == 403
    assert patch(client, people.as_(people.party), place, name="y").status_code == 200
    people.group.state = "dissolved"
    people.session.commit()
    assert patch(client, people.as_(people.party), place, name="z").status_code == 409


def test_nobody_records_what_is_others(client: TestClient, people: People) -> None:
    outsider = people.as_(people.outsider)
    assert client.post(AGREEMENTS, headers=outsider, json=people.body()).status_code == 403
    batch = {"code": "FA-B1", "name": "x", "signed_month": "2022-10", "agreement_count": 19}
    assert client.post(BATCHES, headers=outsider, json=batch).status_code == 403


def test_an_agreement_shows_only_the_projects_one_sees(client: TestClient, people: People) -> None:
    who = people.as_(people.regulator)
    made = client.post(AGREEMENTS, headers=who, json=people.body(state="signed"))
    place = made.headers["location"]
    move(client, who, place, "convert", project_id=str(people.project.id))
    assert client.get(place, headers=people.as_(people.party)).json()["project_ids"] == []
    elsewhere = given.project(people.session, group=None, lead=people.far)
    people.session.commit()
    answer = move(client, who, place, "convert", project_id=str(elsewhere.id))
    assert error_of(answer) == (422, "/project_id", "unknown_project")


def test_parties_and_amount_may_be_put_right(client: TestClient, people: People) -> None:
    who = people.as_(people.regulator)
    place = client.post(AGREEMENTS, headers=who, json=people.body()).headers["location"]
    parties = [
        {"organisation_id": str(people.far.id), "side": "enterprise"},
        {"organisation_id": str(people.civil.id), "side": "county"},
    ]
    amount = {"amount": "1000000.00", "qualifier": "about"}
    changed = patch(client, who, place, parties=parties, amount=amount)
    assert changed.status_code == 200, changed.text
    assert changed.json()["amount"] == {**amount, "currency": "CNY"}
    assert changed.json()["version"] == 2
    assert patch(client, who, place, parties=parties).json()["version"] == 2
    heard = people.session.scalar(
        text("SELECT organisation_ids FROM event_pending ORDER BY id DESC LIMIT 1")
    )
    assert {people.gold.id, people.far.id, people.civil.id} == set(heard)
    lonely = patch(client, who, place, parties=parties[:1])
    assert error_of(lonely) == (422, "/parties", "side_missing")
    assert client.get(place, headers=who).json() == changed.json()


@pytest.fixture
def batch(client: TestClient, people: People) -> dict[str, Any]:
    """The article's batch: 19 agreements, at least 857亿."""
    body = {
        "code": "FA-B1",
        "name": "对接会框架协议",
        "signed_month": "2022-10",
        "agreement_count": 19,
        "enterprise_count": 15,
        "county_count": 19,
        "amount": {"amount": "85700000000.00", "qualifier": "at_least"},
    }
    made = client.post(BATCHES, headers=people.as_(people.regulator), json=body)
    assert made.status_code == 201, made.text
    schemas.Batch.model_validate(made.json())
    shown: dict[str, Any] = made.json()
    return shown


def test_a_batch_keeps_its_announced_figures_beside_what_is_recorded(
    client: TestClient, people: People, batch: dict[str, Any]
) -> None:
    who = people.as_(people.regulator)
    assert (batch["agreement_count"], batch["recorded_count"]) == (19, 0)
    assert batch["amount"]["qualifier"] == "at_least"
    assert batch["recorded_amount"] is None
    for place, amount in enumerate(
        (None, {"amount": "5.00"}, {"amount": "7", "qualifier": "about"})
    ):
        body = people.body(code=f"FA-0{place}", batch_id=batch["id"], amount=amount)
        assert client.post(AGREEMENTS, headers=who, json=body).status_code == 201
    shown = client.get(f"{BATCHES}/{batch['id']}", headers=who).json()
    assert shown["recorded_count"] == 3
    assert shown["recorded_amount"] == {"amount": "12.00", "currency": "CNY", "qualifier": "about"}
    assert shown["amount"] == batch["amount"]
    outside = client.get(BATCHES, headers=people.as_(people.outsider)).json()["items"]
    assert [(one["agreement_count"], one["recorded_count"]) for one in outside] == [(19, 0)]


def test_a_placeholder_is_public_as_its_batch_and_can_be_named_by_a_regulator(
    client: TestClient, people: People, batch: dict[str, Any]
) -> None:
    who, outsider = people.as_(people.regulator), people.as_(people.outsider)
    unnamed = people.body(
        code="FA-01", state="signed", batch_id=batch["id"], is_placeholder=True, parties=[]
    )
    made = client.post(AGREEMENTS, headers=who, json=unnamed)
    assert made.status_code == 201, made.text
    place = made.headers["location"]
    assert client.get(place, headers=outsider).json()["parties"] == []
    assert move(client, outsider, place, "terminate", reason="x").status_code == 403
    bare = patch(client, who, place, is_placeholder=False)
    assert error_of(bare) == (422, "/parties", "side_missing")
    parties = people.body()["parties"]
    named = patch(client, who, place, is_placeholder=False, parties=parties)
    assert named.json()["is_placeholder"] is False
    assert client.get(place, headers=outsider).status_code == 404


@pytest.mark.parametrize("role", ["system_admin", "security_admin", "audit_admin"])
def test_administrators_see_no_agreements(
    client: TestClient, people: People, batch: dict[str, Any], role: str
) -> None:
    unnamed = people.body(batch_id=batch["id"], is_placeholder=True, parties=[])
    assert (
        client.post(AGREEMENTS, headers=people.as_(people.regulator), json=unnamed).status_code
        == 201
    )
    admin = given.account(people.session, "admin", of=people.gold, role=role)
    assert client.get(AGREEMENTS, headers=people.as_(admin)).json()["items"] == []


def test_the_list_is_narrowed(client: TestClient, people: People, batch: dict[str, Any]) -> None:
    who = people.as_(people.regulator)
    for also in (
        {"code": "A", "batch_id": batch["id"]},
        {"code": "B", "state": "signed"},
        {"code": "C", "domain": "talent", "group_id": str(people.group.id)},
    ):
        assert client.post(AGREEMENTS, headers=who, json=people.body(**also)).status_code == 201
    for query, codes in (
        ("", "ABC"),
        ("sort=-code", "CBA"),
        (f"batch_id={batch['id']}", "A"),
        (f"group_id={people.group.id}", "C"),
        ("state=signed", "B"),
        ("domain=talent", "C"),
        (f"party_id={people.civil.id}", "ABC"),
        (f"party_id={people.far.id}", ""),
    ):
        found = client.get(f"{AGREEMENTS}?{query}", headers=who).json()["items"]
        assert "".join(one["code"] for one in found) == codes, query
