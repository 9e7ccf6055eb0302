"""Everybody a proposal passes."""

from typing import Any

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from services.core.access.models import Account
from tests import given
from tests.projects.conftest import Jingning, jingning

__all__ = ["jingning"]
URL = "/api/v1/admissions"


class Office:
    """The unit, the gates' regulators, and what each of them asks for."""

    def __init__(self, client: TestClient, scene: Jingning) -> None:
        self.client, self.scene = client, scene
        city = given.unit(scene.session, "丽水市国资委", kind="sasac", region_code="331100")
        self.city = given.account(scene.session, "sasac-ls", of=city, role="regulator")
        self.gates = (scene.county, self.city, scene.regulator)

    def body(self, **also: Any) -> dict[str, Any]:
        """Give what is proposed."""
        return {
            "code": "P-NEW",
            "name": "LNG站",
            "group_id": str(self.scene.group.id),
            "region_code": "331127",
            "thrust": "livelihood",
            "domain": "energy",
            "stage": "preparatory",
            "lead_organisation_id": str(self.scene.energy.id),
            "total_investment": {"amount": "40000000.00", "qualifier": "at_least"},
            "reports_from": "2026-11",
            **also,
        }

    def draft(self, who: Account | None = None, **also: Any) -> Any:
        """Propose, as the reporter if not said otherwise."""
        headers = self.scene.as_(who or self.scene.reporter, Accept_Language="en")
        return self.client.post(URL, headers=headers, json=self.body(**also))

    def exit(self, project_id: Any, who: Account | None = None, **also: Any) -> Any:
        """Propose that a project leaves, as the reporter if not said otherwise."""
        headers = self.scene.as_(who or self.scene.reporter, Accept_Language="en")
        body = {"exit_reason": "finished", "reason": "合作事项全部完成", **also}
        path = f"/api/v1/projects/{project_id}/admissions"
        return self.client.post(path, headers=headers, json=body)

    def do(self, who: Account, admission: Any, verb: str, **body: Any) -> Any:
        """Move a proposal."""
        headers = self.scene.as_(who, Accept_Language="en", If_Match="*")
        path = f"{URL}/{admission['id']}/{verb}"
        return self.client.post(path, headers=headers, json=body or None)

    def withdraw(self, who: Account, admission: Any, **body: Any) -> Any:
        """Take a proposal back."""
        headers = self.scene.as_(who, Accept_Language="en", If_Match="*")
        return self.client.post(f"{URL}/{admission['id']}/withdraw", headers=headers, json=body)

    def get(self, who: Account, path: str) -> Any:
        """Read something."""
        return self.client.get(f"/api/v1{path}", headers=self.scene.as_(who))

    def told(self) -> list[str]:
        """Give the facts so far."""
        rows = self.scene.session.execute(text("SELECT type FROM event_pending ORDER BY id"))
        return [row.type for row in rows]


@pytest.fixture
def office(client: TestClient, jingning: Jingning) -> Office:
    return Office(client, jingning)
