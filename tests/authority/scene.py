"""One record of every kind in Jingning and in Taishun, and somebody in every relation to them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from services.api.relations import Kind, Relation
from services.core.access.models import (
    AccessToken,
    Account,
    Invitation,
    LoginSession,
    OidcIdentity,
    Password,
    RefreshToken,
    SecondFactor,
)
from services.core.access.rules import ADMINISTRATORS, Role
from services.core.admissions.models import Admission
from services.core.agreements.models import (
    AgreementBatch,
    AgreementParty,
    AgreementProject,
    FrameworkAgreement,
)
from services.core.assignments.models import PolicyAssignment
from services.core.blockers.models import Blocker, BlockerConsultation, BlockerSuspension
from services.core.calendar.models import CalendarDay
from services.core.escalations.models import EscalationRun, EscalationStep, SupervisionOrder
from services.core.evidence import store
from services.core.evidence.models import Evidence, EvidenceUpload
from services.core.groups.models import ConvenerDuty, GroupMembership, JointGroup
from services.core.guarantees.models import ResourceGuarantee
from services.core.jobs.models import Job, JobItem
from services.core.kit.db import Base
from services.core.kit.feed import FeedEvent
from services.core.kit.ids import new_id
from services.core.meetings.models import (
    Meeting,
    MeetingInvitation,
    MeetingMinutes,
    MeetingMove,
    MeetingReminder,
)
from services.core.monitoring.models import Finding, HealthAssessment
from services.core.notifications.models import Notification, NotificationDelivery
from services.core.organisations.models import Officer, Organisation
from services.core.outcomes.models import IndicatorObservation, OutcomeIndicator
from services.core.policies.models import PolicyPack
from services.core.progress.models import ProgressCorrection, ProgressReport
from services.core.projects.models import (
    AnnualPlan,
    Milestone,
    PlanChange,
    ProjectExternal,
    ProjectPartner,
)
from services.core.reminders.models import Reminder, ReminderRecipient
from services.core.rulings.models import Ruling
from services.core.runs.models import MonitorRun
from services.core.targets.models import AnnualTarget, LibraryStatement
from services.core.webhooks.models import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookReplay,
)
from tests import given, hooks
from tests.access.entrance import OTHER, argon2

Row = TypeVar("Row", bound=Base)
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)
YESTERDAY, LONG_AGO = date(2026, 11, 23), given.LONG_AGO

_UNITS: tuple[tuple[str, str, str, str | None], ...] = (
    ("sasac_zj", "330000", "sasac", None),
    ("sasac_ls", "331100", "sasac", None),
    ("sasac_jn", "331127", "sasac", None),
    ("sasac_wz", "330300", "sasac", None),
    ("sasac_ts", "330329", "sasac", None),
    ("holding", "331100", "soe_group", None),
    ("unit", "331127", "soe_group", "holding"),
    ("branch", "331127", "soe_subsidiary", "unit"),
    ("chair", "331127", "soe_group", None),
    ("mate", "331100", "soe_group", None),
    ("port", "330300", "soe_group", None),
    ("watcher", "331100", "soe_group", None),
    ("helper", "331100", "soe_group", None),
    ("gone", "331100", "soe_group", None),
    ("stranger", "330329", "soe_group", None),
    ("distant", "330329", "soe_group", None),
)
"""Jingning's members: chair (convener), unit, mate, port, watcher (observer); gone has left."""

_RELATIONS = {
    "unit": Relation.OWN,
    "holding": Relation.ABOVE,
    "branch": Relation.BELOW,
    "chair": Relation.CONVENER,
    "mate": Relation.MEMBER,
    "watcher": Relation.OBSERVER,
    "helper": Relation.PARTNER,
    "gone": Relation.FORMER,
    "stranger": Relation.STRANGER,
    "sasac_jn": Relation.REGULATOR,
    "sasac_ls": Relation.REGULATOR_ABOVE,
    "sasac_zj": Relation.REGULATOR_ABOVE,
    "sasac_wz": Relation.REGULATOR_OF_MEMBER,
    "sasac_ts": Relation.REGULATOR_ELSEWHERE,
}
_ABROAD = {
    "stranger": Relation.OWN,
    "sasac_ts": Relation.REGULATOR,
    "sasac_wz": Relation.REGULATOR_ABOVE,
    "sasac_zj": Relation.REGULATOR_ABOVE,
}
"""The same organisations, seen from Taishun."""
_UNIT_ROLES = ("reporter", "reviewer", "liaison", "convener", "observer", "integrator")
_ADMINISTRATORS = ("system_admin", "security_admin", "audit_admin")


