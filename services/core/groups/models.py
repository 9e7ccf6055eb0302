"""Joint groups, their dated memberships, and the convener's duties."""

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.core.groups.rules import DutyKind, GroupState, MemberRole
from services.core.kit import columns as c
from services.core.kit.db import Base


class JointGroup(c.Provenance, Base):
    """One group for one county; at most one of a county is active (I-1)."""

    __tablename__ = "joint_group"
    __table_args__ = (
        CheckConstraint(c.one_of("state", GroupState), name="state"),
        Index(
            "uq_joint_group_active_region",
            "region_code",
            unique=True,
            postgresql_where=text("state = 'active'"),
        ),
    )

    id: Mapped[c.Id]
    code: Mapped[c.Phrase] = mapped_column(unique=True)
    name: Mapped[c.Phrase]
    name_en: Mapped[c.MaybeWords]
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    state: Mapped[c.Phrase] = mapped_column(default=GroupState.DRAFT)
    established_on: Mapped[c.MaybeDay]
    dissolved_on: Mapped[c.MaybeDay]
    charter: Mapped[c.MaybeWords]
    expected_member_count: Mapped[int | None]
    policy_code: Mapped[c.Phrase] = mapped_column(default="zj-default")
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class GroupMembership(c.Provenance, Base):
    """A unit is in a group in one role, from one day until another (I-4).

    What ends on the day it began was never in force: the range is empty and overlaps nothing.
    """

    __tablename__ = "group_membership"
    __table_args__ = (
        CheckConstraint(c.one_of("role", MemberRole), name="role"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="dates"),
        ExcludeConstraint(
            ("group_id", "="),
            ("organisation_id", "="),
            (text("daterange(valid_from, valid_to)"), "&&"),
            name="ex_group_membership_unit_once",
        ),
        ExcludeConstraint(
            ("group_id", "="),
            (text("daterange(valid_from, valid_to)"), "&&"),
            where=text("role = 'convener'"),
            name="ex_group_membership_one_convener",
        ),
        Index(None, "organisation_id"),
    )

    id: Mapped[c.Id]
    group_id: Mapped[c.Ref] = mapped_column(ForeignKey("joint_group.id"))
    organisation_id: Mapped[c.Ref] = mapped_column(ForeignKey("organisation.id"))
    role: Mapped[c.Phrase]
    represents_organisation_id: Mapped[c.MaybeRef] = mapped_column(ForeignKey("organisation.id"))
    """The member unit a convener speaks for, when it is that unit's subsidiary (I-3)."""
    valid_from: Mapped[c.Day]
    valid_to: Mapped[c.MaybeDay]
    reason: Mapped[c.MaybeWords]


class ConvenerDuty(c.Provenance, Base):
    """What the convener owes the group again and again; it goes over with the chair (I-5)."""

    __tablename__ = "convener_duty"
    __table_args__ = (
        CheckConstraint(c.one_of("kind", DutyKind), name="kind"),
        Index(
            "uq_convener_duty_open",
            "group_id",
            "kind",
            unique=True,
            postgresql_where=text("ended_on IS NULL"),
        ),
    )

    id: Mapped[c.Id]
    group_id: Mapped[c.Ref] = mapped_column(ForeignKey("joint_group.id"))
    organisation_id: Mapped[c.Ref] = mapped_column(ForeignKey("organisation.id"))
    kind: Mapped[c.Phrase]
    every_months: Mapped[c.Small]
    began_on: Mapped[c.Day]
    ended_on: Mapped[c.MaybeDay]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}
