"""A POST that is sent twice happens once: its key and its result live in the same transaction.

The key belongs to the account. While the first request runs, an advisory lock makes a second one
a conflict; afterwards the second gets the first one's answer, byte for byte.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Index, LargeBinary, delete, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.core.kit import columns as c
from services.core.kit.cipher import derived, key_ids, opened, sealed
from services.core.kit.db import Base
from services.core.kit.errors import Conflict, Invalid
from services.core.kit.sealing import Sealed
from services.core.kit.words import Words

MAX_KEY_LENGTH = 255


class IdempotencyRecord(Base):
    """One key of one account, the request it belongs to, and what was answered."""

    __tablename__ = "idempotency_record"
    __table_args__ = (Index(None, "expires_at"),)

    account_id: Mapped[c.Ref] = mapped_column(primary_key=True)
    key: Mapped[c.Phrase] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes] = mapped_column(LargeBinary)
    status: Mapped[c.Small]
    headers: Mapped[c.Document]
    body: Mapped[c.Phrase]
    expires_at: Mapped[c.Instant]


class KeyReused(Invalid):
    """The key was used for another request."""

    code = "idempotency_key_reused"


class InFlight(Conflict):
    """The first request with this key is still being worked on."""

    code = "idempotency_in_flight"


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request that carries a key."""

    account_id: UUID
    key: str
    fingerprints: tuple[bytes, ...]
    """Of what is asked, with each key of the ring, the current one's first: without the key nobody
    can try out what was asked, and a change of keys makes no old request another one."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What was answered, as it is replayed."""

    status: int
    headers: dict[str, str]
    body: str


def attempt(account_id: UUID, key: str, *, method: str, path: str, body: bytes) -> Attempt:
    """Make the attempt, with the fingerprint of what is asked.

    Raises:
        Invalid: the key is empty or too long.
    """
    if not 0 < len(key) <= MAX_KEY_LENGTH or not key.isprintable():
        raise Invalid.at(
            "header:Idempotency-Key",
            Words("幂等键须为1至255个可见字符。", "The key must be 1 to 255 printable characters."),
            code="bad_idempotency_key",
        )
    asked = f"{method} {path}\n".encode() + body
    fingerprints = (
        hashlib.blake2b(asked, key=derived("idempotency", each), digest_size=32).digest()
        for each in key_ids()
    )
    return Attempt(account_id, key, tuple(fingerprints))


_OPEN = text(
    """
    SELECT pg_try_advisory_xact_lock(hashtextextended(CAST(:account_id AS text) || :key, 0)),
           r.fingerprint, r.status, r.headers, r.body
    FROM (SELECT 1) AS one
    LEFT JOIN idempotency_record r ON r.account_id = :account_id AND r.key = :key
    """
)


def earlier(session: Session, made: Attempt) -> Answer | None:
    """Give what this key was answered before, or None if this is the first time.

    Raises:
        InFlight: the first request still runs. KeyReused: the key belongs to another request.
    """
    row = session.execute(_OPEN, {"account_id": made.account_id, "key": made.key}).one()
    if row[1] is None:
        if not row[0]:
            raise InFlight(
                Words(
                    "相同幂等键的请求正在处理，请稍后重试。",
                    "A request with this key is still being worked on; try again shortly.",
                )
            )
        return None
    if row[1] not in made.fingerprints:
        raise KeyReused.at(
            "header:Idempotency-Key",
            Words(
                "此幂等键已用于另一请求；请换一个新键。",
                "This key was used for another request; take a new one.",
            ),
            code="idempotency_key_reused",
        )
    return Answer(row[2], row[3], opened(row[4], owner=_owner(made.account_id, made.key)).decode())


def remember(
    session: Session, made: Attempt, answer: Answer, *, now: datetime, window: timedelta
) -> None:
    """Keep the answer with the change it belongs to."""
    session.add(
        IdempotencyRecord(
            account_id=made.account_id,
            key=made.key,
            fingerprint=made.fingerprints[0],
            status=answer.status,
            headers=answer.headers,
            body=sealed(answer.body.encode(), owner=_owner(made.account_id, made.key)),
            expires_at=now + window,
        )
    )


def _owner(account_id: UUID, key: str) -> str:
    """Bind the kept answer to its key; it may show a secret, and is encrypted at rest."""
    return f"idempotency_record|{account_id}|{key}"


SEALED = (Sealed(IdempotencyRecord.body, _owner),)


def forget_expired(session: Session, *, now: datetime) -> None:
    """Remove keys whose window is over."""
    session.execute(delete(IdempotencyRecord).where(IdempotencyRecord.expires_at < now))
