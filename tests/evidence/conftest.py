"""A project with a report, a milestone, a blocker and a promise, and everybody around it."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.guarantees.models import ResourceGuarantee
from services.core.progress import actions as progress
from services.core.projects.models import Milestone
from tests import given, watching
from tests.evidence.photos import declared, photo
from tests.given import at

TODAY = at("2026-12-01 10:00")
PHOTO = photo()


@dataclass(frozen=True)
class Jingning:
    """The scene; `ids` names each record by the path it has."""

    client: TestClient
    people: dict[str, dict[str, str]]
    ids: dict[str, UUID]

    def begin(
        self, data: bytes = PHOTO, *, who: str = "reporter", of: str = "report", **also: Any
    ) -> Any:
        """Begin an upload of these bytes."""
        path = {
            "report": "progress-reports",
            "milestone": "milestones",
            "blocker": "blockers",
            "guarantee": "guarantees",
        }[of]
        return self.client.post(
            f"/api/v1/{path}/{self.ids[of]}/evidence",
            json=declared(data, **also),
            headers=self.people[who],
        )

    def send(
        self, address: str, part: bytes, offset: int = 0, *, kind: str = "application/octet-stream"
    ) -> Any:
        """Send one part, as a phone does: without a token."""
        return self.client.put(
            f"{address}&offset={offset}", content=part, headers={"Content-Type": kind}
        )

    def uploaded(self, data: bytes = PHOTO, **also: Any) -> str:
        """Upload a whole file in one part; gives the path of the evidence."""
        begun = self.begin(data, **also).json()
        answer = self.send(begun["address"], data)
        assert answer.status_code == 200, answer.text
        assert answer.json()["state"] == "complete"
        return f"/api/v1/evidence/{begun['evidence']['id']}"

    def get(self, path: str, who: str = "reporter", **headers: str) -> Any:
        """Read as somebody."""
        return self.client.get(path, headers={**self.people[who], **headers})

    def withdraw(self, path: str, who: str = "reporter") -> Any:
        """Withdraw evidence, at the version it is at."""
        tag = self.get(path).headers["ETag"]
        return self.client.post(
            f"{path}/withdraw",
            json={"reason": "误传了其他项目的照片"},
            headers={**self.people[who], "If-Match": tag},
        )


@pytest.fixture
def jingning(session: Session, client: TestClient, set_clock: Any) -> Jingning:
    set_clock(TODAY)
    place = watching.site(session)
    progress.open_due(session, now=TODAY, limit=10)
    milestone = Milestone(
        project_id=place.project.id,
        name="封顶",
        planned_on=date(2026, 12, 1),
        original_planned_on=date(2026, 12, 1),
    )
    county = given.unit(session, "景宁县自然资源局", kind="gov_dept")
    promise = ResourceGuarantee(
        project_id=place.project.id,
        kind="land",
        description="用地",
        promiser_organisation_id=county.id,
        promised_on=date(2026, 3, 2),
        due_on=date(2026, 12, 1),
        original_due_on=date(2026, 12, 1),
        state="promised",
    )
    session.add_all((milestone, promise))
    session.flush()
    people = {
        "reporter": place.reporter,
        "reviewer": place.reviewer,
        "convener": place.convener,
        "member": place.member,
        "regulator": place.regulator,
        "stranger": place.outsider,
        "observer": given.account(session, "observer", of=place.unit, role="observer"),
    }
    headers = {
        name: given.headers(session, who) | {"Accept-Language": "en"}
        for name, who in people.items()
    }
    raised = client.post(
        "/api/v1/blockers",
        json={
            "project_id": str(place.project.id),
            "kind": "blockage",
            "title": "用地未批",
            "description": "等待批复",
            "due_on": "2026-12-20",
        },
        headers=headers["reporter"],
    )
    assert raised.status_code == 201, raised.text
    ids = {
        "project": place.project.id,
        "report": watching.report_of(session, place.project).id,
        "milestone": milestone.id,
        "guarantee": promise.id,
        "blocker": UUID(raised.json()["id"]),
    }
    return Jingning(client, headers, ids)
