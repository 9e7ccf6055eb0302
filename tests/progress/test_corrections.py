"""An accepted report is corrected by a record of its own, and what it said first stays readable."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.access.models import Account
from services.core.kit.errors import Conflict, Invalid, UnlawfulMove
from services.core.kit.moves import moved
from services.core.progress import actions as progress
from services.core.progress import rules, schemas
from services.core.progress.rules import CorrectionState, CorrectionVerb, ReportState
from tests import given, watching
from tests.given import at
from tests.watching import OPENS, Site

THEN = at("2026-12-04 10:00")
NOW = at("2026-12-08 10:00")
LOWER = {
    "cumulative_year": {"amount": "4900000.00"},
    "cumulative_all": {"amount": "8900000.00"},
    "reason": "重复计入一张发票",
}


class Desk:
    """The accepted report of November, and what people ask and decide about it."""

    def __init__(self, session: Session, client: TestClient) -> None:
        """Hand November in, and let it be accepted."""
        self.session, self.client = session, client
        self.place: Site = watching.site(session)
        progress.open_due(session, now=OPENS, limit=10)
        self.report = watching.handed_in(session, self.place, THEN)
        watching.accepted(session, self.place, self.report, THEN)
        self.place.watch(session).next_check_at = None
        session.commit()
        self.path = f"/api/v1/progress-reports/{self.report.id}"

    def headers(self, who: Account, **also: str) -> dict[str, str]:
        """Let somebody in, in English."""
        return given.headers(self.session, who, Accept_Language="en", **also)

    def ask(self, who: Account, **also: Any) -> Any:
        """Ask for a correction."""
        body = {**LOWER, **also}
        return self.client.post(f"{self.path}/corrections", headers=self.headers(who), json=body)

    def decide(self, who: Account, asked: Any, verb: str, body: Any = None) -> Any:
        """Decide on a correction as it was asked for."""
        headers = self.headers(who, If_Match=asked.headers["etag"])
        return self.client.post(f"{asked.headers['location']}/{verb}", headers=headers, json=body)

    def read(self, rest: str = "", who: Account | None = None) -> Any:
        """Read the report, or what belongs to it."""
        headers = self.headers(who or self.place.reporter)
        return self.client.get(f"{self.path}{rest}", headers=headers)

    def reopen(self) -> None:
        """Let the reviewer open the report again."""
        etag = self.read().headers["etag"]
        answer = self.client.post(
            f"{self.path}/reopen",
            headers=self.headers(self.place.reviewer, If_Match=etag),
            json={"note": "单位填错"},
        )
        assert answer.status_code == 200, answer.text


@pytest.fixture
def desk(session: Session, client: TestClient, set_clock: Callable[[datetime], None]) -> Desk:
    made = Desk(session, client)
    set_clock(NOW)
    return made


def test_a_correction_is_asked_for_and_accepted_by_somebody_else(desk: Desk) -> None:
    place = desk.place
    asked = desk.ask(place.reviewer)
    assert asked.status_code == 201, asked.text
    schemas.Correction.model_validate(asked.json())
    assert asked.json()["changes"] == [
        {"field": "cumulative_all", "before": "9000000.00", "after": "8900000.00"},
        {"field": "cumulative_year", "before": "5000000.00", "after": "4900000.00"},
    ]
    assert desk.read().json()["cumulative_all"]["amount"] == "9000000.00"
    assert desk.decide(place.reviewer, asked, "accept").status_code == 403
    accepted = desk.decide(place.convener, asked, "accept")
    assert accepted.status_code == 200, accepted.text
    assert accepted.json()["decided_by"]["name"] == "convener"
    shown = desk.read().json()
    assert (shown["cumulative_all"]["amount"], shown["is_corrected"]) == ("8900000.00", True)
    assert (shown["state"], shown["reviewed_by"]["name"]) == ("accepted", "reviewer")
    watch = place.watch(desk.session)
    assert (watch.cumulative_year, watch.cumulative_all) == (
        Decimal(4_900_000),
        Decimal(8_900_000),
    )
    assert watch.next_check_at == NOW
    (fact,) = watching.facts(desk.session, "progress.corrected")
    assert (fact["cumulative_all"], fact["reason"]) == ("8900000.00", LOWER["reason"])
    assert len(watching.facts(desk.session, "progress.correction_requested")) == 1
    listed = desk.read("/corrections").json()["items"]
    assert listed == [accepted.json()]
    assert {one["before"] for one in listed[0]["changes"]} == {"5000000.00", "9000000.00"}
    history = desk.client.get(
        f"{asked.headers['location']}/history", headers=desk.headers(place.reporter)
    ).json()["items"]
    assert [line["action"] for line in history] == [
        "progress.correction_accepted",
        "progress.correction_requested",
    ]


def test_a_refused_correction_changes_nothing_and_another_can_be_asked_for(desk: Desk) -> None:
    place = desk.place
    asked = desk.ask(place.reporter)
    assert desk.ask(place.reviewer).status_code == 409
    refused = desk.decide(place.reviewer, asked, "refuse", {"note": "请附凭证"})
    assert (refused.status_code, refused.json()["state"]) == (200, "refused")
    assert refused.json()["decision_note"] == "请附凭证"
    again = desk.client.post(
        f"{asked.headers['location']}/accept",
        headers=desk.headers(place.reviewer, If_Match=refused.headers["etag"]),
    )
    assert (again.status_code, again.json()["code"]) == (409, "unlawful_move")
    assert desk.read().json()["is_corrected"] is False
    assert place.watch(desk.session).cumulative_all == Decimal(9_000_000)
    assert desk.ask(place.reporter).status_code == 201


def test_a_correction_is_asked_what_a_report_is_asked(desk: Desk) -> None:
    place = desk.place
    watching.planned(desk.session, place.project, 6_000_000)
    desk.session.commit()
    more = {"cumulative_year": {"amount": "7000000.00"}, "cumulative_all": {"amount": "9000000.00"}}
    refused = desk.ask(place.reporter, **more)
    assert (refused.status_code, refused.json()["code"]) == (422, "unanswered")
    assert [question["code"] for question in refused.json()["questions"]] == ["over_plan"]
    why = {"pointer": "/cumulative_year", "code": "over_plan", "reason": "追加投资"}
    asked = desk.ask(place.reporter, **more, answers=[why])
    assert asked.status_code == 201, asked.text
    (question,) = asked.json()["questions"]
    assert question["answer"] == "追加投资"
    desk.decide(place.reviewer, asked, "accept")
    assert desk.read().json()["warnings"] == [question]


@pytest.mark.parametrize(
    ("also", "pointer", "code"),
    [
        ({"cumulative_year": {"amount": "9000000.01"}}, "/cumulative_year", "above_all_time"),
        ({"physical_percent": None}, "/physical_percent", "missing"),
        ({"cumulative_year": {"amount": "-1.00"}}, "/cumulative_year", "negative"),
    ],
)
def test_what_cannot_be_true_is_no_correction(
    desk: Desk, also: dict[str, Any], pointer: str, code: str
) -> None:
    answer = desk.ask(desk.place.reporter, **also)
    assert answer.status_code == 422
    assert (pointer, code) in {(one["pointer"], one["code"]) for one in answer.json()["errors"]}


def test_a_correction_changes_something(desk: Desk) -> None:
    same = {"cumulative_year": {"amount": "5000000.00"}, "cumulative_all": {"amount": "9000000.00"}}
    answer = desk.ask(desk.place.reporter, **same)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["code"]) == (422, "nothing_changes")


def test_only_what_is_accepted_is_corrected(desk: Desk) -> None:
    asked = desk.ask(desk.place.reporter)
    desk.reopen()
    late = desk.decide(desk.place.reviewer, asked, "accept")
    assert (late.status_code, late.json()["code"]) == (409, "unlawful_move")
    desk.decide(desk.place.reviewer, asked, "refuse", {"note": "已重新填报"})
    answer = desk.ask(desk.place.reporter)
    assert (answer.status_code, answer.json()["lawful"]) == (409, ["save", "submit"])


def test_a_late_correction_leaves_the_project_to_its_latest_report(
    desk: Desk, set_clock: Callable[[datetime], None]
) -> None:
    place, session = desk.place, desk.session
    progress.open_due(session, now=at("2027-01-01 08:00"), limit=10)
    also = {"cumulative_year": {"amount": "6000000.00"}, "cumulative_all": {"amount": "9950000.00"}}
    december = watching.handed_in(session, place, at("2027-01-04 10:00"), period="2026-12", **also)
    watching.accepted(session, place, december, at("2027-01-04 11:00"))
    session.commit()
    set_clock(at("2027-01-05 10:00"))
    above = {
        "cumulative_all": {"amount": "9960000.00"},
        "cumulative_year": {"amount": "5000000.00"},
    }
    refused = desk.ask(place.reporter, **above)
    (question,) = refused.json()["questions"]
    assert (question["rule"], question["inputs"]["next_period"]) == ("MR-19.11", "2026-12")
    asked = desk.ask(place.reporter)
    assert desk.decide(place.reviewer, asked, "accept").status_code == 200
    watch = place.watch(session)
    assert (watch.last_accepted_period, watch.cumulative_all) == ("2026-12", Decimal(9_950_000))


def test_who_sees_the_report_sees_its_corrections_and_only_its_unit_asks(desk: Desk) -> None:
    place = desk.place
    assert desk.ask(place.member).status_code == 403
    assert desk.ask(place.outsider).status_code == 404
    asked = desk.ask(place.reporter)
    path = asked.headers["location"]
    assert desk.client.get(path, headers=desk.headers(place.member)).json() == asked.json()
    assert desk.client.get(path, headers=desk.headers(place.outsider)).status_code == 404
    assert desk.decide(place.member, asked, "accept").status_code == 403
    assert desk.decide(place.outsider, asked, "accept").status_code == 404
    assert desk.read("/corrections", place.outsider).status_code == 404


@pytest.mark.parametrize("state", CorrectionState)
@pytest.mark.parametrize("verb", CorrectionVerb)
def test_a_correction_is_decided_once(state: CorrectionState, verb: CorrectionVerb) -> None:
    if state == CorrectionState.REQUESTED:
        assert moved(rules.CORRECTION_MOVES, state, verb) == f"{verb}ed".replace("ee", "e")
        return
    with pytest.raises(UnlawfulMove):
        moved(rules.CORRECTION_MOVES, state, verb)


@pytest.mark.parametrize("state", ReportState)
def test_only_an_accepted_report_can_be_corrected(state: ReportState) -> None:
    if state == ReportState.ACCEPTED:
        rules.check_correctable(state)
        return
    with pytest.raises(UnlawfulMove):
        rules.check_correctable(state)


def test_figures_that_have_moved_since_are_named() -> None:
    rules.check_unmoved({"a": 1, "b": 2}, {"a": 1})
    with pytest.raises(Conflict) as refusal:
        rules.check_unmoved({"a": 1, "b": 2}, {"a": 2, "b": 2})
    assert ": a." in refusal.value.words.en
    with pytest.raises(Invalid):
        rules.corrected({"a": 1}, {"a": 1})
    assert rules.corrected({"a": 1, "b": 2}, {"a": 3, "b": 2}) == {"a": 3}
