"""What may be promised and who may confirm it, without a database."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from services.core.guarantees import rules
from services.core.guarantees.rules import GuaranteeState, GuaranteeVerb
from services.core.kit.errors import Forbidden, Invalid, UnlawfulMove
from services.core.kit.moves import moved

TODAY = date(2026, 11, 26)
LAWFUL = {
    ("promised", "report"): "reported",
    ("promised", "withdraw"): "withdrawn",
    ("reported", "confirm"): "delivered",
    ("reported", "return"): "promised",
    ("reported", "withdraw"): "withdrawn",
}


@pytest.mark.parametrize("state", GuaranteeState)
@pytest.mark.parametrize("verb", GuaranteeVerb)
def test_a_promise_moves_only_as_the_table_says(state: GuaranteeState, verb: GuaranteeVerb) -> None:
    wanted = LAWFUL.get((state, verb))
    if wanted:
        assert moved(rules.MOVES, state, verb) == wanted
        return
    with pytest.raises(UnlawfulMove):
        moved(rules.MOVES, state, verb)


@pytest.mark.parametrize(
    ("amount", "unit", "pointer"),
    [
        (None, None, None),
        (Decimal(12), "亩", None),
        (Decimal(12), None, "/unit"),
        (None, "亩", "/amount"),
    ],
)
def test_an_amount_goes_with_its_unit(
    amount: Decimal | None, unit: str | None, pointer: str | None
) -> None:
    if pointer is None:
        rules.check_measure(amount, unit)
        return
    with pytest.raises(Invalid) as refused:
        rules.check_measure(amount, unit)
    assert refused.value.faults[0].pointer == pointer


@pytest.mark.parametrize(
    ("promised", "due", "pointer"),
    [
        (date(2026, 11, 26), date(2026, 11, 26), None),
        (date(2026, 11, 27), date(2026, 12, 1), "/promised_on"),
        (date(2026, 11, 26), date(2026, 11, 25), "/due_on"),
    ],
)
def test_a_promise_is_made_by_today_and_due_after_it(
    promised: date, due: date, pointer: str | None
) -> None:
    if pointer is None:
        rules.check_days(promised, due, today=TODAY)
        return
    with pytest.raises(Invalid) as refused:
        rules.check_days(promised, due, today=TODAY)
    assert refused.value.faults[0].pointer == pointer


@pytest.mark.parametrize(
    ("promised", "delivered", "before", "whole"),
    [
        (None, None, None, "whole"),
        (Decimal(12), Decimal("11.99"), None, "part"),
        (Decimal(12), Decimal(12), Decimal(8), "whole"),
        (Decimal(12), Decimal(13), Decimal(8), "whole"),
        (Decimal(12), Decimal(8), Decimal(8), "part"),
    ],
)
def test_what_came_is_measured_against_what_was_promised(
    promised: Decimal | None, delivered: Decimal | None, before: Decimal | None, whole: str
) -> None:
    assert rules.is_whole(promised, delivered, before=before) is (whole == "whole")


@pytest.mark.parametrize(
    ("promised", "delivered", "code"),
    [
        (None, Decimal(1), "no_amount"),
        (Decimal(12), None, "missing"),
        (Decimal(12), Decimal(7), "falls"),
    ],
)
def test_what_came_is_said_as_it_was_promised(
    promised: Decimal | None, delivered: Decimal | None, code: str
) -> None:
    with pytest.raises(Invalid) as refused:
        rules.is_whole(promised, delivered, before=Decimal(8))
    assert refused.value.faults[0].code == code


@pytest.mark.parametrize("day", [date(2026, 11, 1), TODAY])
def test_a_delivery_lies_between_the_promise_and_today(day: date) -> None:
    rules.check_delivered_on(day, promised_on=date(2026, 11, 1), today=TODAY)


@pytest.mark.parametrize("day", [date(2026, 10, 31), date(2026, 11, 27)])
def test_a_delivery_before_the_promise_or_tomorrow_is_refused(day: date) -> None:
    with pytest.raises(Invalid):
        rules.check_delivered_on(day, promised_on=date(2026, 11, 1), today=TODAY)


def test_nobody_confirms_what_they_reported() -> None:
    who = uuid4()
    rules.check_second_person(who, uuid4())
    rules.check_second_person(None, who)
    with pytest.raises(Forbidden):
        rules.check_second_person(who, who)
