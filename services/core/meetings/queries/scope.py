"""Who sees a meeting: its group, the units it invites, its convener, and regulators of the place.

Who supervises enterprises does not sit at their meetings: it speaks for itself, and sees of others
what its region says.
"""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, and_, or_, select
from sqlalchemy.dialects.postgresql import array

from services.core.access.rules import Role
from services.core.kit.caller import Caller
from services.core.kit.scope import among
from services.core.meetings.models import Meeting, MeetingInvitation
from services.core.organisations.models import Organisation
from services.core.organisations.rules import OrganisationKind
from services.core.regions.models import Region

IS_ANNOUNCED: ColumnElement[bool] = Meeting.original_starts_at.is_not(None)
"""Before that a meeting is its convener's own."""


def units_of(caller: Caller) -> Collection[UUID]:
    """Give the organisations a caller acts for: a regulator only for its own."""
    own = caller.own_organisation_ids
    return own & {caller.organisation_id} if caller.role == Role.REGULATOR else own


def speaks_for(column: SQLColumnExpression[UUID], caller: Caller) -> ColumnElement[bool]:
    """Write "a unit the caller speaks for": its own, or one below it, unless it supervises it."""
    supervises = (
        select(Organisation.id)
        .where(
            Organisation.id == caller.organisation_id, Organisation.kind == OrganisationKind.SASAC
        )
        .exists()
    )
    itself = column == caller.organisation_id
    return and_(among(column, units_of(caller)), or_(itself, ~supervises))


def invited_units(caller: Caller) -> Select[UUID]:
    """Select the meetings to which a unit of the caller is invited."""
    return select(MeetingInvitation.meeting_id).where(
        speaks_for(MeetingInvitation.organisation_id, caller),
        MeetingInvitation.withdrawn_at.is_(None),
    )


def is_regulated(caller: Caller) -> ColumnElement[bool]:
    """Write "it concerns a place in the region of the caller's own organisation"."""
    home = select(Organisation.region_code).where(Organisation.id == caller.organisation_id)
    below = select(Region.code).where(Region.lineage.contains(array([home.scalar_subquery()])))
    return Meeting.region_code.in_(below)


def visible(caller: Caller) -> ColumnElement[bool]:
    """Write "its convener's; or announced, and of the caller's group, invitation or region"."""
    ways = [among(Meeting.group_id, caller.group_ids), Meeting.id.in_(invited_units(caller))]
    if caller.role == Role.REGULATOR:
        ways.append(is_regulated(caller))
    convened = speaks_for(Meeting.convener_organisation_id, caller)
    return or_(convened, and_(IS_ANNOUNCED, or_(*ways)))


def mine(caller: Caller) -> ColumnElement[bool]:
    """Write "a meeting the caller's unit convenes, is invited to, or whose group it is in".

    A regulator's groups are those it watches, not those it sits in.
    """
    ways = [
        speaks_for(Meeting.convener_organisation_id, caller),
        Meeting.id.in_(invited_units(caller)),
    ]
    if caller.role != Role.REGULATOR:
        ways.append(among(Meeting.group_id, caller.group_ids))
    return or_(*ways)
