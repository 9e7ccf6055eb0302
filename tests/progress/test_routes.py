"""Progress reports over HTTP: filled in by one person, accepted by another."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.access.models import Account
from services.core.kit.ledger import AuditEntry
from services.core.progress import actions
from tests import given, watching
from tests.given import at
from tests.watching import DUE, FIGURES, OPENS, Site

IN_TIME = DUE - timedelta(days=1)
Clock = Callable[[datetime], None]


@dataclass
class Desk:
    """The report of November, opened, and a client for everybody around it."""

    place: Site
    session: Session
    client: TestClient
    path: str

    def headers(self, who: Account) -> dict[str, str]:
        """Let somebody in, in English."""
        return given.headers(self.session, who, Accept_Language="en")

    def read(self, who: Account) -> Any:
        """Read the report as somebody."""
        return self.client.get(self.path, headers=self.headers(who))

    def patch(self, who: Account, body: Any) -> Any:
        """Save figures at the version that is there."""
        headers = {**self.headers(who), "If-Match": self._etag()}
        return self.client.patch(self.path, headers=headers, json=body)

    def do(self, who: Account, verb: str, body: Any = None, **also: str) -> Any:
        """Make a move at the version that is there."""
        headers = {**self.headers(who), "If-Match": self._etag(), **also}
        return self.client.post(f"{self.path}/{verb}", headers=headers, json=body)

    def _etag(self) -> str:
        answer = self.read(self.place.reporter)
        assert answer.status_code == 200, answer.text
        return str(answer.headers["etag"])


@pytest.fixture
def desk(session: Session, client: TestClient, set_clock: Clock) -> Desk:
    place = watching.site(session)
    actions.open_due(session, now=OPENS, limit=10)
    report = watching.report_of(session, place.project)
    session.commit()
    set_clock(IN_TIME)
    return Desk(place, session, client, f"/api/v1/progress-reports/{report.id}")


def test_a_report_is_handed_in_with_its_figures_at_once(desk: Desk) -> None:
    answer = desk.do(desk.place.reporter, "submit", FIGURES)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["state"], body["is_late"], body["is_overdue"]) == ("submitted", False, False)
    assert body["cumulative_year"] == {
        "amount": "5000000.00",
        "currency": "CNY",
        "qualifier": "exact",
    }
    assert body["submitted_by"]["name"] == "reporter"
    assert desk.place.watch(desk.session).next_check_at == IN_TIME
    (fact,) = watching.facts(desk.session, "progress.submitted")
    assert (fact["period"], fact["is_late"]) == ("2026-11", False)
    line = desk.session.scalars(
        select(AuditEntry).where(AuditEntry.action == "progress.submitted")
    ).one()
    assert line.changes is not None
    assert line.changes["state"] == ["due", "submitted"]
    assert line.changes["physical_percent"] == [None, "45"]


def test_a_key_hands_in_once(desk: Desk) -> None:
    etag = desk.read(desk.place.reporter).headers["etag"]
    headers = {**desk.headers(desk.place.reporter), "If-Match": etag, "Idempotency-Key": "one"}
    first = desk.client.post(f"{desk.path}/submit", headers=headers, json=FIGURES)
    again = desk.client.post(f"{desk.path}/submit", headers=headers, json=FIGURES)
    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert len(watching.facts(desk.session, "progress.submitted")) == 1


def test_a_draft_is_kept_and_then_handed_in_without_a_body(desk: Desk) -> None:
    saved = desk.patch(desk.place.reporter, {**FIGURES, "problems": "征地滞后"})
    assert (saved.status_code, saved.json()["state"]) == (200, "draft")
    partly = desk.patch(desk.place.reporter, {"problems": None})
    assert partly.json()["problems"] is None
    assert partly.json()["physical_percent"] == 45
    assert desk.do(desk.place.reporter, "submit").json()["state"] == "submitted"


def test_only_its_own_unit_sees_a_draft_and_the_group_sees_what_is_handed_in(desk: Desk) -> None:
    place = desk.place
    desk.patch(place.reporter, FIGURES)
    for who in (place.member, place.convener, place.regulator):
        draft = desk.read(who).json()
        assert (draft["state"], draft["cumulative_all"], draft["image_progress"]) == (
            "draft",
            None,
            None,
        )
    assert desk.read(place.reviewer).json()["cumulative_all"]["amount"] == "9000000.00"
    assert desk.read(place.outsider).status_code == 404
    desk.do(place.reporter, "submit")
    for who in (place.member, place.convener, place.regulator):
        assert desk.read(who).json()["cumulative_all"]["amount"] == "9000000.00"
    assert desk.read(place.outsider).status_code == 404


def test_what_cannot_be_true_is_named_by_its_pointer(desk: Desk) -> None:
    wrong = {**FIGURES, "cumulative_year": {"amount": "9500000.00"}, "physical_percent": 101}
    answer = desk.do(desk.place.reporter, "submit", wrong)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/physical_percent"]
    answer = desk.do(desk.place.reporter, "submit", {**wrong, "physical_percent": 45})
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/cumulative_year", "above_all_time")
    assert error["allowed"] == ["≤ 9000000.00"]
    assert desk.read(desk.place.reporter).json()["state"] == "due"


def test_an_empty_report_is_refused_field_by_field(desk: Desk) -> None:
    answer = desk.do(desk.place.reporter, "submit")
    assert answer.status_code == 422
    assert {error["pointer"] for error in answer.json()["errors"]} == {
        "/invested_period",
        "/cumulative_year",
        "/cumulative_all",
        "/physical_percent",
    }
    unknown = desk.do(desk.place.reporter, "submit", {"invested_periods": "1"})
    assert [error["pointer"] for error in unknown.json()["errors"]] == ["/invested_periods"]


def test_a_second_person_accepts_and_the_project_has_the_figures(desk: Desk) -> None:
    place = desk.place
    desk.do(place.reporter, "submit", FIGURES)
    answer = desk.do(place.reviewer, "accept")
    assert (answer.status_code, answer.json()["state"]) == (200, "accepted")
    watch = place.watch(desk.session)
    assert (watch.last_accepted_period, watch.last_accepted_at) == ("2026-11", IN_TIME)
    assert watch.cumulative_year == Decimal(5_000_000)
    assert watch.physical_percent == 45
    assert watch.last_progress_on == date(2026, 12, 6)
    (fact,) = watching.facts(desk.session, "progress.accepted")
    assert fact["cumulative_all"] == "9000000.00"


def test_nobody_accepts_his_own_report(desk: Desk) -> None:
    place = desk.place
    desk.do(place.reviewer, "submit", FIGURES)
    assert desk.do(place.reviewer, "accept").status_code == 403
    assert desk.do(place.convener, "accept").status_code == 200


def test_who_neither_belongs_to_the_unit_nor_convenes_cannot_review(desk: Desk) -> None:
    place = desk.place
    assert desk.do(place.member, "submit", FIGURES).status_code == 403
    assert desk.do(place.outsider, "submit", FIGURES).status_code == 404
    desk.do(place.reporter, "submit", FIGURES)
    assert desk.do(place.member, "accept").status_code == 403
    assert desk.do(place.reporter, "accept").status_code == 403
    assert desk.do(place.regulator, "accept").status_code == 403


def test_an_unlawful_move_lists_the_lawful_ones(desk: Desk) -> None:
    answer = desk.do(desk.place.reviewer, "accept")
    assert answer.status_code == 409
    assert answer.json()["code"] == "unlawful_move"
    assert "save, submit" in answer.json()["detail"]


def test_a_returned_report_is_owed_again_and_stays_in_time(desk: Desk, set_clock: Clock) -> None:
    place = desk.place
    desk.do(place.reporter, "submit", FIGURES)
    set_clock(DUE + timedelta(days=1))
    back = desk.do(place.reviewer, "return", {"note": "请核对累计数"})
    body = back.json()
    assert (body["state"], body["is_overdue"], body["review_note"]) == (
        "returned",
        True,
        "请核对累计数",
    )
    assert desk.read(place.member).json()["review_note"] is None
    again = desk.do(place.reporter, "submit", {"physical_percent": 44})
    assert (again.json()["state"], again.json()["is_late"]) == ("submitted", False)
    assert desk.do(place.reviewer, "return").status_code == 422


def test_a_report_after_the_cut_off_is_late_whatever_follows(desk: Desk, set_clock: Clock) -> None:
    set_clock(DUE)
    assert desk.read(desk.place.reporter).json()["is_overdue"] is False
    set_clock(DUE + timedelta(seconds=1))
    assert desk.read(desk.place.reporter).json()["is_overdue"] is True
    assert desk.do(desk.place.reporter, "submit", FIGURES).json()["is_late"] is True


def test_no_change_needs_a_reason_and_carries_the_last_figures(
    desk: Desk, set_clock: Clock
) -> None:
    place = desk.place
    desk.do(place.reporter, "submit", FIGURES)
    desk.do(place.reviewer, "accept")
    actions.open_due(desk.session, now=at("2027-01-01 08:00"), limit=10)
    december = watching.report_of(desk.session, place.project, "2026-12")
    desk.session.commit()
    set_clock(at("2027-01-05 10:00"))
    later = Desk(place, desk.session, desk.client, f"/api/v1/progress-reports/{december.id}")
    assert later.do(place.reporter, "declare-no-change", {}).status_code == 422
    answer = later.do(place.reporter, "declare-no-change", {"reason": "冬季停工"})
    body = answer.json()
    assert (body["state"], body["is_no_change"], body["no_change_reason"]) == (
        "submitted",
        True,
        "冬季停工",
    )
    assert body["invested_period"]["amount"] == "0.00"
    assert body["cumulative_all"]["amount"] == "9000000.00"
    later.do(place.reviewer, "accept")
    watch = place.watch(desk.session)
    assert watch.last_accepted_period == "2026-12"
    assert watch.last_progress_on == date(2026, 12, 6)


def test_a_cumulative_figure_falls_only_with_a_reason(desk: Desk, set_clock: Clock) -> None:
    place = desk.place
    desk.do(place.reporter, "submit", FIGURES)
    desk.do(place.reviewer, "accept")
    actions.open_due(desk.session, now=at("2027-01-01 08:00"), limit=10)
    december = watching.report_of(desk.session, place.project, "2026-12")
    desk.session.commit()
    set_clock(at("2027-01-05 10:00"))
    later = Desk(place, desk.session, desk.client, f"/api/v1/progress-reports/{december.id}")
    less = {
        **FIGURES,
        "invested_period": {"amount": "-100000.00"},
        "cumulative_year": {"amount": "4900000.00"},
        "cumulative_all": {"amount": "8900000.00"},
        "image_progress": "管道试压",
    }
    answer = later.do(place.reporter, "submit", less)
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/invested_period", "negative"),
    }
    zero = {**less, "invested_period": {"amount": "0.00"}, "cumulative_year": {"amount": "0.00"}}
    answer = later.do(place.reporter, "submit", zero)
    assert (answer.status_code, answer.json()["code"]) == (422, "unanswered")
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/cumulative_all", "fell"),
        ("/cumulative_year", "fell"),
        ("/invested_period", "does_not_add_up"),
    }
    corrected = later.do(place.reporter, "submit", {**less, "correction_reason": "重复计入"})
    assert corrected.status_code == 200, corrected.text
    assert {warning["answer"] for warning in corrected.json()["warnings"]} == {"重复计入"}


def test_what_is_remarkable_is_asked_and_the_answer_kept_for_the_reviewer(desk: Desk) -> None:
    place = desk.place
    watching.planned(desk.session, place.project, 4_000_000)
    desk.session.commit()
    refused = desk.do(place.reporter, "submit", FIGURES)
    assert refused.status_code == 422
    (question,) = refused.json()["questions"]
    assert (question["rule"], question["pointer"], question["code"]) == (
        "MR-19.3",
        "/cumulative_year",
        "over_plan",
    )
    assert question["inputs"] == {"given": "5000000.00", "planned_year": "4000000.00"}
    assert "annual plan of 4000000.00" in question["detail"]["en"]
    assert desk.read(place.reporter).json()["state"] == "due"
    why = {"pointer": question["pointer"], "code": question["code"], "reason": "提前付款"}
    assert desk.do(place.reporter, "submit", {**FIGURES, "answers": [why]}).status_code == 200
    (warning,) = desk.read(place.reviewer).json()["warnings"]
    assert (warning["answer"], warning["answered_by"]) == ("提前付款", str(place.reporter.id))
    assert warning["answered_at"].startswith("2026-12-06")


def test_a_question_can_be_answered_in_the_draft_and_is_asked_anew_of_other_figures(
    desk: Desk,
) -> None:
    place = desk.place
    watching.planned(desk.session, place.project, 4_000_000)
    desk.session.commit()
    drafted = desk.patch(place.reporter, FIGURES)
    assert [warning["answer"] for warning in drafted.json()["warnings"]] == [None]
    why = {"pointer": "/cumulative_year", "code": "over_plan", "reason": "提前付款"}
    wrong = desk.patch(place.reporter, {"answers": [{**why, "code": "over_total"}]})
    assert [error["pointer"] for error in wrong.json()["errors"]] == ["/answers/0"]
    answered = desk.patch(place.reporter, {"answers": [why]})
    assert [warning["answer"] for warning in answered.json()["warnings"]] == ["提前付款"]
    more = {"cumulative_year": {"amount": "6000000.00"}}
    assert desk.do(place.reporter, "submit", more).status_code == 422
    assert desk.do(place.reporter, "submit").status_code == 200


def test_an_accepted_report_can_be_reopened_and_accepted_anew(desk: Desk) -> None:
    place = desk.place
    desk.do(place.reporter, "submit", FIGURES)
    desk.do(place.reviewer, "accept")
    assert desk.do(place.reviewer, "reopen", {"note": "单位填错"}).json()["state"] == "returned"
    desk.do(place.reporter, "submit", {"physical_percent": 40})
    assert desk.do(place.reviewer, "accept").status_code == 200
    assert place.watch(desk.session).physical_percent == 40


def test_the_list_can_be_narrowed_and_shows_only_what_one_may_see(
    desk: Desk, set_clock: Clock
) -> None:
    place, path = desk.place, "/api/v1/progress-reports"

    def count(who: Account, query: str) -> int:
        answer = desk.client.get(f"{path}?include=total&{query}", headers=desk.headers(who))
        assert answer.status_code == 200, answer.text
        return int(answer.json()["total"])

    assert count(place.regulator, f"project_id={place.project.id}") == 1
    assert count(place.regulator, f"group_id={place.group.id}&state=due&period=2026-11") == 1
    assert count(place.regulator, "state=accepted") == 0
    assert (count(place.regulator, "overdue=true"), count(place.regulator, "overdue=false")) == (
        0,
        1,
    )
    assert count(place.outsider, "") == 0
    set_clock(DUE + timedelta(minutes=1))
    assert count(place.regulator, "overdue=true&sort=-original_due_at") == 1
    bad = desk.client.get(f"{path}?period=2026-13", headers=desk.headers(place.regulator))
    assert [error["pointer"] for error in bad.json()["errors"]] == ["?period"]


def test_a_change_needs_the_version_it_changes(desk: Desk) -> None:
    headers = desk.headers(desk.place.reporter)
    assert desk.client.post(f"{desk.path}/submit", headers=headers).status_code == 428
    stale = {**headers, "If-Match": '"0-000000000000"'}
    answer = desk.client.post(f"{desk.path}/submit", headers=stale, json=FIGURES)
    assert answer.status_code == 412
    assert answer.json()["current"]["period"] == "2026-11"
