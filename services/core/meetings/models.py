"""Meetings with the units they invite, where they were moved, and their minutes."""

from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.jobs import due_index
from services.core.meetings.rules import Attendance, InvitedAs, MeetingKind, MeetingState, Reply


class Meeting(c.Provenance, Base):
    """One meeting; `original_starts_at` is what was announced first and never moves (I-9)."""

    __tablename__ = "meeting"
    __table_args__ = (
        CheckConstraint(c.one_of("kind", MeetingKind), name="kind"),
        CheckConstraint(c.one_of("state", MeetingState), name="state"),
        CheckConstraint("ends_at > starts_at", name="times"),
        CheckConstraint(
            "state IN ('draft', 'cancelled') OR original_starts_at IS NOT NULL", name="announced"
        ),
        CheckConstraint("kind <> 'group_meeting' OR group_id IS NOT NULL", name="group"),
        Index("ix_meeting_ahead", "starts_at", "id", postgresql_where=text("state = 'scheduled'")),
        Index(None, "group_id", "starts_at"),
    )

    id: Mapped[c.Id]
    code: Mapped[c.Phrase] = mapped_column(unique=True)
    kind: Mapped[c.Phrase]
    title: Mapped[c.Phrase]
    series: Mapped[c.MaybeWords]
    group_id: Mapped[c.MaybeRef] = mapped_column(ForeignKey("joint_group.id"))
    region_code: Mapped[str] = mapped_column(ForeignKey("region.code"), index=True)
    convener_organisation_id: Mapped[c.Ref] = mapped_column(
        ForeignKey("organisation.id"), index=True
    )
    """Whose it is to keep; goes over with the group's chair."""
    starts_at: Mapped[c.Instant]
    ends_at: Mapped[c.Instant]
    original_starts_at: Mapped[c.MaybeInstant]
    announced_at: Mapped[c.MaybeInstant]
    """When people were told of the present time."""
    place: Mapped[c.MaybeWords]
    agenda: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list)
    state: Mapped[c.Phrase] = mapped_column(default=MeetingState.DRAFT)
    cancelled_reason: Mapped[c.MaybeWords]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class MeetingInvitation(Base):
    """A unit is invited, from the announcement until it is withdrawn; it answers for itself."""

    __tablename__ = "meeting_invitation"
    __table_args__ = (
        CheckConstraint(c.one_of("role", InvitedAs), name="role"),
        CheckConstraint(c.one_of("reply", Reply), name="reply"),
        CheckConstraint(c.one_of("attendance", Attendance), name="attendance"),
        Index(
            "uq_meeting_invitation_unit",
            "meeting_id",
            "organisation_id",
            unique=True,
            postgresql_where=text("withdrawn_at IS NULL"),
        ),
        Index(
            "uq_meeting_invitation_chair",
            "meeting_id",
            unique=True,
            postgresql_where=text("role = 'chair' AND withdrawn_at IS NULL"),
        ),
        Index(None, "meeting_id", "id"),
    )

    id: Mapped[c.Id]
    meeting_id: Mapped[c.Ref] = mapped_column(ForeignKey("meeting.id"))
    organisation_id: Mapped[c.Ref] = mapped_column(ForeignKey("organisation.id"), index=True)
    role: Mapped[c.Phrase]
    invited_at: Mapped[c.MaybeInstant]
    """Empty while the meeting is a draft."""
    withdrawn_at: Mapped[c.MaybeInstant]
    reply: Mapped[c.Phrase] = mapped_column(default=Reply.NONE)
    reply_proxy: Mapped[c.MaybeWords]
    replied_at: Mapped[c.MaybeInstant]
    attendance: Mapped[c.MaybeWords]
    attendance_proxy: Mapped[c.MaybeWords]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class MeetingMove(Base):
    """A meeting got another time or place after it was announced, and why."""

    __tablename__ = "meeting_move"
    __table_args__ = (Index(None, "meeting_id", "moved_at"),)

    id: Mapped[c.Id]
    meeting_id: Mapped[c.Ref] = mapped_column(ForeignKey("meeting.id"))
    from_starts_at: Mapped[c.Instant]
    from_ends_at: Mapped[c.Instant]
    from_place: Mapped[c.MaybeWords]
    to_starts_at: Mapped[c.Instant]
    to_ends_at: Mapped[c.Instant]
    to_place: Mapped[c.MaybeWords]
    reason: Mapped[c.Phrase]
    moved_at: Mapped[c.Instant]


class MeetingMinutes(Base):
    """What was said and settled; once another person has approved it, nothing of it changes."""

    __tablename__ = "meeting_minutes"
    __table_args__ = (
        CheckConstraint("approved_by IS NULL OR approved_by <> ALL (writer_ids)", name="four_eyes"),
    )

    meeting_id: Mapped[c.Ref] = mapped_column(ForeignKey("meeting.id"), primary_key=True)
    number: Mapped[c.Phrase]
    """文号."""
    text: Mapped[c.Phrase]
    writer_ids: Mapped[c.Refs]
    """Everybody who wrote at it, the last one last: none of them may approve it."""
    prepared_at: Mapped[c.Instant]
    approved_by: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    approved_at: Mapped[c.MaybeInstant]


class MeetingReminder(Base):
    """One reminder of one announced start (I-15: at most once each)."""

    __tablename__ = "meeting_reminder"
    __table_args__ = (
        UniqueConstraint("meeting_id", "starts_at", "occurrence"),
        due_index("meeting_reminder"),
    )

    id: Mapped[c.Id]
    meeting_id: Mapped[c.Ref] = mapped_column(ForeignKey("meeting.id"))
    starts_at: Mapped[c.Instant]
    occurrence: Mapped[c.Phrase]
    """T-2: working days before the start."""
    planned_at: Mapped[c.Instant]
    next_at: Mapped[c.MaybeInstant]
    """Empty once it was sent, or when it is not wanted any more."""
    sent_at: Mapped[c.MaybeInstant]
