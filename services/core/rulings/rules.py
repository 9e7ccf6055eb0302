"""When a ruling is in force, and what it may say."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from services.core.kit.errors import Conflict, Invalid, UnlawfulMove
from services.core.kit.words import Words
from services.core.policies.pack import Dimension, Light

LONGEST = timedelta(days=366)
"""A good reason is looked at again after a year at the latest; a proposal of this product."""


class RulingState(StrEnum):
    """A ruling is in force until its last day has passed, or somebody ends it."""

    IN_FORCE = "in_force"
    EXPIRED = "expired"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class InForce:
    """A ruling that counts now: a dimension that lights nothing, or a light that is declared."""

    dimension: Dimension | None
    light: Light | None
    reason: str
    until: datetime
    """The instant its last day ends in Asia/Shanghai."""
    by: str
    """Who made it, by name."""


def state_of(expires_on: date, ended_at: datetime | None, today: date) -> RulingState:
    """Give the state of a ruling on a day; it counts on its last day too."""
    if ended_at is not None:
        return RulingState.ENDED
    return RulingState.EXPIRED if expires_on < today else RulingState.IN_FORCE


def check_said(dimension: Dimension | None, light: Light | None) -> None:
    """Refuse a ruling that neither waives nor declares, or does both.

    Raises:
        Invalid: not exactly one of the two.
    """
    if (dimension is None) == (light is None):
        words = Words(
            "须豁免一个维度，或认定总灯，二者其一。",
            "It either waives one dimension or declares the whole light.",
        )
        raise Invalid.at("/dimension", words, code="one_of", allowed=("dimension", "light"))


def check_expiry(expires_on: date, today: date) -> None:
    """Refuse a ruling without a near end.

    Raises:
        Invalid: its last day is past, or more than `LONGEST` ahead.
    """
    if not today <= expires_on <= today + LONGEST:
        words = Words(
            "截止日须在今天起一年之内。", "Its last day must lie within a year from today."
        )
        allowed = (f"{today} – {today + LONGEST}",)
        raise Invalid.at("/expires_on", words, code="out_of_range", allowed=allowed)


def check_free(others: list[InForce], dimension: Dimension | None) -> None:
    """Refuse a second ruling on what one is in force for.

    Raises:
        Conflict: end the other first.
    """
    if any(other.dimension == dimension for other in others):
        raise Conflict(
            Words(
                "已有同类认定生效，请先终止。",
                "A ruling on this is in force already; end it first.",
            )
        )


def check_end(state: RulingState) -> None:
    """Refuse to end what no longer counts.

    Raises:
        UnlawfulMove: it has ended or expired.
    """
    if state != RulingState.IN_FORCE:
        raise UnlawfulMove(state, "end", ())
