"""What a statement may say."""

from services.core.kit.errors import Invalid
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
