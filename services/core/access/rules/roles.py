"""Roles and what each may do; scope says on which records, this says what."""

from enum import StrEnum
from uuid import UUID

from services.core.kit.errors import Conflict, Forbidden, Invalid
from services.core.kit.words import Words


class Role(StrEnum):
    """What an account is for."""

    REPORTER = "reporter"
    REVIEWER = "reviewer"
    LIAISON = "liaison"
    CONVENER = "convener"
    REGULATOR = "regulator"
    OBSERVER = "observer"
    INTEGRATOR = "integrator"
    SYSTEM_ADMIN = "system_admin"
    SECURITY_ADMIN = "security_admin"
    AUDIT_ADMIN = "audit_admin"


class Permission(StrEnum):
    """A thing one may do; named `noun.verb`."""

    KEEP_REGIONS = "regions.keep"
    KEEP_CALENDAR = "calendar.keep"
    KEEP_ORGANISATIONS = "organisations.keep"
    KEEP_OFFICERS = "officers.keep"
    KEEP_POLICIES = "policies.keep"
    ESTABLISH_GROUPS = "groups.establish"
    KEEP_GROUPS = "groups.keep"
    KEEP_PROJECTS = "projects.keep"
    ADMIT_PROJECTS = "projects.admit"
    UPSERT_PROJECTS = "projects.upsert"
    KEEP_AGREEMENTS = "agreements.keep"
    KEEP_TARGETS = "targets.keep"
    KEEP_MEETINGS = "meetings.keep"
    ANSWER_MEETINGS = "meetings.answer"
    REPORT_PROGRESS = "progress.report"
    REVIEW_PROGRESS = "progress.review"
    REPORT_BLOCKERS = "blockers.report"
    COORDINATE_BLOCKERS = "blockers.coordinate"
    REVIEW_BLOCKERS = "blockers.review"
    ISSUE_ORDERS = "supervision.issue"
    ANSWER_ORDERS = "supervision.answer"
    KEEP_WEBHOOKS = "webhooks.keep"
    READ_PROOF = "proof.read"
    KEEP_ACCOUNTS = "accounts.keep"
    READ_AUDIT = "audit.read"


_P = Permission

PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.REPORTER: frozenset(
        {
            _P.KEEP_PROJECTS,
            _P.REPORT_PROGRESS,
            _P.ANSWER_MEETINGS,
            _P.ANSWER_ORDERS,
            _P.REPORT_BLOCKERS,
        }
    ),
    Role.REVIEWER: frozenset(
        {
            _P.KEEP_PROJECTS,
            _P.REPORT_PROGRESS,
            _P.REVIEW_PROGRESS,
            _P.ANSWER_MEETINGS,
            _P.ANSWER_ORDERS,
            _P.REPORT_BLOCKERS,
            _P.REVIEW_BLOCKERS,
        }
    ),
    Role.LIAISON: frozenset(
        {
            _P.KEEP_PROJECTS,
            _P.KEEP_OFFICERS,
            _P.REPORT_PROGRESS,
            _P.ANSWER_MEETINGS,
            _P.REPORT_BLOCKERS,
        }
    ),
    Role.CONVENER: frozenset(
        {
            _P.KEEP_GROUPS,
            _P.KEEP_PROJECTS,
            _P.KEEP_OFFICERS,
            _P.KEEP_AGREEMENTS,
            _P.KEEP_MEETINGS,
            _P.ANSWER_MEETINGS,
            _P.REPORT_PROGRESS,
            _P.REVIEW_PROGRESS,
            _P.ANSWER_ORDERS,
            _P.REPORT_BLOCKERS,
            _P.COORDINATE_BLOCKERS,
            _P.REVIEW_BLOCKERS,
            _P.KEEP_WEBHOOKS,
            _P.READ_PROOF,
        }
    ),
    Role.REGULATOR: frozenset(
        {
            _P.KEEP_REGIONS,
            _P.KEEP_CALENDAR,
            _P.KEEP_ORGANISATIONS,
            _P.KEEP_OFFICERS,
            _P.KEEP_POLICIES,
            _P.ESTABLISH_GROUPS,
            _P.KEEP_GROUPS,
            _P.KEEP_PROJECTS,
            _P.ADMIT_PROJECTS,
            _P.KEEP_AGREEMENTS,
            _P.KEEP_TARGETS,
            _P.KEEP_MEETINGS,
            _P.ANSWER_MEETINGS,
            _P.REPORT_BLOCKERS,
            _P.COORDINATE_BLOCKERS,
            _P.REVIEW_BLOCKERS,
            _P.ISSUE_ORDERS,
            _P.KEEP_WEBHOOKS,
            _P.READ_AUDIT,
            _P.READ_PROOF,
        }
    ),
    Role.OBSERVER: frozenset(),
    Role.INTEGRATOR: frozenset({_P.KEEP_WEBHOOKS, _P.UPSERT_PROJECTS}),
    Role.SYSTEM_ADMIN: frozenset({_P.KEEP_CALENDAR, _P.KEEP_REGIONS}),
    Role.SECURITY_ADMIN: frozenset({_P.KEEP_ACCOUNTS}),
    Role.AUDIT_ADMIN: frozenset({_P.READ_AUDIT}),
}
"""What each role holds. The three administrators (三员分立) hold no business permission."""

ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})


def sees_business_data(role: Role) -> bool:
    """Say whether a role sees records of groups at all; administrators do not."""
    return role not in ADMINISTRATORS


OFFICE = frozenset({Role.CONVENER, Role.REGULATOR})
"""Roles whose accounts speak for their unit as a whole, whatever duty they hold."""

STAND_INS: dict[str, tuple[str, ...]] = {"leader": ("leader", "reviewer", "convener")}
"""Who is asked where a unit has nobody in a duty: its reviewers for the leader, then conveners."""


def asked(duty: str) -> tuple[str, ...]:
    """Give the duties to look for, the one meant first."""
    return STAND_INS.get(duty, (duty,))


def must_fit(role: Role, *, is_government: bool, is_placeholder: bool) -> None:
    """Refuse a role that an organisation cannot have.

    Raises:
        Invalid: the organisation is not named, or would regulate a region without being government.
    """
    if is_placeholder:
        raise Invalid.at(
            "/organisation_id",
            Words("占位单位不能有账户。", "A placeholder unit can have no accounts."),
            code="placeholder",
        )
    if role == Role.REGULATOR and not is_government:
        raise Invalid.at(
            "/role",
            Words("只有政府部门的账户可以监管。", "Only an account of government may regulate."),
            code="not_government",
            allowed=tuple(other for other in Role if other != Role.REGULATOR),
        )


def must_be_other(account_id: UUID, caller_id: UUID) -> None:
    """Refuse that somebody changes their own account: no role grants itself anything.

    Raises:
        Forbidden: it is the caller's own.
    """
    if account_id == caller_id:
        raise Forbidden(
            Words("不能更改自己的账户。", "Nobody changes or closes their own account.")
        )


def must_be_open(*, is_active: bool) -> None:
    """Refuse a change of an account that is closed.

    Raises:
        Conflict: it is closed for good.
    """
    if not is_active:
        raise Conflict(Words("账户已关闭。", "The account is closed."))
