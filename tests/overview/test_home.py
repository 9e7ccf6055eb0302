"""The first screen: by role what fits, everything counted, nothing of others."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.access.models import Account
from services.core.escalations.models import SupervisionOrder
from services.core.kit.ids import new_id
from services.core.projects.models import ProjectWatch
from services.standalone.sweep import walk
from tests import given, watching
from tests.given import at
from tests.watching import Site


class Screen:
    """The site in the middle of the chase, and everybody's first screen."""

    def __init__(
        self, session: Session, client: TestClient, set_clock: Callable[[datetime], None]
    ) -> None:
        self.session, self.client, self.set_clock = session, client, set_clock
        set_clock(at("2026-11-24 09:00"))
        self.site: Site = watching.site(session)
        self.tokens: dict[str, dict[str, str]] = {}

    def until(self, text: str) -> None:
        """Let time pass."""
        walk(self.session, upto=at(text))
        self.session.commit()
        self.session.expire_all()
        self.set_clock(at(text))

    def get(self, who: str, **headers: str) -> Any:
        """Ask for somebody's first screen."""
        if who not in self.tokens:
            account: Account = getattr(self.site, who)
            self.tokens[who] = given.headers(self.session, account)
        also = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.get("/api/v1/home", headers={**self.tokens[who], **also})

    def of(self, who: str) -> dict[str, Any]:
        """Give what it shows."""
        answer = self.get(who)
        assert answer.status_code == 200, answer.text
        shown: dict[str, Any] = answer.json()
        return shown

    def order(self, **also: Any) -> SupervisionOrder:
        """Issue an order to the unit."""
        row = SupervisionOrder(
            **{
                "code": f"DB-{new_id().hex[-6:]}",
                "project_id": self.site.project.id,
                "group_id": self.site.group.id,
                "kind": "supervision",
                "colour": "yellow",
                "state": "issued",
                "title_zh": "督办",
                "title_en": "Order",
                "body_zh": "请办理",
                "body_en": "Please act",
                "issued_to": [self.site.unit.id],
                "drafted_at": at("2026-12-01 09:00"),
                "issued_at": at("2026-12-01 10:00"),
                **also,
            }
        )
        self.session.add(row)
        self.session.commit()
        return row


@pytest.fixture
def screen(session: Session, client: TestClient, set_clock: Callable[[datetime], None]) -> Screen:
    return Screen(session, client, set_clock)


def test_what_is_due_counts_the_days_and_turns_overdue(screen: Screen) -> None:
    screen.until("2026-12-04 10:00")
    due = screen.of("reporter")["due"]
    (report,) = due["items"]
    assert (due["count"], due["overdue"], report["days"]) == (1, 0, 3)
    assert (report["period"], report["state"]) == ("2026-11", "due")
    assert report["project"]["name"] == screen.site.project.name
    screen.until("2026-12-09 10:00")
    due = screen.of("reporter")["due"]
    assert (due["overdue"], due["items"][0]["days"]) == (1, -2)
    assert screen.of("convener")["due"] == {"count": 0, "overdue": 0, "items": []}


def test_a_report_handed_in_waits_for_those_who_may_review_it(screen: Screen) -> None:
    screen.until("2026-12-04 10:00")
    watching.handed_in(screen.session, screen.site, at("2026-12-04 10:00"))
    screen.session.commit()
    counts = {
        who: screen.of(who)["to_review"] and screen.of(who)["to_review"]["count"]
        for who in ("reporter", "reviewer", "convener", "member", "regulator", "outsider")
    }
    assert counts == {
        "reporter": None,
        "reviewer": 1,
        "convener": 1,
        "member": 0,
        "regulator": None,
        "outsider": 0,
    }
    assert screen.of("reporter")["due"]["count"] == 0


def test_nobody_reviews_what_they_handed_in_themselves(screen: Screen) -> None:
    screen.until("2026-12-04 10:00")
    screen.site.reporter = screen.site.reviewer
    watching.handed_in(screen.session, screen.site, at("2026-12-04 10:00"))
    screen.session.commit()
    assert screen.of("reviewer")["to_review"]["count"] == 0


def test_orders_wait_for_a_signature_of_the_units_they_were_issued_to(screen: Screen) -> None:
    order = screen.order()
    screen.order(state="signed")
    shown = screen.of("reviewer")["to_sign"]
    assert (shown["count"], [one["id"] for one in shown["items"]]) == (1, [str(order.id)])
    assert shown["items"][0]["title"] == {"zh": "督办", "en": "Order"}
    assert screen.of("member")["to_sign"]["count"] == 0
    assert screen.of("regulator")["to_sign"] is None
    draft = screen.order(state="drafted", issued_at=None)
    assert [one["id"] for one in screen.of("regulator")["to_issue"]["items"]] == [str(draft.id)]
    assert screen.of("reviewer")["to_issue"] is None


def test_red_ones_come_first_and_each_sees_those_they_answer_for(screen: Screen) -> None:
    screen.until("2026-12-01 10:00")
    site, session = screen.site, screen.session
    for light, count in (("yellow", 4), ("red", 3), ("green", 2)):
        for _ in range(count):
            made = given.project(session, group=site.group, lead=site.unit)
            watch = session.get_one(ProjectWatch, made.id)
            watch.light, watch.light_since = light, at("2026-12-01 09:00")
    session.scalars(select(ProjectWatch)).all()
    session.commit()
    for who in ("reporter", "convener", "regulator"):
        shown = screen.of(who)["at_risk"]
        assert (shown["count"], shown["red"], shown["yellow"]) == (7, 3, 4), who
        assert [one["light"] for one in shown["items"]] == ["red"] * 3 + ["yellow"] * 2
    for who in ("member", "outsider"):
        assert screen.of(who)["at_risk"]["count"] == 0, who


def test_reminders_and_messages_wait_until_they_are_acknowledged(screen: Screen) -> None:
    screen.until("2026-12-04 10:00")
    shown = screen.of("reporter")
    assert shown["to_acknowledge"]["count"] == shown["unread"]["count"] == 2
    first = shown["to_acknowledge"]["items"][0]
    assert first["occurrence"] == "T-3"
    path = f"/api/v1/reminders/{first['id']}/acknowledge"
    assert screen.client.post(path, headers=screen.tokens["reporter"]).status_code == 200
    after = screen.of("reporter")
    assert after["to_acknowledge"]["count"] == after["unread"]["count"] == 1
    assert screen.of("convener")["unread"]["count"] == 0


def test_a_second_look_costs_nothing_while_nothing_has_changed(screen: Screen) -> None:
    screen.until("2026-12-04 10:00")
    etag = screen.get("reporter").headers["etag"]
    screen.set_clock(at("2026-12-04 11:00"))
    assert screen.get("reporter", If_None_Match=etag).status_code == 304
    screen.order()
    screen.site.reporter.role = "reviewer"
    screen.session.commit()
    assert screen.get("reporter", If_None_Match=etag).status_code == 200


def test_an_administrator_has_no_business_on_the_screen(screen: Screen) -> None:
    unit = given.unit(screen.session, "运维单位")
    screen.site.outsider = given.account(screen.session, "root", of=unit, role="system_admin")
    shown = screen.of("outsider")
    assert [shown[name] for name in ("to_sign", "to_issue", "due", "to_review")] == [None] * 4
    assert shown["at_risk"]["count"] == 0
