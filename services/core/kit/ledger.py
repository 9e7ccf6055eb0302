"""The fact is written with the change, or it did not happen (I-14).

One statement writes the event row and the audit line in the caller's transaction and gives the
event its number within its record, which the row lock of that counter keeps in commit order.
An act that changes no record (a log-in, an export, a refusal) leaves an audit line alone: `note`.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.events import Actor, Fact, Subject
from services.core.kit.ids import new_id
from services.core.kit.trace import ADDRESS, TRACEPARENT


class AggregateVersion(Base):
    """How many facts one record has had; its row lock orders them."""

    __tablename__ = "aggregate_version"

    aggregate_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]


class AuditEntry(Base):
    """One line of who did what, when, from where, with which outcome, and what changed."""

    __tablename__ = "audit_entry"
    __table_args__ = (Index(None, "subject_id", "id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[c.Instant]
    actor: Mapped[c.Phrase]
    account_id: Mapped[c.MaybeRef]
    organisation_id: Mapped[c.MaybeRef]
    action: Mapped[c.Phrase]
    outcome: Mapped[c.Phrase] = mapped_column(default="done", server_default="done")
    """`done`, or the code of the refusal."""
    subject_kind: Mapped[c.MaybeWords]
    subject_id: Mapped[c.MaybeRef]
    event_id: Mapped[c.MaybeRef]
    trace: Mapped[c.MaybeWords]
    address: Mapped[c.MaybeWords]
    """The client's network address; null where the service acted by itself."""
    changes: Mapped[c.MaybeDocument]


_RECORD = text(
    """
    WITH counted AS (
      INSERT INTO aggregate_version (aggregate_id, version) VALUES (:subject_id, 1)
      ON CONFLICT (aggregate_id) DO UPDATE SET version = aggregate_version.version + 1
      RETURNING version
    ), audited AS (
      INSERT INTO audit_entry (at, actor, account_id, organisation_id, action, subject_kind,
                               subject_id, event_id, trace, address, changes)
      VALUES (:at, :actor, :account_id, :organisation_id, :type, :subject_kind,
              :subject_id, :event_id, :trace, :address, CAST(:changes AS jsonb))
    )
    INSERT INTO event_pending (event_id, type, schema_version, aggregate_kind, aggregate_id,
                               aggregate_version, group_id, organisation_ids, actor, trace,
                               occurred_at, data)
    SELECT :event_id, :type, :schema_version, :subject_kind, :subject_id, counted.version,
           :group_id, CAST(:organisation_ids AS uuid[]), :label, :trace, :at, CAST(:data AS jsonb)
    FROM counted
    """
)


def record(
    session: Session,
    fact: Fact,
    *,
    about: Subject,
    by: Actor,
    now: datetime,
    changes: dict[str, Any] | None = None,
) -> UUID:
    """Write one fact and its audit line; the door's commit makes both true together.

    `changes` is `{field: [before, after]}` of what the move changed, for the audit line.
    Returns the event's id, which every consumer and every webhook will see.
    """
    event_id = new_id()
    session.flush()  # the change first: its row lock orders the facts of one record
    session.execute(
        _RECORD,
        {
            "event_id": event_id,
            "type": fact.NAME,
            "schema_version": fact.VERSION,
            "subject_kind": about.kind,
            "subject_id": about.id,
            "group_id": about.group_id,
            "organisation_ids": list(about.organisation_ids),
            "actor": by.name,
            "account_id": by.account_id,
            "organisation_id": by.organisation_id,
            "label": by.label(),
            "trace": TRACEPARENT.get(),
            "address": ADDRESS.get(),
            "at": now,
            "data": fact.model_dump_json(),
            "changes": orjson.dumps(changes, default=str).decode() if changes else None,
        },
    )
    session.info["facts"] = session.info.get("facts", 0) + 1
    return event_id


def note(  # noqa: PLR0913 the parts of one audit line
    session: Session,
    action: str,
    *,
    by: Actor,
    now: datetime,
    about: Subject | None = None,
    outcome: str = "done",
    details: dict[str, Any] | None = None,
) -> None:
    """Write an audit line for an act that is no fact: a log-in, an export, a refusal.

    `action` is `noun.verb`; `outcome` is `done` or the code of the refusal; `details` never holds
    a secret or what somebody typed where a secret was asked for.
    """
    session.add(
        AuditEntry(
            at=now,
            actor=by.name,
            account_id=by.account_id,
            organisation_id=by.organisation_id,
            action=action,
            outcome=outcome,
            subject_kind=about.kind if about else None,
            subject_id=about.id if about else None,
            event_id=None,
            trace=TRACEPARENT.get(),
            address=ADDRESS.get(),
            changes=details,
        )
    )
