"""A meeting is prepared, and changed."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.access.rules import Permission, Role
from services.core.calendar.rules import day_of
from services.core.groups import queries as groups
from services.core.kit import rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Fault, Invalid
from services.core.kit.ids import new_id
from services.core.kit.words import Words
from services.core.meetings import queries, rules, schemas
from services.core.meetings.actions import keeping, telling
from services.core.meetings.events import MeetingChanged, MeetingDrafted
from services.core.meetings.models import Meeting, MeetingInvitation
from services.core.meetings.rules import InvitedAs, MeetingKind, MeetingVerb
from services.core.organisations import queries as organisations
from services.core.regions import queries as regions


def draft(session: Session, *, given: schemas.NewMeeting, by: Caller) -> Meeting:
    """Prepare a meeting; nobody but its convener sees it before it is scheduled.

    Raises:
        Forbidden: it is another's to hold. Frozen: the group is dissolved. Conflict: the code is
            taken. Invalid: group, region, times, agenda or units do not fit.
    """
    by.must(Permission.KEEP_MEETINGS)
    convener, region_code = _held(session, given, by)
    rules.check_times(given.starts_at, given.ends_at)
    agenda = _agenda(given.kind, given.agenda)
    _check_agenda(agenda, given.starts_at, given.ends_at)
    made = new_id()
    values = given.model_dump(exclude={"code", "region_code", "agenda", "invitations"})
    meeting = Meeting(
        id=made,
        code=_code(session, given.code, made),
        region_code=region_code,
        convener_organisation_id=convener,
        agenda=agenda,
        **values,
    )
    units = _units(session, given.invitations, convener)
    session.add(meeting)
    session.flush()
    for unit, role in units.items():
        session.add(MeetingInvitation(meeting_id=made, organisation_id=unit, role=role))
    fact = MeetingDrafted(**keeping.about(meeting))
    keeping.record(session, meeting, fact, by=by)
    return meeting


def change(
    session: Session, *, meeting_id: UUID, given: schemas.MeetingChange, expected: int, by: Caller
) -> Meeting:
    """Change a meeting that has not begun; units that are new or left out are told.

    Raises:
        Missing, Stale, Forbidden, Frozen. UnlawfulMove: it was held or cancelled.
        Invalid: agenda, times or units do not fit, or an announced one is to be moved in silence.
    """
    meeting, _ = keeping.kept(session, meeting_id, expected, by, MeetingVerb.CHANGE)
    sent = given.given()
    if meeting.original_starts_at is not None:
        rules.check_not_announced(sent)
    if "agenda" in sent:
        sent["agenda"] = _agenda(MeetingKind(meeting.kind), given.agenda)
    with session.no_autoflush:  # what is refused must not reach the table's own checks first
        values = {name: value for name, value in sent.items() if name != "invitations"}
        changes = rows.merged(meeting, values)
        rules.check_times(meeting.starts_at, meeting.ends_at)
        _check_agenda(meeting.agenda, meeting.starts_at, meeting.ends_at)
    heard: tuple[UUID, ...] = ()
    if "invitations" in sent:
        units = _units(session, given.invitations, meeting.convener_organisation_id)
        changes |= _invite(session, meeting, units, by)
        before, after = changes.get("invitations", ((), ()))
        heard = tuple(set(before).difference(after))
    if changes:
        fact = MeetingChanged(**keeping.about(meeting), fields=tuple(sorted(changes)))
        keeping.record(session, meeting, fact, by=by, changes=changes, heard=heard)
    return meeting


def _held(session: Session, given: schemas.NewMeeting, by: Caller) -> tuple[UUID, str]:
    """Give the unit that will convene the meeting, and the region it is of.

    Raises:
        Forbidden: it is another's to hold. Frozen: the group is dissolved.
        Invalid: no such group or region, or not one of the two.
    """
    region_code, convener = given.region_code or "", None
    if (given.group_id is None) == (given.region_code is None):
        words = Words("团组和区划须择一填写。", "Name a group or a region, one of the two.")
        raise Invalid.at("/region_code", words, code="group_or_region")
    if given.group_id is not None:
        if given.group_id not in by.group_ids:
            words = Words("没有这个团组。", "There is no such group.")
            raise Invalid.at("/group_id", words, code="unknown_group")
        region_code = groups.open_group(session, given.group_id).region_code
        convener = groups.convener_of(session, given.group_id, day_of(by.now))
    regions.placed(session, code=region_code, pointer="/region_code")
    is_regulator = by.role == Role.REGULATOR
    rules.check_holder(
        given.kind,
        has_group=given.group_id is not None,
        convenes=convener in queries.units_of(by) and not is_regulator,
        regulates=is_regulator and organisations.regulates(session, by, region_code=region_code),
    )
    return (by.organisation_id if is_regulator or convener is None else convener), region_code


def _code(session: Session, code: str | None, meeting_id: UUID) -> str:
    if code is None:
        return f"M-{meeting_id.hex[-12:]}"
    if queries.has_code(session, code):
        words = Words(f"编号“{code}”已被使用。", f"The code '{code}' is taken.")
        raise Conflict(words, faults=[Fault("/code", "taken", words)])
    return code


def _agenda(kind: MeetingKind, given: tuple[schemas.Section, ...]) -> list[dict[str, Any]]:
    """Write the agenda down; an on-site dispatch meeting without one gets its three steps."""
    if not given and kind is MeetingKind.ONSITE_DISPATCH:
        return [{"text": step, "minutes": None} for step in rules.DISPATCH_STEPS]
    return [section.model_dump() for section in given]


def _check_agenda(agenda: list[dict[str, Any]], starts_at: datetime, ends_at: datetime) -> None:
    rules.check_agenda([section["minutes"] for section in agenda], starts_at, ends_at)


def _units(
    session: Session, given: tuple[schemas.InvitationGiven, ...], convener: UUID
) -> dict[UUID, InvitedAs]:
    """Give the units to invite, the convener among them, each known to the directory."""
    units = rules.with_convener([(one.organisation_id, one.role) for one in given], convener)
    for place, one in enumerate(given):
        pointer = f"/invitations/{place}/organisation_id"
        organisations.placed(session, organisation_id=one.organisation_id, pointer=pointer)
    return units


def _invite(
    session: Session, meeting: Meeting, units: dict[UUID, InvitedAs], by: Caller
) -> dict[str, list[Any]]:
    """Make the invitations what was asked for; gives what changed, units before and after."""
    standing = {one.organisation_id: one for one in queries.invited(session, meeting_id=meeting.id)}
    before = {unit: one.role for unit, one in standing.items()}
    if before == units:
        return {}
    gone = [one for unit, one in standing.items() if unit not in units]
    is_announced = meeting.original_starts_at is not None
    for one in gone:
        if is_announced:
            one.withdrawn_at = by.now
        else:
            session.delete(one)
    session.flush()
    kept = [one for unit, one in standing.items() if unit in units]
    for one in sorted(kept, key=lambda one: units[one.organisation_id] is InvitedAs.CHAIR):
        one.role = units[one.organisation_id]
        session.flush()  # who stops chairing does so before another begins
    new = [
        MeetingInvitation(meeting_id=meeting.id, organisation_id=unit, role=role)
        for unit, role in units.items()
        if unit not in standing
    ]
    session.add_all(new)
    rows.touch(meeting)
    session.flush()
    if is_announced:
        telling.invited(session, meeting, new, by)
        telling.uninvited(session, meeting, gone, by)
    return {"invitations": [sorted(before), sorted(units)]}
