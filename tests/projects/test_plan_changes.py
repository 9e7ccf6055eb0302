"""A plan in force changes by a request with a reason, and by somebody else's approval."""

from datetime import date
from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from services.core.access.models import Account
from services.core.projects import schemas
from services.core.projects.models import Project, ProjectWatch
from tests import given
from tests.projects.conftest import NOW, Jingning

MORE = {
    "year": 2026,
    "replaces": 1,
    "planned_investment": {"amount": "2400.00"},
    "curve": [f"{month * 200}.00" for month in range(1, 13)],
    "reason": "追加二期",
}


class Office:
    """A project with a plan for 2026, and what people ask and decide about it."""

    def __init__(self, client: TestClient, jingning: Jingning) -> None:
        """Baseline 1200 CNY, 100 a month."""
        self.client, self.jingning = client, jingning
        self.project: Project = given.project(
            jingning.session,
            group=jingning.group,
            lead=jingning.energy,
            plan_start_on=date(2026, 1, 1),
        )
        jingning.session.commit()
        self.path = f"/api/v1/projects/{self.project.id}"
        curve = [f"{month * 100}.00" for month in range(1, 13)]
        made = client.put(
            f"{self.path}/plans/2026",
            headers=self.as_(jingning.reporter, If_None_Match="*"),
            json={"planned_investment": {"amount": "1200.00"}, "curve": curve},
        )
        assert made.status_code == 200, made.text

    def as_(self, who: Account, **also: str) -> dict[str, str]:
        """Let somebody in, in English."""
        return self.jingning.as_(who, Accept_Language="en", **also)

    def ask(self, who: Account, **also: Any) -> Any:
        """Ask for a change."""
        return self.client.post(
            f"{self.path}/plan-changes", headers=self.as_(who), json={**MORE, **also}
        )

    def decide(self, who: Account, asked: Any, verb: str, body: Any = None) -> Any:
        """Decide on a request as it was made."""
        headers = self.as_(who, If_Match=asked.headers["etag"])
        return self.client.post(f"{asked.headers['location']}/{verb}", headers=headers, json=body)

    def read(self, rest: str, who: Account | None = None) -> Any:
        """Read something of the project."""
        headers = self.as_(who or self.jingning.reporter)
        return self.client.get(f"{self.path}{rest}", headers=headers)

    def said(self) -> list[tuple[str, str]]:
        """Give the facts so far."""
        rows = self.jingning.session.execute(
            text("SELECT type, aggregate_kind FROM event_pending ORDER BY id")
        )
        return [(row.type, row.aggregate_kind) for row in rows]


@pytest.fixture
def office(client: TestClient, jingning: Jingning) -> Office:
    return Office(client, jingning)


def test_a_change_is_asked_for_and_approved_by_somebody_else(office: Office) -> None:
    asked = office.ask(office.jingning.reporter)
    assert asked.status_code == 201, asked.text
    schemas.PlanChange.model_validate(asked.json())
    assert (asked.json()["state"], asked.json()["decided_by"]) == ("requested", None)
    assert office.read("/plans/2026").json()["number"] == 1
    own = office.decide(office.jingning.reporter, asked, "approve")
    assert own.status_code == 403
    approved = office.decide(office.jingning.convener, asked, "approve", {"note": "同意"})
    assert approved.status_code == 200, approved.text
    assert (approved.json()["state"], approved.json()["decision_note"]) == ("approved", "同意")
    assert approved.json()["decided_by"]["name"] == "convener-jn"
    plan = office.read("/plans/2026").json()
    assert (plan["id"], plan["number"], plan["is_spread"]) == (approved.json()["plan_id"], 2, False)
    assert (plan["reason"], plan["made_by"]["name"]) == ("追加二期", "reporter-energy")
    assert office.said() == [
        ("plan.baselined", "annual_plan"),
        ("plan.change_requested", "plan_change"),
        ("plan.changed", "annual_plan"),
        ("plan.change_approved", "plan_change"),
    ]
    watch = office.jingning.session.get_one(ProjectWatch, office.project.id)
    assert watch.next_check_at == NOW
    again = office.client.post(
        f"{asked.headers['location']}/approve",
        headers=office.as_(office.jingning.convener, If_Match=approved.headers["etag"]),
    )
    assert (again.status_code, again.json()["code"]) == (409, "unlawful_move")


def test_every_version_is_kept_and_two_are_compared_by_month(office: Office) -> None:
    asked = office.ask(office.jingning.reporter)
    office.decide(office.jingning.convener, asked, "approve")
    listed = office.read("/plans?sort=-number").json()["items"]
    assert [(plan["number"], plan["is_current"]) for plan in listed] == [(2, True), (1, False)]
    for query, numbers in (
        ("current=true", [2]),
        ("current=false", [1]),
        ("year=2027", []),
        ("as_of=2026-11-24", [2]),
        ("as_of=2026-11-23", []),
    ):
        found = office.read(f"/plans?{query}").json()["items"]
        assert [plan["number"] for plan in found] == numbers, query
    answer = office.read("/plans/2026/compare?before=1&after=2")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    schemas.PlanComparison.model_validate(body)
    assert (body["before"], body["after"]) == (listed[1], listed[0])
    assert body["difference"] == "1200.00"
    assert body["months"][1] == {
        "period": "2026-02",
        "before": "200.00",
        "after": "400.00",
        "difference": "200.00",
        "month_difference": "100.00",
    }
    assert office.read("/plans/2026/compare?before=1&after=3").status_code == 404
    assert office.read("/plans/2026/compare?before=1").status_code == 422
    hidden = office.read("/plans/2026/compare?before=1&after=2", office.jingning.stranger)
    assert hidden.status_code == 404


