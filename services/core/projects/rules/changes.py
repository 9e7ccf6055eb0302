"""How a plan changes: asked for with a reason, decided by a second person, compared by month."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from services.core.kit.errors import Conflict, Forbidden, Invalid
from services.core.kit.words import Words
from services.core.projects.rules.words import PlanChangeState, PlanChangeVerb

PLAN_MOVES: Mapping[tuple[PlanChangeState, PlanChangeVerb], PlanChangeState] = {
    (PlanChangeState.REQUESTED, PlanChangeVerb.APPROVE): PlanChangeState.APPROVED,
    (PlanChangeState.REQUESTED, PlanChangeVerb.REFUSE): PlanChangeState.REFUSED,
}


@dataclass(frozen=True, slots=True)
class Month:
    """One month of two curves: cumulative CNY at its end, and what the month alone differs by."""

    before: Decimal
    after: Decimal
    difference: Decimal
    month_difference: Decimal


def compared(before: Sequence[Decimal], after: Sequence[Decimal]) -> tuple[Month, ...]:
    """Lay two cumulative curves beside each other, month by month."""
    months: list[Month] = []
    so_far = Decimal(0)
    for one, other in zip(before, after, strict=True):
        months.append(Month(one, other, other - one, other - one - so_far))
        so_far = other - one
    return tuple(months)


def check_decider(decider: UUID, requester: UUID) -> None:
    """Refuse that whoever asked for a change decides on it: four eyes see more than two.

    Raises:
        Forbidden: they are the same person.
    """
    if decider == requester:
        raise Forbidden(
            Words("申请人不能审批自己的申请。", "Who asked may not decide on the same request.")
        )


def check_replaces(seen: int, current: int | None, *, pointer: str = "/replaces") -> None:
    """Refuse a change made from another version than the one in force.

    Raises:
        Conflict: there is no plan to change yet. Invalid: another version is in force.
    """
    if current is None:
        raise Conflict(
            Words("该年度尚无计划，请先下达。", "There is no plan for this year to change yet.")
        )
    if seen != current:
        words = Words(
            f"现行版本为第{current}版，请以其为准重新申请。",
            f"Version {current} is in force; ask for a change of that.",
        )
        raise Invalid.at(pointer, words, code="not_in_force", allowed=(str(current),))


def check_not_baselined(number: int | None) -> None:
    """Refuse to write over a plan that is in force: it changes by a request and an approval.

    Raises:
        Conflict: there is one.
    """
    if number is not None:
        raise Conflict(
            Words(
                "计划已下达；调整须提交变更申请（plan-changes），由另一人审批。",
                "The plan is baselined: ask for a change (plan-changes); somebody else approves.",
            )
        )
