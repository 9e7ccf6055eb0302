"""Lines for people: the history of one record, and the audit for who reads it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    SQLColumnExpression,
    Text,
    and_,
    case,
    func,
    literal,
    literal_column,
    or_,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from services.core.access.rules import Permission, Role
from services.core.audit.rules import ADMINISTRATION
from services.core.kit import reading
from services.core.kit.caller import Caller
from services.core.kit.ledger import DONE, DRAFT, AuditEntry
from services.core.kit.reading import Ask, Constant, Fields, Page
from services.core.kit.scope import among, overlapping
from services.core.organisations.models import Organisation
from services.core.organisations.queries import named

_SOURCE = AuditEntry.__table__.outerjoin(
    Organisation.__table__, Organisation.id == AuditEntry.organisation_id
)
_SORTS = {"id": AuditEntry.id}
_NAMES: ColumnElement[str] = literal_column(
    "to_json(ARRAY(SELECT name FROM jsonb_object_keys(coalesce(audit_entry.changes, '{}')) "
    "AS name ORDER BY name))"
)
_COMMON: dict[str, SQLColumnExpression[Any]] = {
    "id": AuditEntry.id,
    "at": AuditEntry.at,
    "actor": AuditEntry.actor,
    "organisation": named(Organisation.__table__),
    "action": AuditEntry.action,
    "outcome": AuditEntry.outcome,
    "fields": _NAMES,
    "trace_id": func.substr(AuditEntry.trace, 4, 32),
}
_IS_ADMINISTRATION: ColumnElement[bool] = or_(
    AuditEntry.subject_kind.is_(None), AuditEntry.subject_kind.in_(sorted(ADMINISTRATION))
)
_FIELDS: Fields = Constant(
    {
        **_COMMON,
        "account_id": AuditEntry.account_id,
        "address": AuditEntry.address,
        "subject_kind": AuditEntry.subject_kind,
        "subject_id": AuditEntry.subject_id,
        "event_id": AuditEntry.event_id,
        "changes": case((_IS_ADMINISTRATION, AuditEntry.changes)),
    }
)


@dataclass(frozen=True, slots=True)
class Sought:
    """Which lines a reader asks for; what is None does not matter."""

    account_id: UUID | None = None
    organisation_id: UUID | None = None
    subject_kind: str | None = None
    subject_id: UUID | None = None
    action: str | None = None
    outcome: str | None = None
    address: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def history(
    session: Session, caller: Caller, *, subject_id: UUID, closed: Collection[str], ask: Ask
) -> Page:
    """Read what happened to one record, newest first; the door has shown that it may be seen.

    A draft's lines are its own unit's for ever. `closed`: fields of the record that are not open
    to the caller now; their values are left out.
    """
    own_drafts = and_(
        AuditEntry.outcome == DRAFT,
        overlapping(AuditEntry.organisation_ids, caller.own_organisation_ids),
    )
    values = AuditEntry.changes.op("-")(literal(sorted(closed), ARRAY(Text)))
    return reading.page(
        session,
        {**_COMMON, "changes": values if closed else AuditEntry.changes},
        source=_SOURCE,
        where=[AuditEntry.subject_id == subject_id, or_(AuditEntry.outcome == DONE, own_drafts)],
        sorts=_SORTS,
        ask=replace(ask, sort=ask.sort or "-id"),
    )


def entries(session: Session, caller: Caller, *, ask: Ask, sought: Sought) -> Page:
    """Read lines of the audit, newest first.

    Raises:
        Forbidden: the caller does not read the audit.
    """
    caller.must(Permission.READ_AUDIT)
    return reading.page(
        session,
        _FIELDS,
        source=_SOURCE,
        where=[*_readable(caller), *_matching(sought)],
        sorts=_SORTS,
        ask=replace(ask, sort=ask.sort or "-id"),
    )


def _readable(caller: Caller) -> Sequence[ColumnElement[bool]]:
    """Write which lines a reader may see at all.

    The audit administrator sees that everything happened; a regulator what happened to the
    records of its region: no drafts, no attempts, and not who logged in when.
    """
    if caller.role == Role.AUDIT_ADMIN:
        return []
    return [
        or_(
            among(AuditEntry.group_id, caller.group_ids),
            overlapping(AuditEntry.organisation_ids, caller.organisation_ids),
        ),
        ~_IS_ADMINISTRATION,
        AuditEntry.outcome == DONE,
    ]


def _matching(sought: Sought) -> Sequence[ColumnElement[bool]]:
    where: list[ColumnElement[bool]] = []
    same = (
        (AuditEntry.account_id, sought.account_id),
        (AuditEntry.organisation_id, sought.organisation_id),
        (AuditEntry.subject_kind, sought.subject_kind),
        (AuditEntry.subject_id, sought.subject_id),
        (AuditEntry.action, sought.action),
        (AuditEntry.outcome, sought.outcome),
        (AuditEntry.address, sought.address),
    )
    where.extend(column == value for column, value in same if value is not None)
    if sought.since:
        where.append(AuditEntry.at >= sought.since)
    if sought.until:
        where.append(AuditEntry.at < sought.until)
    return where
