"""What makes a group lawful: its states, its one convener, and whom the convener may speak for."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.core.kit.errors import Conflict, Invalid
from services.core.kit.words import Words


class GroupState(StrEnum):
    """A group is drafted, established, and at last dissolved: then it is frozen."""

    DRAFT = "draft"
    ACTIVE = "active"
    DISSOLVED = "dissolved"


class MemberRole(StrEnum):
    """召集单位, 团组单位, or one that only looks on."""

    CONVENER = "convener"
    MEMBER = "member"
    OBSERVER = "observer"


class DutyKind(StrEnum):
    """What a convener owes the group again and again."""

    HOLD_MEETING = "hold_meeting"
    ORGANISE_ACTIVITY = "organise_activity"
    UPDATE_LIST = "update_list"
    SUBMIT_REPORT = "submit_report"


class GroupVerb(StrEnum):
    """What may be done to a group."""

    ESTABLISH = "establish"
    HAND_OVER = "hand_over"
    DISSOLVE = "dissolve"


MOVES: Mapping[tuple[GroupState, GroupVerb], GroupState] = {
    (GroupState.DRAFT, GroupVerb.ESTABLISH): GroupState.ACTIVE,
    (GroupState.ACTIVE, GroupVerb.HAND_OVER): GroupState.ACTIVE,
    (GroupState.ACTIVE, GroupVerb.DISSOLVE): GroupState.DISSOLVED,
}

WARNINGS: Mapping[str, Words] = {
    "no_convener": Words("没有召集单位。", "There is no convener."),
    "convener_elsewhere": Words("召集单位不在本县。", "The convener is not located in the county."),
    "convener_detached": Words(
        "召集单位已不属于其所代表的单位。",
        "The convener no longer belongs to the unit it represents.",
    ),
    "member_count_differs": Words(
        "团组单位数与应有数不符。", "The number of member units is not the expected one."
    ),
    "province_missing": Words("缺少省级单位。", "There is no unit of the province level."),
    "city_missing": Words("缺少市级单位。", "There is no unit of the city level."),
    "county_missing": Words("缺少县级单位。", "There is no unit of the county level."),
}
"""What is shown with a group and forbids nothing (I-3, MR-16, MR-17), by code."""


class Frozen(Conflict):
    """The group is dissolved; nothing of it changes any more."""

    code = "group_dissolved"


class NoConvener(Conflict):
    """An active group has exactly one convener (I-2); this one would have none."""

    code = "no_convener"


@dataclass(frozen=True, slots=True)
class Seat:
    """A unit's place in a group, in one role, from one day until another (not included)."""

    id: UUID
    organisation_id: UUID
    role: MemberRole
    represents_organisation_id: UUID | None
    valid_from: date
    valid_to: date | None

    def holds(self, on: date) -> bool:
        """Say whether the unit has this place on a day."""
        return self.valid_from <= on and (self.valid_to is None or on < self.valid_to)

    def reaches(self, day: date) -> bool:
        """Say whether the unit has this place on a day or on any later one."""
        return self.valid_to is None or (self.valid_to > day and self.valid_to > self.valid_from)


def convener(seats: Iterable[Seat], on: date) -> Seat | None:
    """Give the convener's place on a day; there can be only one."""
    return next((s for s in seats if s.role == MemberRole.CONVENER and s.holds(on)), None)


def chaired(seats: Iterable[Seat], on: date) -> Seat:
    """Give the convener's place on a day that must have one (I-2).

    Raises:
        NoConvener: there is none.
    """
    chair = convener(seats, on)
    if chair is None:
        raise NoConvener(
            Words(
                f"{on}没有召集单位；团组须有且仅有一个。",
                f"There is no convener on {on}; a group has exactly one.",
            )
        )
    return chair


def units(seats: Iterable[Seat], on: date) -> frozenset[UUID]:
    """Give the member units on a day: members, and a convener that speaks for itself."""
    return frozenset(
        seat.organisation_id
        for seat in seats
        if seat.holds(on)
        and (
            seat.role == MemberRole.MEMBER
            or (seat.role == MemberRole.CONVENER and seat.represents_organisation_id is None)
        )
    )