@dataclass
class Actor:
    """One account, and how it stands to the records of Jingning and of Taishun."""

    name: str
    role: str
    account: Account
    headers: dict[str, str]
    home: frozenset[Relation]
    abroad: frozenset[Relation]

    @property
    def is_office(self) -> bool:
        """Say whether this is a regulator or an administrator: there is one account of each."""
        return self.role == Role.REGULATOR or self.role in ADMINISTRATORS


@dataclass
class Place:
    """One group, and one record of every kind that belongs to it, by its name in paths."""

    group: JointGroup
    ids: dict[str, Any] = field(default_factory=dict)

    def of(self, kind: Kind) -> UUID:
        """Give the main record of a kind."""
        found: UUID = self.ids[_MAIN[kind]]
        return found


_MAIN = {
    Kind.GROUP: "group_id",
    Kind.PROJECT: "project_id",
    Kind.ADMISSION: "admission_id",
    Kind.REPORT: "report_id",
    Kind.REMINDER: "reminder_id",
    Kind.MESSAGE: "notification_id",
    Kind.RUN: "run_id",
    Kind.ORDER: "order_id",
    Kind.AGREEMENT: "agreement_id",
    Kind.ENDPOINT: "endpoint_id",
    Kind.TOKEN: "token_id",
    Kind.UNIT: "organisation_id",
    Kind.MEETING: "meeting_id",
    Kind.BLOCKER: "blocker_id",
    Kind.EVIDENCE: "evidence_id",
    Kind.TOTAL: "total_finding_id",
    Kind.JOB: "job_id",
    Kind.SESSION: "session_id",
}


