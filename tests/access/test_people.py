"""Whom to ask: officers, their deputies, roles and stand-ins."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy.orm import Session

from services.core.access import queries
from services.core.access.models import Account
from services.core.kit.errors import Invalid
from services.core.organisations.models import Officer, Organisation
from tests import given

TODAY = date(2026, 11, 24)


@pytest.fixture
def energy(session: Session) -> Organisation:
    given.places(session)
    return given.unit(session, "浙江省能源集团", region_code="330000", level="province")


@pytest.fixture
def gas(session: Session, energy: Organisation) -> Organisation:
    return given.unit(session, "景宁县天然气有限公司", parent=energy)


def officer(
    session: Session,
    unit: Organisation,
    account: Account | None,
    deputy: Account | None = None,
    **also: Any,
) -> None:
    session.add(
        Officer(
            **{
                "organisation_id": unit.id,
                "account_id": account.id if account else None,
                "deputy_account_id": deputy.id if deputy else None,
                "name": "叶某",
                "duty": "reporter",
                "valid_from": given.LONG_AGO,
                **also,
            }
        )
    )
    session.flush()


def logins(session: Session, unit: Organisation, duty: str, on: date = TODAY) -> list[str]:
    found = queries.people_for(session, organisation_id=unit.id, duty=duty, on=on)
    return [person.name for person in found]


def test_the_officers_of_the_day_are_asked_each_once(session: Session, gas: Organisation) -> None:
    a, b, c = (given.account(session, login, of=gas, role="observer") for login in "abc")
    given.account(session, "by-role", of=gas, role="reporter")
    officer(session, gas, b)
    officer(session, gas, a, valid_to=date(2026, 11, 25))
    officer(session, gas, a)
    officer(session, gas, c, valid_to=TODAY)
    officer(session, gas, c, valid_from=date(2026, 11, 25))
    officer(session, gas, c, duty="liaison")
    assert logins(session, gas, "reporter") == ["a", "b"]
    assert logins(session, gas, "reporter", on=date(2026, 11, 25)) == ["a", "b", "c"]
    one = queries.people_for(session, organisation_id=gas.id, duty="liaison", on=TODAY)
    assert one == [queries.Recipient(c.id, "c", "c@example.test", "zh")]


def test_the_deputy_is_asked_where_the_officer_cannot_be(
    session: Session, gas: Organisation
) -> None:
    gone = given.account(session, "gone", of=gas, role="reporter", is_active=False)
    stand_in = given.account(session, "stand-in", of=gas, role="observer")
    there = given.account(session, "there", of=gas, role="observer")
    officer(session, gas, gone, stand_in)
    assert logins(session, gas, "reporter") == ["stand-in"]
    officer(session, gas, None, stand_in, duty="reviewer")
    assert logins(session, gas, "reviewer") == ["stand-in"]
    officer(session, gas, there, stand_in, duty="liaison")
    assert logins(session, gas, "liaison") == ["there"]


def test_without_a_reachable_officer_the_role_is_asked(session: Session, gas: Organisation) -> None:
    gone = given.account(session, "gone", of=gas, role="reporter", is_active=False)
    given.account(session, "r1", of=gas, role="reporter")
    given.account(session, "r2", of=gas, role="reporter")
    officer(session, gas, gone, gone)
    officer(session, gas, None)
    assert logins(session, gas, "reporter") == ["r1", "r2"]
    assert logins(session, gas, "liaison") == []


def test_a_leader_has_stand_ins_in_order(session: Session, gas: Organisation) -> None:
    assert logins(session, gas, "leader") == []
    given.account(session, "convener", of=gas, role="convener")
    assert logins(session, gas, "leader") == ["convener"]
    given.account(session, "reviewer", of=gas, role="reviewer")
    assert logins(session, gas, "leader") == ["reviewer"]
    named = given.account(session, "named", of=gas, role="observer")
    officer(session, gas, named, duty="reviewer")
    assert logins(session, gas, "leader") == ["named"]
    chief = given.account(session, "chief", of=gas, role="observer")
    officer(session, gas, chief, duty="leader")
    assert logins(session, gas, "leader") == ["chief"]
    assert logins(session, gas, "reviewer") == ["named"]


def test_only_people_of_the_same_line_are_asked_and_no_administrator(
    session: Session, energy: Organisation, gas: Organisation
) -> None:
    other = given.unit(session, "外单位")
    stranger = given.account(session, "stranger", of=other, role="reporter")
    admin = given.account(session, "admin", of=gas, role="security_admin")
    above = given.account(session, "above", of=energy, role="observer")
    for person in (stranger, admin):
        officer(session, gas, person)
    assert logins(session, gas, "reporter") == []
    officer(session, gas, above)
    assert logins(session, gas, "reporter") == ["above"]
    assert logins(session, gas, "security_admin") == []
    assert logins(session, other, "reporter") == ["stranger"]
    for account in (stranger, admin):
        with pytest.raises(Invalid) as refused:
            queries.must_work_for(
                session, organisation_id=gas.id, named={"/account_id": account.id}
            )
        assert refused.value.faults[0].pointer == "/account_id"
    queries.must_work_for(session, organisation_id=gas.id, named={"/a": above.id, "/b": None})


def test_a_recipient_is_an_open_account(session: Session, gas: Organisation) -> None:
    here = given.account(session, "here", of=gas, role="reporter", language="en", email=None)
    gone = given.account(session, "gone", of=gas, role="reporter", is_active=False)
    assert queries.recipient(session, here.id) == queries.Recipient(here.id, "here", None, "en")
    assert queries.recipient(session, gone.id) is None
    assert queries.recipient(session, uuid4()) is None
