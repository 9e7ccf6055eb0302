"""Jingning's group and everybody around it: the actors of every test of scope."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.groups.models import GroupMembership, JointGroup
from services.core.kit.feed import PendingEvent
from services.core.organisations.models import Organisation
from tests import given

TODAY = date(2026, 11, 24)
YESTERDAY = date(2026, 11, 23)

_UNITS: tuple[tuple[str, str, str, str, str | None], ...] = (
    ("sasac_zj", "330000", "province", "sasac", None),
    ("sasac_ls", "331100", "city", "sasac", "sasac_zj"),
    ("sasac_jn", "331127", "county", "sasac", "sasac_ls"),
    ("sasac_wz", "330300", "city", "sasac", "sasac_zj"),
    ("energy", "330000", "province", "soe_group", "sasac_zj"),
    ("jngas", "331127", "county", "soe_subsidiary", "energy"),
    ("mech", "330000", "province", "soe_group", "sasac_zj"),
    ("college", "330000", "province", "school", "mech"),
    ("lsci", "331100", "city", "soe_group", "sasac_ls"),
    ("wzport", "330300", "city", "soe_group", "sasac_wz"),
    ("left", "331100", "city", "soe_group", None),
    ("tsgas", "330329", "county", "soe_subsidiary", "energy"),
)
_PEOPLE: tuple[tuple[str, str, str], ...] = (
    ("province", "sasac_zj", "regulator"),
    ("city", "sasac_ls", "regulator"),
    ("county", "sasac_jn", "regulator"),
    ("other_city", "sasac_wz", "regulator"),
    ("convener", "jngas", "convener"),
    ("parent", "energy", "reviewer"),
    ("member", "lsci", "reporter"),
    ("observer", "mech", "observer"),
    ("below_a_member", "college", "reporter"),
    ("far_member", "wzport", "reporter"),
    ("removed", "left", "reporter"),
    ("outsider", "tsgas", "convener"),
    ("integrator", "lsci", "integrator"),
    ("system_admin", "sasac_zj", "system_admin"),
    ("security_admin", "sasac_zj", "security_admin"),
    ("audit_admin", "sasac_zj", "audit_admin"),
)


@dataclass
class Scene:
    """The group of Jingning, the group of Taishun, and a log-in of everybody."""

    session: Session
    client: TestClient
    units: dict[str, Organisation] = field(default_factory=dict)
    accounts: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, dict[str, str]] = field(default_factory=dict)
    jingning: JointGroup = field(default_factory=JointGroup)
    taishun: JointGroup = field(default_factory=JointGroup)

    def get(self, who: str, path: str) -> Any:
        """Ask as somebody."""
        return self.client.get(f"/api/v1{path}", headers=self.headers[who])

    def post(self, who: str, path: str, body: dict[str, Any], *, of: str = "") -> Any:
        """Do something as somebody; `of` is the record whose ETag goes with it."""
        return self.client.post(f"/api/v1{path}", headers=self._with_etag(who, of), json=body)

    def patch(self, who: str, path: str, body: dict[str, Any]) -> Any:
        """Change a record as somebody who has just read it."""
        return self.client.patch(f"/api/v1{path}", headers=self._with_etag(who, path), json=body)

    def _with_etag(self, who: str, path: str) -> dict[str, str]:
        if not path:
            return self.headers[who]
        etag = self.get(who, path).headers.get("etag", '"1-0"')
        return {**self.headers[who], "If-Match": etag}

    def facts(self) -> list[str]:
        """Name the facts recorded so far."""
        self.session.expire_all()
        return list(self.session.scalars(select(PendingEvent.type).order_by(PendingEvent.id)))

    def fact(self, name: str) -> PendingEvent:
        """Give the one fact of a name."""
        self.session.expire_all()
        return self.session.scalars(select(PendingEvent).where(PendingEvent.type == name)).one()


def built(session: Session, client: TestClient) -> Scene:
    """Build the scene: two active groups, one unit that left Jingning's yesterday."""
    scene = Scene(session, client)
    given.places(session)
    for key, region, level, kind, parent in _UNITS:
        scene.units[key] = given.unit(
            session,
            key,
            parent=scene.units[parent] if parent else None,
            region_code=region,
            level=level,
            kind=kind,
        )
    scene.jingning = given.group(session, members=[], code="G-331127", region_code="331127")
    scene.taishun = given.group(
        session, members=[scene.units["tsgas"]], code="G-330329", region_code="330329"
    )
    seat(scene, "jngas", role="convener", represents_organisation_id=scene.units["energy"].id)
    for member in ("energy", "lsci", "wzport"):
        seat(scene, member)
    seat(scene, "mech", role="observer")
    seat(scene, "left", valid_to=YESTERDAY)
    for login, unit, role in _PEOPLE:
        name = login.replace("_", "-")
        scene.accounts[login] = given.account(session, name, of=scene.units[unit], role=role)
        scene.headers[login] = given.headers(session, scene.accounts[login])
    return scene


@pytest.fixture
def jingning(session: Session, client: TestClient, set_clock: Callable[[datetime], None]) -> Scene:
    """Give the scene, on 2026-11-24 at 09:00 in Asia/Shanghai."""
    set_clock(given.at("2026-11-24 09:00"))
    return built(session, client)


def seat(scene: Scene, unit: str, **also: Any) -> GroupMembership:
    """Seat a unit in Jingning's group since long ago."""
    row = GroupMembership(
        **{
            "group_id": scene.jingning.id,
            "organisation_id": scene.units[unit].id,
            "role": "member",
            "valid_from": given.LONG_AGO,
            **also,
        }
    )
    scene.session.add(row)
    scene.session.flush()
    return row
