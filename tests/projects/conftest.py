"""Jingning's group with its people, and an outsider from Taishun."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.groups.models import JointGroup
from services.core.organisations.models import Organisation
from tests import given

NOW = given.at("2026-11-24 10:00")


@dataclass(frozen=True)
class Jingning:
    """The units of the story, and one account of each."""

    session: Session
    group: JointGroup
    energy: Organisation
    gas: Organisation
    tourism: Organisation
    outsider: Organisation
    regulator: Account
    county: Account
    convener: Account
    program: Account
    reporter: Account
    tourist: Account
    stranger: Account

    def as_(self, account: Account, **also: str) -> dict[str, str]:
        """Headers with a token of this account."""
        return given.headers(self.session, account, **also)


@pytest.fixture
def jingning(session: Session, set_clock: Callable[[datetime], None]) -> Jingning:
    """A group of three, its regulators above, and a unit of another county."""
    set_clock(NOW)
    given.places(session)
    province: dict[str, Any] = {"region_code": "330000", "level": "province"}
    sasac = given.unit(session, "浙江省国资委", kind="sasac", **province)
    county = given.unit(session, "景宁县国资办", kind="sasac")
    energy = given.unit(session, "浙江省能源集团", **province)
    gas = given.unit(session, "景宁县天然气有限公司", parent=energy, kind="soe_subsidiary")
    tourism = given.unit(session, "浙江省旅投集团", **province)
    outsider = given.unit(session, "泰顺县国资公司", region_code="330329")
    return Jingning(
        session=session,
        group=given.group(session, members=[gas, energy, tourism]),
        energy=energy,
        gas=gas,
        tourism=tourism,
        outsider=outsider,
        regulator=given.account(session, "sasac-zj", of=sasac, role="regulator"),
        county=given.account(session, "sasac-jn", of=county, role="regulator"),
        convener=given.account(session, "convener-jn", of=gas, role="convener"),
        program=given.account(session, "erp-energy", of=energy, role="integrator"),
        reporter=given.account(session, "reporter-energy", of=energy, role="reporter"),
        tourist=given.account(session, "reporter-tourism", of=tourism, role="reporter"),
        stranger=given.account(session, "convener-ts", of=outsider, role="convener"),
    )
