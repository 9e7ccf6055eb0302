"""Jingning's group, a project with something in its way, and who has to do with it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.access.models import Account
from services.core.groups.models import JointGroup
from services.core.kit.feed import PendingEvent
from services.core.organisations.models import Organisation
from services.core.projects.models import Project
from tests import given
from tests.chasing import adopt

BLOCKERS = "/api/v1/blockers"
RAISED = "2026-11-24 10:00"
"""A Tuesday; the next consultation day of Yongkang's ladder is the day after."""


@dataclass
class Scene:
    """Gold leads the project and is held up; gas convenes; the land bureau is to solve it."""

    session: Session
    client: TestClient
    set_clock: Callable[[datetime], None]
    gold: Organisation
    gas: Organisation
    land: Organisation
    group: JointGroup
    project: Project
    people: dict[str, Account]

    def at(self, moment: str) -> None:
        """Set the house's clock, in Asia/Shanghai."""
        self.set_clock(given.at(moment))

    def headers(self, who: str) -> dict[str, str]:
        """Give headers with a token of this person."""
        return given.headers(self.session, self.people[who], Accept_Language="en")

    def raised(self, who: str = "reporter", **also: Any) -> Any:
        """Raise a blocker; gives the answer."""
        body = {
            "project_id": str(self.project.id),
            "kind": "blockage",
            "severity": "critical",
            "title": "1号站用地未获批复",
            "description": "县内已无占补平衡指标。",
            "due_on": "2026-12-18",
            "ladder": "yongkang",
            **also,
        }
        return self.client.post(BLOCKERS, headers=self.headers(who), json=body)

    def get(self, who: str, path: str) -> Any:
        """Read something as this person."""
        return self.client.get(path, headers=self.headers(who))

    def act(self, who: str, place: str, verb: str, **body: Any) -> Any:
        """Do something to a blocker at its current version."""
        headers = self.headers(who)
        etag = self.get("province", place).headers["etag"]
        given_body = None if verb in ("verify", "resume") else body
        return self.client.post(
            f"{place}/{verb}", headers={**headers, "If-Match": etag}, json=given_body
        )

    def must(self, who: str, place: str, verb: str, **body: Any) -> dict[str, Any]:
        """Do something that is right, and give what is there then."""
        answer = self.act(who, place, verb, **body)
        assert answer.status_code in (200, 201), answer.text
        found: dict[str, Any] = answer.json()
        return found

    def assigned(self, *, level: str = "county", **also: Any) -> str:
        """Raise one, triage and assign it to the land bureau; gives its place."""
        answer = self.raised(**also)
        assert answer.status_code == 201, answer.text
        place = f"{BLOCKERS}/{answer.json()['id']}"
        reason = {"reason": "县内已无空间"} if level in ("city", "province") else {}
        self.must("convener", place, "triage", level=level, **reason)
        self.must("convener", place, "assign", **self.owner())
        return place

    def owner(self, **also: Any) -> dict[str, Any]:
        """Give an assignment to the land bureau."""
        return {
            "owner_organisation_id": str(self.land.id),
            "responsible_person": "叶某",
            "responsible_account_id": str(self.people["land"].id),
            **also,
        }

    def consultation(self, **also: Any) -> dict[str, Any]:
        """What is written down of a consultation."""
        return {
            "convened_by_organisation_id": str(self.gas.id),
            "held_on": "2026-11-25",
            "attendee_ids": [str(self.gas.id), str(self.land.id)],
            "conclusion": "县内无法解决，请市级统筹指标。",
            "commitments": [
                {
                    "organisation_id": str(self.land.id),
                    "text": "补齐报件",
                    "due_on": "2026-12-02",
                }
            ],
            "outcome": "unresolved",
            **also,
        }

    def told(self) -> list[str]:
        """Give the names of the facts that were recorded about blockers, in order."""
        types = self.session.scalars(select(PendingEvent.type).order_by(PendingEvent.id))
        return [name for name in types if name.startswith(("blocker.", "consultation."))]


def scene(session: Session, client: TestClient, set_clock: Callable[[datetime], None]) -> Scene:
    """Build it."""
    set_clock(given.at(RAISED))
    given.places(session)
    adopt(session)
    sasac = given.unit(session, "景宁县国资办", kind="sasac")
    city = given.unit(session, "丽水市国资委", kind="sasac", region_code="331100", level="city")
    zhejiang = given.unit(
        session, "浙江省国资委", kind="sasac", region_code="330000", level="province"
    )
    gas = given.unit(session, "景宁县天然气有限公司")
    gold = given.unit(session, "浙江省能源集团", region_code="330000", level="province")
    mate = given.unit(session, "丽水市城投公司", region_code="331100", level="city")
    land = given.unit(session, "景宁县自然资源局", kind="gov_dept")
    far = given.unit(session, "泰顺县某公司", region_code="330329")
    group = given.group(session, members=[gas, gold, mate])
    people = {
        login: given.account(session, f"{login}-jn", of=unit, role=role)
        for login, unit, role in (
            ("reporter", gold, "reporter"),
            ("reviewer", gold, "reviewer"),
            ("convener", gas, "convener"),
            ("member", mate, "reporter"),
            ("mates-convener", mate, "convener"),
            ("land", land, "reporter"),
            ("lands-reviewer", land, "reviewer"),
            ("regulator", sasac, "regulator"),
            ("city", city, "regulator"),
            ("province", zhejiang, "regulator"),
            ("observer", gold, "observer"),
            ("outsider", far, "convener"),
        )
    }
    return Scene(
        session=session,
        client=client,
        set_clock=set_clock,
        gold=gold,
        gas=gas,
        land=land,
        group=group,
        project=given.project(session, group=group, lead=gold),
        people=people,
    )
