"""The rules of agreements, exhaustively and without a database."""

from datetime import date
from itertools import product
from uuid import UUID

import pytest

from services.core.agreements import rules
from services.core.agreements.rules import AgreementState, AgreementVerb, Side
from services.core.kit.errors import Conflict, Invalid, Refusal, UnlawfulMove
from services.core.kit.moves import moved

TODAY = date(2026, 11, 24)
ONE, TWO = UUID(int=1), UUID(int=2)
BOTH = [(ONE, Side.ENTERPRISE), (TWO, Side.COUNTY)]


def code_of(refused: pytest.ExceptionInfo[Refusal]) -> tuple[str, str]:
    (fault,) = refused.value.faults
    return fault.pointer, fault.code


@pytest.mark.parametrize(("state", "verb"), list(product(AgreementState, AgreementVerb)))
def test_an_agreement_moves_only_along_the_table(
    state: AgreementState, verb: AgreementVerb
) -> None:
    if (state, verb) in rules.MOVES:
        assert state not in rules.ENDED
        assert moved(rules.MOVES, state, verb) in AgreementState
    else:
        with pytest.raises(UnlawfulMove):
            moved(rules.MOVES, state, verb)


@pytest.mark.parametrize(
    ("parties", "fault"),
    [
        (BOTH, None),
        ([], ("/parties", "side_missing")),
        (BOTH[:1], ("/parties", "side_missing")),
        (BOTH[1:], ("/parties", "side_missing")),
        ([(ONE, Side.ENTERPRISE), (ONE, Side.COUNTY)], ("/parties", "party_twice")),
    ],
)
def test_an_agreement_has_both_sides_and_each_party_once(
    parties: list[tuple[UUID, Side]], fault: tuple[str, str] | None
) -> None:
    if fault is None:
        rules.check_named(parties, is_placeholder=False, in_batch=False)
        return
    with pytest.raises(Invalid) as refused:
        rules.check_named(parties, is_placeholder=False, in_batch=False)
    assert code_of(refused) == fault


def test_a_placeholder_may_name_nobody_but_belongs_to_a_batch() -> None:
    rules.check_named([], is_placeholder=True, in_batch=True)
    rules.check_named(BOTH, is_placeholder=True, in_batch=True)
    with pytest.raises(Invalid) as refused:
        rules.check_named([], is_placeholder=True, in_batch=False)
    assert code_of(refused) == ("/batch_id", "missing")
    with pytest.raises(Invalid) as refused:
        rules.check_named(BOTH[:1], is_placeholder=True, in_batch=True)
    assert code_of(refused) == ("/parties", "side_missing")


@pytest.mark.parametrize(
    ("signed_on", "valid_to", "fault"),
    [
        (None, None, None),
        (TODAY, None, None),
        (None, date(2020, 1, 1), None),
        (TODAY, date(2026, 11, 25), None),
        (date(2026, 11, 25), None, ("/signed_on", "in_the_future")),
        (TODAY, TODAY, ("/valid_to", "before_signing")),
    ],
)
def test_days_are_in_order(
    signed_on: date | None, valid_to: date | None, fault: tuple[str, str] | None
) -> None:
    if fault is None:
        rules.check_days(signed_on, valid_to, today=TODAY)
        return
    with pytest.raises(Invalid) as refused:
        rules.check_days(signed_on, valid_to, today=TODAY)
    assert code_of(refused) == fault


def test_nothing_expires_before_its_time() -> None:
    expire = AgreementVerb.EXPIRE
    rules.check_ending(expire, valid_to=TODAY, today=TODAY, reason=None)
    for valid_to in (None, date(2026, 11, 25)):
        with pytest.raises(Conflict):
            rules.check_ending(expire, valid_to=valid_to, today=TODAY, reason="x")


def test_giving_up_needs_a_reason_and_fulfilment_none() -> None:
    rules.check_ending(AgreementVerb.FULFIL, valid_to=None, today=TODAY, reason=None)
    rules.check_ending(AgreementVerb.TERMINATE, valid_to=None, today=TODAY, reason="x")
    with pytest.raises(Invalid) as refused:
        rules.check_ending(AgreementVerb.TERMINATE, valid_to=None, today=TODAY, reason=None)
    assert code_of(refused) == ("/reason", "missing")
