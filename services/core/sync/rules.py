"""How far a copy is: a small value that travels in the cursor, and the order of the way."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from hashlib import blake2b
from typing import Any, Literal
from uuid import UUID

from services.core.kit.errors import Invalid, Kind, Refusal
from services.core.kit.words import Words

Stage = Literal["fill", "follow", "settle"]
"""Fill: kinds the copy has none of yet. Follow: rows written since. Settle: what scope and time
changed. In this order, so that a row that left the old scope is looked for under the old scope."""

_DIGEST_BYTES = 12


class ResetRequired(Refusal):
    """The copy cannot be brought up to date; a new one has to be made."""

    kind = Kind.GONE
    code = "sync_reset_required"
    title = Words("须重新同步", "A new synchronisation is required")


@dataclass(frozen=True, slots=True)
class Walk:
    """A way through all kinds, each in the order of its keys: where it goes, and how far it is."""

    stage: Stage
    upto: int = 0
    """Follow: the last number this walk looks at."""
    until: str = ""
    """Settle: the instant this walk brings the copy to."""
    name: str = ""
    key: str = ""
    """The last record that was given, and its kind."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment by the clock of the notes, which no story moves, and the newest number then."""

    at: str
    number: int


@dataclass(frozen=True, slots=True)
class Position:
    """What a phone holds."""

    wanted: tuple[str, ...]
    """The kinds it asked for; empty: all there are."""
    number: int
    """Rows written up to this number are in the copy."""
    seal: int
    """When that one was noted: another database has another one there."""
    told: Moment
    """When the last walk was done: the copy may have what was there then."""
    left: Moment
    """The same, when its last scope came: later records were never seen under an earlier one."""
    at: str
    """Up to which instant time's own changes are in the copy."""
    scopes: tuple[str, ...]
    """Under which scopes the copy was made; the last is the one it is brought to."""
    held: tuple[str, ...] = ()
    """The kinds the copy has."""
    walk: Walk | None = field(default=None)

    def under(self, scope: str) -> "Position":
        """Go on under a scope; if it is another one, what was settled is settled anew."""
        if scope == self.scopes[-1]:
            return self
        walk = self.walk if self.walk and self.walk.stage != "settle" else None
        return replace(self, scopes=(*self.scopes, scope), left=self.told, walk=walk)

    def packed(self) -> dict[str, Any]:
        """Give it as plain values, for the cursor."""
        return asdict(self)

    @classmethod
    def unpacked(cls, values: dict[str, Any]) -> "Position":
        """Read what `packed` gave."""
        walk = values["walk"]
        return cls(
            wanted=tuple(values["wanted"]),
            number=values["number"],
            seal=values["seal"],
            told=Moment(**values["told"]),
            left=Moment(**values["left"]),
            at=values["at"],
            scopes=tuple(values["scopes"]),
            held=tuple(values["held"]),
            walk=Walk(**walk) if walk else None,
        )


def chosen(asked: str | None, names: Sequence[str]) -> tuple[str, ...]:
    """Read the kinds a phone asks for, comma-separated; nothing means all.

    Raises:
        Invalid: one of them is no kind of ours.
    """
    wanted = tuple(dict.fromkeys(name for name in (asked or "").split(",") if name))
    for name in wanted:
        if name not in names:
            words = Words(f"没有记录类型“{name}”。", f"There is no kind of record '{name}'.")
            raise Invalid.at("?types", words, code="unknown_type", allowed=tuple(names))
    return wanted


def must_be_same(position: Position, wanted: tuple[str, ...]) -> None:
    """Refuse other kinds than those the copy was begun with.

    Raises:
        Invalid: they are others.
    """
    if wanted and set(wanted) != set(position.wanted):
        words = Words(
            "types 与游标不一致；更改类型须重新同步。",
            "The cursor was made for other types; begin anew to change them.",
        )
        raise Invalid.at("?types", words, code="bad_cursor")


def must_follow(*, number: int, oldest: int, newest: int, is_ours: bool) -> None:
    """Refuse a copy that is older than what is kept, or that was made by another database.

    Raises:
        ResetRequired: it has to be made anew.
    """
    if number < oldest - 1:
        raise ResetRequired(
            Words(
                "离线时间过长，变更记录已不再保留；请清空本地数据后重新同步。",
                "The copy is older than what is kept; drop it and begin without a cursor.",
            )
        )
    if number > newest or not is_ours:
        raise ResetRequired(
            Words(
                "服务器数据已从备份恢复；请清空本地数据后重新同步。",
                "The server was restored from a backup; drop the copy and begin without a cursor.",
            )
        )


def digest_of(role: str, permissions: Iterable[str], *ids: Collection[UUID]) -> str:
    """Name a scope by what it holds."""
    parts = [role, *sorted(permissions)]
    for some in ids:
        parts += ["|", *sorted(str(one) for one in some)]
    return blake2b("\n".join(parts).encode(), digest_size=_DIGEST_BYTES).hexdigest()


def micros(instant: datetime) -> int:
    """Give an instant as microseconds."""
    return round(instant.timestamp() * 1_000_000)
