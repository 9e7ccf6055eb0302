"""How units nest and officers serve, without a database."""

from datetime import date
from itertools import product
from uuid import UUID, uuid4

import pytest

from services.core.kit.errors import Conflict, Invalid
from services.core.organisations import rules

TOP, MIDDLE, LEAF = (uuid4() for _ in range(3))
DAYS = [date(2026, 1, day) for day in (1, 2, 3)]


def test_a_unit_stands_below_all_that_stand_above_its_parent() -> None:
    assert rules.lineage(TOP, ()) == [TOP]
    assert rules.lineage(LEAF, [TOP, MIDDLE]) == [TOP, MIDDLE, LEAF]


@pytest.mark.parametrize("unit", [TOP, MIDDLE, LEAF])
def test_no_unit_stands_below_itself(unit: UUID) -> None:
    with pytest.raises(Invalid) as refused:
        rules.lineage(unit, [TOP, MIDDLE, LEAF])
    assert (refused.value.faults[0].pointer, refused.value.faults[0].code) == (
        "/parent_id",
        "cycle",
    )


@pytest.mark.parametrize(("before", "after"), list(product((True, False), repeat=2)))
def test_a_named_unit_stays_named(*, before: bool, after: bool) -> None:
    if after and not before:
        with pytest.raises(Invalid):
            rules.must_stay_named(is_placeholder=before, becomes_placeholder=after)
    else:
        rules.must_stay_named(is_placeholder=before, becomes_placeholder=after)


def test_nobody_answers_for_a_placeholder() -> None:
    rules.must_hold_officers(is_placeholder=False)
    with pytest.raises(Conflict):
        rules.must_hold_officers(is_placeholder=True)


@pytest.mark.parametrize(("start", "end"), list(product(DAYS, [*DAYS, None])))
def test_a_term_ends_on_its_first_day_at_the_earliest(start: date, end: date | None) -> None:
    if end is not None and end < start:
        with pytest.raises(Invalid) as refused:
            rules.checked_term(start, end)
        assert refused.value.faults[0].allowed == (f">= {start}",)
    else:
        rules.checked_term(start, end)
