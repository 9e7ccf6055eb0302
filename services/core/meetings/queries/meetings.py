"""What is shown of meetings and invitations, built as JSON in one statement."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, and_, case, func, or_, select
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.access.rules import Role
from services.core.kit import reading
from services.core.kit.caller import Caller
from services.core.kit.errors import Missing
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by
from services.core.meetings.models import Meeting, MeetingInvitation, MeetingMinutes, MeetingMove
from services.core.meetings.queries.scope import is_regulated, mine, speaks_for, visible
from services.core.meetings.rules import InvitedAs, Reply
from services.core.organisations.models import Organisation
from services.core.organisations.queries import named
from services.core.regions.models import Region

_CONVENER = Organisation.__table__.alias("convener")
_CHAIR = Organisation.__table__.alias("chair")
_CHAIRING = MeetingInvitation.__table__.alias("chairing")
_SOURCE = (
    Meeting.__table__.join(_CONVENER, _CONVENER.c.id == Meeting.convener_organisation_id)
    .join(Region.__table__, Region.code == Meeting.region_code)
    .outerjoin(
        _CHAIRING,
        and_(
            _CHAIRING.c.meeting_id == Meeting.id,
            _CHAIRING.c.role == InvitedAs.CHAIR,
            _CHAIRING.c.withdrawn_at.is_(None),
        ),
    )
    .outerjoin(_CHAIR, _CHAIR.c.id == _CHAIRING.c.organisation_id)
    .outerjoin(MeetingMinutes.__table__, MeetingMinutes.meeting_id == Meeting.id)
)
_SORTS = {"starts_at": Meeting.starts_at, "title": Meeting.title, "id": Meeting.id}
_IS_APPROVED = MeetingMinutes.approved_at.is_not(None)
_IS_INVITED = MeetingInvitation.withdrawn_at.is_(None)

_INVITED = Organisation.__table__.alias("invited")
_INVITATIONS = MeetingInvitation.__table__.join(
    _INVITED, _INVITED.c.id == MeetingInvitation.organisation_id
)
INVITATION_FIELDS: Fields = Constant(
    {
        "id": MeetingInvitation.id,
        "meeting_id": MeetingInvitation.meeting_id,
        "organisation": named(_INVITED),
        "role": MeetingInvitation.role,
        "invited_at": MeetingInvitation.invited_at,
        "withdrawn_at": MeetingInvitation.withdrawn_at,
        "reply": MeetingInvitation.reply,
        "proxy_name": MeetingInvitation.reply_proxy,
        "replied_at": MeetingInvitation.replied_at,
        "attendance": MeetingInvitation.attendance,
        "attended_by": MeetingInvitation.attendance_proxy,
        "version": MeetingInvitation.version,
    }
)


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list of meetings asks for; what is None does not matter."""

    group_id: UUID | None = None
    region: str | None = None
    kind: str | None = None
    state: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    mine: bool = False


def meeting(session: Session, caller: Caller, *, meeting_id: UUID) -> Found:
    """Read one meeting, whole.

    Raises:
        Missing: there is none in scope.
    """
    return RECORDS.one(session, caller, meeting_id)


def meetings(session: Session, caller: Caller, *, ask: Ask, sought: Sought) -> Page:
    """Read a page of meetings in scope."""
    return reading.page(
        session,
        _summary(caller),
        source=_SOURCE,
        where=[visible(caller), *_matching(sought, caller)],
        sorts=_SORTS,
        ask=ask,
    )


def invitation(session: Session, caller: Caller, *, meeting_id: UUID, invitation_id: UUID) -> Found:
    """Read one invitation of a meeting.

    Raises:
        Missing: there is none in scope.
    """
    return reading.found(
        session,
        INVITATION_FIELDS,
        version=MeetingInvitation.version,
        source=_INVITATIONS,
        where=[
            MeetingInvitation.id == invitation_id,
            MeetingInvitation.meeting_id == meeting_id,
            select(Meeting.id).where(Meeting.id == meeting_id, visible(caller)).exists(),
        ],
    )


def invitations(session: Session, caller: Caller, *, meeting_id: UUID, ask: Ask) -> Page:
    """Read a page of everybody who is or was invited to a meeting.

    Raises:
        Missing: the meeting is not in scope.
    """
    seen = select(Meeting.id).where(Meeting.id == meeting_id, visible(caller))
    if session.scalar(seen) is None:
        raise Missing
    return reading.page(
        session,
        INVITATION_FIELDS,
        source=_INVITATIONS,
        where=[MeetingInvitation.meeting_id == meeting_id],
        sorts={"role": MeetingInvitation.role, "id": MeetingInvitation.id},
        ask=ask,
    )


def _matching(sought: Sought, caller: Caller) -> list[ColumnElement[bool]]:
    where = [
        column == value
        for column, value in (
            (Meeting.group_id, sought.group_id),
            (Meeting.kind, sought.kind),
            (Meeting.state, sought.state),
        )
        if value is not None
    ]
    if sought.region:
        where.append(Region.lineage.contains([sought.region]))
    if sought.since:
        where.append(Meeting.starts_at >= sought.since)
    if sought.until:
        where.append(Meeting.starts_at < sought.until)
    if sought.mine:
        where.append(mine(caller))
    return where


