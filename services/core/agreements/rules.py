"""The life of a framework agreement, and its two sides."""

from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.core.kit.errors import Conflict, Invalid
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


def is_for_everybody(*, is_placeholder: bool, group_id: UUID | None, units: Sequence[UUID]) -> bool:
    """Say whether an agreement stands for those that were announced without saying whose."""
    return is_placeholder and group_id is None and not units


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


def check_named(
    parties: Sequence[tuple[UUID, Side]], *, is_placeholder: bool, in_batch: bool
) -> None:
    """Refuse an agreement without its two sides, unless its source counts it but names nobody.

    Raises:
        Invalid: a side is missing, an organisation is there twice, or a placeholder has no batch.
    """
    if is_placeholder and not in_batch:
        raise Invalid.at(
            "/batch_id",
            Words("占位协议须属于某一批次。", "A placeholder belongs to an announced batch."),
            code="missing",
        )
    if parties or not is_placeholder:
        check_parties(parties)


def check_days(signed_on: date | None, valid_to: date | None, *, today: date) -> None:
    """Refuse an agreement signed after today, or over before it began.

    Raises:
        Invalid: with the pointer of the day.
    """
    if signed_on and signed_on > today:
        raise Invalid.at(
            "/signed_on",
            Words("签订日不能晚于今天。", "It cannot have been signed after today."),
            code="in_the_future",
            allowed=(f"<= {today.isoformat()}",),
        )
    if signed_on and valid_to and valid_to <= signed_on:
        raise Invalid.at(
            "/valid_to",
            Words("有效期须晚于签订日。", "It must be valid for longer than its first day."),
            code="before_signing",
            allowed=(f"> {signed_on.isoformat()}",),
        )


def check_ending(
    verb: AgreementVerb, *, valid_to: date | None, today: date, reason: str | None
) -> None:
    """Refuse to call an agreement expired before its time, or to give one up without a reason.

    Raises:
        Conflict: its last day has not passed, or none was agreed. Invalid: the reason is missing.
    """
    if verb is AgreementVerb.EXPIRE and (valid_to is None or valid_to > today):
        raise Conflict(
            Words("协议尚未到期。", "The agreement's time has not passed."),
        )
    if verb is AgreementVerb.TERMINATE and not reason:
        raise Invalid.at(
            "/reason", Words("终止须说明原因。", "Giving up needs a reason."), code="missing"
        )
