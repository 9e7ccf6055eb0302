"""Which observations can be true, without a database."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest

from services.core.kit.errors import Forbidden, Invalid
from services.core.outcomes import rules
from services.core.outcomes.rules import Measure, Observed

DAY = date(2022, 12, 31)


def observed(value: int) -> Observed:
    return Observed(DAY, Decimal(value))


@pytest.mark.parametrize(
    ("measure", "value", "before", "after", "code"),
    [
        ("cumulative", 7109, None, None, None),
        ("cumulative", 7109, 7109, 7109, None),
        ("cumulative", 7108, 7109, None, "falls"),
        ("cumulative", 7110, None, 7109, "falls"),
        ("per_period", 3, 7109, None, None),
        ("per_period", 9000, None, 7109, None),
    ],
)
def test_what_is_cumulative_does_not_fall(
    measure: str, value: int, before: int | None, after: int | None, code: str | None
) -> None:
    def check(reason: str | None) -> None:
        rules.check_value(
            Measure(measure),
            observed(value),
            before=observed(before) if before else None,
            after=observed(after) if after else None,
            same=None,
            reason=reason,
        )

    check("统计口径更正")
    if code is None:
        check(None)
        return
    with pytest.raises(Invalid) as refused:
        check(None)
    assert (refused.value.faults[0].code, refused.value.faults[0].pointer) == (code, "/value")


def test_a_day_that_has_a_value_is_corrected_with_a_reason() -> None:
    both = {"before": None, "after": None, "same": observed(7109)}
    rules.check_value(Measure.CUMULATIVE, observed(7110), reason="漏报1笔", **both)
    with pytest.raises(Invalid) as refused:
        rules.check_value(Measure.CUMULATIVE, observed(7110), reason=None, **both)
    assert refused.value.faults[0].code == "taken"


def test_nothing_is_observed_of_tomorrow() -> None:
    rules.check_day(DAY, today=DAY)
    with pytest.raises(Invalid):
        rules.check_day(date(2023, 1, 1), today=DAY)


def test_nobody_verifies_their_own_value() -> None:
    who = uuid4()
    rules.check_second_person(None, who)
    rules.check_second_person(uuid4(), who)
    with pytest.raises(Forbidden):
        rules.check_second_person(who, who)
