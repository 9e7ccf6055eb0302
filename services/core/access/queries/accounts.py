"""Reads of accounts, for who keeps them, and of the caller itself."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, aggregate_order_by
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.access.rules import Permission
from services.core.groups.models import JointGroup
from services.core.groups.queries import visible as visible_groups
from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.events import Subject
from services.core.kit.reading import MAX_LIMIT, Ask, Constant, Fields, Found, Page
from services.core.organisations.models import Organisation
from services.core.organisations.queries import named
from services.core.regions.models import Region

_SOURCE = Account.__table__.join(Organisation.__table__, Organisation.id == Account.organisation_id)
_HOME = _SOURCE.join(Region.__table__, Region.code == Organisation.region_code)

FIELDS: Fields = Constant(
    {
        "id": Account.id,
        "login": Account.login,
        "name": Account.name,
        "organisation": named(Organisation.__table__),
        "role": Account.role,
        "email": Account.email,
        "language": Account.language,
        "is_active": Account.is_active,
        "source": Account.source,
        "is_illustrative": Account.is_illustrative,
        "version": Account.version,
    }
)


@dataclass(frozen=True, slots=True)
class Sought:
    """Which accounts a list asks for; what is None does not matter."""

    organisation_id: UUID | None = None
    role: str | None = None
    is_active: bool | None = None
    q: str | None = None


def me(session: Session, caller: Caller) -> Found:
    """Read the caller: account, organisation, permissions, and a summary of the scope."""
    organisation = {
        "id": Organisation.id,
        "name": Organisation.name,
        "level": Organisation.level,
        "kind": Organisation.kind,
        "region": reading.shaped({"code": Region.code, "name": Region.name}),
    }
    fields: Fields = {
        "account": reading.shaped(FIELDS),
        "organisation": reading.shaped(organisation),
        "permissions": func.to_json(literal(sorted(caller.permissions), ARRAY(Text))),
        "session_id": literal(caller.session_id, Uuid()),
        "limited_to": literal(caller.limited_to, Text()),
        "scope": reading.shaped(_scope(caller)),
    }
    return reading.found(
        session,
        fields,
        version=Account.version,
        source=_HOME,
        where=[Account.id == caller.account_id],
    )


def _scope(caller: Caller) -> Fields:
    first = (
        select(JointGroup.id, JointGroup.code, JointGroup.name, JointGroup.state)
        .where(visible_groups(caller))
        .order_by(JointGroup.code)
        .limit(MAX_LIMIT)
        .subquery()
    )
    shape = reading.shaped({column.name: column for column in first.columns})
    groups = select(
        func.coalesce(
            func.json_agg(aggregate_order_by(shape, first.c.code)), func.json_build_array()
        )
    )
    return {
        "organisation_count": literal(len(caller.organisation_ids)),
        "group_count": literal(len(caller.group_ids)),
        "groups": groups.scalar_subquery(),
    }


def account(session: Session, caller: Caller, *, account_id: UUID) -> Found:
    """Read one account, for who keeps accounts.

    Raises:
        Forbidden: the caller does not. Missing: there is none.
    """
    caller.must(Permission.KEEP_ACCOUNTS)
    return reading.found(
        session, FIELDS, version=Account.version, source=_SOURCE, where=[Account.id == account_id]
    )


def accounts(session: Session, caller: Caller, *, ask: Ask, sought: Sought) -> Page:
    """Read a page of accounts, for who keeps accounts.

    Raises:
        Forbidden: the caller does not.
    """
    caller.must(Permission.KEEP_ACCOUNTS)
    return reading.page(
        session,
        FIELDS,
        source=_SOURCE,
        where=_matching(sought),
        sorts={"login": Account.login, "name": Account.name, "id": Account.id},
        ask=ask,
    )


def _matching(sought: Sought) -> Sequence[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    if sought.organisation_id:
        where.append(Account.organisation_id == sought.organisation_id)
    if sought.role:
        where.append(Account.role == sought.role)
    if sought.is_active is not None:
        where.append(Account.is_active.is_(sought.is_active))
    if sought.q:
        where.append(
            or_(
                Account.login.icontains(sought.q, autoescape=True),
                Account.name.icontains(sought.q, autoescape=True),
            )
        )
    return where


def has_login(session: Session, login: str) -> bool:
    """Say whether an account, open or closed, has this log-in."""
    return session.scalar(select(Account.id).where(Account.login == login)) is not None


def for_change(session: Session, *, account_id: UUID, expected: int | None) -> Account:
    """Lock one account at the version the caller has seen."""
    return rows.for_change(session, Account, Account.id == account_id, expected=expected)


def of_account(account: Account, kind: str = "account", subject_id: UUID | None = None) -> Subject:
    """Name an account, or a token or session of it, for its own organisation alone.

    A subject without an audience is for everybody: a place, a policy, never a person.
    """
    owner = (account.organisation_id,)
    return Subject(kind, subject_id or account.id, organisation_ids=owner)
