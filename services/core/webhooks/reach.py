"""Which records an endpoint's filters may name: those its owner sees, each checked by itself."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.core.agreements import queries as agreements
from services.core.blockers import queries as blockers
from services.core.escalations import queries as escalations
from services.core.groups import queries as groups
from services.core.kit.caller import Caller
from services.core.kit.errors import Fault, Invalid
from services.core.kit.records import Records
from services.core.kit.scope import among
from services.core.kit.words import Words
from services.core.meetings import queries as meetings
from services.core.monitoring import queries as monitoring
from services.core.organisations import queries as organisations
from services.core.progress import queries as progress
from services.core.projects import queries as projects
from services.core.regions.models import Region
from services.core.reminders import queries as reminders

_KINDS: tuple[Records, ...] = (
    projects.RECORDS,
    projects.MILESTONES,
    projects.PLANS,
    progress.RECORDS,
    groups.RECORDS,
    organisations.RECORDS,
    agreements.RECORDS,
    blockers.RECORDS,
    blockers.CONSULTATIONS,
    meetings.RECORDS,
    monitoring.RECORDS,
    reminders.RECORDS,
    escalations.RUNS,
    escalations.ORDERS,
)
"""What facts are about and a filter can name; places are named by their codes."""


def must_see(
    session: Session,
    caller: Caller,
    *,
    group_ids: Sequence[UUID],
    region_codes: Sequence[str],
    record_ids: Sequence[UUID],
) -> None:
    """Refuse a filter that names what there is not, or what the owner does not see.

    Raises:
        Invalid: with the place of each; what is out of scope is as unknown as what is not there.
    """
    known = set(session.scalars(select(Region.code).where(Region.code.in_(region_codes))))
    faults = [
        *_unknown("group_ids", group_ids, caller.group_ids),
        *_unknown("region_codes", region_codes, known),
        *_unknown("record_ids", record_ids, _seen(session, caller, record_ids)),
    ]
    if faults:
        raise Invalid(faults[0].words, faults=tuple(faults))


def _seen(session: Session, caller: Caller, record_ids: Sequence[UUID]) -> set[UUID]:
    """Give those of these ids that are records the caller sees."""
    found: set[UUID] = set()
    for records in _KINDS:
        left = [one for one in record_ids if one not in found]
        if left:
            key = records.key
            source = records.source(caller)
            wanted = (among(key, left), records.visible(caller))
            seen = select(key).select_from(source).where(*wanted)
            found |= set(session.scalars(seen))
    return found


def _unknown(name: str, ids: Sequence[object], known: Collection[object]) -> list[Fault]:
    words = Words("没有此记录。", "There is no such record.")
    return [
        Fault(f"/{name}/{place}", "unknown", words)
        for place, one in enumerate(ids)
        if one not in known
    ]
