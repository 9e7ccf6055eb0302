"""the log in parts: `event` by ranges of seq, its archive, failures of due rows, second tries.

Revision: log_in_parts
Follows: meetings_on_phones

What is there becomes the first part as it stands: nothing is copied. Parts live in a schema of
their own, where nobody has a right: they are reached through `event`, whose policies count.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "log_in_parts"
down_revision = "meetings_on_phones"
branch_labels = None
depends_on = None

_SIZE = 1_000_000
_EVENT = """group_id = ANY (CAST((SELECT scope_groups()) AS uuid[]))
  OR organisation_ids && CAST((SELECT scope_organisations()) AS uuid[])
  OR (group_id IS NULL AND organisation_ids = '{}' AND (SELECT scope_account()) IS NOT NULL)"""
"""As the second wall has it."""

_SPLIT = """
DO $$ DECLARE beyond bigint := ((SELECT seq FROM feed_head WHERE shard = 0) / 1000000 + 1) * 1000000;
BEGIN
  EXECUTE format('ALTER TABLE event ATTACH PARTITION event_parts.event_0 '
                 'FOR VALUES FROM (0) TO (%s)', beyond);
  INSERT INTO event_part (first_seq, end_seq) VALUES (0, beyond);
END $$
"""
# A part is made outside and then attached: that stops neither writers nor readers, while
# CREATE TABLE … PARTITION OF would wait for all of them.
_MAKE_ROOM = """
CREATE FUNCTION event_make_room(ahead bigint, size bigint)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  head bigint;
  beyond bigint;
BEGIN
  IF ahead < 1 OR size < 1 THEN
    RAISE EXCEPTION 'a part holds at least one event' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  SELECT seq INTO STRICT head FROM feed_head WHERE shard = 0;
  SELECT max(end_seq) INTO STRICT beyond FROM event_part;
  IF beyond > head + ahead THEN
    RETURN beyond;
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('event_part'));
  SELECT max(end_seq) INTO STRICT beyond FROM event_part;
  WHILE beyond <= head + ahead LOOP
    EXECUTE format('CREATE TABLE event_parts.event_%s (LIKE event INCLUDING DEFAULTS '
                   'INCLUDING CONSTRAINTS INCLUDING INDEXES)', beyond);
    EXECUTE format('ALTER TABLE event_parts.event_%s ADD UNIQUE (aggregate_id, aggregate_version), '
                   'ADD UNIQUE (event_id)', beyond);
    EXECUTE format('ALTER TABLE event ATTACH PARTITION event_parts.event_%1$s '
                   'FOR VALUES FROM (%1$s) TO (%2$s)', beyond, beyond + size);
    INSERT INTO event_part (first_seq, end_seq) VALUES (beyond, beyond + size);
    beyond := beyond + size;
  END LOOP;
  RETURN beyond;
END $$
"""
# The one way a part goes. Whether it is old and needed by nobody is asked before (retention.py);
# here only what would be lost for ever: it must be the oldest, full, and archived to its last event.
_DROP = """
CREATE FUNCTION event_drop_part(part bigint)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp
SET lock_timeout = '500ms' AS $$
DECLARE
  beyond bigint;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('event_part'));
  SELECT end_seq INTO STRICT beyond FROM event_part WHERE first_seq = part AND dropped_at IS NULL;
  IF EXISTS (SELECT FROM event_part WHERE first_seq < part AND dropped_at IS NULL)
     OR NOT EXISTS (SELECT FROM feed_head WHERE shard = 0 AND seq >= beyond - 1)
     OR NOT EXISTS (SELECT FROM event_archive WHERE last_seq >= beyond - 1) THEN
    RAISE EXCEPTION 'part % of the log is not the oldest, not full, or not archived', part
      USING ERRCODE = 'insufficient_privilege';
  END IF;
  EXECUTE format('ALTER TABLE event DETACH PARTITION event_parts.event_%s', part);
  EXECUTE format('DROP TABLE event_parts.event_%s', part);
  UPDATE event_part SET dropped_at = house_now() WHERE first_seq = part;
