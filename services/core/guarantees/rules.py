"""What may be promised, how a promise moves, and who may say that it was kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.core.kit.errors import Forbidden, Invalid
from services.core.kit.words import Words


class GuaranteeKind(StrEnum):
    """What is promised (要素): the kinds of domain.md 1.3."""

    LAND = "land"
    FUNDS = "funds"
    PERMIT = "permit"
    ENERGY = "energy"
    STAFF = "staff"
    TECHNOLOGY = "technology"
    POLICY = "policy"


class GuaranteeState(StrEnum):
    """Where a promise stands."""

    PROMISED = "promised"
    REPORTED = "reported"
    DELIVERED = "delivered"
    WITHDRAWN = "withdrawn"


class GuaranteeVerb(StrEnum):
    """What may be done with a promise."""

    REPORT = "report"
    CONFIRM = "confirm"
    RETURN = "return"
    WITHDRAW = "withdraw"


_S, _V = GuaranteeState, GuaranteeVerb
MOVES: Mapping[tuple[GuaranteeState, GuaranteeVerb], GuaranteeState] = {
    (_S.PROMISED, _V.REPORT): _S.REPORTED,
    (_S.REPORTED, _V.CONFIRM): _S.DELIVERED,
    (_S.REPORTED, _V.RETURN): _S.PROMISED,
    (_S.PROMISED, _V.WITHDRAW): _S.WITHDRAWN,
    (_S.REPORTED, _V.WITHDRAW): _S.WITHDRAWN,
}
OPEN = frozenset({_S.PROMISED, _S.REPORTED})
"""States in which something is still owed."""


@dataclass(frozen=True, slots=True)
class OpenPromise:
    """What was promised and has not come; it is judged by its first day (I-9)."""

    guarantee_id: UUID
    description: str
    promiser_organisation_id: UUID
    original_due_on: date


def check_measure(amount: Decimal | None, unit: str | None) -> None:
    """Refuse an amount without its unit, and a unit without an amount.

    Raises:
        Invalid: one of the two is missing.
    """
    if (amount is None) == (unit is None):
        return
    pointer = "/unit" if unit is None else "/amount"
    words = Words("数量与单位须同时填写。", "An amount goes with its unit.")
    raise Invalid.at(pointer, words, code="missing")


def check_days(promised_on: date, due_on: date, *, today: date) -> None:
    """Refuse a promise made in the future, or due before it was made.

    Raises:
        Invalid: a day does not fit.
    """
    if promised_on > today:
        words = Words("承诺日期不能晚于今天。", "A promise is made by today.")
        raise Invalid.at("/promised_on", words, code="in_the_future", allowed=(f"<= {today}",))
    if due_on < promised_on:
        words = Words("到期日不能早于承诺日期。", "It is due on the day it was promised, or later.")
        raise Invalid.at("/due_on", words, code="too_early", allowed=(f">= {promised_on}",))


def is_whole(
    promised: Decimal | None, delivered: Decimal | None, *, before: Decimal | None
) -> bool:
    """Say whether what was delivered by now is all that was promised.

    `delivered` is all of it so far, in the promise's unit, and never less than `before`.

    Raises:
        Invalid: the amount is missing, has no meaning here, or falls.
    """
    if promised is None:
        if delivered is not None:
            words = Words("该承诺没有数量。", "This promise has no amount.")
            raise Invalid.at("/delivered_amount", words, code="no_amount")
        return True
    if delivered is None:
        words = Words("请填写累计到位数量。", "Say how much was delivered so far.")
        raise Invalid.at("/delivered_amount", words, code="missing")
    if before is not None and delivered < before:
        words = Words("累计到位数量不能减少。", "What was delivered so far does not become less.")
        raise Invalid.at("/delivered_amount", words, code="falls", allowed=(f">= {before}",))
    return delivered >= promised


def check_delivered_on(delivered_on: date, *, promised_on: date, today: date) -> None:
    """Refuse a delivery before the promise or after today.

    Raises:
        Invalid: the day does not fit.
    """
    if promised_on <= delivered_on <= today:
        return
    words = Words("到位日期应在承诺日与今天之间。", "It is between the promise and today.")
    allowed = (f"{promised_on}..{today}",)
    raise Invalid.at("/delivered_on", words, code="out_of_range", allowed=allowed)


def check_second_person(reported_by: UUID | None, account_id: UUID) -> None:
    """Refuse that whoever reported a delivery also confirms it (I-10).

    Raises:
        Forbidden: it is the same person.
    """
    if reported_by == account_id:
        raise Forbidden(
            Words("须由另一人确认到位。", "Another person than the reporter confirms a delivery.")
        )