def test_a_refused_change_leaves_the_plan_and_another_can_be_asked_for(office: Office) -> None:
    asked = office.ask(office.jingning.reporter)
    second = office.ask(office.jingning.convener)
    assert second.status_code == 409
    silent = office.decide(office.jingning.convener, asked, "refuse", {})
    assert [error["pointer"] for error in silent.json()["errors"]] == ["/note"]
    refused = office.decide(office.jingning.convener, asked, "refuse", {"note": "资金未落实"})
    assert (refused.status_code, refused.json()["state"]) == (200, "refused")
    assert refused.json()["plan_id"] is None
    assert office.read("/plans/2026").json()["number"] == 1
    assert office.said()[-1] == ("plan.change_refused", "plan_change")
    assert office.ask(office.jingning.convener).status_code == 201
    listed = office.read("/plan-changes?sort=requested_at&state=refused").json()["items"]
    assert listed == [refused.json()]
    assert len(office.read("/plan-changes?year=2026").json()["items"]) == 2


@pytest.mark.parametrize(
    ("also", "fault"),
    [
        ({"replaces": 2}, ("/replaces", "not_in_force", ["1"])),
        ({"reason": None}, ("/reason", "string_type", [])),
        ({"curve": ["9.00", "8.00", *["2400.00"] * 10]}, ("/curve/1", "falls", [">= 9.00"])),
        ({"curve": ["1.00"] * 12}, ("/curve/11", "does_not_add_up", ["2400.00"])),
    ],
)
def test_a_change_that_does_not_add_up_is_refused_with_what_would(
    office: Office, also: dict[str, Any], fault: tuple[str, str, list[str]]
) -> None:
    answer = office.ask(office.jingning.reporter, **also)
    (error,) = answer.json()["errors"]
    assert answer.status_code == 422
    assert (error["pointer"], error["allowed"]) == (fault[0], fault[2])
    assert office.said() == [("plan.baselined", "annual_plan")]


def test_there_must_be_a_plan_to_change(office: Office) -> None:
    assert office.ask(office.jingning.reporter, year=2027).status_code == 409


def test_a_change_without_a_curve_is_spread_by_working_days(office: Office) -> None:
    body = {name: value for name, value in MORE.items() if name != "curve"}
    asked = office.client.post(
        f"{office.path}/plan-changes", headers=office.as_(office.jingning.reporter), json=body
    )
    assert (asked.json()["is_spread"], asked.json()["spread_by"]) == (True, "working_days")
    office.decide(office.jingning.convener, asked, "approve")
    plan = office.read("/plans/2026").json()
    assert (plan["curve"], plan["spread_by"]) == (asked.json()["curve"], "working_days")


def test_who_sees_the_project_sees_the_request_and_only_keepers_ask_and_decide(
    office: Office,
) -> None:
    people = office.jingning
    assert office.ask(people.tourist).status_code == 403
    assert office.ask(people.stranger).status_code == 404
    asked = office.ask(people.reporter)
    path = asked.headers["location"]
    assert office.client.get(path, headers=office.as_(people.tourist)).json() == asked.json()
    assert office.client.get(path, headers=office.as_(people.stranger)).status_code == 404
    assert office.decide(people.tourist, asked, "approve").status_code == 403
    assert office.decide(people.stranger, asked, "approve").status_code == 404
    assert office.read("/plan-changes", people.stranger).status_code == 404


def test_what_is_to_be_paid_is_planned_beside_the_investment_and_changes_with_it(
    office: Office,
) -> None:
    first = office.read("/plans/2026").json()
    assert (first["payments"], first["payment_curve"]) == (None, None)
    lone = office.ask(office.jingning.reporter, payment_curve=["1.00"] * 12)
    assert (lone.status_code, lone.json()["errors"][0]["pointer"]) == (422, "/payments")
    paid = {"amount": "2000.00", "qualifier": "at_least"}
    short = [f"{month * 100}.00" for month in range(1, 13)]
    off = office.ask(office.jingning.reporter, payments=paid, payment_curve=short)
    assert [fault["pointer"] for fault in off.json()["errors"]] == ["/payment_curve/11"]
    asked = office.ask(office.jingning.reporter, payments=paid)
    assert asked.status_code == 201, asked.text
    office.decide(office.jingning.convener, asked, "approve")
    plan = office.read("/plans/2026").json()
    assert plan["payments"] == {"amount": "2000.00", "currency": "CNY", "qualifier": "at_least"}
    assert (len(plan["payment_curve"]), plan["payment_curve"][-1]) == (12, "2000.00")
    assert (plan["payments_spread_by"], plan["spread_by"]) == ("working_days", None)