def must_be_open(state: GroupState) -> None:
    """Refuse every change of a dissolved group and of what belongs to it.

    Raises:
        Frozen: the group is dissolved.
    """
    if state == GroupState.DISSOLVED:
        raise Frozen(
            Words("该团组已撤销，其记录已冻结。", "The group is dissolved; its records are frozen.")
        )


def must_be_seatable(seats: Iterable[Seat], organisation_id: UUID, valid_from: date) -> None:
    """Refuse a second place for the same unit at the same time (I-4).

    Raises:
        Conflict: the unit has a place then, or will have one later.
    """
    if any(s.organisation_id == organisation_id and s.reaches(valid_from) for s in seats):
        raise Conflict(
            Words("该单位在此期间已在团组内。", "The unit already has a place in the group then.")
        )


def must_be_vacant(state: GroupState, seats: Iterable[Seat], since: date) -> None:
    """Refuse to seat a convener where one sits, or where the chair must be handed over (I-2).

    Raises:
        Conflict: the group is active, or its draft has a convener.
    """
    if state != GroupState.DRAFT:
        raise Conflict(
            Words(
                "团组已成立；召集单位只能通过移交（hand-over）更换。",
                "The group is active; its convener changes by hand-over only.",
            )
        )
    if any(seat.role == MemberRole.CONVENER and seat.reaches(since) for seat in seats):
        raise Conflict(
            Words("筹建中的团组已有召集单位。", "The draft has a convener; end that place first.")
        )


def must_be_spare(seats: Iterable[Seat], organisation_id: UUID, last: date) -> None:
    """Refuse to let the unit go that the convener is, or speaks for, from a day on.

    Raises:
        Conflict: the chair has to be handed over first.
    """
    if any(
        seat.role == MemberRole.CONVENER
        and seat.reaches(last)
        and organisation_id in (seat.organisation_id, seat.represents_organisation_id)
        for seat in seats
    ):
        raise Conflict(
            Words(
                "召集单位及其所代表的单位不能直接退出；请先移交召集职责（hand-over）。",
                "The convener and the unit it represents cannot just leave; hand over first.",
            )
        )


def checked_day(day: date, *, not_before: date | None, today: date, pointer: str) -> date:
    """Give the day back if it may be the day of a move that is recorded now.

    Raises:
        Invalid: it lies in the future, or before what it follows.
    """
    if day > today or (not_before is not None and day < not_before):
        allowed = f"<= {today}" if not_before is None else f"{not_before} … {today}"
        raise Invalid.at(
            pointer,
            Words(f"日期须在允许范围内（{allowed}）。", f"The day must be in range ({allowed})."),
            code="day_out_of_range",
            allowed=(allowed,),
        )
    return day


def represented(
    convener: UUID, lineage: Sequence[UUID], members: Collection[UUID], named: UUID | None
) -> UUID | None:
    """Give the member unit a convener speaks for, or None when it is a member itself (I-3).

    `lineage` is the convener's own id and those above it; `named` is whom the request says.

    Raises:
        Invalid: the convener is neither a member nor a subsidiary of one, or names another unit.
    """
    if named is None and convener in members:
        return None
    above = [unit for unit in lineage if unit != convener and unit in members]
    if named is not None and named not in above:
        raise Invalid.at(
            "/represents_organisation_id",
            Words(
                "召集单位只能代表其上级团组单位。",
                "A convener can represent only a member unit that it belongs to.",
            ),
            code="not_represented",
            allowed=tuple(str(unit) for unit in above),
        )
    if not above:
        raise Invalid.at(
            "/organisation_id",
            Words(
                "召集单位须为团组单位或其下属单位。",
                "The convener must be a member unit or a subsidiary of one.",
            ),
            code="convener_not_member",
        )
    return named or above[-1]
