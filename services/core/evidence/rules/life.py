"""The life of a piece of evidence, and in which order the parts of its file come."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.core.kit.errors import Conflict, Fault, Gone, Invalid
from services.core.kit.words import Words


class ProvenKind(StrEnum):
    """What a file may be evidence of: records of a project that somebody has to take on trust."""

    PROGRESS_REPORT = "progress_report"
    MILESTONE = "milestone"
    BLOCKER = "blocker"
    RESOURCE_GUARANTEE = "resource_guarantee"


class EvidenceState(StrEnum):
    """Where a piece of evidence stands."""

    UPLOADING = "uploading"
    COMPLETE = "complete"
    REFUSED = "refused"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


class EvidenceVerb(StrEnum):
    """What may become of it."""

    COMPLETE = "complete"
    REFUSE = "refuse"
    EXPIRE = "expire"
    WITHDRAW = "withdraw"


_S, _V = EvidenceState, EvidenceVerb
MOVES: Mapping[tuple[EvidenceState, EvidenceVerb], EvidenceState] = {
    (_S.UPLOADING, _V.COMPLETE): _S.COMPLETE,
    (_S.UPLOADING, _V.REFUSE): _S.REFUSED,
    (_S.UPLOADING, _V.EXPIRE): _S.EXPIRED,
    (_S.COMPLETE, _V.WITHDRAW): _S.WITHDRAWN,
}
MOST_OPEN = 20
"""Uploads one account may have under way: a phone's queue of a day on site (a proposal)."""
MOST_EACH = 50
"""Pieces of evidence of one record; more are no longer looked at (a proposal)."""


@dataclass(frozen=True, slots=True)
class Proven:
    """The record that a file is evidence of, and the project it belongs to."""

    kind: ProvenKind
    id: UUID
    project_id: UUID


class WrongOffset(Conflict):
    """A part does not follow on what is there; the refusal says what does."""

    code = "wrong_offset"
    title = Words("分片位置不符", "The part does not follow")


class NotEvidence(Invalid):
    """The file is whole, and it is not what was declared: the upload is over."""

    code = "evidence_refused"
    title = Words("文件与申报不符", "The file is not what was declared")


def check_size(size: int, *, limit: int) -> None:
    """Refuse a file that is longer than this house keeps.

    Raises:
        Invalid: with the limit.
    """
    if size > limit:
        words = Words(f"文件不得超过{limit:,}字节。", f"A file has at most {limit:,} bytes.")
        raise Invalid.at("/size_bytes", words, code="too_large", allowed=(f"<= {limit}",))


def check_room(*, of_account: int, of_record: int) -> None:
    """Refuse one upload too many: of one account at a time, or to one record at all.

    Raises:
        Conflict: it says which, and how many there may be.
    """
    if of_account >= MOST_OPEN:
        raise Conflict(
            Words(
                f"您有{of_account}个上传尚未完成，最多{MOST_OPEN}个。",
                f"You have {of_account} uploads under way; {MOST_OPEN} are allowed at a time.",
            )
        )
    if of_record >= MOST_EACH:
        raise Conflict(
            Words(
                f"该记录已有{of_record}份佐证材料，最多{MOST_EACH}份。",
                f"This record has {of_record} pieces of evidence; {MOST_EACH} are allowed.",
            )
        )


def is_next(offset: int, length: int, *, received: int, size: int) -> bool:
    """Say whether a part follows on what is there; one that was there before changes nothing.

    Raises:
        Invalid: it is empty, or goes beyond the declared size. WrongOffset: it does not follow.
    """
    if length == 0:
        words = Words("分片没有内容。", "The part is empty.")
        raise Invalid.at("", words, code="empty_part", allowed=(f"1 – {size - received}",))
    if offset + length > size:
        words = Words(
            f"分片超出申报的{size:,}字节。",
            f"It goes beyond the {size:,} bytes that were declared.",
        )
        raise Invalid.at("?offset", words, code="beyond_the_end", allowed=(str(received),))
    if offset + length <= received:
        return False
    if offset != received:
        words = Words(
            f"已收到{received:,}字节，请从该处继续。",
            f"{received:,} bytes are here; go on from there.",
        )
        fault = Fault("?offset", WrongOffset.code, words, (str(received),))
        raise WrongOffset(words, faults=(fault,))
    return True


def check_hash(declared: str, found: str) -> None:
    """Refuse a file that is not the one whose hash was declared.

    Raises:
        NotEvidence: it says what was found.
    """
    if declared != found:
        words = Words(
            f"收到的文件哈希为 {found}，与申报不符；请重新上传。",
            f"The file that came has the hash {found}; begin a new upload.",
        )
        raise NotEvidence.at("/sha256", words, code="hash_differs", allowed=(declared,))


_OVER: Mapping[EvidenceState, Words] = {
    _S.REFUSED: Words(
        "该文件与申报不符，已被拒收；请重新申请上传。",
        "The file was not what was declared and was refused; begin a new upload.",
    ),
    _S.EXPIRED: Words(
        "上传地址已过期，请重新申请上传。",
        "The upload address is no longer valid; begin a new upload.",
    ),
    _S.WITHDRAWN: Words("该佐证材料已撤回。", "This evidence was withdrawn."),
}


def check_under_way(state: EvidenceState) -> None:
    """Refuse to go on with what is over; once it is complete, repeating the last part is no fault.

    Raises:
        Gone: it was refused, has expired or was withdrawn.
    """
    words = _OVER.get(state)
    if words:
        raise Gone(words)


def check_in_time(now: datetime, until: datetime) -> None:
    """Refuse a part that comes too late.

    Raises:
        Gone: the address is no longer valid.
    """
    if now >= until:
        raise Gone(_OVER[_S.EXPIRED])
