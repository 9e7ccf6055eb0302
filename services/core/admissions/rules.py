"""The gates on the way into the library and out of it, as data, and whose each of them is."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from uuid import UUID

from services.core.kit.errors import Forbidden, Invalid
from services.core.kit.words import Words
from services.core.regions.rules import LEVELS, RegionLevel


class AdmissionKind(StrEnum):
    """入库, 出库: which way a proposal goes."""

    ENTRY = "entry"
    EXIT = "exit"


class ExitReason(StrEnum):
    """完成退出, 合并, 终止, 转出, 不再符合条件: why a project is to leave the library."""

    FINISHED = "finished"
    MERGED = "merged"
    TERMINATED = "terminated"
    TRANSFERRED = "transferred"
    INELIGIBLE = "ineligible"


class AdmissionState(StrEnum):
    """Where a proposal stands; at a gate it waits for that level's check."""

    DRAFT = "draft"
    AT_COUNTY = "at_county"
    AT_CITY = "at_city"
    AT_PROVINCE = "at_province"
    RETURNED = "returned"
    ADMITTED = "admitted"
    EXITED = "exited"
    WITHDRAWN = "withdrawn"


class AdmissionVerb(StrEnum):
    """What may be done with a proposal."""

    SUBMIT = "submit"
    CHECK = "check"
    RETURN = "return"
    WITHDRAW = "withdraw"


_S, _V = AdmissionState, AdmissionVerb

GATES: Mapping[AdmissionState, RegionLevel] = {
    _S.AT_COUNTY: RegionLevel.COUNTY,
    _S.AT_CITY: RegionLevel.CITY,
    _S.AT_PROVINCE: RegionLevel.PROVINCE,
}
"""Whose check a proposal waits for (domain 1.5)."""

_ENTRANCES: Mapping[RegionLevel, AdmissionState] = {
    RegionLevel.TOWNSHIP: _S.AT_COUNTY,
    RegionLevel.COUNTY: _S.AT_COUNTY,
    RegionLevel.CITY: _S.AT_CITY,
    RegionLevel.PROVINCE: _S.AT_PROVINCE,
}
"""The first gate of a project that stands in a place of this level."""

_ENDS: Mapping[AdmissionKind, AdmissionState] = {
    AdmissionKind.ENTRY: _S.ADMITTED,
    AdmissionKind.EXIT: _S.EXITED,
}
"""What a proposal has come to behind the last gate."""

KEPT_BY_ITS_UNIT = frozenset({_S.DRAFT, _S.RETURNED})
"""States in which a proposal may be put right."""

OPEN = KEPT_BY_ITS_UNIT | GATES.keys()
"""States in which a proposal is not decided."""

Moves = Mapping[tuple[AdmissionState, AdmissionVerb], AdmissionState]

_MOVES: Moves = {
    (_S.AT_COUNTY, _V.CHECK): _S.AT_CITY,
    (_S.AT_CITY, _V.CHECK): _S.AT_PROVINCE,
    **{(gate, _V.RETURN): _S.RETURNED for gate in GATES},
    **{(state, _V.WITHDRAW): _S.WITHDRAWN for state in OPEN},
}


def moves_of(kind: AdmissionKind, place: RegionLevel) -> Moves:
    """Give the table of moves of a proposal whose project stands in a place of this level."""
    begun = {(state, _V.SUBMIT): _ENTRANCES[place] for state in KEPT_BY_ITS_UNIT}
    return {**_MOVES, **begun, (_S.AT_PROVINCE, _V.CHECK): _ENDS[kind]}


def check_gatekeeper(state: AdmissionState, lineage: Sequence[str], region_code: str) -> None:
    """Refuse whoever does not supervise just the region whose gate it is.

    `lineage`: the codes of the place a project stands in, from the province down; `region_code`:
    the one the caller supervises.

    Raises:
        Forbidden: it is another regulator's to check.
    """
    keeper = lineage[LEVELS.index(GATES[state])]
    if region_code != keeper:
        raise Forbidden(
            Words(
                f"此环节由区划“{keeper}”的监管单位审核。",
                f"At this gate the regulator of {keeper} checks.",
            )
        )


def check_other_person(submitted_by: UUID | None, account_id: UUID) -> None:
    """Refuse that whoever submitted a proposal also checks it.

    Raises:
        Forbidden: it is the same person.
    """
    if submitted_by == account_id:
        raise Forbidden(Words("须由另一人审核。", "Another person than who submitted it checks."))


def checked_withdrawal(state: AdmissionState, reason: str | None) -> str:
    """Give why a proposal is withdrawn; a draft, which nobody else has seen, goes without a word.

    Raises:
        Invalid: it was submitted, and no reason is given.
    """
    if state != _S.DRAFT and reason is None:
        words = Words("已提交的申请撤回须说明原因。", "What was submitted needs a reason to go.")
        raise Invalid.at("/reason", words, code="missing")
    return reason or ""


def check_successor(exit_reason: ExitReason, project_id: UUID, merged_into_id: UUID | None) -> None:
    """Refuse a merger into nothing or into itself, and a successor of what is not merged.

    Raises:
        Invalid: it is one of these.
    """
    pointer = "/merged_into_id"
    if (exit_reason == ExitReason.MERGED) == (merged_into_id is None):
        words = Words(
            "合并出库须写明并入的项目；其他情形不填。",
            "A merger names the project it goes into; nothing else does.",
        )
        raise Invalid.at(pointer, words, code="missing" if merged_into_id is None else "unexpected")
    if merged_into_id == project_id:
        words = Words("项目不能并入自身。", "A project is not merged into itself.")
        raise Invalid.at(pointer, words, code="itself")
