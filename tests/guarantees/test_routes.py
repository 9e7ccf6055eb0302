"""A promise from the day it is made to the day a second person finds it kept."""

from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.guarantees import schemas
from services.core.guarantees.models import ResourceGuarantee
from services.core.kit.feed import PendingEvent
from services.core.monitoring import actions as monitoring
from services.core.monitoring.models import Finding
from services.core.organisations.models import Organisation
from services.core.projects.models import Project
from tests import given, watching
from tests.given import at

TODAY = at("2026-11-26 10:00")
LAND: dict[str, Any] = {
    "kind": "land",
    "description": "1号站用地 12 亩",
    "amount": "12.00",
    "unit": "亩",
    "promised_on": "2026-03-02",
    "due_on": "2026-11-30",
}
LIGHTS = (
    ("2026-11-30 18:00", None),
    ("2026-12-01 00:00", "yellow"),
    ("2026-12-22 00:00", "red"),
)


@dataclass(frozen=True)
class Jingning:
    """One project, who keeps it, who promised it land, and who has no part in it."""

    client: TestClient
    project: Project
    county: Organisation
    people: dict[str, dict[str, str]]

    def call(
        self, who: str, method: str, path: str, json: Any = None, *, tag: str | None = None
    ) -> Any:
        """Make a request as somebody; a change is made at the version it is at."""
        headers = dict(self.people[who])
        if method != "GET" and "/projects/" not in path:
            record = path.rsplit("/", 1)[0] if method == "POST" else path
            now = self.client.get(record, headers=self.people["keeper"])
            headers["If-Match"] = tag or now.headers["ETag"]
        return self.client.request(method, path, headers=headers, json=json)

    def promise(self, who: str = "keeper", **also: Any) -> Any:
        """Record a promise of the county."""
        body = {**LAND, "promiser_organisation_id": str(self.county.id), **also}
        return self.call(who, "POST", f"/api/v1/projects/{self.project.id}/guarantees", body)


@pytest.fixture
def jingning(session: Session, client: TestClient, set_clock: Any) -> Jingning:
    set_clock(TODAY)
    place = watching.site(session)
    county = given.unit(session, "景宁县自然资源局", kind="gov_dept")
    people = {
        "keeper": place.reporter,
        "second": place.reviewer,
        "regulator": place.regulator,
        "stranger": place.outsider,
        "county": given.account(session, "county", of=county, role="reporter"),
    }
    headers = {name: given.headers(session, who) for name, who in people.items()}
    return Jingning(client, place.project, county, headers)


def told(session: Session) -> list[str]:
    """Give the names of the facts about promises, in order."""
    rows = session.scalars(select(PendingEvent).order_by(PendingEvent.id))
    return [row.type for row in rows if row.aggregate_kind == "resource_guarantee"]


def test_a_promise_is_kept_in_two_parts_and_confirmed_by_a_second_person(
    jingning: Jingning, session: Session
) -> None:
    made = jingning.promise()
    assert made.status_code == 201, made.text
    schemas.Guarantee.model_validate(made.json())
    path = made.headers["location"]

    def report(amount: str) -> Any:
        body = {"delivered_amount": amount, "delivered_on": "2026-11-20", "evidence": "移交单"}
        return jingning.call("keeper", "POST", f"{path}/report", body)

    part = report("8.00").json()
    assert (part["state"], part["delivered_amount"]) == ("promised", "8.00")
    early = jingning.call("second", "POST", f"{path}/confirm")
    assert (early.status_code, early.json()["code"]) == (409, "unlawful_move")
    less = report("7.00")
    assert (less.status_code, less.json()["errors"][0]["pointer"]) == (422, "/delivered_amount")
    assert report("12.00").json()["state"] == "reported"
    assert jingning.call("keeper", "POST", f"{path}/confirm").status_code == 403
    back = jingning.call("second", "POST", f"{path}/return", {"reason": "实测 11 亩"}).json()
    assert (back["state"], back["note"]) == ("promised", "实测 11 亩")
    assert report("12.00").json()["note"] is None
    done = jingning.call("second", "POST", f"{path}/confirm").json()
    assert (done["state"], bool(done["confirmed_at"])) == ("delivered", True)
    assert told(session) == [
        "guarantee.promised",
        "guarantee.reported",
        "guarantee.reported",
        "guarantee.returned",
        "guarantee.reported",
        "guarantee.delivered",
    ]


