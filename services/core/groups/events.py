"""What happens to joint groups."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from services.core.groups.rules import DutyKind, MemberRole
from services.core.kit.events import Fact
from services.core.kit.words import Words


class GroupDrafted(Fact):
    """A regulator began to prepare a group for a county; only regulators see a draft."""

    NAME: ClassVar[str] = "group.drafted"
    TITLE: ClassVar[Words] = Words("团组筹建", "A group was drafted")

    group_id: UUID
    code: str
    region_code: str


class GroupChanged(Fact):
    """A group's name, charter, expected number of members or policy changed."""

    NAME: ClassVar[str] = "group.changed"
    TITLE: ClassVar[Words] = Words("团组信息变更", "A group changed")

    group_id: UUID
    fields: tuple[str, ...]


class GroupEstablished(Fact):
    """A county has its one active group, with its convener and member units."""

    NAME: ClassVar[str] = "group.established"
    TITLE: ClassVar[Words] = Words("团组成立", "A group was established")

    group_id: UUID
    code: str
    region_code: str
    established_on: date
    convener_organisation_id: UUID
    represents_organisation_id: UUID | None
    member_organisation_ids: tuple[UUID, ...]


class GroupConvenerChanged(Fact):
    """The chair was handed over, with every open duty, from this day on."""

    NAME: ClassVar[str] = "group.convener_changed"
    TITLE: ClassVar[Words] = Words("召集单位移交", "The convener changed")

    group_id: UUID
    from_organisation_id: UUID
    to_organisation_id: UUID
    represents_organisation_id: UUID | None
    handed_over_on: date
    reason: str
    duties: tuple[DutyKind, ...]


class GroupMemberJoined(Fact):
    """A unit has a place in a group from this day on."""

    NAME: ClassVar[str] = "group.member_joined"
    TITLE: ClassVar[Words] = Words("单位加入团组", "A unit joined a group")

    group_id: UUID
    organisation_id: UUID
    role: MemberRole
    represents_organisation_id: UUID | None
    valid_from: date


class GroupMemberLeft(Fact):
    """A unit has no place in a group from this day on."""

    NAME: ClassVar[str] = "group.member_left"
    TITLE: ClassVar[Words] = Words("单位退出团组", "A unit left a group")

    group_id: UUID
    organisation_id: UUID
    role: MemberRole
    valid_to: date
    reason: str


class GroupDissolved(Fact):
    """A group ended and is frozen: read-only for who saw it on that day."""

    NAME: ClassVar[str] = "group.dissolved"
    TITLE: ClassVar[Words] = Words("团组撤销", "A group was dissolved")

    group_id: UUID
    region_code: str
    dissolved_on: date
    reason: str


class ConvenerDutyAssigned(Fact):
    """The convener owes the group something again and again."""

    NAME: ClassVar[str] = "convener_duty.assigned"
    TITLE: ClassVar[Words] = Words("召集职责设定", "A convener's duty was assigned")

    duty_id: UUID
    group_id: UUID
    organisation_id: UUID
    kind: DutyKind
    every_months: int
    began_on: date


class ConvenerDutyEnded(Fact):
    """The convener no longer owes this, from this day on."""

    NAME: ClassVar[str] = "convener_duty.ended"
    TITLE: ClassVar[Words] = Words("召集职责终止", "A convener's duty ended")

    duty_id: UUID
    group_id: UUID
    organisation_id: UUID
    kind: DutyKind
    ended_on: date
