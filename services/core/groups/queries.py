"""Reads of joint groups: one statement, with the members, the convener and what is amiss."""

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import JSONB, aggregate_order_by, array
from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of
from services.core.groups import rules
from services.core.groups.models import ConvenerDuty, GroupMembership, JointGroup
from services.core.groups.rules import GroupState, MemberRole, Seat
from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Missing
from services.core.kit.reading import Ask, Fields, Found, Page
from services.core.kit.records import Records, by
from services.core.kit.scope import among
from services.core.organisations.models import Organisation
from services.core.organisations.queries import named
from services.core.organisations.rules import OrganisationLevel
from services.core.regions.models import Region

_UNIT = Organisation.__table__.alias("unit")
_SPOKEN_FOR = Organisation.__table__.alias("spoken_for")
_HOME = Region.__table__.alias("home")
_SEATS = (
    GroupMembership.__table__.join(_UNIT, _UNIT.c.id == GroupMembership.organisation_id)
    .join(_HOME, _HOME.c.code == _UNIT.c.region_code)
    .outerjoin(_SPOKEN_FOR, _SPOKEN_FOR.c.id == GroupMembership.represents_organisation_id)
)
_SOURCE = JointGroup.__table__.join(Region.__table__, Region.code == JointGroup.region_code)
_SORTS = {"code": JointGroup.code, "name": JointGroup.name, "id": JointGroup.id}
_IS_CONVENER = GroupMembership.role == MemberRole.CONVENER
_SPEAKS_FOR_ITSELF = GroupMembership.represents_organisation_id.is_(None)

MEMBER_FIELDS: Fields = {
    "id": GroupMembership.id,
    "organisation": reading.shaped(
        {
            "id": _UNIT.c.id,
            "name": _UNIT.c.name,
            "level": _UNIT.c.level,
            "kind": _UNIT.c.kind,
            "is_placeholder": _UNIT.c.is_placeholder,
        }
    ),
    "role": GroupMembership.role,
    "represents": named(_SPOKEN_FOR),
    "valid_from": GroupMembership.valid_from,
    "valid_to": GroupMembership.valid_to,
    "reason": GroupMembership.reason,
    "source": GroupMembership.source,
    "is_illustrative": GroupMembership.is_illustrative,
}
_DUTY_FIELDS: Fields = {
    "id": ConvenerDuty.id,
    "group_id": ConvenerDuty.group_id,
    "organisation": named(_UNIT),
    "kind": ConvenerDuty.kind,
    "every_months": ConvenerDuty.every_months,
    "began_on": ConvenerDuty.began_on,
    "ended_on": ConvenerDuty.ended_on,
    "source": ConvenerDuty.source,
    "is_illustrative": ConvenerDuty.is_illustrative,
    "version": ConvenerDuty.version,
}
_DUTIES = ConvenerDuty.__table__.join(_UNIT, _UNIT.c.id == ConvenerDuty.organisation_id)


def visible(caller: Caller) -> ColumnElement[bool]:
    """Write "a group the caller is in today, or that serves the region it regulates"."""
    return among(JointGroup.id, caller.group_ids)


