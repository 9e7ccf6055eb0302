"""The fact is written with the change, or it did not happen (I-14).

One statement writes the event row and the audit line in the caller's transaction and gives the
event its number within its record, which the row lock of that counter keeps in commit order.
An act that changes no record (a log-in, an export, a refusal) leaves an audit line alone: `note`.
What changed is taken from the session itself (`changes`), so no action can forget to say it.
Each line is queued for its seal in the statement that writes it.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import BigInteger, Identity, Index, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.core.kit import changes as touched
from services.core.kit import columns as c
from services.core.kit.db import Base
from services.core.kit.events import Actor, Fact, Subject
from services.core.kit.ids import new_id
from services.core.kit.trace import ADDRESS, TRACEPARENT

DONE = "done"
"""The outcome of what was not refused."""
DRAFT = "draft"
"""The outcome of what is kept and is its own unit's alone until it is handed in."""


class AggregateVersion(Base):
    """How many facts one record has had; its row lock orders them."""

    __tablename__ = "aggregate_version"

    aggregate_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]


class AuditEntry(Base):
    """One line of who did what, when, from where, with which outcome, and what changed."""

    __tablename__ = "audit_entry"
    __table_args__ = (
        Index(None, "subject_id", "id"),
        Index(None, "account_id", "id"),
        Index(None, "group_id", "id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    at: Mapped[c.Instant]
    actor: Mapped[c.Phrase]
    account_id: Mapped[c.MaybeRef]
    organisation_id: Mapped[c.MaybeRef]
    action: Mapped[c.Phrase]
    outcome: Mapped[c.Phrase] = mapped_column(default="done", server_default="done")
    """`done`, `draft`, or the code of the refusal."""
    subject_kind: Mapped[c.MaybeWords]
    subject_id: Mapped[c.MaybeRef]
    group_id: Mapped[c.MaybeRef]
    """With `organisation_ids`: who may see the record the line is about, as facts carry it."""
    organisation_ids: Mapped[c.Refs] = mapped_column(server_default="{}")
    event_id: Mapped[c.MaybeRef]
    trace: Mapped[c.MaybeWords]
    address: Mapped[c.MaybeWords]
    """The client's network address; null where the service acted by itself."""
    changes: Mapped[c.MaybeDocument]


class PendingSeal(Base):
    """A line that is committed and not yet in the chain; this table stays almost empty."""

    __tablename__ = "audit_pending"

    entry_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)


_LINE = """
      INSERT INTO audit_entry (at, actor, account_id, organisation_id, action, outcome,
                               subject_kind, subject_id, group_id, organisation_ids, event_id,
                               trace, address, changes)
      VALUES (:at, :actor, :account_id, :organisation_id, :type, :outcome, :subject_kind,
              :subject_id, :group_id, CAST(:organisation_ids AS uuid[]), :event_id,
              :trace, :address, CAST(:changes AS jsonb))
      RETURNING id
"""
_NOTE = text(
    f"""
    WITH audited AS ({_LINE})
    INSERT INTO audit_pending (entry_id) SELECT id FROM audited
    """  # noqa: S608 from above
)
_RECORD = text(
    f"""
    WITH counted AS (
      INSERT INTO aggregate_version (aggregate_id, version) VALUES (:subject_id, 1)
      ON CONFLICT (aggregate_id) DO UPDATE SET version = aggregate_version.version + 1
      RETURNING version
    ), audited AS ({_LINE}), queued AS (
      INSERT INTO audit_pending (entry_id) SELECT id FROM audited
    )
    INSERT INTO event_pending (event_id, type, schema_version, aggregate_kind, aggregate_id,
                               aggregate_version, group_id, organisation_ids, actor, trace,
                               occurred_at, data)
    SELECT :event_id, :type, :schema_version, :subject_kind, :subject_id, counted.version,
           :group_id, CAST(:organisation_ids AS uuid[]), :label, :trace, :at, CAST(:data AS jsonb)
    FROM counted
    """  # noqa: S608 from above
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

    What changed is found by itself; `changes`, as `{field: [before, after]}`, adds what a bulk
    statement changed, or says it better. Returns the event's id, which every consumer will see.

    Raises:
        ValueError: nobody has said who may see it.
    """
    about.must_be_heard()
    event_id = new_id()
    session.flush()  # the change first: its row lock orders the facts of one record
    found = touched.taken(session, room=touched.room_of(type(fact)), subject_id=about.id)
    session.execute(
        _RECORD,
        {
            **_line(about, by, now, {**found, **(changes or {})}),
            "event_id": event_id,
            "type": fact.NAME,
            "outcome": DONE,
            "schema_version": fact.VERSION,
            "label": by.label(),
            "data": fact.model_dump_json(),
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
    outcome: str = DONE,
    details: dict[str, Any] | None = None,
) -> None:
    """Write an audit line for an act that is no fact: a log-in, an export, a refusal.

    `action` is `noun.verb`; `outcome` is `done`, `draft` or the code of a refusal; `details` never
    holds a secret or what somebody typed where a secret was asked for.
    """
    line = _line(about, by, now, details)
    session.execute(_NOTE, {**line, "event_id": None, "type": action, "outcome": outcome})


def _line(
    about: Subject | None, by: Actor, now: datetime, changes: dict[str, Any] | None
) -> dict[str, Any]:
    """Give the columns that every line has."""
    return {
        "at": now,
        "actor": by.name,
        "account_id": by.account_id,
        "organisation_id": by.organisation_id,
        "subject_kind": about.kind if about else None,
        "subject_id": about.id if about else None,
        "group_id": about.group_id if about else None,
        "organisation_ids": list(about.organisation_ids) if about else [],
        "trace": TRACEPARENT.get(),
        "address": ADDRESS.get(),
        "changes": orjson.dumps(changes, default=str).decode() if changes else None,
    }
