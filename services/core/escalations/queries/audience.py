"""Whom a step goes to: offices of the policy, turned into units and people on the day."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.core.access import queries as access
from services.core.access.queries import Recipient
from services.core.groups import queries as groups
from services.core.groups.models import GroupMembership, JointGroup
from services.core.groups.rules import MemberRole
from services.core.organisations.models import Organisation
from services.core.organisations.rules import GOVERNMENT, Duty, OrganisationKind
from services.core.policies.pack import Audience
from services.core.projects.models import Project
from services.core.regions.models import Region


@dataclass(frozen=True, slots=True)
class Addressed:
    """The units and the people a step goes to, each once."""

    organisation_ids: tuple[UUID, ...]
    people: tuple[Recipient, ...]


@dataclass(frozen=True, slots=True)
class _Around:
    """The project a climb is about, and the day on which people are looked up."""

    project: Project
    organisation_id: UUID
    on: date


_Found = tuple[Sequence[UUID], Sequence[Recipient]]
_Finder = Callable[[Session, _Around], _Found]


def addressed(
    session: Session,
    audience: Iterable[Audience],
    *,
    project: Project,
    organisation_id: UUID,
    on: date,
) -> Addressed:
    """Turn the offices of a step into units and people, by who holds them on this day."""
    around = _Around(project, organisation_id, on)
    units: dict[UUID, None] = {}
    people: dict[UUID, Recipient] = {}
    for office in audience:
        of_office, holders = _FINDERS[office](session, around)
        units.update(dict.fromkeys(of_office))
        people.update((person.account_id, person) for person in holders)
    return Addressed(tuple(units), tuple(people.values()))


def regulators(session: Session, *, project_id: UUID) -> tuple[UUID, ...]:
    """Give the regulators of the county a project's group serves, else the nearest above."""
    return tuple(_regulators(session, project_id, nearest=True))


def _reporter(session: Session, around: _Around) -> _Found:
    return _holders(session, around, Duty.REPORTER)


def _liaison(session: Session, around: _Around) -> _Found:
    return _holders(session, around, Duty.LIAISON)


def _unit_leader(session: Session, around: _Around) -> _Found:
    return _holders(session, around, Duty.LEADER)


def _responsible_person(session: Session, around: _Around) -> _Found:
    responsible = around.project.responsible_account_id
    person = access.recipient(session, responsible) if responsible else None
    return [around.organisation_id], [person] if person else []


def _convener_unit(session: Session, around: _Around) -> _Found:
    return _offices(session, _members(session, around, MemberRole.CONVENER), around.on)


def _group_units(session: Session, around: _Around) -> _Found:
    return _offices(session, _members(session, around, *MemberRole), around.on)


def _parent_group(session: Session, around: _Around) -> _Found:
    """Find the topmost enterprise above the unit, itself included; regulators own, not lead."""
    lineage = (
        select(func.unnest(Organisation.lineage).label("id"))
        .where(Organisation.id == around.organisation_id)
        .subquery()
    )
    found = session.scalars(
        select(Organisation.id)
        .join(lineage, lineage.c.id == Organisation.id)
        .where(Organisation.kind.not_in(GOVERNMENT))
        .order_by(func.cardinality(Organisation.lineage))
        .limit(1)
    ).all()
    return _offices(session, found or [around.organisation_id], around.on)


def _county_regulator(session: Session, around: _Around) -> _Found:
    return _offices(session, _regulators(session, around.project.id, nearest=True), around.on)


def _province_regulator(session: Session, around: _Around) -> _Found:
    return _offices(session, _regulators(session, around.project.id, nearest=False), around.on)


_FINDERS: Mapping[Audience, _Finder] = {
    Audience.REPORTER: _reporter,
    Audience.RESPONSIBLE_PERSON: _responsible_person,
    Audience.LIAISON: _liaison,
    Audience.UNIT_LEADER: _unit_leader,
    Audience.CONVENER_UNIT: _convener_unit,
    Audience.PARENT_GROUP: _parent_group,
    Audience.COUNTY_REGULATOR: _county_regulator,
    Audience.GROUP_UNITS: _group_units,
    Audience.PROVINCE_REGULATOR: _province_regulator,
}


def _holders(session: Session, around: _Around, duty: Duty) -> _Found:
    """Find who holds one duty in the unit that answers for the matter."""
    unit = around.organisation_id
    return [unit], access.people_for(session, organisation_id=unit, duty=duty, on=around.on)


def _offices(session: Session, units: Sequence[UUID], on: date) -> _Found:
    return units, access.speaking_for(session, units, on=on)


def _members(session: Session, around: _Around, *roles: MemberRole) -> Sequence[UUID]:
    """Find the units that are in the project's group in one of these roles on the day."""
    return session.scalars(
        select(GroupMembership.organisation_id)
        .where(
            GroupMembership.group_id == around.project.group_id,
            GroupMembership.role.in_(roles),
            groups.in_force(around.on),
        )
        .order_by(GroupMembership.valid_from, GroupMembership.id)
    ).all()


def _regulators(session: Session, project_id: UUID, *, nearest: bool) -> Sequence[UUID]:
    """Find the state-asset regulators of the county, or of the nearest place above that has one.

    Not `nearest`: of the province, or of the highest place below it that has one.
    """
    above = (
        select(func.unnest(Region.lineage).label("code"))
        .select_from(Project)
        .outerjoin(JointGroup, JointGroup.id == Project.group_id)
        .join(Region, Region.code == func.coalesce(JointGroup.region_code, Project.region_code))
        .where(Project.id == project_id)
        .subquery()
    )
    found = session.execute(
        select(Organisation.id, func.cardinality(Region.lineage).label("depth"))
        .join(Region, Region.code == Organisation.region_code)
        .join(above, above.c.code == Region.code)
        .where(Organisation.kind == OrganisationKind.SASAC)
        .order_by(Organisation.code)
    ).all()
    if not found:
        return []
    wanted = (max if nearest else min)(row.depth for row in found)
    return [row.id for row in found if row.depth == wanted]
