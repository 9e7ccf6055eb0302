"""Refusals: what the house says no with.

A refusal carries a stable code, a sentence in both languages, and for bad input the JSON
pointer of each wrong field with what is allowed. Status codes are not known here:
`services/api/problems.py` maps a kind to one.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import ClassVar, Self

from services.core.kit.words import Words


class Kind(StrEnum):
    """What sort of no it is; one HTTP status each."""

    MALFORMED = "malformed"
    INVALID = "invalid"
    UNAUTHENTICATED = "unauthenticated"
    FORBIDDEN = "forbidden"
    MISSING = "missing"
    CONFLICT = "conflict"
    GONE = "gone"
    STALE = "stale"
    PRECONDITION_REQUIRED = "precondition_required"
    TOO_LARGE = "too_large"
    UNSUPPORTED = "unsupported"
    TOO_MANY = "too_many"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong field: where it is (JSON pointer, `?name` in the query), why, what is allowed."""

    pointer: str
    code: str
    words: Words
    allowed: tuple[str, ...] = ()


class Refusal(Exception):
    """The root of every no; raised by core, translated at the door."""

    kind: ClassVar[Kind] = Kind.INVALID
    code: ClassVar[str] = "invalid"
    title: ClassVar[Words] = Words("请求内容有误", "The request is not valid")

    def __init__(self, words: Words, *, faults: Iterable[Fault] = ()) -> None:
        """Keep the sentence and the faults."""
        super().__init__(words.en)
        self.words = words
        self.faults = tuple(faults)


class Invalid(Refusal):
    """The input breaks a rule that it could have kept."""

    @classmethod
    def at(
        cls, pointer: str, words: Words, *, code: str = "invalid", allowed: tuple[str, ...] = ()
    ) -> Self:
        """Refuse one field, with its pointer and what is allowed there."""
        return cls(words, faults=(Fault(pointer, code, words, allowed),))


class Malformed(Refusal):
    """It cannot be read at all, or could be read in more than one way."""

    kind = Kind.MALFORMED
    code = "malformed"
    title = Words("请求无法解析", "The request cannot be read")


class TooLarge(Refusal):
    """It is longer than anything this service takes."""

    kind = Kind.TOO_LARGE
    code = "too_large"
    title = Words("请求体过大", "The request body is too large")


class Unsupported(Refusal):
    """It is of a kind that nothing here reads."""

    kind = Kind.UNSUPPORTED
    code = "unsupported_media_type"
    title = Words("不支持的内容类型", "Not a media type this takes")


class Unauthenticated(Refusal):
    """Nobody we know, or no longer."""

    kind = Kind.UNAUTHENTICATED
    code = "unauthenticated"
    title = Words("请先登录", "Please authenticate")


class Forbidden(Refusal):
    """Visible, but not this caller's to change."""

    kind = Kind.FORBIDDEN
    code = "forbidden"
    title = Words("没有此项权限", "Not allowed")


class Missing(Refusal):
    """No such record, or none this caller may know of: the two answers are the same."""

    kind = Kind.MISSING
    code = "not_found"
    title = Words("未找到", "Not found")

    def __init__(self) -> None:
        """Say the same sentence for absent and out of scope."""
        super().__init__(Words("未找到该记录。", "There is no such record."))


class Conflict(Refusal):
    """It contradicts what is already recorded."""

    kind = Kind.CONFLICT
    code = "conflict"
    title = Words("与现有记录冲突", "In conflict with what is recorded")


class UnlawfulMove(Conflict):
    """The state table has no such move from here."""

    code = "unlawful_move"
    title = Words("当前状态不允许此操作", "Not a lawful move from this state")

    def __init__(self, state: str, verb: str, lawful: Iterable[str]) -> None:
        """Name the state, the verb asked for, and the verbs that are lawful."""
        self.state, self.verb, self.lawful = state, verb, tuple(sorted(lawful))
        names = ", ".join(self.lawful)
        super().__init__(
            Words(
                f"状态“{state}”不允许“{verb}”；可以：{names or '无'}。",
                f"'{verb}' is not possible from '{state}'; possible: {names or 'nothing'}.",
            )
        )


class Stale(Refusal):
    """The caller's copy is older than the record."""

    kind = Kind.STALE
    code = "stale"
    title = Words("记录已被他人修改", "The record has changed meanwhile")
    current: str | None = None
    """The record as it is now (JSON), so that the client need not ask again; set by the door."""


class PreconditionRequired(Refusal):
    """A change must say which version it changes."""

    kind = Kind.PRECONDITION_REQUIRED
    code = "precondition_required"
    title = Words("缺少 If-Match", "If-Match is required")


class Gone(Refusal):
    """It was here once, and is over for good."""

    kind = Kind.GONE
    code = "gone"
    title = Words("已不存在", "No longer there")


class TooMany(Refusal):
    """Too often in too short a time; `retry_after` says when it is right to try again."""

    kind = Kind.TOO_MANY
    code = "too_many_requests"
    title = Words("请求过于频繁", "Too many requests")

    def __init__(self, words: Words, *, retry_after: timedelta) -> None:
        """Keep the sentence and the wait."""
        super().__init__(words)
        self.retry_after = retry_after


class Unavailable(Refusal):
    """Something this needs does not answer just now; trying again is right."""

    kind = Kind.UNAVAILABLE
    code = "unavailable"
    title = Words("服务暂时不可用", "Temporarily unavailable")
