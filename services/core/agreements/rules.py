"""The life of a framework agreement, and its two sides."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from uuid import UUID

from services.core.kit.errors import Invalid
from services.core.kit.words import Words


class AgreementState(StrEnum):
    """From talks to the end."""

    NEGOTIATING = "negotiating"
    SIGNED = "signed"
    CONVERTING = "converting"
    FULFILLED = "fulfilled"
    EXPIRED = "expired"
    TERMINATED = "terminated"


class Side(StrEnum):
    """The two sides every agreement has."""

    ENTERPRISE = "enterprise"
    COUNTY = "county"


class AgreementVerb(StrEnum):
    """What may be done to an agreement."""

    SIGN = "sign"
    CONVERT = "convert"
    FULFIL = "fulfil"
    EXPIRE = "expire"
    TERMINATE = "terminate"


_S, _V = AgreementState, AgreementVerb

MOVES: Mapping[tuple[AgreementState, AgreementVerb], AgreementState] = {
    (_S.NEGOTIATING, _V.SIGN): _S.SIGNED,
    (_S.NEGOTIATING, _V.TERMINATE): _S.TERMINATED,
    (_S.SIGNED, _V.CONVERT): _S.CONVERTING,
    (_S.SIGNED, _V.EXPIRE): _S.EXPIRED,
    (_S.SIGNED, _V.TERMINATE): _S.TERMINATED,
    (_S.CONVERTING, _V.FULFIL): _S.FULFILLED,
    (_S.CONVERTING, _V.EXPIRE): _S.EXPIRED,
    (_S.CONVERTING, _V.TERMINATE): _S.TERMINATED,
}

ENDED = frozenset({_S.FULFILLED, _S.EXPIRED, _S.TERMINATED})
"""States in which nothing of an agreement changes any more."""


def check_parties(parties: Sequence[tuple[UUID, Side]]) -> None:
    """Refuse an agreement that lacks a side, or names an organisation twice.

    Raises:
        Invalid: with the pointer of the parties and what is allowed.
    """
    sides = {side for _, side in parties}
    missing = [side for side in Side if side not in sides]
    if missing:
        raise Invalid.at(
            "/parties",
            Words(
                "须至少有一个企业方和一个县方。",
                "There must be at least one party on the enterprise and one on the county side.",
            ),
            code="side_missing",
            allowed=tuple(missing),
        )
    if len({unit for unit, _ in parties}) < len(parties):
        raise Invalid.at(
            "/parties",
            Words("同一单位不能出现两次。", "No organisation can be a party twice."),
            code="party_twice",
        )
