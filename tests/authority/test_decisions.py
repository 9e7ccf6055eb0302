"""What a unit keeps that left, and what a regulator sees of a unit that helps elsewhere."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.progress.models import ProgressReport
from tests import given
from tests.authority.scene import NOW, World


class Site:
    """The scene, and a project in Jingning's group that one unit leads."""

    def __init__(self, world: World, client: TestClient, lead: str) -> None:
        self.world, self.client = world, client
        unit = world.units[lead]
        self.project = given.project(world.session, group=world.home.group, lead=unit)
        self.report = ProgressReport(
            project_id=self.project.id,
            organisation_id=unit.id,
            period="2026-10",
            state="submitted",
            opened_at=NOW,
            original_due_at=NOW,
            current_due_at=NOW,
        )
        world.session.add(self.report)
        world.session.commit()

    def seen(self, who: str) -> dict[str, int]:
        """Give what somebody is answered about the project, its report, its group and another."""
        paths = {
            "project": f"projects/{self.project.id}",
            "report": f"progress-reports/{self.report.id}",
            "group": f"groups/{self.world.home.group.id}",
            "other project": f"projects/{self.world.home.ids['project_id']}",
            "other report": f"progress-reports/{self.world.home.ids['report_id']}",
        }
        headers = self.world.by_name[who].headers
        return {
            name: self.client.get(f"/api/v1/{path}", headers=headers).status_code
            for name, path in paths.items()
        }


@pytest.fixture
def site(
    session: Session, client: TestClient, set_clock: Callable[[datetime], None]
) -> Callable[[str], Site]:
    set_clock(NOW)
    return lambda lead: Site(World(session), client, lead)


OWN_ALONE = {"project": 200, "report": 200, "group": 404, "other project": 404, "other report": 404}


def test_a_unit_that_left_keeps_its_own_projects_and_reports(site: Callable[[str], Site]) -> None:
    scene = site("gone")
    assert scene.seen("gone-reporter") == OWN_ALONE
    answer = scene.client.patch(
        f"/api/v1/projects/{scene.project.id}",
        headers={**scene.world.by_name["gone-reporter"].headers, "If-Match": '"1-x"'},
        json={"description": "继续推进"},
    )
    assert answer.status_code == 200, answer.text


def test_a_regulator_sees_what_a_unit_of_its_region_does_elsewhere_and_not_the_group(
    site: Callable[[str], Site],
) -> None:
    scene = site("port")
    assert scene.seen("sasac-wz-regulator") == OWN_ALONE
    assert scene.seen("sasac-ts-regulator") == dict.fromkeys(OWN_ALONE, 404)
