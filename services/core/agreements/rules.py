"""The life of a framework agreement."""

from collections.abc import Mapping
from enum import StrEnum


class AgreementState(StrEnum):
    """From talks to the end."""

    NEGOTIATING = "negotiating"
    SIGNED = "signed"
    CONVERTING = "converting"
    FULFILLED = "fulfilled"
    EXPIRED = "expired"
    TERMINATED = "terminated"


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
