"""The library: projects, partners, milestones, annual plans, and the narrow row that is watched."""

from collections.abc import Iterator
from decimal import Decimal

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.money import Qualifier
from services.core.kit.versions import versions_of
from services.core.projects.rules import (
    Domain,
    Gate,
    PartnerRole,
    PlanChangeState,
    SideState,
    Spread,
    Stage,
    Thrust,
    Track,
)


class Project(c.Provenance, Base):
    """One cooperation project of the library (合作项目库)."""

    __tablename__ = "project"
    __table_args__ = (
        CheckConstraint(c.one_of("thrust", Thrust), name="thrust"),
        CheckConstraint(c.one_of("domain", Domain), name="domain"),
        CheckConstraint(c.one_of("track", Track), name="track"),
        CheckConstraint(c.one_of("stage", Stage), name="stage"),
        CheckConstraint(c.one_of("side_state", SideState), name="side_state"),
        CheckConstraint(c.one_of("investment_qualifier", Qualifier), name="investment_qualifier"),
        CheckConstraint("total_investment IS NULL OR total_investment >= 0", name="investment"),
        CheckConstraint(
            "plan_finish_on IS NULL OR plan_start_on IS NULL OR plan_finish_on >= plan_start_on",
            name="plan_dates",
        ),
        Index(None, "group_id", "code"),
        Index(None, "name", "code"),
        Index(None, "parent_id"),
    )

    id: Mapped[c.Id]
    code: Mapped[c.Phrase] = mapped_column(unique=True)
    name: Mapped[c.Phrase]
    name_en: Mapped[c.MaybeWords]
    description: Mapped[c.MaybeWords]
    group_id: Mapped[c.MaybeRef] = mapped_column(ForeignKey("joint_group.id"))
    region_code: Mapped[c.Phrase] = mapped_column(ForeignKey("region.code"), index=True)
    """Where it stands; not always the group's own county (T-3: the wafer project is in Lishui)."""
    thrust: Mapped[c.Phrase]
    domain: Mapped[c.Phrase]
    track: Mapped[c.Phrase]
    stage: Mapped[c.Phrase]
    side_state: Mapped[c.MaybeWords]
    lead_organisation_id: Mapped[c.Ref] = mapped_column(ForeignKey("organisation.id"), index=True)
    responsible_organisation_id: Mapped[c.Ref] = mapped_column(ForeignKey("organisation.id"))
    """责任单位: owes the reports."""
    responsible_person: Mapped[c.MaybeWords]
    responsible_account_id: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    parent_id: Mapped[c.MaybeRef] = mapped_column(ForeignKey("project.id"))
    total_investment: Mapped[c.MaybeCny]
    investment_qualifier: Mapped[c.Phrase] = mapped_column(default=Qualifier.EXACT)
    plan_start_on: Mapped[c.MaybeDay]
    plan_finish_on: Mapped[c.MaybeDay]
    actual_start_on: Mapped[c.MaybeDay]
    actual_finish_on: Mapped[c.MaybeDay]
    reports_from: Mapped[c.MaybeWords]
    """First period (YYYY-MM) a report is owed for; null: none is owed."""
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class ProjectExternal(Base):
    """By which id another system knows a project; one project for an id, one id of a source."""

    __tablename__ = "project_external"
    __table_args__ = (UniqueConstraint("project_id", "source_id"),)

    source_id: Mapped[c.Phrase] = mapped_column(primary_key=True)
    external_id: Mapped[c.Phrase] = mapped_column(primary_key=True)
    project_id: Mapped[c.Ref] = mapped_column(ForeignKey("project.id"))


class ProjectPartner(Base):
    """Another unit that takes part in a project."""

    __tablename__ = "project_partner"
    __table_args__ = (
        CheckConstraint(c.one_of("role", PartnerRole), name="role"),
        CheckConstraint("share_percent BETWEEN 0 AND 100", name="share"),
    )

    project_id: Mapped[c.Ref] = mapped_column(ForeignKey("project.id"), primary_key=True)
    organisation_id: Mapped[c.Ref] = mapped_column(
        ForeignKey("organisation.id"), primary_key=True, index=True
    )
    role: Mapped[c.Phrase]
    share_percent: Mapped[c.MaybePercent]


