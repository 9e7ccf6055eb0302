"""Walk a chain of seals and name whatever is not as it was sealed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from services.core.audit.rules.line import Anchor, canonical, same, sealed
from services.core.kit.words import Words

MOST_BREAKS = 100
"""After so many the picture is clear, and nothing more is kept."""


@dataclass(frozen=True, slots=True)
class Link:
    """One seal, and the plain line it is for, if that is still there."""

    seq: int
    entry_id: int
    key_id: str
    hash: bytes
    line: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class Break:
    """One thing that is wrong: a code, the number in the chain it begins at, the sentence."""

    code: str
    seq: int
    words: Words


@dataclass(frozen=True, slots=True)
class _Misfit:
    """A seal that does not fit: what came before it, what it should be, the line it has now."""

    link: Link
    previous: bytes
    computed: bytes
    content: bytes


class Walk:
    """Checks links in order, from a known place on.

    A seal that does not fit is in doubt until the next one is seen: if that fits the seal as it is
    stored, the line was altered; if it fits the seal as it should be, the seal was.
    """

    def __init__(
        self,
        start: Anchor,
        key_of: Callable[[str], bytes | None],
        anchors: Iterable[Anchor] = (),
    ) -> None:
        """Begin after `start`; `anchors` are heads that somebody wrote down."""
        self.at = start
        self.lines = 0
        self.fitting = 0
        """Anchors that were met and fit."""
        self.breaks: list[Break] = []
        self._previous: bytes | None = start.hash
        self._key_of = key_of
        self._keys: dict[str, bytes | None] = {}
        self._doubt: _Misfit | None = None
        self._misfits: list[_Misfit] = []
        self._anchors: dict[int, set[bytes]] = {}
        for anchor in anchors:
            self._anchors.setdefault(anchor.seq, set()).add(anchor.hash)
        self._meet()

    def through(self, batch: Sequence[Link]) -> None:
        """Check the next links."""
        for link in batch:
            if link.seq != self.at.seq + 1:
                self._gap(link.seq - 1)
            self._check(link)
            self.at, self._previous = Anchor(link.seq, link.hash), link.hash
            self.lines += 1
            self._meet()

    def end(self, head: Anchor) -> list[Break]:
        """Compare with what the chain's counter says, and with anchors beyond its end."""
        at = self.at.seq
        if self._doubt is not None and same(self._doubt.computed, head.hash):
            self._seal_altered()
            self.at = head
        self._settle()
        self._name_misfits()
        if at != head.seq or not same(self.at.hash, head.hash):
            self._broken(
                "truncated",
                at + 1,
                f"链在第{at}号结束，而计数为第{head.seq}号：链尾被删除或改动",
                f"the chain ends at {at} and its counter stands at {head.seq}: its tail was cut",
            )
        for seq in sorted(seq for seq in self._anchors if seq > at):
            self._broken(
                "truncated",
                seq,
                f"第{seq}号曾被锚定，链上已没有：其后的记录被删除",
                f"the chain was anchored at {seq} and no longer reaches it: its tail was cut",
            )
        self.breaks.sort(key=lambda found: found.seq)
        return self.breaks

    def _check(self, link: Link) -> None:
        """Compute one seal, from the one before as it is stored and as it should be."""
        key = self._key(link)
        if link.line is None:
            self._broken(
                "removed",
                link.seq,
                f"第{link.seq}号（记录 {link.entry_id}）被删除",
                f"number {link.seq} (line {link.entry_id}) was removed",
            )
        if link.line is None or key is None or self._previous is None:
            self._settle()
            return
        content = canonical(link.line)
        computed = sealed(key, self._previous, link.seq, content)
        if same(computed, link.hash):
            self._settle()
        elif self._doubt is not None and same(
            sealed(key, self._doubt.computed, link.seq, content), link.hash
        ):
            self._seal_altered()
        else:
            self._settle()
            self._doubt = _Misfit(link, self._previous, computed, content)

    def _settle(self) -> None:
        """Nothing speaks for the seal in doubt: it is the line that does not fit."""
        if self._doubt is not None and len(self._misfits) < MOST_BREAKS:
            self._misfits.append(self._doubt)
        self._doubt = None

    def _seal_altered(self) -> None:
        if self._doubt is not None:
            seq = self._doubt.link.seq
            words = (f"第{seq}号的封签被改动", f"the seal of number {seq} was altered")
            self._broken("seal_altered", seq, *words)
        self._doubt = None

    def _name_misfits(self) -> None:
        """Tell a line that was moved, at home under another seal, from one that is altered."""
        for one in self._misfits:
            link = one.link
            others = (other for other in self._misfits if other is not one)
            if any(self._fits(one, other.content) for other in others):
                self._broken(
                    "reordered",
                    link.seq,
                    f"第{link.seq}号（记录 {link.entry_id}）与其他记录调换了位置",
                    f"number {link.seq} (line {link.entry_id}) was sealed at another place",
                )
            else:
                self._broken(
                    "altered",
                    link.seq,
                    f"第{link.seq}号（记录 {link.entry_id}）被改动",
                    f"number {link.seq} (line {link.entry_id}) was altered",
                )
        self._misfits.clear()

    def _fits(self, one: _Misfit, content: bytes) -> bool:
        key = self._key(one.link) or b""
        return same(sealed(key, one.previous, one.link.seq, content), one.link.hash)

    def _key(self, link: Link) -> bytes | None:
        """Give the key of a seal; a master key that is not here is named once."""
        if link.key_id not in self._keys:
            self._keys[link.key_id] = self._key_of(link.key_id)
            if self._keys[link.key_id] is None:
                self._broken(
                    "key",
                    link.seq,
                    f"自第{link.seq}号起由主密钥 {link.key_id} 封签，该密钥不在此处，无法核验",
                    f"from {link.seq} on the master key {link.key_id} sealed, which is not here",
                )
        return self._keys[link.key_id]

    def _meet(self) -> None:
        """Compare the place just reached with the anchors of that number."""
        for known in self._anchors.pop(self.at.seq, ()):
            if same(known, self.at.hash):
                self.fitting += 1
            else:
                seq = self.at.seq
                self._broken(
                    "anchor",
                    seq,
                    f"第{seq}号与锚点不符：此前的链被重写",
                    f"number {seq} is not what was anchored: the chain was rewritten up to it",
                )

    def _gap(self, last: int) -> None:
        first = self.at.seq + 1
        self._settle()
        self._broken(
            "seal_removed",
            first,
            f"第{first}至{last}号的封签被删除",
            f"the seals of {first} to {last} were removed",
        )
        self._previous = None  # nothing is known of what the next one follows

    def _broken(self, code: str, seq: int, zh: str, en: str) -> None:
        if len(self.breaks) < MOST_BREAKS:
            self.breaks.append(Break(code, seq, Words(zh, en)))
