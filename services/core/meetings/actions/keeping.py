"""Who may change a meeting, and how it is told."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.access.rules import Permission
from services.core.calendar.rules import day_of
from services.core.groups import queries as groups
from services.core.kit import ledger, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Forbidden
from services.core.kit.events import Actor, Fact, Subject
from services.core.kit.moves import moved
from services.core.kit.words import Words
from services.core.meetings import queries, rules
from services.core.meetings.models import Meeting
from services.core.meetings.rules import MeetingState, MeetingVerb

Changes = dict[str, Any]
"""`{field: [before, after]}`, for the audit line."""


def kept(
    session: Session, meeting_id: UUID, expected: int, by: Caller, verb: MeetingVerb
) -> tuple[Meeting, Changes]:
    """Lock a meeting for those who keep it, and move its state along the table.

    Raises:
        Missing, Stale. Forbidden: another unit convenes it. Frozen: its group is dissolved.
        UnlawfulMove: not from its state.
    """
    meeting = queries.for_change(session, by, meeting_id=meeting_id, expected=expected)
    by.must(Permission.KEEP_MEETINGS)
    if meeting.convener_organisation_id not in queries.units_of(by):
        raise Forbidden(
            Words("会议由其召集单位管理。", "A meeting is kept by the unit that convenes it.")
        )
    return meeting, advance(session, meeting, verb)


def advance(session: Session, meeting: Meeting, verb: MeetingVerb) -> Changes:
    """Move a meeting's state along the table, unless its group is frozen; gives what changed.

    Raises:
        Frozen: its group is dissolved. UnlawfulMove: not from its state.
    """
    if meeting.group_id is not None:
        groups.open_group(session, meeting.group_id)
    after = moved(rules.MOVES, MeetingState(meeting.state), verb)
    return rows.merged(meeting, {"state": after})


def about(meeting: Meeting) -> dict[str, Any]:
    """Give what every fact of a meeting says first."""
    return {
        "meeting_id": meeting.id,
        "meeting_code": meeting.code,
        "kind": meeting.kind,
        "state": meeting.state,
        "starts_at": meeting.starts_at,
    }


def record(
    session: Session,
    meeting: Meeting,
    fact: Fact,
    *,
    by: Caller,
    changes: Changes | None = None,
    heard: tuple[UUID, ...] = (),
) -> None:
    """Record what a person did; `heard`: units that are no longer invited, but hear of it."""
    subject = seen_by(session, meeting, on=day_of(by.now), heard=heard)
    ledger.record(session, fact, about=subject, by=Actor.person(by), now=by.now, changes=changes)


def seen_by(
    session: Session, meeting: Meeting, *, on: date, heard: tuple[UUID, ...] = ()
) -> Subject:
    """Say who sees a fact about a meeting: those who see it; of a draft, its convener.

    Units of the group see it as such. Others are named, and where no group meets, the regulators
    of the region too.
    """
    if meeting.original_starts_at is None:
        drafting = (meeting.convener_organisation_id,)
        return Subject("meeting", meeting.id, organisation_ids=drafting)
    units = {meeting.convener_organisation_id, *heard}
    units.update(queries.outside_the_group(session, meeting, on=on))
    if meeting.group_id is None:
        units.update(queries.regulators_of(session, region_code=meeting.region_code))
    return Subject("meeting", meeting.id, meeting.group_id, tuple(sorted(units)))