class World:
    """The whole scene."""

    def __init__(self, session: Session) -> None:
        """Build it."""
        self.session = session
        self.units: dict[str, Organisation] = {}
        given.places(session)
        for name, region, kind, parent in _UNITS:
            self.units[name] = given.unit(
                session, name, region_code=region, kind=kind, parent=self.units.get(parent or "")
            )
        self.actors = list(self._people())
        self.by_name = {actor.name: actor for actor in self.actors}
        members = [self.units[name] for name in ("chair", "unit", "mate", "port")]
        self.home = self._place("331127", members, unit="unit", issuer="sasac_jn")
        self._seat("watcher", role="observer")
        self._seat("gone", valid_to=YESTERDAY)
        away = [self.units["stranger"]]
        self.away = self._place("330329", away, unit="stranger", issuer="sasac_ts")
        for place, partner in ((self.home, "helper"), (self.away, "distant")):
            self._add(
                ProjectPartner(
                    project_id=place.ids["project_id"],
                    organisation_id=self.units[partner].id,
                    role="partner",
                )
            )
        self._public()
        session.commit()

    def _people(self) -> Iterator[Actor]:
        for name, unit in self.units.items():
            for role in ("regulator",) if name.startswith("sasac") else _UNIT_ROLES:
                home, abroad = _RELATIONS.get(name), _ABROAD.get(name)
                if home is None:
                    continue
                main = name in ("unit", "stranger") and role == "reporter"
                province = {Relation.PROVINCE} if name == "sasac_zj" else set()
                yield self._actor(
                    f"{name}-{role}".replace("_", "-"),
                    unit,
                    role,
                    {home, *province, *({Relation.ADDRESSEE} if main and name == "unit" else ())},
                    {
                        abroad or Relation.STRANGER,
                        *province,
                        *({Relation.ADDRESSEE} if main and name == "stranger" else ()),
                    },
                )
        for role in _ADMINISTRATORS:
            keeper = {Relation.KEEPER} if role == Role.SECURITY_ADMIN else set()
            stands = {Relation.ADMINISTRATOR, *keeper}
            name = role.replace("_", "-")
            yield self._actor(name, self.units["sasac_zj"], role, stands, stands)

    def _actor(
        self, name: str, unit: Organisation, role: str, home: set[Relation], abroad: set[Relation]
    ) -> Actor:
        account = given.account(self.session, name, of=unit, role=role)
        headers = given.headers(self.session, account) | {"Accept-Language": "en"}
        return Actor(name, role, account, headers, frozenset(home), frozenset(abroad))

    def _seat(self, unit: str, **also: Any) -> None:
        values = {"role": "member", "valid_from": LONG_AGO, **also}
        self._add(
            GroupMembership(
                group_id=self.home.group.id, organisation_id=self.units[unit].id, **values
            )
        )

    def _add(self, row: Row) -> Row:
        self.session.add(row)
        self.session.flush()
        return row

    def _place(self, region: str, members: list[Organisation], *, unit: str, issuer: str) -> Place:
        own, code = self.units[unit], f"M-{region}"
        person = self.by_name[f"{unit}-reporter"].account
        officer = self.by_name[f"{issuer.replace('_', '-')}-regulator"].account
        group = given.group(self.session, members=members, region_code=region, code=f"G-{code}")
        project = given.project(
            self.session, group=group, lead=own, code=f"P-{code}", region_code=region
        )
        place = Place(group, {"group_id": group.id, "project_id": project.id, "year": 2026})
        place.ids |= {"organisation_id": own.id, "region_code": region}
        place.ids |= {"source_id": "erp", "external_id": f"X-{region}"}
        self._add(
            ProjectExternal(source_id="erp", external_id=f"X-{region}", project_id=project.id)
        )
        place.ids["county_id"] = self.units["sasac_jn"].id
        add, ids = self._add, place.ids
        ids["member_id"] = (
            self.session.query(GroupMembership)
            .filter_by(group_id=group.id, organisation_id=members[-1].id)
            .one()
            .id
        )
        ids["duty_id"] = add(
            ConvenerDuty(
                group_id=group.id,
                organisation_id=members[0].id,
                kind="hold_meeting",
                every_months=3,
                began_on=LONG_AGO,
            )
        ).id
        ids["milestone_id"] = add(
            Milestone(
                project_id=project.id,
                name="主体结构封顶",
                planned_on=date(2026, 12, 1),
                original_planned_on=date(2026, 12, 1),
            )
        ).id
        add(
            AnnualPlan(
                project_id=project.id,
                year=2026,
                number=1,
                planned_investment=1200,
                curve=[100 * month for month in range(1, 13)],
                made_at=NOW,
            )
        )
        asker = given.account(self.session, f"asker-{region}", of=own, role="reporter")
        ids["change_id"] = add(
            PlanChange(
                project_id=project.id,
                year=2026,
                replaces=1,
                planned_investment=2400,
                curve=[200 * month for month in range(1, 13)],
                reason="追加二期",
                requested_at=NOW,
                requested_by=asker.id,
            )
        ).id
        ids["report_id"] = add(
            ProgressReport(
                project_id=project.id,
                organisation_id=own.id,
                period="2026-10",
                state="submitted",
                opened_at=NOW,
                original_due_at=NOW,
                current_due_at=NOW,
                submitted_at=NOW,
                submitted_by=person.id,
            )
        ).id
        ids["correction_id"] = add(
            ProgressCorrection(
                report_id=ids["report_id"],
                reason="重复计入",
                changes=[{"field": "image_progress", "before": None, "after": "封顶"}],
                requested_at=NOW,
                requested_by=asker.id,
            )
        ).id
        self._promised(place, own)
        self._proven(place, own, person)
        self._chasing(place, own, person, officer)
        self._agreement(place, own, code)
        self._hook(place, own, person)
        self._meeting(place, own, members[0], person)
        self._blocker(place, own, person)
        self._entrance(place, person)
        ids["token_id"] = self.session.query(AccessToken).filter_by(account_id=person.id).one().id
        ids["account_id"] = person.id
        ids["officer_id"] = add(
            Officer(organisation_id=own.id, name="王某", duty="leader", valid_from=LONG_AGO)
        ).id
        return place

    def _proposed(self, place: Place, own: Organisation) -> None:
        code = f"P-PROPOSED-{place.group.region_code}"
        said: dict[str, Any] = {
            "code": code,
            "name": "新项目",
            "group_id": str(place.group.id),
            "region_code": place.group.region_code,
            "thrust": "livelihood",
            "domain": "energy",
            "stage": "preparatory",
            "lead_organisation_id": str(own.id),
        }
        asker = given.account(self.session, f"proposer-{code}", of=own, role="reporter")
        place.ids["admission_id"] = self._add(
            Admission(
                code=code,
                name="新项目",
                group_id=place.group.id,
                region_code=place.group.region_code,
                lead_organisation_id=own.id,
                responsible_organisation_id=own.id,
                proposal=said,
                state="at_county",
                drafted_for=own.id,
                submitted_by=asker.id,
            )
        ).id

    def _promised(self, place: Place, own: Organisation) -> None:
        add, ids, project_id = self._add, place.ids, place.ids["project_id"]
        self._proposed(place, own)
        ids["guarantee_id"] = add(
            ResourceGuarantee(
                project_id=project_id,
                kind="land",
                description="用地",
                promiser_organisation_id=own.id,
                promised_on=LONG_AGO,
                due_on=YESTERDAY,
                original_due_on=YESTERDAY,
                state="promised",
            )
        ).id
        ids["indicator_id"] = add(
            OutcomeIndicator(
                project_id=project_id, name="累计发放贷款", unit="笔", measure="cumulative"
            )
        ).id
        ids["observation_id"] = add(
            IndicatorObservation(
                indicator_id=ids["indicator_id"],
                as_of=LONG_AGO,
                value=7109,
                qualifier="exact",
                observed_at=NOW,
            )
        ).id

    def _proven(self, place: Place, own: Organisation, person: Account) -> None:
        """A photo of the report: whole, and its last part may come once more."""
        proof = Evidence(
            project_id=place.ids["project_id"],
            subject_kind="progress_report",
            subject_id=place.ids["report_id"],
            organisation_id=own.id,
            uploaded_by=person.id,
            file_name="批复.pdf",
            media_type="application/pdf",
            size_bytes=1,
            sha256="0" * 64,
            state="complete",
            begun_at=NOW,
            completed_at=NOW,
        )
        place.ids["evidence_id"] = self._add(proof).id
        self._add(EvidenceUpload(id=proof.id, received_bytes=1, expires_at=NOW))
        store.put(proof.id, store.ORIGINAL, b"%")

    def _chasing(self, place: Place, own: Organisation, person: Account, officer: Account) -> None:
        add, ids, project_id = self._add, place.ids, place.ids["project_id"]
        about = {"project_id": project_id, "group_id": place.group.id}
        ids["finding_id"] = add(
            Finding(
                rule="MR-03",
                **about,
                organisation_id=own.id,
                occurrence="2026-10",
                state="open",
                light="red",
                worst_light="red",
                due_at=NOW,
                opened_at=NOW,
                explanation={},
            )
        ).id
        ids["monitor_run_id"] = add(
            MonitorRun(
                due_at=NOW - timedelta(minutes=int(ids["region_code"]) % 100_000),
                since_at=NOW - timedelta(days=1),
                ran_at=NOW,
                state="completed",
            )
        ).id
        target = add(
            AnnualTarget(
                region_code=place.group.region_code,
                year=2026,
                project_count=1,
                investment=1,
                project_qualifier="exact",
                investment_qualifier="exact",
            )
        )
        ids["total_finding_id"] = add(
            Finding(
                rule="MR-15",
                target_id=target.id,
                organisation_id=own.id,
                occurrence="2026",
                state="open",
                light="red",
                worst_light="red",
                due_at=NOW,
                opened_at=NOW,
                explanation={},
            )
        ).id
        ids["ruling_id"] = add(
            Ruling(
                project_id=project_id,
                dimension="stale",
                reason="理由充分",
                expires_on=NOW.date() + timedelta(days=30),
                made_at=NOW,
                made_by=person.id,
            )
        ).id
        add(
            HealthAssessment(
                project_id=project_id,
                computed_at=NOW,
                light="red",
                policy_code="zj-default",
                policy_number=1,
                dimensions=[],
            )
        )
        ids["notification_id"] = message = add(
            Notification(
                account_id=person.id,
                cause_kind="reminder",
                cause_id=new_id(),
                project_id=project_id,
                title_zh="填报提醒",
                title_en="Reminder",
                body_zh="请填报",
                body_en="Please report",
                created_at=NOW,
            )
        ).id
        add(NotificationDelivery(notification_id=message, channel="email", state="delivered"))
        ids["reminder_id"] = add(
            Reminder(
                rule="report",
                subject_kind="progress_report",
                subject_id=ids["report_id"],
                **about,
                organisation_id=own.id,
                occurrence="T-3",
                due_at=NOW,
                planned_at=NOW,
                state="sent",
                sent_at=NOW,
            )
        ).id
        add(
            ReminderRecipient(
                reminder_id=ids["reminder_id"], account_id=person.id, notification_id=message
            )
        )
        ids["run_id"] = add(
            EscalationRun(
                finding_id=ids["finding_id"],
                **about,
                organisation_id=own.id,
                policy_code="zj-default",
                policy_number=1,
                ladder={},
                due_at=NOW,
                state="climbing",
                climbed=1,
                started_at=NOW,
            )
        ).id
        add(
            EscalationStep(
                run_id=ids["run_id"],
                number=0,
                kind="remind",
                planned_at=NOW,
                taken_at=NOW,
                account_ids=[person.id],
                organisation_ids=[own.id],
            )
        )
        ids["order_id"] = add(
            SupervisionOrder(
                code=f"DB-{place.group.code}",
                **about,
                kind="supervision_order",
                colour="red",
                state="replied",
                title_zh="督办单",
                title_en="Order",
                body_zh="请办理",
                body_en="Please act",
                issued_to=[own.id],
                drafted_at=NOW,
                issued_at=NOW,
                issued_by=officer.id,
                reply="已办理",
                replied_at=NOW,
                replied_by=person.id,
            )
        ).id

    def _agreement(self, place: Place, own: Organisation, code: str) -> None:
        add, ids = self._add, place.ids
        ids["agreement_id"] = agreement = add(
            FrameworkAgreement(
                code=f"FA-{code}", name="战略合作框架协议", group_id=place.group.id, state="signed"
            )
        ).id
        add(AgreementParty(agreement_id=agreement, organisation_id=own.id, side="enterprise"))
        add(
            AgreementProject(
                agreement_id=agreement, project_id=ids["project_id"], linked_on=LONG_AGO
            )
        )

    def _hook(self, place: Place, own: Organisation, person: Account) -> None:
        add, ids = self._add, place.ids
        ids["endpoint_id"] = endpoint = add(
            hooks.row(account_id=person.id, organisation_id=own.id, secret="sealed", created_at=NOW)
        ).id
        seq = int(place.ids["region_code"])
        event = add(
            FeedEvent(
                seq=seq,
                event_id=new_id(),
                type="project.changed",
                schema_version=1,
                aggregate_kind="project",
                aggregate_id=ids["project_id"],
                aggregate_version=seq,
                group_id=place.group.id,
                organisation_ids=[own.id],
                actor="test",
                occurred_at=NOW,
                data={},
                body="{}",
                stamped_at=NOW,
            )
        )
        ids["delivery_id"] = delivery = add(
            WebhookDelivery(
                endpoint_id=endpoint,
                kind="event",
                event_id=event.event_id,
                event_type=event.type,
                seq=seq,
                state="due",
                created_at=NOW,
            )
        ).id
        ids["replay_id"] = add(
            WebhookReplay(
                endpoint_id=endpoint,
                account_id=person.id,
                mode="missing",
                event_types=["*"],
                since=NOW,
                until=NOW,
                state="running",
                first_seq=1,
                at_seq=0,
                last_seq=seq,
                next_at=NOW,
                created_at=NOW,
            )
        ).id
        add(WebhookAttempt(delivery_id=delivery, number=1, attempted_at=NOW, duration_ms=5))

    def _meeting(
        self, place: Place, own: Organisation, convener: Organisation, person: Account
    ) -> None:
        add, ids = self._add, place.ids
        begins, ends = given.at("2026-12-07 14:00"), given.at("2026-12-07 16:00")
        ids["meeting_id"] = meeting = add(
            Meeting(
                code=f"M-{place.group.code}",
                kind="group_meeting",
                title="第四次会议",
                group_id=place.group.id,
                region_code=ids["region_code"],
                convener_organisation_id=convener.id,
                starts_at=begins,
                ends_at=ends,
                original_starts_at=begins,
                announced_at=NOW,
                place="会议室",
                state="scheduled",
            )
        ).id
        ids["invitation_id"] = add(
            MeetingInvitation(
                meeting_id=meeting, organisation_id=own.id, role="member", invited_at=NOW
            )
        ).id
        add(
            MeetingMove(
                meeting_id=meeting,
                from_starts_at=NOW,
                from_ends_at=begins,
                to_starts_at=begins,
                to_ends_at=ends,
                reason="暴雨预警",
                moved_at=NOW,
            )
        )
        add(MeetingReminder(meeting_id=meeting, starts_at=begins, occurrence="T-2", planned_at=NOW))
        add(
            MeetingMinutes(
                meeting_id=meeting,
                number="纪要1号",
                text="议定三项。",
                writer_ids=[person.id],
                prepared_at=NOW,
                approved_by=self.by_name["sasac-zj-regulator"].account.id,
                approved_at=NOW,
            )
        )

    def _blocker(self, place: Place, own: Organisation, person: Account) -> None:
        add, ids = self._add, place.ids
        ids["ladder_code"] = "yongkang"
        ids["blocker_id"] = blocker = add(
            Blocker(
                project_id=ids["project_id"],
                kind="blockage",
                severity="major",
                level="county",
                state="raised",
                title="用地未获批复",
                description="用地未获批复",
                raised_by=person.id,
                raised_by_organisation_id=own.id,
                raised_on=date(2026, 11, 20),
                owner_organisation_id=own.id,
                original_due_on=date(2026, 12, 18),
                current_due_on=date(2026, 12, 18),
                assessed_due_on=date(2026, 12, 18),
            )
        ).id
        ids["consultation_id"] = add(
            BlockerConsultation(
                blocker_id=blocker,
                number=1,
                level="county",
                convened_by_organisation_id=own.id,
                held_on=date(2026, 11, 23),
                attendee_ids=[own.id],
                conclusion="由市局调剂指标",
                outcome="resolved",
                recorded_by=person.id,
            )
        ).id
        add(
            BlockerSuspension(
                blocker_id=blocker,
                state_before="assigned",
                reason="等待批复",
                began_on=date(2026, 11, 20),
                limit_days=10,
                until_on=date(2026, 11, 30),
                ended_on=date(2026, 11, 23),
                stopped_working_days=1,
            )
        )

    def _entrance(self, place: Place, person: Account) -> None:
        """Add a person's session, secrets and job."""
        add, ids, mark = self._add, place.ids, place.ids["region_code"].encode()
        ids["session_id"] = add(
            LoginSession(
                account_id=person.id,
                kind="phone",
                method="password",
                created_at=NOW,
                last_used_at=NOW,
                expires_at=given.at("2027-01-01 00:00"),
            )
        ).id
        add(RefreshToken(token_hash=mark, session_id=ids["session_id"], expires_at=NOW))
        add(Password(account_id=person.id, argon2=argon2(OTHER), set_at=NOW))
        add(
            SecondFactor(
                account_id=person.id, secret="sealed", created_at=NOW, confirmed_at=NOW, recovery=[]
            )
        )
        add(Invitation(account_id=person.id, token_hash=mark, created_at=NOW, expires_at=NOW))
        ids["identity_id"] = add(
            OidcIdentity(
                account_id=person.id,
                issuer="https://provider.example",
                subject=person.login,
                created_at=NOW,
            )
        ).id
        ids["job_id"] = job = add(
            Job(
                account_id=person.id,
                collection="/projects",
                parameters={},
                permissions=[],
                language="zh",
                state="queued",
                total=1,
                created_at=NOW,
            )
        ).id
        add(JobItem(job_id=job, position=0, op="change"))

    def _public(self) -> None:
        """Add what every account may read."""
        add, ids, other = self._add, self.home.ids, self.away.ids
        figures = {"project_count": 1, "investment": 1, "investment_qualifier": "exact"}
        figures |= {"project_qualifier": "exact", "region_code": "331127"}
        ids["batch_id"] = add(
            AgreementBatch(code="B", name="签约", signed_month="2023-05", agreement_count=19)
        ).id
        ids["target_id"] = add(AnnualTarget(year=2025, **figures)).id
        ids["statement_id"] = add(LibraryStatement(as_of_month="2022-10", **figures)).id
        ids["policy_id"] = add(PolicyPack(code="p", number=1, state="adopted", document={})).id
        ids["assignment_id"] = add(
            PolicyAssignment(
                code="p",
                region_code="331127",
                effective_on=LONG_AGO,
                reason="试行",
                made_at=NOW,
                made_by=self.home.ids["account_id"],
                ended_at=NOW,
            )
        ).id
        ids["day"], ids["code"] = date(2026, 12, 5), "331127"
        add(
            CalendarDay(
                day=ids["day"], works=True, name_zh="补班", name_en="Working day", source="通知"
            )
        )
        public = ("batch_id", "target_id", "statement_id", "policy_id", "assignment_id")
        for name in (*public, "day", "code"):
            other[name] = ids[name]
