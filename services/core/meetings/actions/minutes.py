"""Minutes: written by one person, approved by another, and then unchangeable."""

from uuid import UUID

from sqlalchemy.orm import Session

from services.core.access.rules import Permission, Role
from services.core.kit import rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Forbidden
from services.core.kit.words import Words
from services.core.meetings import queries, rules, schemas
from services.core.meetings.actions import keeping
from services.core.meetings.events import MeetingMinutesApproved, MeetingMinutesDrafted
from services.core.meetings.models import Meeting, MeetingMinutes
from services.core.meetings.rules import InvitedAs, MeetingVerb
from services.core.organisations import queries as organisations


def write_minutes(
    session: Session, *, meeting_id: UUID, given: schemas.MinutesGiven, expected: int, by: Caller
) -> Meeting:
    """Write the minutes of a meeting that was held, or write them anew.

    Raises:
        Missing, Stale, Forbidden, Frozen. UnlawfulMove: not held yet, or approved already.
    """
    meeting, _ = keeping.kept(session, meeting_id, expected, by, MeetingVerb.WRITE_MINUTES)
    found = queries.minutes_of(session, meeting_id=meeting.id)
    minutes = found or MeetingMinutes(meeting_id=meeting.id, writer_ids=[])
    others = [writer for writer in minutes.writer_ids if writer != by.account_id]
    minutes.writer_ids = [*others, by.account_id]
    minutes.prepared_at = by.now
    changes = rows.merged(minutes, given.model_dump())
    session.add(minutes)
    rows.touch(meeting)
    fact = MeetingMinutesDrafted(**keeping.about(meeting))
    keeping.record(session, meeting, fact, by=by, changes=changes)
    return meeting


def approve_minutes(session: Session, *, meeting_id: UUID, expected: int, by: Caller) -> Meeting:
    """Approve what another person wrote: the convener's, the chair's, or a regulator of the place.

    Raises:
        Missing, Stale, Frozen. UnlawfulMove: not held, or approved already. Conflict: none are
            written. Forbidden: the caller wrote at them, or it is another's to approve.
    """
    meeting = queries.for_change(session, by, meeting_id=meeting_id, expected=expected)
    _must_approve(session, meeting, by)
    changes = keeping.advance(session, meeting, MeetingVerb.APPROVE_MINUTES)
    minutes = queries.minutes_of(session, meeting_id=meeting.id)
    if minutes is None:
        raise Conflict(Words("尚未起草纪要。", "No minutes are written yet."))
    rules.check_approver(by.account_id, minutes.writer_ids)
    minutes.approved_by, minutes.approved_at = by.account_id, by.now
    fact = MeetingMinutesApproved(
        **keeping.about(meeting),
        number=minutes.number,
        prepared_by=minutes.writer_ids[-1],
        approved_by=by.account_id,
    )
    keeping.record(session, meeting, fact, by=by, changes=changes)
    return meeting


def _must_approve(session: Session, meeting: Meeting, by: Caller) -> None:
    """Refuse whoever is not of the convener, not of the chair, and no regulator of the place.

    Raises:
        Forbidden: it is another's to approve.
    """
    by.must(Permission.KEEP_MEETINGS)
    units = queries.invited(session, meeting_id=meeting.id)
    chairs = {one.organisation_id for one in units if one.role == InvitedAs.CHAIR}
    if {meeting.convener_organisation_id, *chairs}.intersection(queries.units_of(by)):
        return
    is_regulator = by.role == Role.REGULATOR
    if not (is_regulator and organisations.regulates(session, by, region_code=meeting.region_code)):
        raise Forbidden(
            Words(
                "纪要由召集单位、主持单位或当地监管单位审定。",
                "Minutes are approved by the convener, the chair, or a regulator of the place.",
            )
        )