def in_force(on: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Write "a unit has this place on a day"."""
    return and_(
        GroupMembership.valid_from <= on,
        or_(GroupMembership.valid_to.is_(None), GroupMembership.valid_to > on),
    )


def group(session: Session, caller: Caller, *, group_id: UUID, as_of: date | None = None) -> Found:
    """Read one group as it is today, or with the members it had on another day.

    Raises:
        Missing: there is none in scope.
    """
    return _one(session, as_of or day_of(caller.now), JointGroup.id == group_id, visible(caller))


def drafted(session: Session, caller: Caller, *, group_id: UUID) -> Found:
    """Read the group the caller has drafted just now: its scope was computed before that."""
    return _one(session, day_of(caller.now), JointGroup.id == group_id)


def groups(  # noqa: PLR0913 the filters of the list
    session: Session,
    caller: Caller,
    *,
    ask: Ask,
    under: str | None = None,
    state: str | None = None,
    organisation_id: UUID | None = None,
    as_of: date | None = None,
) -> Page:
    """Read a page of groups: of one region and below, of one state, with one unit in them.

    Members, convener and warnings are those of one day, today unless another is asked for.
    """
    on = as_of or day_of(caller.now)
    where = [visible(caller)]
    if under:
        where.append(Region.lineage.contains([under]))
    if state:
        where.append(JointGroup.state == state)
    if organisation_id:
        seated = _seats(on).where(_UNIT.c.id == organisation_id)
        where.append(seated.with_only_columns(GroupMembership.id).exists())
    return reading.page(session, _fields(on), source=_SOURCE, where=where, sorts=_SORTS, ask=ask)


def members(
    session: Session, caller: Caller, *, group_id: UUID, ask: Ask, as_of: date | None
) -> Page:
    """Read a page of all places of a group: past, present and to come; or only those of a day.

    Raises:
        Missing: the group is not in scope.
    """
    must_be_visible(session, caller, group_id=group_id)
    where: list[ColumnElement[bool]] = [GroupMembership.group_id == group_id]
    if as_of:
        where.append(in_force(as_of))
    return reading.page(
        session,
        MEMBER_FIELDS,
        source=_SEATS,
        where=where,
        sorts={"valid_from": GroupMembership.valid_from, "id": GroupMembership.id},
        ask=ask,
    )


def duty(session: Session, caller: Caller, *, group_id: UUID, duty_id: UUID) -> Found:
    """Read one duty of a group's convener.

    Raises:
        Missing: there is none in scope.
    """
    return reading.found(
        session,
        _DUTY_FIELDS,
        version=ConvenerDuty.version,
        source=_DUTIES,
        where=[
            ConvenerDuty.id == duty_id,
            ConvenerDuty.group_id == group_id,
            among(ConvenerDuty.group_id, caller.group_ids),
        ],
    )


def duties(session: Session, caller: Caller, *, group_id: UUID, ask: Ask, only_open: bool) -> Page:
    """Read a page of what a group's convener owes; ended duties too unless `only_open`.

    Raises:
        Missing: the group is not in scope.
    """
    must_be_visible(session, caller, group_id=group_id)
    where: list[ColumnElement[bool]] = [ConvenerDuty.group_id == group_id]
    if only_open:
        where.append(ConvenerDuty.ended_on.is_(None))
    return reading.page(
        session,
        _DUTY_FIELDS,
        source=_DUTIES,
        where=where,
        sorts={"kind": ConvenerDuty.kind, "id": ConvenerDuty.id},
        ask=ask,
    )


def must_be_visible(session: Session, caller: Caller, *, group_id: UUID) -> None:
    """Refuse a group out of scope as if it did not exist.

    Raises:
        Missing: there is none in scope.
    """
    found = select(JointGroup.id).where(JointGroup.id == group_id, visible(caller))
    if session.scalar(found) is None:
        raise Missing


def for_change(
    session: Session, caller: Caller, *, group_id: UUID, expected: int | None
) -> JointGroup:
    """Lock one group in scope at the version the caller has seen."""
    return rows.for_change(
        session, JointGroup, JointGroup.id == group_id, visible(caller), expected=expected
    )


def open_group(session: Session, group_id: UUID) -> JointGroup:
    """Give a group that may take new records, and keep it from being dissolved meanwhile.

    Whether the caller sees the group is for the caller's own query to say.

    Raises:
        Missing: there is no such group. Frozen: it is dissolved.
    """
    found = session.scalars(
        select(JointGroup)
        .where(JointGroup.id == group_id)
        .with_for_update(read=True, key_share=True)
    ).one_or_none()
    if found is None:
        raise Missing
    rules.must_be_open(GroupState(found.state))
    return found


def convener_of(session: Session, group_id: UUID, on: date) -> UUID | None:
    """Give the organisation that convenes a group on a day, or None if the chair is empty."""
    return session.scalar(
        select(GroupMembership.organisation_id).where(
            GroupMembership.group_id == group_id, _IS_CONVENER, in_force(on)
        )
    )


def seats(session: Session, *, group_id: UUID) -> list[Seat]:
    """Give every place of a group, past and future ones too, for the rules to look at."""
    found = session.execute(
        select(
            GroupMembership.id,
            GroupMembership.organisation_id,
            GroupMembership.role,
            GroupMembership.represents_organisation_id,
            GroupMembership.valid_from,
            GroupMembership.valid_to,
        )
        .where(GroupMembership.group_id == group_id)
        .order_by(GroupMembership.valid_from, GroupMembership.id)
    )
    return [Seat(row.id, row.organisation_id, MemberRole(row.role), *row[3:]) for row in found]


def active_in(session: Session, *, region_code: str) -> JointGroup | None:
    """Give the active group of a county, of which there is at most one (I-1)."""
    return session.scalars(
        select(JointGroup).where(
            JointGroup.region_code == region_code, JointGroup.state == GroupState.ACTIVE
        )
    ).one_or_none()


def has_code(session: Session, code: str) -> bool:
    """Say whether a group, in scope or not, has this code."""
    return session.scalar(select(JointGroup.id).where(JointGroup.code == code)) is not None


def duties_to_come(session: Session, *, group_id: UUID, after: date) -> list[ConvenerDuty]:
    """Give a group's duties that are owed after a day, locked."""
    return list(
        session.scalars(
            select(ConvenerDuty)
            .where(
                ConvenerDuty.group_id == group_id,
                or_(ConvenerDuty.ended_on.is_(None), ConvenerDuty.ended_on > after),
            )
            .order_by(ConvenerDuty.kind, ConvenerDuty.id)
            .with_for_update()
        )
    )


def duty_for_change(
    session: Session, *, group_id: UUID, duty_id: UUID, expected: int
) -> ConvenerDuty:
    """Lock one duty of a group at the version the caller has seen."""
    return rows.for_change(
        session,
        ConvenerDuty,
        ConvenerDuty.id == duty_id,
        ConvenerDuty.group_id == group_id,
        expected=expected,
    )


def _one(session: Session, on: date, *where: ColumnElement[bool]) -> Found:
    return reading.found(
        session, _fields(on), version=JointGroup.version, source=_SOURCE, where=where
    )


def _seats(on: date) -> Select[Any]:
    """Select the places of the outer statement's group on a day; a frozen group stays as it was."""
    day = func.least(on, JointGroup.dissolved_on)
    return (
        select()
        .select_from(_SEATS)
        .where(GroupMembership.group_id == JointGroup.id, in_force(day))
        .correlate(JointGroup.__table__, Region.__table__)
    )


def _fields(on: date) -> Fields:
    """Name what is shown of a group, with the members of one day."""
    member = reading.shaped(MEMBER_FIELDS)
    order = (GroupMembership.role, _UNIT.c.name, GroupMembership.id)
    everyone = func.coalesce(
        func.json_agg(aggregate_order_by(member, *order)), func.json_build_array()
    )
    chair = _seats(on).where(_IS_CONVENER)
    return {
        "id": JointGroup.id,
        "code": JointGroup.code,
        "name": JointGroup.name,
        "name_en": JointGroup.name_en,
        "region": reading.shaped({"code": Region.code, "name": Region.name}),
        "state": JointGroup.state,
        "established_on": JointGroup.established_on,
        "dissolved_on": JointGroup.dissolved_on,
        "charter": JointGroup.charter,
        "expected_member_count": JointGroup.expected_member_count,
        "member_count": _member_count(on),
        "policy_code": JointGroup.policy_code,
        "convener": chair.with_only_columns(member).scalar_subquery(),
        "members": _seats(on).with_only_columns(everyone).scalar_subquery(),
        "as_of": literal(on),
        "warnings": _warnings(on),
        "source": JointGroup.source,
        "is_illustrative": JointGroup.is_illustrative,
        "version": JointGroup.version,
    }


def _member_count(on: date) -> ColumnElement[int]:
    """Count the member units on a day: members, and a convener that speaks for itself."""
    is_unit = or_(GroupMembership.role == MemberRole.MEMBER, and_(_IS_CONVENER, _SPEAKS_FOR_ITSELF))
    return _seats(on).where(is_unit).with_only_columns(func.count()).scalar_subquery()


def _warnings(on: date) -> ColumnElement[Any]:
    """Build the list of what is amiss with a group on a day; a frozen group has nothing amiss."""

    def some(*where: ColumnElement[bool]) -> ColumnElement[bool]:
        return _seats(on).where(*where).with_only_columns(GroupMembership.id).exists()

    not_observer = GroupMembership.role != MemberRole.OBSERVER
    in_county = _HOME.c.lineage.contains(array([JointGroup.region_code]))
    in_line = _UNIT.c.lineage.contains(array([GroupMembership.represents_organisation_id]))
    conditions = {
        "no_convener": ~some(_IS_CONVENER),
        "convener_elsewhere": some(_IS_CONVENER, ~in_county),
        "convener_detached": some(_IS_CONVENER, ~_SPEAKS_FOR_ITSELF, ~in_line),
        "member_count_differs": JointGroup.expected_member_count != _member_count(on),
        **{
            f"{level}_missing": ~some(not_observer, _UNIT.c.level == level)
            for level in OrganisationLevel
        },
    }
    found: list[ColumnElement[Any]] = [
        case((and_(JointGroup.state != GroupState.DISSOLVED, holds), _warning(code)))
        for code, holds in conditions.items()
    ]
    return func.array_to_json(func.array_remove(array(found), None))


def _warning(code: str) -> ColumnElement[Any]:
    words = {"code": code, **rules.WARNINGS[code].both()}
    return literal(words, JSONB)


_NAMED = by(GroupMembership.organisation_id, GroupMembership.represents_organisation_id)
RECORDS = Records(
    name="groups",
    kind="joint_group",
    key=JointGroup.id,
    version=JointGroup.version,
    fields=lambda caller: _fields(day_of(caller.now)),
    source=lambda _: _SOURCE,
    visible=visible,
    follows={
        "group_membership": by(JointGroup.id),
        "organisation": lambda ids: JointGroup.id.in_(
            select(GroupMembership.group_id).where(_NAMED(ids))
        ),
        "region": by(JointGroup.region_code),
    },
    turned=lambda since, until: true() if day_of(since) != day_of(until) else None,
)
