"""The rules of targets, without a database."""

import pytest

from services.core.kit.errors import Invalid
from services.core.kit.money import Qualifier
from services.core.targets import rules

EXACT, AT_LEAST, ABOUT = Qualifier.EXACT, Qualifier.AT_LEAST, Qualifier.ABOUT


@pytest.mark.parametrize(
    ("reported", "recorded", "gap"),
    [
        (EXACT, EXACT, EXACT),
        (AT_LEAST, EXACT, AT_LEAST),
        (ABOUT, EXACT, ABOUT),
        (EXACT, AT_LEAST, ABOUT),
        (AT_LEAST, AT_LEAST, ABOUT),
        (ABOUT, AT_LEAST, ABOUT),
        (EXACT, ABOUT, ABOUT),
        (AT_LEAST, ABOUT, ABOUT),
        (ABOUT, ABOUT, ABOUT),
    ],
)
def test_a_gap_is_as_exact_as_its_two_figures_allow(
    reported: Qualifier, recorded: Qualifier, gap: Qualifier
) -> None:
    assert rules.gap_qualifier(reported, recorded) is gap


def test_a_statement_is_of_this_month_at_the_latest() -> None:
    assert rules.checked_month("2026-11", "2026-11") == "2026-11"
    with pytest.raises(Invalid):
        rules.checked_month("2026-12", "2026-11")