def _summary(caller: Caller) -> Fields:
    """Name what lists show of a meeting, with the invitation of the caller's own organisation."""
    return {
        "id": Meeting.id,
        "code": Meeting.code,
        "kind": Meeting.kind,
        "title": Meeting.title,
        "series": Meeting.series,
        "group_id": Meeting.group_id,
        "region": reading.shaped({"code": Region.code, "name": Region.name}),
        "convener": named(_CONVENER),
        "chair": named(_CHAIR),
        "starts_at": Meeting.starts_at,
        "ends_at": Meeting.ends_at,
        "original_starts_at": Meeting.original_starts_at,
        "place": Meeting.place,
        "state": Meeting.state,
        "cancelled_reason": Meeting.cancelled_reason,
        "replies": _REPLIES,
        "my_invitation": _my_invitation(Meeting.id, caller),
        "minutes_number": case((_IS_APPROVED, MeetingMinutes.number)),
        "source": Meeting.source,
        "is_illustrative": Meeting.is_illustrative,
        "version": Meeting.version,
    }


def _counted(reply: Reply) -> ColumnElement[int]:
    return func.count().filter(MeetingInvitation.reply == reply)


_REPLIES = (
    select(
        reading.shaped(
            {
                "invited": func.count(),
                "accepted": _counted(Reply.ACCEPTED),
                "declined": _counted(Reply.DECLINED),
                "proxy": _counted(Reply.PROXY),
                "unanswered": _counted(Reply.NONE),
            }
        )
    )
    .where(MeetingInvitation.meeting_id == Meeting.id, _IS_INVITED)
    .correlate(Meeting)
    .scalar_subquery()
)


def _my_invitation(meeting_id: Any, caller: Caller) -> ScalarSelect[Any]:  # noqa: ANN401 a mapped column, or that of an alias
    """Build `{id, reply}` of the caller's own organisation, or null if it is not invited."""
    return (
        select(reading.shaped({"id": MeetingInvitation.id, "reply": MeetingInvitation.reply}))
        .where(
            MeetingInvitation.meeting_id == meeting_id,
            MeetingInvitation.organisation_id == caller.organisation_id,
            _IS_INVITED,
        )
        .correlate_except(MeetingInvitation)
        .scalar_subquery()
    )


def _moves() -> ScalarSelect[Any]:
    names = (
        *("from_starts_at", "from_ends_at", "from_place"),
        *("to_starts_at", "to_ends_at", "to_place", "reason", "moved_at"),
    )
    item = reading.shaped({name: getattr(MeetingMove, name) for name in names})
    ordered = aggregate_order_by(item, MeetingMove.moved_at, MeetingMove.id)
    return (
        select(func.coalesce(func.json_agg(ordered), func.json_build_array()))
        .where(MeetingMove.meeting_id == Meeting.id)
        .correlate(Meeting)
        .scalar_subquery()
    )


def _minutes(caller: Caller) -> Fields:
    """Show the minutes; before they are approved only to those who might approve them."""
    writer = MeetingMinutes.writer_ids[func.cardinality(MeetingMinutes.writer_ids)]
    item = reading.shaped(
        {
            "number": MeetingMinutes.number,
            "text": MeetingMinutes.text,
            "prepared_by": _person(writer),
            "prepared_at": MeetingMinutes.prepared_at,
            "approved_by": _person(MeetingMinutes.approved_by),
            "approved_at": MeetingMinutes.approved_at,
        }
    )
    concerned = [
        _IS_APPROVED,
        speaks_for(Meeting.convener_organisation_id, caller),
        speaks_for(_CHAIRING.c.organisation_id, caller),
    ]
    if caller.role == Role.REGULATOR:
        concerned.append(is_regulated(caller))
    is_shown = and_(MeetingMinutes.meeting_id.is_not(None), or_(*concerned))
    return {"minutes": case((is_shown, item))}


def _person(account_id: Any) -> ScalarSelect[Any]:  # noqa: ANN401 any expression of an account's id
    return (
        select(reading.shaped({"id": Account.id, "name": Account.name}))
        .where(Account.id == account_id)
        .correlate(MeetingMinutes.__table__)
        .scalar_subquery()
    )


def _whole(caller: Caller) -> Fields:
    """Name what is shown of one meeting."""
    return {**_summary(caller), "agenda": Meeting.agenda, "moves": _moves(), **_minutes(caller)}


def _of_units(ids: Collection[str]) -> ColumnElement[bool]:
    """Find meetings that name a unit: whoever calls them or is invited, to the chair or else."""
    of_unit = by(MeetingInvitation.organisation_id)
    invited = select(MeetingInvitation.meeting_id).where(of_unit(ids))
    return or_(by(Meeting.convener_organisation_id)(ids), Meeting.id.in_(invited))


RECORDS = Records(
    name="meetings",
    kind="meeting",
    key=Meeting.id,
    version=Meeting.version,
    fields=_whole,
    source=lambda _: _SOURCE,
    visible=visible,
    follows={
        "meeting_invitation": by(Meeting.id),
        "meeting_move": by(Meeting.id),
        "meeting_minutes": by(Meeting.id),
        "organisation": _of_units,
        "joint_group": by(Meeting.group_id),
        "region": by(Meeting.region_code),
    },
    seen_by=frozenset({"meeting_invitation"}),
    varies=True,
)
