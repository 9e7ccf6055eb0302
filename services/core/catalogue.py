"""Everything that exists: tables (METADATA, OPEN), facts (EVENTS), sealed columns (SEALED).

Only doors, Alembic and tests look here; a room is named here once for its tables, once for its
facts, and once if it keeps secrets.
"""

from collections.abc import Iterable
from types import ModuleType
from typing import Any

from sqlalchemy.orm import InstrumentedAttribute

from services.core.access import events as access_events
from services.core.access import models as access
from services.core.admissions import events as admissions_events
from services.core.admissions import models as admissions
from services.core.agreements import events as agreements_events
from services.core.agreements import models as agreements
from services.core.assignments import events as assignments_events
from services.core.assignments import models as assignments
from services.core.audit import events as audit_events
from services.core.audit import models as audit
from services.core.blockers import events as blockers_events
from services.core.blockers import models as blockers
from services.core.calendar import events as calendar_events
from services.core.calendar import models as calendar
from services.core.escalations import events as escalations_events
from services.core.escalations import models as escalations
from services.core.evidence import events as evidence_events
from services.core.evidence import models as evidence
from services.core.exchange import events as exchange_events
from services.core.exchange import models as exchange
from services.core.groups import events as groups_events
from services.core.groups import models as groups
from services.core.guarantees import events as guarantees_events
from services.core.guarantees import models as guarantees
from services.core.jobs import models as jobs_room
from services.core.kit import feed, idempotency, jobs, ledger, retention, written
from services.core.kit.db import Base
from services.core.kit.events import Fact
from services.core.kit.sealing import Sealed
from services.core.meetings import events as meetings_events
from services.core.meetings import models as meetings
from services.core.monitoring import events as monitoring_events
from services.core.monitoring import models as monitoring
from services.core.notifications import events as notifications_events
from services.core.notifications import models as notifications
from services.core.organisations import events as organisations_events
from services.core.organisations import models as organisations
from services.core.outcomes import events as outcomes_events
from services.core.outcomes import models as outcomes
from services.core.policies import events as policies_events
from services.core.policies import models as policies
from services.core.progress import events as progress_events
from services.core.progress import models as progress
from services.core.projects import events as projects_events
from services.core.projects import models as projects
from services.core.regions import events as regions_events
from services.core.regions import models as regions
from services.core.reminders import events as reminders_events
from services.core.reminders import models as reminders
from services.core.rulings import events as rulings_events
from services.core.rulings import models as rulings
from services.core.runs import events as runs_events
from services.core.runs import models as runs
from services.core.sync import models as sync
from services.core.targets import events as targets_events
from services.core.targets import models as targets
from services.core.webhooks import events as webhooks_events
from services.core.webhooks import models as webhooks

ROOMS_WITH_TABLES = (
    written,
    feed,
    retention,
    idempotency,
    jobs,
    ledger,
    calendar,
    regions,
    organisations,
    policies,
    groups,
    access,
    audit,
    jobs_room,
    projects,
    evidence,
    agreements,
    assignments,
    targets,
    guarantees,
    admissions,
    outcomes,
    blockers,
    progress,
    rulings,
    monitoring,
    notifications,
    reminders,
    meetings,
    escalations,
    runs,
    webhooks,
    exchange,
    sync,
)
METADATA = Base.metadata

