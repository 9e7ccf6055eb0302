"""The life of a blocker: its moves, its levels, and who may judge that it is solved."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from services.core.blockers.rules.words import (
    BlockerLevel,
    BlockerState,
    BlockerVerb,
    RecheckOutcome,
)
from services.core.kit.errors import Conflict, Fault, Forbidden, Invalid
from services.core.kit.words import Words

_S, _V = BlockerState, BlockerVerb

MOVES: Mapping[tuple[BlockerState, BlockerVerb], BlockerState] = {
    (_S.RAISED, _V.CHANGE): _S.RAISED,
    (_S.RAISED, _V.TRIAGE): _S.TRIAGED,
    (_S.TRIAGED, _V.CHANGE): _S.TRIAGED,
    (_S.TRIAGED, _V.ASSIGN): _S.ASSIGNED,
    (_S.TRIAGED, _V.ESCALATE): _S.TRIAGED,
    (_S.TRIAGED, _V.SUSPEND): _S.SUSPENDED,
    (_S.ASSIGNED, _V.CHANGE): _S.ASSIGNED,
    (_S.ASSIGNED, _V.ASSIGN): _S.ASSIGNED,
    (_S.ASSIGNED, _V.CONSULT): _S.CONSULTING,
    (_S.ASSIGNED, _V.ESCALATE): _S.TRIAGED,
    (_S.ASSIGNED, _V.SUSPEND): _S.SUSPENDED,
    (_S.ASSIGNED, _V.RESOLVE): _S.RESOLVED,
    (_S.CONSULTING, _V.CHANGE): _S.CONSULTING,
    (_S.CONSULTING, _V.ASSIGN): _S.ASSIGNED,
    (_S.CONSULTING, _V.CONSULT): _S.CONSULTING,
    (_S.CONSULTING, _V.CONCLUDE): _S.CONSULTING,
    (_S.CONSULTING, _V.ESCALATE): _S.TRIAGED,
    (_S.CONSULTING, _V.SUSPEND): _S.SUSPENDED,
    (_S.CONSULTING, _V.RESOLVE): _S.RESOLVED,
    (_S.SUSPENDED, _V.RESUME): _S.ASSIGNED,
    (_S.RESOLVED, _V.VERIFY): _S.VERIFIED,
    (_S.RESOLVED, _V.RETURN): _S.ASSIGNED,
    (_S.VERIFIED, _V.CLOSE): _S.CLOSED,
    (_S.VERIFIED, _V.RETURN): _S.ASSIGNED,
    (_S.CLOSED, _V.RECHECK): _S.CLOSED,
    (_S.CLOSED, _V.REOPEN): _S.ASSIGNED,
}
"""domain.md 1.5; resuming goes back to where the clock was stopped."""

LATE_STATES = frozenset({_S.RAISED, _S.TRIAGED, _S.ASSIGNED, _S.CONSULTING})
"""States in which its clock runs and it can be late (MR-11)."""
OPEN_STATES = LATE_STATES | {_S.SUSPENDED}
"""States in which it is not solved."""
SOLVED_STATES = frozenset({_S.RESOLVED, _S.VERIFIED, _S.CLOSED})

_RANK: Mapping[BlockerLevel, int] = {level: place for place, level in enumerate(BlockerLevel)}


def next_level(level: BlockerLevel) -> BlockerLevel | None:
    """Give the level above; None above the province."""
    above = [other for other, rank in _RANK.items() if rank == _RANK[level] + 1]
    return above[0] if above else None


def level_above(level: BlockerLevel) -> BlockerLevel:
    """Give the level an escalation goes to: the next one, never beyond the province.

    Raises:
        Conflict: it is at the province already.
    """
    above = next_level(level)
    if above is None:
        raise Conflict(
            Words("省级以上不再提级。", "There is no level above the province to escalate to.")
        )
    return above


def check_triage(level: BlockerLevel, *, reason: str | None) -> None:
    """Refuse to skip levels in silence: the lowest level able to solve it comes first.

    A blocker is raised at its unit; one level up needs no reason.

    Raises:
        Invalid: it would go further than the next level up, and nobody says why.
    """
    if _RANK[level] > 1 and not (reason or "").strip():
        words = Words(
            "越级须说明理由：能在下级解决的先由下级解决。",
            "Say why: past the next level up needs a reason; the lowest able one comes first.",
        )
        raise Invalid.at("/reason", words, code="missing")


def check_judge(
    level: BlockerLevel,
    *,
    judge: UUID,
    judges_unit: UUID,
    solver: UUID | None,
    solvers_unit: UUID | None,
    owner: UUID | None,
) -> None:
    """Refuse a judge who reported it solved, and from the county up one of the same unit (I-10).

    Raises:
        Forbidden: it is for another person, or another unit, to judge.
    """
    if judge == solver:
        raise Forbidden(
            Words(
                "报结人不能自行核验或销号。",
                "Whoever reported it solved neither verifies nor closes it.",
            )
        )
    if level is not BlockerLevel.UNIT and judges_unit in (solvers_unit, owner):
        raise Forbidden(
            Words(
                "县级及以上的堵点难点由其他单位核验、销号。",
                "From the county level up another unit verifies and closes it.",
            )
        )


def check_recheck(outcome: RecheckOutcome, *, due_on: date | None, today: date) -> None:
    """Refuse to say that it holds before the re-check is due; that it is back may be said any day.

    Raises:
        Conflict: no re-check is due.
    """
    if outcome is RecheckOutcome.HOLDS and (due_on is None or today < due_on):
        when_zh, when_en = (f"，应于{due_on}进行", f" before {due_on}") if due_on else ("", "")
        raise Conflict(
            Words(f"尚无到期的回头看{when_zh}。", f"No re-check is due{when_en}."),
        )


def check_consulted_on(held_on: date, *, raised_on: date, today: date) -> None:
    """Refuse a consultation that lies ahead, or before the blocker was known.

    Raises:
        Invalid: with the pointer of the day.
    """
    if not raised_on <= held_on <= today:
        words = Words("会商日期不合理。", "The consultation cannot have been on that day.")
        allowed = (f"{raised_on} – {today}",)
        raise Invalid.at("/held_on", words, code="day_out_of_range", allowed=allowed)


def check_commitments(due_days: Iterable[date], *, held_on: date) -> None:
    """Refuse commitments whose day lies before the consultation.

    Raises:
        Invalid: one fault for each.
    """
    words = Words("承诺时限早于会商日期。", "It would be due before the consultation.")
    faults = [
        Fault(f"/commitments/{place}/due_on", "before_held", words, (f">= {held_on}",))
        for place, due_on in enumerate(due_days)
        if due_on < held_on
    ]
    if faults:
        raise Invalid(words, faults=faults)
