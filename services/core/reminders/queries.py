"""Reads of reminders, and what must be known of a report before anybody is reminded of it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, and_, bindparam, exists, func, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.core.access import queries as access
from services.core.access.models import Account
from services.core.access.queries import Recipient
from services.core.access.rules import Role
from services.core.assignments.queries import policy_code
from services.core.calendar import queries as calendar
from services.core.calendar.rules import Window, day_of, instant_of
from services.core.groups import queries as groups
from services.core.groups.models import GroupMembership, JointGroup
from services.core.groups.rules import MemberRole
from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Forbidden, Missing
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, Touched, by, ids_of
from services.core.kit.scope import among
from services.core.kit.words import Words
from services.core.notifications import queries as notifications
from services.core.notifications.models import Notification
from services.core.organisations.models import Organisation
from services.core.organisations.queries import named
from services.core.organisations.rules import Duty
from services.core.policies import queries as policies
from services.core.progress.models import ProgressReport
from services.core.progress.rules import ReportState
from services.core.projects.models import Project
from services.core.projects.rules import SideState, Stage, is_watched
from services.core.reminders.models import Reminder, ReminderRecipient
from services.core.reminders.rules import ReminderState, Standing, Timetable

RULE = "report"
"""The plan of the policy that reminders of reports follow."""
SUBJECT = "progress_report"

_RECIPIENTS = (
    select(
        func.coalesce(
            func.json_agg(
                reading.shaped(
                    {
                        "account_id": Account.id,
                        "name": Account.name,
                        "notification_id": Notification.id,
                        "acknowledged_at": Notification.acknowledged_at,
                    }
                )
            ),
            func.json_build_array(),
        )
    )
    .select_from(ReminderRecipient)
    .join(Account, Account.id == ReminderRecipient.account_id)
    .join(Notification, Notification.id == ReminderRecipient.notification_id)
    .where(ReminderRecipient.reminder_id == Reminder.id)
    .correlate(Reminder)
    .scalar_subquery()
)
FIELDS: Fields = Constant(
    {
        "id": Reminder.id,
        "rule": Reminder.rule,
        "subject_kind": Reminder.subject_kind,
        "subject_id": Reminder.subject_id,
        "project": reading.shaped({"id": Project.id, "code": Project.code, "name": Project.name}),
        "group_id": Reminder.group_id,
        "organisation": named(Organisation.__table__),
        "occurrence": Reminder.occurrence,
        "due_at": Reminder.due_at,
        "planned_at": Reminder.planned_at,
        "state": Reminder.state,
        "next_at": Reminder.next_at,
        "sent_at": Reminder.sent_at,
        "ended_reason": Reminder.ended_reason,
        "recipients": _RECIPIENTS,
        "version": Reminder.version,
    }
)
_SOURCE = Reminder.__table__.join(Project.__table__, Project.id == Reminder.project_id).join(
    Organisation.__table__, Organisation.id == Reminder.organisation_id
)
_SORTS = {"planned_at": Reminder.planned_at, "due_at": Reminder.due_at, "id": Reminder.id}


@dataclass(frozen=True, slots=True)
class OwedReport:
    """A report as reminders see it: whose, when it is due, how it stands, when to remind."""

    id: UUID
    project_id: UUID
    group_id: UUID | None
    organisation_id: UUID
    responsible_account_id: UUID | None
    period: str
    standing: Standing
    timetable: Timetable
    per_person_per_day: int


@dataclass(frozen=True, slots=True)
class Sought:
    """What a list of reminders asks for; what is None does not matter."""

    state: str | None = None
    project: UUID | None = None
    group: UUID | None = None


def visible(caller: Caller) -> ColumnElement[bool]:
    """Write "of the caller's groups or units, or sent to the caller"."""
    sent_to_me = exists().where(
        ReminderRecipient.reminder_id == Reminder.id,
        ReminderRecipient.account_id == caller.account_id,
    )
    return or_(
        among(Reminder.group_id, caller.group_ids),
        among(Reminder.organisation_id, caller.organisation_ids),
        sent_to_me,
    )


def _received(column: InstrumentedAttribute[UUID]) -> Touched:
    """Find reminders by what their receipts name: a person, or the message they were in."""
    return lambda ids: Reminder.id.in_(
        select(ReminderRecipient.reminder_id).where(column == ids_of(ids, column).any_())
    )


RECORDS = Records(
    name="reminders",
    kind="reminder",
    key=Reminder.id,
    version=Reminder.version,
    fields=lambda _: FIELDS,
    source=lambda _: _SOURCE,
    visible=visible,
    follows={
        "reminder_recipient": by(Reminder.id),
        "notification": _received(ReminderRecipient.notification_id),
        "account": _received(ReminderRecipient.account_id),
        "project": by(Reminder.project_id),
        "organisation": by(Reminder.organisation_id),
    },
)


def reminder(session: Session, caller: Caller, *, reminder_id: UUID) -> Found:
    """Read one reminder.

    Raises:
        Missing: there is none in the caller's scope.
    """
    return RECORDS.one(session, caller, reminder_id)


def reminders(session: Session, caller: Caller, *, ask: Ask, sought: Sought) -> Page:
    """Read a page of reminders."""
    where = [visible(caller)]
    if sought.state:
        where.append(Reminder.state == sought.state)
    if sought.project:
        where.append(Reminder.project_id == sought.project)
    if sought.group:
        where.append(Reminder.group_id == sought.group)
    return reading.page(session, FIELDS, source=_SOURCE, where=where, sorts=_SORTS, ask=ask)


def deliveries(session: Session, caller: Caller, *, reminder_id: UUID, ask: Ask) -> Page:
    """Read how a reminder was delivered, to whom, with each platform's own answer.

    Raises:
        Missing: the reminder is not in the caller's scope. Forbidden: the proof is for the group's
            convener and regulators; everybody else reads that of the own notifications.
    """
    reminder(session, caller, reminder_id=reminder_id)
    caller.must("proof.read")
    if caller.role != Role.REGULATOR and not _convenes(session, caller, reminder_id):
        raise Forbidden(
            Words(
                "送达记录仅供召集单位和监管部门查看。",
                "Proof of delivery is for conveners and regulators.",
            )
        )
    carried = select(ReminderRecipient.notification_id).where(
        ReminderRecipient.reminder_id == reminder_id
    )
    return notifications.deliveries_of(session, [Notification.id.in_(carried)], ask=ask)


def _convenes(session: Session, caller: Caller, reminder_id: UUID) -> bool:
    """Say whether the caller belongs to the unit that convenes a reminder's group today."""
    chair = (
        select(GroupMembership.id)
        .join(Reminder, Reminder.group_id == GroupMembership.group_id)
        .where(
            Reminder.id == reminder_id,
            GroupMembership.role == MemberRole.CONVENER,
            groups.in_force(day_of(caller.now)),
            among(GroupMembership.organisation_id, caller.own_organisation_ids),
        )
    )
    return session.scalar(chair) is not None


