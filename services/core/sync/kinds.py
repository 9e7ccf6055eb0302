"""Every kind of record a phone may keep, in the order a copy is built: what others name first."""

from services.core.admissions import queries as admissions
from services.core.agreements import queries as agreements
from services.core.assignments import queries as assignments
from services.core.blockers import queries as blockers
from services.core.escalations import queries as escalations
from services.core.evidence import queries as evidence
from services.core.groups import queries as groups
from services.core.guarantees import queries as guarantees
from services.core.kit.records import Records
from services.core.meetings import queries as meetings
from services.core.monitoring import queries as monitoring
from services.core.notifications import queries as notifications
from services.core.organisations import queries as organisations
from services.core.outcomes import queries as outcomes
from services.core.progress import queries as progress
from services.core.projects import queries as projects
from services.core.regions import queries as regions
from services.core.reminders import queries as reminders
from services.core.rulings import queries as rulings

KINDS: tuple[Records, ...] = (
    regions.RECORDS,
    organisations.RECORDS,
    groups.RECORDS,
    projects.RECORDS,
    projects.MILESTONES,
    projects.PLANS,
    projects.PLAN_CHANGES,
    admissions.RECORDS,
    guarantees.RECORDS,
    outcomes.INDICATORS,
    outcomes.OBSERVATIONS,
    rulings.RECORDS,
    assignments.RECORDS,
    agreements.RECORDS,
    blockers.RECORDS,
    blockers.CONSULTATIONS,
    meetings.RECORDS,
    progress.RECORDS,
    progress.CORRECTIONS,
    evidence.RECORDS,
    monitoring.RECORDS,
    reminders.RECORDS,
    escalations.RUNS,
    escalations.ORDERS,
    notifications.RECORDS,
)
NAMES = tuple(records.name for records in KINDS)
