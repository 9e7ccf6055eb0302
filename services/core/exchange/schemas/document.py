"""The seed document: a whole programme as one JSON file.

Records name each other by their own codes, never by ids. Days may be relative (`rules`); what
they count from comes as the validation context: `Document.model_validate(raw, context=anchors)`.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, StringConstraints, ValidationInfo

from services.core.access.rules import Role
from services.core.agreements.rules import AgreementState, Side
from services.core.exchange import rules
from services.core.groups.rules import DutyKind, MemberRole
from services.core.kit.money import Qualifier
from services.core.kit.shapes import (
    Amount,
    AtInstant,
    Code,
    Given,
    LongText,
    Money,
    Name,
    OnDay,
    Paragraph,
    Period,
    RegionCode,
    ReportPeriod,
    Share,
)
from services.core.meetings.rules import Attendance, InvitedAs, MeetingKind, Reply
from services.core.organisations.rules import Duty, OrganisationKind, OrganisationLevel
from services.core.outcomes.rules import Measure
from services.core.progress.rules import ReportState
from services.core.projects.rules import Domain, Gate, PartnerRole, SideState, Stage, Thrust, Track
from services.core.regions.rules import DesignationKind, RegionLevel


def _by(read: Callable[[str, rules.Anchors], object]) -> BeforeValidator:
    """Make the validator that reads the notation of relative days."""

    def validated(value: object, info: ValidationInfo) -> object:
        if isinstance(value, str) and isinstance(info.context, rules.Anchors):
            return read(value, info.context)
        return value

    return BeforeValidator(validated)


On = Annotated[OnDay, _by(rules.day)]
At = Annotated[AtInstant, _by(rules.instant)]
InMonth = Annotated[Period, _by(rules.period)]
InPeriod = Annotated[ReportPeriod, _by(rules.period)]
InYear = Annotated[int, Field(ge=2000, le=2100), _by(rules.year)]
Login = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
Months = Annotated[int, Field(ge=1, le=60)]


class Row(Given):
    """What every row may say about itself: the line it comes from, or that it is made up."""

    source: Paragraph | None = None
    is_illustrative: bool = False


class DesignationRow(Row):
    """A place stands on a list, from one day until another (not included)."""

    kind: DesignationKind
    valid_from: On
    valid_to: On | None = None


class RegionRow(Row):
    """A place; natural key: `code`."""

    code: RegionCode
    name: Name
    name_en: Name | None = None
    level: RegionLevel
    parent: RegionCode | None = None
    designations: tuple[DesignationRow, ...] = ()


class OrganisationRow(Row):
    """A unit; natural key: `code`. `is_placeholder`: the source counts it but does not name it."""

    code: Code
    name: Name
    name_en: Name | None = None
    short_names: tuple[Name, ...] = ()
    credit_code: Code | None = None
    level: OrganisationLevel
    kind: OrganisationKind
    parent: Code | None = None
    region: RegionCode
    is_placeholder: bool = False


class AccountRow(Row):
    """A log-in; natural key: `login`. A token is made for each new one and shown once."""

    login: Login
    name: Name
    organisation: Code
    role: Role
    email: Email | None = None
    language: Annotated[str, StringConstraints(pattern=r"^(zh|en)$")] = "zh"


class OfficerRow(Row):
    """Who answers for a unit in one duty; natural key: organisation, duty and name."""

    organisation: Code
    duty: Duty
    name: Name
    account: Login | None = None
    deputy: Login | None = None
    phone: Name | None = None
    valid_from: On
    valid_to: On | None = None


class MemberRow(Row):
    """A unit in a group; exactly one of them is the convener of an active group."""

    organisation: Code
    role: MemberRole = MemberRole.MEMBER
    represents: Code | None = None
    valid_from: On | None = Field(default=None, description="Else the group's established_on.")
    valid_to: On | None = None
    reason: Paragraph | None = None


class DutyRow(Row):
    """What the convener owes the group, every so many months."""

    kind: DutyKind
    every_months: Months


class GroupRow(Row):
    """A joint group, active from `established_on`; natural key: `code`."""

    code: Code
    name: Name
    name_en: Name | None = None
    region: RegionCode
    established_on: On
    charter: Paragraph | None = None
    expected_member_count: Annotated[int, Field(ge=1, le=500)] | None = None
    policy: Code = "zj-default"
    members: list[MemberRow] = Field(min_length=1)
    duties: tuple[DutyRow, ...] = ()


class PartnerRow(Given):
    """Another unit that takes part in a project."""

    organisation: Code
    role: PartnerRole = PartnerRole.PARTNER
    share_percent: Share | None = None


class MilestoneRow(Row):
    """A dated node of a project."""

    name: Name
    gate: Gate | None = None
    weight: Share = Decimal(0)
    planned_on: On
    forecast_on: On | None = None
    actual_on: On | None = None
    evidence: Paragraph | None = None


class PlanRow(Row):
    """What a project means to invest, and perhaps to pay; no curve: alike each working day."""

    year: InYear
    planned: Money
    curve: list[Amount] | None = Field(default=None, min_length=12, max_length=12)
    payments: Money | None = None
    payment_curve: list[Amount] | None = Field(default=None, min_length=12, max_length=12)
    image_target: Paragraph | None = None


class ObservationRow(Row):
    """What an indicator was found to be as of a day."""

    as_of: On
    value: Amount
    qualifier: Qualifier = Qualifier.EXACT


class OutcomeRow(Row):
    """Something a project brings about, in its own unit; never investment."""

    name: Name
    unit: Name
    measure: Measure
    observations: tuple[ObservationRow, ...] = ()


class ProjectRow(Row):
    """A project of the library; natural key: `code`. Owes reports from `reports_from`."""

    code: Code
    name: Name
    name_en: Name | None = None
    description: Paragraph | None = None
    group: Code | None = None
    region: RegionCode
    thrust: Thrust
    domain: Domain
    track: Track
    stage: Stage
    side_state: SideState | None = None
    lead: Code
    responsible: Code | None = Field(default=None, description="责任单位; else the lead.")
    responsible_person: Name | None = None
    responsible_account: Login | None = None
    parent: Code | None = None
    total_investment: Money | None = None
    plan_start_on: On | None = None
    plan_finish_on: On | None = None
    actual_start_on: On | None = None
    actual_finish_on: On | None = None
    reports_from: InMonth | None = None
    partners: tuple[PartnerRow, ...] = ()
    milestones: tuple[MilestoneRow, ...] = ()
    outcomes: tuple[OutcomeRow, ...] = ()
    plans: tuple[PlanRow, ...] = ()


class Figures(Given):
    """What a report says."""

    invested_period: Amount | None = None
    cumulative_year: Amount | None = None
    cumulative_all: Amount | None = None
    paid_year: Amount | None = None
    paid_all: Amount | None = None
    physical_percent: Share | None = None
    image_progress: Paragraph | None = None
    problems: Paragraph | None = None
    next_steps: Paragraph | None = None
    help_needed: Paragraph | None = None


class ReportRow(Row, Figures):
    """An obligation: one project's report of one period in one state; natural key: both.

    Without `due_at` it is due when the group's policy says. What is submitted names when and by
    whom; what is accepted or returned also names the reviewer, who is another person.
    """

    project: Code
    period: InPeriod
    state: ReportState = ReportState.DUE
    due_at: At | None = None
    is_no_change: bool = False
    no_change_reason: Paragraph | None = None
    submitted_at: At | None = None
    submitted_by: Login | None = None
    reviewed_at: At | None = None
    reviewed_by: Login | None = None
    review_note: Paragraph | None = None


class BatchRow(Row):
    """Agreements signed on one occasion, as announced; natural key: `code`."""

    code: Code
    name: Name
    signed_month: InMonth
    agreement_count: Annotated[int, Field(ge=1)]
    enterprise_count: Annotated[int, Field(ge=1)] | None = None
    county_count: Annotated[int, Field(ge=1)] | None = None
    amount: Money | None = None


class PartyRow(Given):
    """One organisation on one side of an agreement."""

    organisation: Code
    side: Side


class AgreementRow(Row):
    """A framework agreement; natural key: `code`."""

    code: Code
    name: Name
    batch: Code | None = None
    group: Code | None = None
    domain: Domain | None = None
    amount: Money | None = None
    signed_on: On | None = None
    valid_to: On | None = None
    state: AgreementState
    is_placeholder: bool = False
    parties: tuple[PartyRow, ...] = ()


class TargetRow(Row):
    """A region's target for one year; natural key: both."""

    region: RegionCode
    year: InYear
    projects: Annotated[int, Field(ge=0)]
    project_qualifier: Qualifier = Qualifier.EXACT
    investment: Money