def test_what_does_not_add_up_is_refused_where_it_stands(jingning: Jingning) -> None:
    for wrong, pointer in (
        ({"unit": None}, "/unit"),
        ({"amount": None}, "/amount"),
        ({"amount": "0.00"}, "/amount"),
        ({"due_on": "2026-03-01"}, "/due_on"),
        ({"promised_on": "2026-11-27"}, "/promised_on"),
        ({"kind": "luck"}, "/kind"),
        ({"promiser_organisation_id": str(jingning.project.id)}, "/promiser_organisation_id"),
    ):
        answer = jingning.promise(**wrong)
        assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer), wrong


def test_the_first_day_never_moves_and_the_promise_itself_does_not_change(
    jingning: Jingning,
) -> None:
    path = jingning.promise().headers["location"]
    later = jingning.call("keeper", "PATCH", path, {"due_on": "2026-12-31"}).json()
    assert (later["due_on"], later["original_due_on"]) == ("2026-12-31", "2026-11-30")
    assert jingning.call("keeper", "PATCH", path, {"amount": "8.00"}).status_code == 422
    withdrawn = jingning.call("regulator", "POST", f"{path}/withdraw", {"reason": "改址"}).json()
    assert withdrawn["state"] == "withdrawn"
    assert jingning.call("keeper", "PATCH", path, {"due_on": "2027-01-31"}).status_code == 409


def test_who_has_no_part_in_the_project_sees_and_changes_nothing(jingning: Jingning) -> None:
    path = jingning.promise().headers["location"]
    tag = jingning.client.get(path, headers=jingning.people["keeper"]).headers["ETag"]
    for who in ("stranger", "county"):
        assert jingning.call(who, "GET", path).status_code == 404
        assert jingning.call(who, "GET", "/api/v1/guarantees").json()["items"] == []
        assert jingning.promise(who).status_code == 404
        withdrawn = jingning.call(who, "POST", f"{path}/withdraw", {"reason": "x"}, tag=tag)
        assert withdrawn.status_code == 404
    assert jingning.call("regulator", "GET", path).status_code == 200


def test_an_overdue_promise_is_a_finding_of_its_promiser_and_lights_nothing(
    jingning: Jingning, session: Session, set_clock: Any
) -> None:
    path = jingning.promise().headers["location"]
    found: Finding | None = None
    for now, wanted in LIGHTS:
        set_clock(at(now))
        monitoring.check_due(session, now=at(now), limit=50)
        found = session.scalars(select(Finding).where(Finding.rule == "MR-24")).one_or_none()
        assert (found.light if found else None) == wanted, now
    assert found is not None
    assert found.organisation_id == jingning.county.id
    shown = jingning.client.get("/api/v1/findings?rule=MR-24", headers=jingning.people["keeper"])
    (item,) = shown.json()["items"]
    assert item["organisation"]["name"] == "景宁县自然资源局"
    assert "逾期 16 个工作日" in item["explanation"]["arithmetic"]["zh"]
    health = jingning.client.get(
        f"/api/v1/projects/{jingning.project.id}/health", headers=jingning.people["keeper"]
    ).json()
    assert "MR-24" not in [one["rule"] for one in health["dimensions"]]
    overdue = "/api/v1/guarantees?overdue=true"
    assert len(jingning.call("keeper", "GET", overdue).json()["items"]) == 1
    body = {"delivered_amount": "12.00", "delivered_on": "2026-12-22", "evidence": "移交单"}
    jingning.call("keeper", "POST", f"{path}/report", body)
    jingning.call("second", "POST", f"{path}/confirm")
    monitoring.check_due(session, now=at("2026-12-22 10:00"), limit=50)
    session.refresh(found)
    assert found.state == "cleared"
    assert jingning.call("keeper", "GET", overdue).json()["items"] == []
    kept = session.scalars(select(ResourceGuarantee)).one()
    assert (kept.state, str(kept.original_due_on)) == ("delivered", "2026-11-30")
