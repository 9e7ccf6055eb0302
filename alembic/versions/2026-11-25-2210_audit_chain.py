"""the audit can only grow: seals, head, tombstones, and who may see a line.

Revision: audit_chain
Follows: identity
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "audit_chain"
down_revision = "identity"
branch_labels = None
depends_on = None

_KEPT = ("audit_entry", "audit_seal", "audit_tombstone")

_IS_KEPT = """
CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND TG_TABLE_NAME <> 'audit_tombstone'
     AND current_setting('tuanzu.archiving', true) = 'on' THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION 'the audit can only grow: no % of %', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END $$
"""
# The application has no DELETE on these tables. This is its one way, as the owner, and it opens
# only for lines older than the law asks to keep (网络安全法: six months), leaving a tombstone.
_DROP = """
CREATE FUNCTION audit_drop(upto bigint, file text, sha256 bytea, key_id text, mark bytea)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  begin_seq bigint;
  end_hash bytea;
  dropped bigint;
BEGIN
  IF EXISTS (SELECT FROM audit_seal s JOIN audit_entry e ON e.id = s.entry_id
             WHERE s.seq <= upto AND e.at > house_now() - INTERVAL '180 days') THEN
    RAISE EXCEPTION 'audit lines younger than 180 days are never dropped'
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  SELECT min(s.seq) INTO begin_seq FROM audit_seal s;
  SELECT s.hash INTO STRICT end_hash FROM audit_seal s WHERE s.seq = upto;
  INSERT INTO audit_tombstone
    (last_seq, first_seq, last_hash, file, sha256, key_id, mark, dropped_at)
    VALUES (upto, begin_seq, end_hash, file, sha256, key_id, mark, house_now());
  PERFORM set_config('tuanzu.archiving', 'on', true);
  DELETE FROM audit_entry e USING audit_seal s WHERE s.entry_id = e.id AND s.seq <= upto;
  GET DIAGNOSTICS dropped = ROW_COUNT;
  DELETE FROM audit_seal s WHERE s.seq <= upto;
  PERFORM set_config('tuanzu.archiving', '', true);
  RETURN dropped;
END $$
"""
_BACKFILL = """
UPDATE audit_entry a SET group_id = f.group_id, organisation_ids = f.organisation_ids
FROM (SELECT event_id, group_id, organisation_ids FROM event
      UNION ALL SELECT event_id, group_id, organisation_ids FROM event_pending) f
WHERE f.event_id = a.event_id
"""


def upgrade() -> None:
    op.add_column("audit_entry", sa.Column("group_id", sa.Uuid(), nullable=True))
    op.add_column(
        "audit_entry",
        sa.Column(
            "organisation_ids", postgresql.ARRAY(sa.Uuid()), nullable=False, server_default="{}"
        ),
    )
    op.execute(_BACKFILL)
    for name in ("account_id", "group_id"):
        op.create_index(op.f(f"ix_audit_entry_{name}_id"), "audit_entry", [name, "id"])
    op.create_table(
        "audit_pending",
        sa.Column("entry_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("entry_id", name=op.f("pk_audit_pending")),
    )
    op.create_table(
        "audit_seal",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("entry_id", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_seal")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_audit_seal_entry_id")),
    )
    op.create_table(
        "audit_head",
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("shard", name=op.f("pk_audit_head")),
    )
    op.create_table(
        "audit_tombstone",
        sa.Column("last_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_hash", sa.LargeBinary(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("mark", sa.LargeBinary(), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("last_seq", name=op.f("pk_audit_tombstone")),
        sa.UniqueConstraint("first_seq", name=op.f("uq_audit_tombstone_first_seq")),
    )
    op.execute(
        "INSERT INTO audit_head (shard, seq, hash) VALUES (0, 0, decode(repeat('00', 32), 'hex'))"
    )
    op.execute("INSERT INTO audit_pending (entry_id) SELECT id FROM audit_entry")
    op.execute(_IS_KEPT)
    op.execute(_DROP)
    for table in _KEPT:
        op.execute(
            f"CREATE TRIGGER audit_is_kept BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION audit_is_kept()"
        )
        op.execute(
            f"CREATE TRIGGER audit_is_whole BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept()"
        )


def downgrade() -> None:
    """Lose the seals: the lines stay, and are sealed anew from the first after an upgrade."""
    op.execute("DROP FUNCTION audit_drop(bigint, text, bytea, text, bytea)")
    for table in ("audit_tombstone", "audit_head", "audit_seal", "audit_pending"):
        op.drop_table(table)
    op.execute("DROP FUNCTION audit_is_kept() CASCADE")
    for name in ("group_id", "account_id"):
        op.drop_index(op.f(f"ix_audit_entry_{name}_id"), "audit_entry")
    op.drop_column("audit_entry", "organisation_ids")
    op.drop_column("audit_entry", "group_id")