SEALED: tuple[Sealed, ...] = (*idempotency.SEALED, *access.SEALED, *webhooks.SEALED)
"""What `tuanzu keys reseal` seals again."""
KEY_IDS: tuple[InstrumentedAttribute[str], ...] = (
    audit.AuditSeal.key_id,
    audit.AuditTombstone.key_id,
)
"""Columns that name the key something was signed with: `tuanzu keys retire` keeps those keys."""
DUE: tuple[InstrumentedAttribute[Any], ...] = (
    projects.ProjectWatch.next_open_at,
    projects.ProjectWatch.next_check_at,
    monitoring.TotalWatch.next_at,
    notifications.NotificationDelivery.next_at,
    reminders.Reminder.next_at,
    meetings.MeetingReminder.next_at,
    evidence.EvidenceUpload.next_at,
    blockers.BlockerSuspension.next_at,
    escalations.EscalationRun.next_at,
    webhooks.WebhookDelivery.next_at,
    jobs_room.Job.next_at,
)
"""Every kind of due row, by the moment of its work: `tuanzu queues` and /metrics tell of them."""
DELIVERIES: tuple[InstrumentedAttribute[str], ...] = (
    notifications.NotificationDelivery.state,
    webhooks.WebhookDelivery.state,
)
"""States of what is sent outside; `failed` was given up."""
OPEN = {
    "account": "names of people stand beside what they did; lists of accounts need a permission",
    "organisation": "the directory is public to every account",
    "officer": "who answers for a unit is public; how to reach them is hidden column by column",
    "region": "places are public",
    "region_designation": "lists of places are public",
    "calendar_day": "working days are public",
    "policy_pack": "the rules everybody is judged by; drafts are for those who keep them",
    "monitor_run": "that the watch ran, and how much of everything it found: counts alone",
    "policy_assignment": "which policy counts where is public",
    "agreement_batch": "what was announced is public",
    "annual_target": "what was announced is public",
    "library_statement": "what was announced is public",
    "total_watch": "when a target or a statement, both public, is looked at next",
    "supervision_number": "a counter of a year's orders",
    "loaded_document": "names of documents that were loaded, for the command line",
    "aggregate_version": "how many facts a record has had: ids and numbers",
    "event_pending": "a caller writes facts and cannot read them before they are numbered",
    "feed_head": "the number of the latest fact",
    "consumer_cursor": "how far internal readers have come",
    "event_parked": "facts that an internal reader could not digest: for the doctor",
    "event_part": "where the log is divided; a caller has no right to read it",
    "event_archive": "what of the log was archived; a caller has no right to read it",
    "due_failure": "rows whose work fails, for the command line; a caller has no right to it",
    "heartbeat": "which parts were seen at work",
    "monitoring_proof": "when the watch was proven, with numbers",
    "audit_pending": "a caller writes lines and cannot read which of them wait for their seal",
    "audit_seal": "a caller has no right to read it at all",
    "audit_tombstone": "a caller has no right to read it at all",
    "audit_head": "where the chain ends: a number and a hash, told to everybody in the feed",
    "row_change": "ids of written rows: a copy learns from it what has left its scope",
    "sync_scope": "ids under a digest of them: a copy's cursor names what was seen before",
}
"""Tables without row-level security, each with its reason; every other table has a policy `scope`
(`alembic/versions`), or a test of the house fails."""

ROOMS_WITH_FACTS: tuple[ModuleType, ...] = (
    calendar_events,
    regions_events,
    organisations_events,
    policies_events,
    groups_events,
    access_events,
    audit_events,
    projects_events,
    evidence_events,
    agreements_events,
    assignments_events,
    targets_events,
    guarantees_events,
    admissions_events,
    outcomes_events,
    blockers_events,
    progress_events,
    rulings_events,
    monitoring_events,
    notifications_events,
    reminders_events,
    meetings_events,
    escalations_events,
    runs_events,
    webhooks_events,
    exchange_events,
)


def _facts(modules: Iterable[ModuleType]) -> Iterable[type[Fact]]:
    """Give the named facts each module declares itself, in the order they stand there."""
    for module in modules:
        for found in vars(module).values():
            declared = isinstance(found, type) and found.__module__ == module.__name__
            if declared and issubclass(found, Fact) and "NAME" in vars(found):
                yield found


EVENTS: tuple[type[Fact], ...] = tuple(_facts(ROOMS_WITH_FACTS))
BY_NAME = {event.NAME: event for event in EVENTS}