class Milestone(c.Provenance, Base):
    """A dated node of a project; `original_planned_on` never moves (I-9)."""

    __tablename__ = "milestone"
    __table_args__ = (
        CheckConstraint(c.one_of("gate", Gate), name="gate"),
        CheckConstraint("weight BETWEEN 0 AND 100", name="weight"),
        Index(None, "project_id", "planned_on"),
    )

    id: Mapped[c.Id]
    project_id: Mapped[c.Ref] = mapped_column(ForeignKey("project.id"))
    name: Mapped[c.Phrase]
    gate: Mapped[c.MaybeWords]
    weight: Mapped[Decimal] = mapped_column(Numeric(5, 2), default=Decimal(0))
    planned_on: Mapped[c.Day]
    original_planned_on: Mapped[c.Day]
    forecast_on: Mapped[c.MaybeDay]
    actual_on: Mapped[c.MaybeDay]
    evidence: Mapped[c.MaybeWords]
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class MilestoneVersion(c.Provenance, Base):
    """What a milestone said from one change to the next; a trigger keeps it, whoever writes."""

    __tablename__ = "milestone_version"
    __table_args__ = (
        Index(None, "project_id", "since"),
        Index(
            "uq_milestone_version_last",
            "milestone_id",
            unique=True,
            postgresql_where=text("until IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    milestone_id: Mapped[c.Ref] = mapped_column(ForeignKey("milestone.id"))
    project_id: Mapped[c.Ref] = mapped_column(ForeignKey("project.id"))
    name: Mapped[c.Phrase]
    gate: Mapped[c.MaybeWords]
    weight: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    planned_on: Mapped[c.Day]
    original_planned_on: Mapped[c.Day]
    forecast_on: Mapped[c.MaybeDay]
    actual_on: Mapped[c.MaybeDay]
    evidence: Mapped[c.MaybeWords]
    version: Mapped[int]
    since: Mapped[c.Instant]
    until: Mapped[c.MaybeInstant]
    """When the next version took its place; null: it is what the milestone says."""


def _payments_checked() -> Iterator[CheckConstraint]:
    """Write what holds of planned payments: all of it is there, with twelve months, or nothing."""
    yield CheckConstraint("planned_payments >= 0", name="payments")
    yield CheckConstraint(c.one_of("payments_qualifier", Qualifier), name="payments_qualifier")
    yield CheckConstraint(c.one_of("payments_spread_by", Spread), name="payments_spread_by")
    yield CheckConstraint(
        "num_nonnulls(planned_payments, payments_qualifier, payment_curve) IN (0, 3) AND "
        "(planned_payments IS NOT NULL OR payments_spread_by IS NULL)",
        name="payments_whole",
    )
    yield CheckConstraint("cardinality(payment_curve) = 12", name="payment_curve")


class AnnualPlan(c.Provenance, Base):
    """What a project means to invest in one year, month by month, cumulative; versions are kept."""

    __tablename__ = "annual_plan"
    __table_args__ = (
        UniqueConstraint("project_id", "year", "number"),
        CheckConstraint("cardinality(curve) = 12", name="curve"),
        CheckConstraint("planned_investment >= 0", name="investment"),
        CheckConstraint(c.one_of("spread_by", Spread), name="spread_by"),
        CheckConstraint("is_spread = (spread_by IS NOT NULL)", name="spread"),
        *_payments_checked(),
        Index(
            "uq_annual_plan_current",
            "project_id",
            "year",
            unique=True,
            postgresql_where=text("is_current"),
        ),
    )

    id: Mapped[c.Id]
    project_id: Mapped[c.Ref] = mapped_column(ForeignKey("project.id"))
    year: Mapped[c.Small]
    number: Mapped[c.Small]
    is_current: Mapped[bool] = mapped_column(default=True)
    planned_investment: Mapped[c.Cny]
    investment_qualifier: Mapped[c.Phrase] = mapped_column(default=Qualifier.EXACT)
    curve: Mapped[list[Decimal]] = mapped_column(ARRAY(Numeric(20, 2)))
    """Cumulative planned investment at the end of each month, CNY; the last is the whole."""
    is_spread: Mapped[bool] = mapped_column(default=False)
    """The curve was not given: the year's investment is spread over its months, `spread_by` how."""
    spread_by: Mapped[c.MaybeWords]
    planned_payments: Mapped[c.MaybeCny]
    """Funds meant to be paid in the year; null: none are planned, and none are judged."""
    payments_qualifier: Mapped[c.MaybeWords]
    payment_curve: Mapped[list[Decimal] | None] = mapped_column(ARRAY(Numeric(20, 2)))
    payments_spread_by: Mapped[c.MaybeWords]
    """By what the payments' curve was spread; null: it was given, or there are none."""
    image_target: Mapped[c.MaybeWords]
    """年度形象进度目标: what should be seen on the site at the year's end."""
    reason: Mapped[c.MaybeWords]
    made_at: Mapped[c.Instant]
    made_by: Mapped[c.MaybeRef]


class PlanChange(c.Provenance, Base):
    """A request to replace a year's plan in force; approved by a second person it is a version."""

    __tablename__ = "plan_change"
    __table_args__ = (
        CheckConstraint(c.one_of("state", PlanChangeState), name="state"),
        CheckConstraint("cardinality(curve) = 12", name="curve"),
        CheckConstraint("planned_investment >= 0", name="investment"),
        CheckConstraint(c.one_of("spread_by", Spread), name="spread_by"),
        CheckConstraint("is_spread = (spread_by IS NOT NULL)", name="spread"),
        *_payments_checked(),
        CheckConstraint("decided_by <> requested_by", name="four_eyes"),
        CheckConstraint("(state = 'requested') = (decided_by IS NULL)", name="decided"),
        Index(None, "project_id", "year"),
        Index(
            "uq_plan_change_open",
            "project_id",
            "year",
            unique=True,
            postgresql_where=text("state = 'requested'"),
        ),
    )

    id: Mapped[c.Id]
    project_id: Mapped[c.Ref] = mapped_column(ForeignKey("project.id"))
    year: Mapped[c.Small]
    replaces: Mapped[c.Small]
    """Number of the version in force that it was made from."""
    state: Mapped[c.Phrase] = mapped_column(default=PlanChangeState.REQUESTED)
    planned_investment: Mapped[c.Cny]
    investment_qualifier: Mapped[c.Phrase] = mapped_column(default=Qualifier.EXACT)
    curve: Mapped[list[Decimal]] = mapped_column(ARRAY(Numeric(20, 2)))
    is_spread: Mapped[bool] = mapped_column(default=False)
    spread_by: Mapped[c.MaybeWords]
    planned_payments: Mapped[c.MaybeCny]
    """Funds meant to be paid in the year; null: none are planned, and none are judged."""
    payments_qualifier: Mapped[c.MaybeWords]
    payment_curve: Mapped[list[Decimal] | None] = mapped_column(ARRAY(Numeric(20, 2)))
    payments_spread_by: Mapped[c.MaybeWords]
    """By what the payments' curve was spread; null: it was given, or there are none."""
    image_target: Mapped[c.MaybeWords]
    reason: Mapped[c.Phrase]
    requested_at: Mapped[c.Instant]
    requested_by: Mapped[c.Ref] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[c.MaybeInstant]
    decided_by: Mapped[c.MaybeRef] = mapped_column(ForeignKey("account.id"))
    decision_note: Mapped[c.MaybeWords]
    plan_id: Mapped[c.MaybeRef] = mapped_column(ForeignKey("annual_plan.id"))
    version: Mapped[int] = c.version()

    __mapper_args__ = {"version_id_col": version}


class ProjectWatch(Base):
    """What the rules look at, kept narrow and in step by every write that concerns it.

    `next_check_at` is the earliest moment at which a rule could change its mind without an event;
    a write that concerns the project sets it to now.
    """

    __tablename__ = "project_watch"
    __table_args__ = (
        CheckConstraint("light IN ('green', 'attention', 'yellow', 'red')", name="light"),
        Index(
            "ix_project_watch_next_check_at",
            "next_check_at",
            "project_id",
            postgresql_where=text("next_check_at IS NOT NULL"),
        ),
        Index(
            "ix_project_watch_next_open_at",
            "next_open_at",
            "project_id",
            postgresql_where=text("next_open_at IS NOT NULL"),
        ),
    )

    project_id: Mapped[c.Ref] = mapped_column(ForeignKey("project.id"), primary_key=True)
    next_check_at: Mapped[c.MaybeInstant]
    next_open_at: Mapped[c.MaybeInstant]
    """When the next report period opens; null: none is owed."""
    next_period: Mapped[c.MaybeWords]
    watched_since_on: Mapped[c.MaybeDay]
    """Since when rules look at it without a break: admission, or the end of the last pause."""
    last_accepted_at: Mapped[c.MaybeInstant]
    last_accepted_period: Mapped[c.MaybeWords]
    last_progress_on: Mapped[c.MaybeDay]
    """The last day on which an accepted report (not "no change") or a milestone showed progress."""
    cumulative_year: Mapped[c.MaybeCny]
    cumulative_all: Mapped[c.MaybeCny]
    physical_percent: Mapped[c.MaybePercent]
    paid_year: Mapped[c.MaybeCny]
    paid_all: Mapped[c.MaybeCny]
    light: Mapped[c.MaybeWords]
    light_since: Mapped[c.MaybeInstant]


project_version = versions_of(Project, key=("id",), walked="code")
partner_version = versions_of(ProjectPartner, key=("project_id", "organisation_id"))
watch_version = versions_of(
    ProjectWatch,
    "project_id",
    "light",
    "light_since",
    "last_accepted_period",
    "cumulative_year",
    "cumulative_all",
    "paid_year",
    "paid_all",
    "physical_percent",
    key=("project_id",),
)
"""What is shown of the watched row; what only the sweeps need has no past."""