def for_change(session: Session, caller: Caller, *, reminder_id: UUID) -> Reminder:
    """Lock one reminder in the caller's scope."""
    return rows.for_change(session, Reminder, Reminder.id == reminder_id, visible(caller))


def message_to(session: Session, caller: Caller, *, reminder_id: UUID) -> UUID | None:
    """Give the notification by which a reminder reached the caller, if it did."""
    return session.scalar(
        select(ReminderRecipient.notification_id).where(
            ReminderRecipient.reminder_id == reminder_id,
            ReminderRecipient.account_id == caller.account_id,
        )
    )


_KEY = "hashtextextended('reminder.plan', 0)"
_HOLD = text(f"SELECT pg_advisory_xact_lock({_KEY})")
_TRY = text(f"SELECT pg_try_advisory_xact_lock({_KEY})")


def hold_the_plan(session: Session) -> None:
    """Wait until no other transaction touches the plan, and keep it until this one ends."""
    session.execute(_HOLD)


def is_alone(session: Session) -> bool:
    """Take the plan if nobody else holds it; False: somebody does, and this work can wait."""
    return bool(session.scalar(_TRY))


def due_subjects(session: Session, *, now: datetime, limit: int) -> list[UUID]:
    """Give the reports with due reminders, whole units at a time, the longest waiting first.

    A unit is never split between two batches: what its people get today is one message.
    """
    waiting = (
        select(Reminder.organisation_id)
        .where(Reminder.next_at <= now)
        .order_by(Reminder.next_at, Reminder.id)
        .limit(limit)
        .subquery()
    )
    return list(
        session.scalars(
            select(Reminder.subject_id)
            .where(
                Reminder.next_at <= now,
                Reminder.organisation_id.in_(select(waiting.c.organisation_id)),
            )
            .group_by(Reminder.subject_id)
            .order_by(func.min(Reminder.next_at), Reminder.subject_id)
        )
    )


