"""Drafts of meetings with their units and minutes: announced, held, or written up."""

from collections import Counter
from typing import Any
from uuid import UUID

from services.core.exchange import schemas
from services.core.exchange.book import Book
from services.core.kit.errors import Fault, Invalid
from services.core.kit.events import Subject
from services.core.kit.words import Words
from services.core.meetings import rules
from services.core.meetings.events import (
    MeetingHeld,
    MeetingMinutesApproved,
    MeetingScheduled,
)
from services.core.meetings.models import Meeting, MeetingInvitation, MeetingMinutes
from services.core.meetings.rules import Attendance, InvitedAs, MeetingKind, Reply

_SAME = {
    *("code", "kind", "title", "series", "starts_at", "ends_at", "place", "state"),
    *("source", "is_illustrative"),
}
"""What a row and a meeting call alike."""
_WRITTEN = ("minutes_number", "minutes_text", "prepared_by", "prepared_at")
_APPROVED = (*_WRITTEN, "approved_by", "approved_at")


def meeting(book: Book, row: schemas.MeetingRow) -> None:
    """Draft a meeting that its units know of; reminders follow from its fact."""
    _check(book, row)
    convener = book.unit(row.convener).id
    given = {book.unit(one.organisation).id: one for one in row.invitations}
    asked = [(book.unit(one.organisation).id, one.role) for one in row.invitations]
    units = rules.with_convener(asked, convener)
    group_id = book.maybe("groups", row.group)
    made = book.make("meetings", row.code)
    book.draft(
        Meeting(
            id=made,
            group_id=group_id,
            region_code=row.region,
            convener_organisation_id=convener,
            original_starts_at=row.starts_at,
            announced_at=book.now,
            agenda=[section.model_dump() for section in row.agenda],
            **row.model_dump(include=_SAME),
        ),
        *(_invitation(book, made, unit, role, given.get(unit)) for unit, role in units.items()),
    )
    about = Subject("meeting", made, group_id, tuple(sorted(units)))
    said: dict[str, Any] = {"meeting_id": made, "meeting_code": row.code, "kind": row.kind}
    said |= {"state": row.state, "starts_at": row.starts_at}
    book.note(MeetingScheduled(**said, ends_at=row.ends_at), about)
    if row.state != "scheduled":
        came = Counter(one.attendance for one in row.invitations)
        fact = MeetingHeld(
            **said,
            present=came[Attendance.PRESENT],
            proxy=came[Attendance.PROXY],
            absent=came[Attendance.ABSENT],
        )
        book.note(fact, about)
    if row.minutes_number is not None:
        _minutes(book, row, said, about)


def _check(book: Book, row: schemas.MeetingRow) -> None:
    """Refuse a meeting whose group, times, agenda or state do not fit.

    Raises:
        Invalid: with the pointer of what does not.
    """
    if row.kind is MeetingKind.GROUP_MEETING and row.group is None:
        words = Words("团组会议须指明团组。", "A group meeting names its group.")
        raise Invalid.at("/group", words, code="missing")
    if row.group is not None and book.active_groups.get(row.region) != row.group:
        words = Words("不是该团组服务的县。", "It is not the county that the group serves.")
        raise Invalid.at("/region", words, code="another_county")
    rules.check_times(row.starts_at, row.ends_at)
    minutes = [section.minutes for section in row.agenda]
    rules.check_agenda(minutes, row.starts_at, row.ends_at)
    if row.state != "scheduled" and row.starts_at > book.now:
        words = Words("会议尚未开始。", "The meeting has not begun yet.")
        raise Invalid.at("/starts_at", words, code="in_the_future")
    for place, one in enumerate(row.invitations):
        rules.check_proxy(
            one.proxy,
            is_proxy=Reply.PROXY in (one.reply, one.attendance),
            pointer=f"/invitations/{place}/proxy",
        )
    _check_minutes(row)


def _check_minutes(row: schemas.MeetingRow) -> None:
    """Refuse minutes that the state does not allow, or that lack what it needs.

    Raises:
        Invalid: with every field that is missing or too much.
    """
    said = {name for name in _APPROVED if getattr(row, name) is not None}
    needed: tuple[str, ...] = ()
    if row.state == "held" and said:
        needed = _WRITTEN
    elif row.state in ("minutes_approved", "closed"):
        needed = _APPROVED
    missing = Words("此状态须填写。", "A meeting in this state says so.")
    too_much = Words("此状态不应填写。", "A meeting in this state does not say so.")
    faults = [Fault(f"/{name}", "missing", missing) for name in needed if name not in said]
    faults += [Fault(f"/{name}", "too_much", too_much) for name in sorted(said.difference(needed))]
    if faults:
        words = Words("会议状态与内容不符。", "State and content differ.")
        raise Invalid(words, faults=faults)


def _invitation(
    book: Book, meeting_id: UUID, unit: UUID, role: InvitedAs, row: schemas.InvitedRow | None
) -> MeetingInvitation:
    made = MeetingInvitation(
        meeting_id=meeting_id, organisation_id=unit, role=role, invited_at=book.now
    )
    if row is not None:
        made.reply, made.attendance = row.reply, row.attendance
        made.reply_proxy = row.proxy if row.reply is Reply.PROXY else None
        made.attendance_proxy = row.proxy if row.attendance is Attendance.PROXY else None
    return made


def _minutes(book: Book, row: schemas.MeetingRow, said: dict[str, Any], about: Subject) -> None:
    """Draft minutes; who wrote them has not approved them."""
    writer = book.id("accounts", row.prepared_by or "")
    approver = book.maybe("accounts", row.approved_by)
    if approver is not None:
        rules.check_approver(approver, [writer])
        fact = MeetingMinutesApproved(
            **said, number=row.minutes_number or "", prepared_by=writer, approved_by=approver
        )
        book.note(fact, about)
    book.draft(
        MeetingMinutes(
            meeting_id=about.id,
            number=row.minutes_number,
            text=row.minutes_text,
            writer_ids=[writer],
            prepared_at=row.prepared_at,
            approved_by=approver,
            approved_at=row.approved_at,
        )
    )
