"""What an indicator measures, and which observations of it can be true."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.core.kit.errors import Forbidden, Invalid
from services.core.kit.words import Words


class Measure(StrEnum):
    """Whether observations say how much it is by then, or how much came in a period."""

    CUMULATIVE = "cumulative"
    PER_PERIOD = "per_period"


@dataclass(frozen=True, slots=True)
class Observed:
    """One observation: the day it is true of, and its value in the indicator's unit."""

    as_of: date
    value: Decimal


def check_day(as_of: date, *, today: date) -> None:
    """Refuse an observation of a day that has not come.

    Raises:
        Invalid: the day lies ahead.
    """
    if as_of > today:
        words = Words("观测日期不能晚于今天。", "Nothing is observed of a day that has not come.")
        raise Invalid.at("/as_of", words, code="in_the_future", allowed=(f"<= {today}",))


def check_value(
    measure: Measure,
    given: Observed,
    *,
    before: Observed | None,
    after: Observed | None,
    same: Observed | None,
    reason: str | None,
) -> None:
    """Refuse what cannot follow, unless a reason says that it corrects what stood there.

    `before` and `after`: the observations next to its day; `same`: of that very day. What is
    cumulative does not fall (as I-11 says of investment).

    Raises:
        Invalid: it falls, or the day has an observation already, and there is no reason.
    """
    if reason:
        return
    if same is not None:
        words = Words(
            "该日已有观测值；更正须写明原因。", "That day has a value; correct it with a reason."
        )
        raise Invalid.at("/reason", words, code="taken")
    if measure is Measure.PER_PERIOD:
        return
    if before is not None and given.value < before.value:
        raise _falls(f">= {before.value}")
    if after is not None and given.value > after.value:
        raise _falls(f"<= {after.value}")


def check_second_person(observed_by: UUID | None, account_id: UUID) -> None:
    """Refuse that somebody verifies their own observation.

    Raises:
        Forbidden: it is the same person.
    """
    if observed_by == account_id:
        raise Forbidden(
            Words("须由另一人核实。", "Another person than who observed it verifies a value.")
        )


def _falls(allowed: str) -> Invalid:
    words = Words(
        "累计值不应减少；如属更正请写明原因。",
        "What is cumulative does not fall; a correction says why.",
    )
    return Invalid.at("/value", words, code="falls", allowed=(allowed,))