END $$
"""
_COLUMNS = (
    "seq, body, stamped_at, event_id, type, schema_version, aggregate_kind, aggregate_id, "
    "aggregate_version, group_id, organisation_ids, actor, trace, occurred_at, data"
)


def upgrade() -> None:
    op.create_table(
        "event_part",
        sa.Column("first_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("end_seq", sa.BigInteger(), nullable=False),
        sa.Column("dropped_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("first_seq", name=op.f("pk_event_part")),
    )
    op.create_table(
        "event_archive",
        sa.Column("first_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("first_seq", name=op.f("pk_event_archive")),
    )
    op.create_table(
        "due_failure",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("row_id", sa.Uuid(), nullable=False),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("failed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("kind", "row_id", name=op.f("pk_due_failure")),
    )
    op.add_column(
        "event_parked",
        sa.Column("attempts", sa.SmallInteger(), nullable=False, server_default="1"),
    )
    op.alter_column("event_parked", "attempts", server_default=None)
    op.add_column("event_parked", sa.Column("next_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_event_parked_next_at",
        "event_parked",
        ["consumer", "next_at"],
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.add_column(
        "feed_head", sa.Column("copied", sa.BigInteger(), nullable=False, server_default="0")
    )
    op.alter_column("feed_head", "copied", server_default=None)
    op.add_column("heartbeat", sa.Column("every", postgresql.INTERVAL(), nullable=True))
    _divide()


def _divide() -> None:
    op.execute("CREATE SCHEMA event_parts")
    op.execute("DROP POLICY IF EXISTS service ON event")
    op.execute("DROP POLICY scope ON event")
    op.execute("ALTER TABLE event DISABLE ROW LEVEL SECURITY")
    op.execute(
        "DO $$ DECLARE other name; BEGIN FOR other IN SELECT rolname FROM pg_roles "
        "WHERE rolname IN ('tuanzu_app', 'tuanzu_caller') AND rolname <> current_user LOOP "
        "EXECUTE format('REVOKE ALL ON event FROM %I', other); END LOOP; END $$"
    )
    op.execute("ALTER TABLE event SET SCHEMA event_parts")
    op.execute("ALTER TABLE event_parts.event RENAME TO event_0")
    op.execute(
        "CREATE TABLE event (LIKE event_parts.event_0 INCLUDING DEFAULTS) PARTITION BY RANGE (seq)"
    )
    op.create_primary_key(op.f("pk_event"), "event", ["seq"])
    op.create_index(op.f("ix_event_group_id_seq"), "event", ["group_id", "seq"])
    op.execute(_SPLIT)
    op.execute("ALTER TABLE event ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY scope ON event TO tuanzu_caller USING ({_EVENT})")
    op.execute(_MAKE_ROOM)
    op.execute(_DROP)
    for signature in ("event_make_room(bigint, bigint)", "event_drop_part(bigint)"):
        op.execute(f"REVOKE EXECUTE ON FUNCTION {signature} FROM PUBLIC")
    op.execute(f"SELECT event_make_room({_SIZE}, {_SIZE})")


def downgrade() -> None:
    """Put what is kept into one table again; what was archived stays in its files."""
    op.execute("DROP FUNCTION event_drop_part(bigint)")
    op.execute("DROP FUNCTION event_make_room(bigint, bigint)")
    op.execute("ALTER TABLE event RENAME TO event_divided")
    op.execute("ALTER TABLE event_divided DROP CONSTRAINT pk_event")
    op.execute("DROP INDEX ix_event_group_id_seq")
    op.execute("CREATE TABLE event (LIKE event_divided INCLUDING DEFAULTS)")
    op.execute(f"INSERT INTO event ({_COLUMNS}) SELECT {_COLUMNS} FROM event_divided")  # noqa: S608 from above
    op.execute("DROP TABLE event_divided")
    op.execute("DROP SCHEMA event_parts")
    op.create_primary_key(op.f("pk_event"), "event", ["seq"])
    op.create_unique_constraint(
        op.f("uq_event_aggregate_id_aggregate_version"),
        "event",
        ["aggregate_id", "aggregate_version"],
    )
    op.create_unique_constraint(op.f("uq_event_event_id"), "event", ["event_id"])
    op.create_index(op.f("ix_event_group_id_seq"), "event", ["group_id", "seq"])
    op.execute("ALTER TABLE event ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY scope ON event TO tuanzu_caller USING ({_EVENT})")
    op.drop_column("heartbeat", "every")
    op.drop_column("feed_head", "copied")
    op.drop_index("ix_event_parked_next_at", "event_parked")
    op.drop_column("event_parked", "next_at")
    op.drop_column("event_parked", "attempts")
    for table in ("due_failure", "event_archive", "event_part"):
        op.drop_table(table)
