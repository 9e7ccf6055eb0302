"""Tables of the chain; the lines themselves are the ledger's."""

from sqlalchemy import BigInteger, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from services.core.kit import columns as c
from services.core.kit.db import Base


class AuditSeal(Base):
    """The place of one line in the chain; `seq` has no gaps. Rows are only ever added."""

    __tablename__ = "audit_seal"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    entry_id: Mapped[int] = mapped_column(BigInteger, unique=True)
    key_id: Mapped[c.Phrase]
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditHead(Base):
    """Where the chain ends: one row, moved only in the sealing transaction."""

    __tablename__ = "audit_head"

    shard: Mapped[c.Small] = mapped_column(primary_key=True)
    seq: Mapped[int] = mapped_column(BigInteger)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class AuditTombstone(Base):
    """A stretch of the chain that was archived and dropped, signed; the chain goes on after it."""

    __tablename__ = "audit_tombstone"

    last_seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    first_seq: Mapped[int] = mapped_column(BigInteger, unique=True)
    last_hash: Mapped[bytes] = mapped_column(LargeBinary)
    file: Mapped[c.Phrase]
    sha256: Mapped[bytes] = mapped_column(LargeBinary)
    key_id: Mapped[c.Phrase]
    mark: Mapped[bytes] = mapped_column(LargeBinary)
    dropped_at: Mapped[c.Instant]
