"""Rows of meetings that are about to change."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.core.kit import rows
from services.core.kit.caller import Caller
from services.core.meetings.models import (
    Meeting,
    MeetingInvitation,
    MeetingMinutes,
    MeetingReminder,
)
from services.core.meetings.queries.scope import visible
from services.core.meetings.rules import ENDED


def for_change(
    session: Session, caller: Caller, *, meeting_id: UUID, expected: int | None
) -> Meeting:
    """Lock one meeting in scope at the version the caller has seen."""
    return rows.for_change(
        session, Meeting, Meeting.id == meeting_id, visible(caller), expected=expected
    )


def invitation_for_change(
    session: Session, *, meeting_id: UUID, invitation_id: UUID, expected: int
) -> MeetingInvitation:
    """Lock one standing invitation of a meeting at the version the caller has seen."""
    return rows.for_change(
        session,
        MeetingInvitation,
        MeetingInvitation.id == invitation_id,
        MeetingInvitation.meeting_id == meeting_id,
        MeetingInvitation.withdrawn_at.is_(None),
        expected=expected,
    )


def invited(session: Session, *, meeting_id: UUID) -> list[MeetingInvitation]:
    """Give the invitations of a meeting that stand, in the order they were made."""
    return list(
        session.scalars(
            select(MeetingInvitation)
            .where(
                MeetingInvitation.meeting_id == meeting_id,
                MeetingInvitation.withdrawn_at.is_(None),
            )
            .order_by(MeetingInvitation.id)
        )
    )


def minutes_of(session: Session, *, meeting_id: UUID) -> MeetingMinutes | None:
    """Give the minutes of a meeting, if somebody has written any."""
    return session.get(MeetingMinutes, meeting_id)


def has_code(session: Session, code: str) -> bool:
    """Say whether a meeting, in scope or not, has this code."""
    return session.scalar(select(Meeting.id).where(Meeting.code == code)) is not None


def unended(session: Session, *, group_id: UUID, convener_id: UUID) -> list[Meeting]:
    """Lock the meetings of a group that its convener still has to see through."""
    return list(
        session.scalars(
            select(Meeting)
            .where(
                Meeting.group_id == group_id,
                Meeting.convener_organisation_id == convener_id,
                Meeting.state.not_in(ENDED),
            )
            .order_by(Meeting.id)
            .with_for_update()
        )
    )


def planned(session: Session, *, meeting_id: UUID) -> list[MeetingReminder]:
    """Lock the reminders of a meeting that were not sent."""
    return list(
        session.scalars(
            select(MeetingReminder)
            .where(MeetingReminder.meeting_id == meeting_id, MeetingReminder.sent_at.is_(None))
            .order_by(MeetingReminder.id)
            .with_for_update()
        )
    )


def as_it_is(session: Session, *, meeting_id: UUID) -> Meeting | None:
    """Give a meeting as it is now."""
    return session.get(Meeting, meeting_id, populate_existing=True)
