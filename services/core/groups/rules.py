"""What makes a group lawful: its states, its one convener, and whom the convener may speak for."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from uuid import UUID

from services.core.kit.errors import Invalid
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
    DISSOLVE = "dissolve"


MOVES: Mapping[tuple[GroupState, GroupVerb], GroupState] = {
    (GroupState.DRAFT, GroupVerb.ESTABLISH): GroupState.ACTIVE,
    (GroupState.ACTIVE, GroupVerb.DISSOLVE): GroupState.DISSOLVED,
}



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
