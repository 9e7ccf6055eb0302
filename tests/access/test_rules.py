"""Roles, what each may do, and which role fits whom, without a database."""

from itertools import product
from uuid import uuid4

import pytest

from services.core.access import rules
from services.core.access.rules import ADMINISTRATORS, Permission, Role
from services.core.kit.errors import Conflict, Forbidden, Invalid


def test_every_role_is_listed_with_what_it_may_do() -> None:
    assert set(rules.PERMISSIONS) == set(Role)


def test_administrators_hold_no_business_permission_and_see_none() -> None:
    business = set(Permission) - {
        Permission.KEEP_ACCOUNTS,
        Permission.KEEP_CALENDAR,
        Permission.KEEP_REGIONS,
        Permission.READ_AUDIT,
    }
    for role in Role:
        assert rules.sees_business_data(role) == (role not in ADMINISTRATORS)
        if role in ADMINISTRATORS:
            assert not rules.PERMISSIONS[role] & business


def test_only_the_security_administrator_keeps_accounts() -> None:
    keepers = {role for role in Role if Permission.KEEP_ACCOUNTS in rules.PERMISSIONS[role]}
    assert keepers == {Role.SECURITY_ADMIN}


@pytest.mark.parametrize(("role", "is_government"), list(product(Role, (True, False))))
def test_only_government_regulates(role: Role, *, is_government: bool) -> None:
    if role == Role.REGULATOR and not is_government:
        with pytest.raises(Invalid) as refused:
            rules.must_fit(role, is_government=is_government, is_placeholder=False)
        assert refused.value.faults[0].pointer == "/role"
    else:
        rules.must_fit(role, is_government=is_government, is_placeholder=False)


@pytest.mark.parametrize("role", list(Role))
def test_nobody_has_an_account_of_a_placeholder(role: Role) -> None:
    with pytest.raises(Invalid):
        rules.must_fit(role, is_government=True, is_placeholder=True)


def test_nobody_changes_their_own_account() -> None:
    one, other = uuid4(), uuid4()
    rules.must_be_other(one, other)
    with pytest.raises(Forbidden):
        rules.must_be_other(one, one)


def test_a_closed_account_stays_closed() -> None:
    rules.must_be_open(is_active=True)
    with pytest.raises(Conflict):
        rules.must_be_open(is_active=False)


def test_a_missing_leader_has_stand_ins_and_nobody_else_has() -> None:
    assert rules.asked("leader") == ("leader", "reviewer", "convener")
    assert rules.asked("reporter") == ("reporter",)
