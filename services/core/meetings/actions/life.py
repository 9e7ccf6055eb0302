"""A meeting is announced, moved, held, closed or cancelled."""

from collections import Counter
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.kit import rows
from services.core.kit.caller import Caller
from services.core.meetings import queries, rules, schemas
from services.core.meetings.actions import keeping, telling
from services.core.meetings.events import (
    MeetingCancelled,
    MeetingClosed,
    MeetingHeld,
    MeetingMoved,
    MeetingScheduled,
)
from services.core.meetings.models import Meeting, MeetingMove
from services.core.meetings.rules import Attendance, MeetingVerb, Reply


def schedule(session: Session, *, meeting_id: UUID, expected: int, by: Caller) -> Meeting:
    """Announce a meeting and tell its units; its start is kept as the original one (I-9).

    Raises:
        Missing, Stale, Forbidden, Frozen, UnlawfulMove.
        Invalid: it has no place, nobody is invited, or it would have begun already.
    """
    with session.no_autoflush:  # the table wants the new state and the first start together
        meeting, changes = keeping.kept(session, meeting_id, expected, by, MeetingVerb.SCHEDULE)
        units = queries.invited(session, meeting_id=meeting.id)
        rules.check_announced(
            meeting.starts_at,
            place=meeting.place,
            invited=[one.organisation_id for one in units],
            now=by.now,
        )
        meeting.original_starts_at, meeting.announced_at = meeting.starts_at, by.now
    for one in units:
        one.invited_at = by.now
    fact = MeetingScheduled(**keeping.about(meeting), ends_at=meeting.ends_at)
    keeping.record(session, meeting, fact, by=by, changes=changes)
    telling.scheduled(session, meeting, by)
    return meeting


def move(
    session: Session, *, meeting_id: UUID, given: schemas.Moving, expected: int, by: Caller
) -> Meeting:
    """Give an announced meeting another time or place; its units are asked for a reply again.

    Raises:
        Missing, Stale, Forbidden, Frozen, UnlawfulMove.
        Invalid: nothing would change, it would lie in the past, or the agenda does not fit.
    """
    meeting, _ = keeping.kept(session, meeting_id, expected, by, MeetingVerb.MOVE)
    place = given.place or meeting.place
    before = (meeting.starts_at, meeting.ends_at, meeting.place)
    rules.check_times(given.starts_at, given.ends_at)
    rules.check_moved(before, (given.starts_at, given.ends_at, place), by.now)
    minutes = [section["minutes"] for section in meeting.agenda]
    rules.check_agenda(minutes, given.starts_at, given.ends_at)
    values = {"starts_at": given.starts_at, "ends_at": given.ends_at, "place": place}
    changes = rows.merged(meeting, values)
    moved = MeetingMove(
        meeting_id=meeting.id,
        from_starts_at=before[0],
        from_ends_at=before[1],
        from_place=before[2],
        to_starts_at=given.starts_at,
        to_ends_at=given.ends_at,
        to_place=place,
        reason=given.reason,
        moved_at=by.now,
    )
    session.add(moved)
    meeting.announced_at = by.now
    for one in queries.invited(session, meeting_id=meeting.id):
        one.reply, one.reply_proxy, one.replied_at = Reply.NONE, None, None
    fact = MeetingMoved(
        **keeping.about(meeting),
        ends_at=meeting.ends_at,
        from_starts_at=before[0],
        original_starts_at=meeting.original_starts_at or before[0],
        reason=given.reason,
    )
    keeping.record(session, meeting, fact, by=by, changes=changes)
    telling.moved(session, meeting, moved, by)
    return meeting


def cancel(
    session: Session, *, meeting_id: UUID, given: schemas.Cancelling, expected: int, by: Caller
) -> Meeting:
    """Give a meeting up; whoever was invited is told. A draft is only dropped.

    Raises:
        Missing, Stale, Forbidden, Frozen, UnlawfulMove.
    """
    meeting, changes = keeping.kept(session, meeting_id, expected, by, MeetingVerb.CANCEL)
    meeting.cancelled_reason = given.reason
    fact = MeetingCancelled(**keeping.about(meeting), reason=given.reason)
    keeping.record(session, meeting, fact, by=by, changes=changes)
    if meeting.original_starts_at is not None:
        telling.cancelled(session, meeting, given.reason, by)
    return meeting


def hold(
    session: Session, *, meeting_id: UUID, given: schemas.Holding, expected: int, by: Caller
) -> Meeting:
    """Note that a meeting took place, and who of every invited unit came.

    Raises:
        Missing, Stale, Forbidden, Frozen, UnlawfulMove. Conflict: it has not begun.
        Invalid: a unit is left out or named twice, or a proxy has no name.
    """
    meeting, changes = keeping.kept(session, meeting_id, expected, by, MeetingVerb.HOLD)
    rules.must_have_begun(meeting.starts_at, by.now)
    units = {one.id: one for one in queries.invited(session, meeting_id=meeting.id)}
    rules.check_attendance([one.invitation_id for one in given.attendance], units)
    for place, one in enumerate(given.attendance):
        is_proxy = one.attendance is Attendance.PROXY
        pointer = f"/attendance/{place}/proxy_name"
        rules.check_proxy(one.proxy_name, is_proxy=is_proxy, pointer=pointer)
        unit = units[one.invitation_id]
        unit.attendance, unit.attendance_proxy = one.attendance, one.proxy_name
    came = Counter(one.attendance for one in given.attendance)
    fact = MeetingHeld(
        **keeping.about(meeting),
        present=came[Attendance.PRESENT],
        proxy=came[Attendance.PROXY],
        absent=came[Attendance.ABSENT],
    )
    noted = {
        str(units[one.invitation_id].organisation_id): one.attendance for one in given.attendance
    }
    changes["attendance"] = [None, noted]
    keeping.record(session, meeting, fact, by=by, changes=changes)
    return meeting


def close(session: Session, *, meeting_id: UUID, expected: int, by: Caller) -> Meeting:
    """Note that nothing is left to do about a meeting whose minutes are approved.

    Raises:
        Missing, Stale, Forbidden, Frozen, UnlawfulMove.
    """
    meeting, changes = keeping.kept(session, meeting_id, expected, by, MeetingVerb.CLOSE)
    fact = MeetingClosed(**keeping.about(meeting))
    keeping.record(session, meeting, fact, by=by, changes=changes)
    return meeting
