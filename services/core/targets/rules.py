"""What a statement may say, and how exact the gap between two figures is."""

from services.core.kit.errors import Invalid
from services.core.kit.money import Qualifier
from services.core.kit.words import Words


def checked_month(month: str, this_month: str) -> str:
    """Give the month of a statement (YYYY-MM) if it is not in the future.

    Raises:
        Invalid: it is.
    """
    if month > this_month:
        raise Invalid.at(
            "/as_of_month",
            Words("不能早于其时公布。", "Nothing can be stated of a month that has not come."),
            code="in_the_future",
            allowed=(f"<= {this_month}",),
        )
    return month


def gap_qualifier(reported: Qualifier, recorded: Qualifier) -> Qualifier:
    """Give how exact a gap is: as the reported figure, if the recorded one is exact, else about.

    At least 2800亿 less exactly 1亿 is at least 2799亿; less at least 1亿 it is only about that.
    """
    return reported if recorded is Qualifier.EXACT else Qualifier.ABOUT