class StatementRow(Row):
    """The library's size as somebody stated it; natural key: region and month."""

    region: RegionCode
    as_of_month: InMonth
    projects: Annotated[int, Field(ge=0)]
    project_qualifier: Qualifier = Qualifier.EXACT
    investment: Money


class SectionRow(Given):
    """One part of a meeting's agenda."""

    text: Name
    minutes: Annotated[int, Field(ge=1, le=1440)] | None = None


class InvitedRow(Given):
    """A unit that is invited to a meeting; the convener is anyhow. `proxy`: who comes in place."""

    organisation: Code
    role: InvitedAs = InvitedAs.MEMBER
    reply: Reply = Reply.NONE
    attendance: Attendance | None = None
    proxy: Name | None = None


class MeetingRow(Row):
    """A meeting that its units know of; natural key: `code`.

    What is approved or closed has its minutes, by two people; what is held may have them.
    """

    code: Code
    kind: MeetingKind
    title: Name
    series: Name | None = None
    group: Code | None = None
    region: RegionCode = Field(description="Of a group: the county it serves.")
    convener: Code
    starts_at: At
    ends_at: At
    place: Name | None = None
    agenda: tuple[SectionRow, ...] = ()
    invitations: tuple[InvitedRow, ...] = ()
    state: Literal["scheduled", "held", "minutes_approved", "closed"] = "scheduled"
    minutes_number: Name | None = None
    minutes_text: LongText | None = None
    prepared_by: Login | None = None
    prepared_at: At | None = None
    approved_by: Login | None = None
    approved_at: At | None = None


class PolicyRow(Row):
    """A policy pack beside those that are shipped, adopted; natural key: `code`."""

    code: Code
    document: dict[str, Any] = Field(description="The whole pack, as `GET /api/v1/policies` gives.")
    effective_on: On


class Document(Given):
    """A programme; every section may be absent, and every row that exists already is left alone."""

    code: Code = Field(description="Names the document: relative days count from its first load.")
    title: Name
    policies: tuple[PolicyRow, ...] = ()
    regions: tuple[RegionRow, ...] = ()
    organisations: tuple[OrganisationRow, ...] = ()
    accounts: tuple[AccountRow, ...] = ()
    officers: tuple[OfficerRow, ...] = ()
    groups: tuple[GroupRow, ...] = ()
    projects: tuple[ProjectRow, ...] = ()
    reports: tuple[ReportRow, ...] = ()
    batches: tuple[BatchRow, ...] = ()
    agreements: tuple[AgreementRow, ...] = ()
    targets: tuple[TargetRow, ...] = ()
    statements: tuple[StatementRow, ...] = ()
    meetings: tuple[MeetingRow, ...] = ()