_OF_SUBJECT = and_(
    Reminder.rule == RULE, Reminder.subject_id == bindparam("subject_id", type_=Uuid())
)
_PLANNED = (
    select(Reminder)
    .where(_OF_SUBJECT, Reminder.state == ReminderState.PLANNED)
    .order_by(Reminder.planned_at, Reminder.id)
    .with_for_update()
)
_SETTLED = select(Reminder.occurrence).where(_OF_SUBJECT, Reminder.state != ReminderState.PLANNED)


def planned(session: Session, *, subject_id: UUID) -> dict[str, Reminder]:
    """Lock what is planned for a report, by occurrence."""
    found = session.scalars(_PLANNED, {"subject_id": subject_id})
    return {row.occurrence: row for row in found}


def settled(session: Session, *, subject_id: UUID) -> frozenset[str]:
    """Give the occurrences of a report that were sent, superseded or withdrawn."""
    return frozenset(session.scalars(_SETTLED, {"subject_id": subject_id}))


_OWED = (
    select(ProgressReport, Project, policy_code(), JointGroup.region_code)
    .join(Project, Project.id == ProgressReport.project_id)
    .outerjoin(JointGroup, JointGroup.id == Project.group_id)
    .where(ProgressReport.id == bindparam("report_id", type_=Uuid()))
    .execution_options(populate_existing=True)
)


def owed_report(session: Session, *, report_id: UUID, now: datetime) -> OwedReport:
    """Give what is true of a report now, with its timetable by the policy of today.

    Raises:
        Missing: there is no such report.
    """
    row = session.execute(_OWED, {"report_id": report_id}).one_or_none()
    if row is None:
        raise Missing
    report, project, code, region_code = row
    pack = policies.current(session, code=code, on=day_of(now)).pack
    return OwedReport(
        id=report.id,
        project_id=project.id,
        group_id=project.group_id,
        organisation_id=report.organisation_id,
        responsible_account_id=project.responsible_account_id,
        period=report.period,
        standing=_standing(report, project, now),
        timetable=Timetable(
            plan=pack.reminder_plans[RULE],
            due_at=report.current_due_at,
            opened_at=report.opened_at,
            calendar=calendar.work_calendar(session, region_code or project.region_code),
            window=Window(pack.sending.opens, pack.sending.closes),
        ),
        per_person_per_day=pack.sending.per_person_per_day,
    )


def _standing(report: ProgressReport, project: Project, now: datetime) -> Standing:
    side_state = SideState(project.side_state) if project.side_state else None
    is_suspended = side_state == SideState.PAUSED
    return Standing(
        is_done=report.state in {ReportState.SUBMITTED, ReportState.ACCEPTED},
        is_closed=not is_suspended and not is_watched(Stage(project.stage), side_state),
        is_suspended=is_suspended,
        is_not_started=report.opened_at > now,
    )


def open_reports(session: Session, *, project_id: UUID) -> list[UUID]:
    """Give the reports of a project that are not accepted."""
    return list(
        session.scalars(
            select(ProgressReport.id)
            .where(
                ProgressReport.project_id == project_id,
                ProgressReport.state != ReportState.ACCEPTED,
            )
            .order_by(ProgressReport.last_on)
        )
    )


def people(session: Session, report: OwedReport, *, now: datetime) -> list[Recipient]:
    """Give whom to remind of a report today: the unit's reporters and the person responsible."""
    reporters = access.people_for(
        session, organisation_id=report.organisation_id, duty=Duty.REPORTER, on=day_of(now)
    )
    known = {person.account_id for person in reporters}
    if report.responsible_account_id is None or report.responsible_account_id in known:
        return reporters
    responsible = access.recipient(session, report.responsible_account_id)
    return [*reporters, responsible] if responsible else reporters


def told_today(
    session: Session, account_ids: Collection[UUID], *, now: datetime
) -> dict[UUID, int]:
    """Count the messages with reminders that each of these people got today in Asia/Shanghai."""
    today = instant_of(day_of(now), time(0))
    counted = session.execute(
        select(
            ReminderRecipient.account_id,
            func.count(ReminderRecipient.notification_id.distinct()),
        )
        .join(Notification, Notification.id == ReminderRecipient.notification_id)
        .where(ReminderRecipient.account_id.in_(account_ids), Notification.created_at >= today)
        .group_by(ReminderRecipient.account_id)
    )
    return dict(counted.all())
