"""Who hears of a meeting, when its people are reminded, and whom they may phone."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from services.core.assignments.queries import group_policy_code
from services.core.calendar import queries as calendar
from services.core.calendar.rules import Window, day_of
from services.core.groups import queries as groups
from services.core.groups.models import GroupMembership, JointGroup
from services.core.kit.words import Words
from services.core.meetings import rules
from services.core.meetings.models import Meeting, MeetingInvitation
from services.core.organisations.models import Officer, Organisation
from services.core.organisations.rules import Duty, OrganisationKind
from services.core.policies import queries as policies
from services.core.regions.models import Region
from services.core.reminders.rules import Timetable


def timetable(session: Session, meeting: Meeting, *, now: datetime) -> Timetable:
    """Give when a meeting's people are reminded, by the policy and the calendar of today."""
    code = None
    if meeting.group_id is not None:
        code = session.scalar(select(group_policy_code()).where(JointGroup.id == meeting.group_id))
    pack = policies.current(session, code=code, on=day_of(now)).pack
    return Timetable(
        plan=pack.reminder_plans.get(rules.PLAN, rules.DEFAULT_PLAN),
        due_at=meeting.starts_at,
        opened_at=meeting.announced_at or now,
        calendar=calendar.work_calendar(session, meeting.region_code),
        window=Window(pack.sending.opens, pack.sending.closes),
    )


def outside_the_group(session: Session, meeting: Meeting, *, on: date) -> Sequence[UUID]:
    """Give the invited units that have no place in the meeting's group on a day."""
    seated = select(GroupMembership.organisation_id).where(
        GroupMembership.group_id == meeting.group_id, groups.in_force(on)
    )
    return session.scalars(
        select(MeetingInvitation.organisation_id).where(
            MeetingInvitation.meeting_id == meeting.id,
            MeetingInvitation.withdrawn_at.is_(None),
            MeetingInvitation.organisation_id.not_in(seated),
        )
    ).all()


def regulators_of(session: Session, *, region_code: str) -> Sequence[UUID]:
    """Give the state-asset regulators of a place and of those above it."""
    above = select(func.unnest(Region.lineage)).where(Region.code == region_code)
    return session.scalars(
        select(Organisation.id).where(
            Organisation.kind == OrganisationKind.SASAC, Organisation.region_code.in_(above)
        )
    ).all()


def contact_of(session: Session, *, organisation_id: UUID, on: date) -> tuple[Words, str | None]:
    """Give a unit's name, and name and number of its liaison officer or another it has."""
    officer = (
        select(func.concat(Officer.name, " ", Officer.phone))
        .where(
            Officer.organisation_id == Organisation.id,
            Officer.phone.is_not(None),
            Officer.valid_from <= on,
            or_(Officer.valid_to.is_(None), Officer.valid_to > on),
        )
        .order_by((Officer.duty == Duty.LIAISON).desc(), Officer.valid_from, Officer.id)
        .limit(1)
        .correlate(Organisation)
        .scalar_subquery()
    )
    name, name_en, contact = session.execute(
        select(Organisation.name, Organisation.name_en, officer).where(
            Organisation.id == organisation_id
        )
    ).one()
    return Words(name, name_en or name), contact
