"""what phones keep: the log of written rows, and the scopes that copies were made under.

Revision: sync
Follows: jobs
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "sync"
down_revision = "jobs"
branch_labels = None
depends_on = None

_NOTE = """
CREATE FUNCTION note_row_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  written jsonb;
  before uuid[] := '{}';
BEGIN
  IF TG_OP = 'INSERT' THEN
    written := to_jsonb(NEW);
  ELSE
    written := to_jsonb(OLD);
    SELECT coalesce(array_agg(CAST(written ->> name AS uuid)), '{}') INTO before
    FROM unnest(TG_ARGV[1:]) AS name WHERE written ->> name IS NOT NULL;
  END IF;
  INSERT INTO row_change (kind, record_id, operation, audience)
  VALUES (TG_TABLE_NAME, written ->> TG_ARGV[0], left(TG_OP, 1), before);
  RETURN NULL;
END $$
"""

_NOTED = {
    "region": "code",
    "region_designation": "region_code",
    "organisation": "id",
    "joint_group": "id",
    "group_membership": "group_id",
    "project": "id, group_id, lead_organisation_id, responsible_organisation_id",
    "project_partner": "project_id, organisation_id",
    "milestone": "id",
    "annual_plan": "id",
    "framework_agreement": "id, group_id",
    "agreement_party": "agreement_id, organisation_id",
    "agreement_project": "agreement_id",
    "progress_report": "id",
    "finding": "id",
    "notification": "id",
    "reminder": "id, group_id, organisation_id",
    "reminder_recipient": "reminder_id",
    "supervision_order": "id",
    "escalation_run": "id",
    "escalation_step": "run_id",
}
"""Table → the column that names the record, then those that say who sees it where that can end."""

_NOTED_IN_PART = {
    "project_watch": (
        "project_id",
        "light, light_since, last_accepted_period, cumulative_year, cumulative_all, physical_percent",
    ),
    "account": ("id", "name"),
}
"""Table → the column that names the record, and the columns that anybody is shown."""


def _of(columns: str, row: str) -> str:
    return "(" + ", ".join(f"{row}.{name}" for name in columns.split(", ")) + ")"


def upgrade() -> None:
    op.create_table(
        "row_change",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.Text(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("audience", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column(
            "noted_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("clock_timestamp()"),
            nullable=False,
        ),
        sa.Column("number", sa.BigInteger(), nullable=True),
        sa.Column("seq", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_row_change")),
    )
    op.create_index("uq_row_change_number", "row_change", ["number"], unique=True)
    op.create_index(
        "ix_row_change_waiting", "row_change", ["id"], postgresql_where=sa.text("number IS NULL")
    )
    op.create_table(
        "sync_scope",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("permissions", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("group_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("organisation_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("own_organisation_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_sync_scope")),
    )
    op.create_index(
        "ix_progress_report_owed",
        "progress_report",
        ["current_due_at"],
        postgresql_where=sa.text("state IN ('due', 'draft', 'returned')"),
    )
    op.execute(_NOTE)
    for table, columns in _NOTED.items():
        call = (
            f"FOR EACH ROW {{when}} EXECUTE FUNCTION note_row_change({columns.replace(', ', ',')})"
        )
        op.execute(f"CREATE TRIGGER noted AFTER INSERT OR DELETE ON {table} {call.format(when='')}")
        differs = "WHEN (OLD.* IS DISTINCT FROM NEW.*)"
        op.execute(
            f"CREATE TRIGGER noted_update AFTER UPDATE ON {table} {call.format(when=differs)}"
        )
    for table, (key, columns) in _NOTED_IN_PART.items():
        op.execute(
            f"CREATE TRIGGER noted_update AFTER UPDATE OF {columns} ON {table} FOR EACH ROW "
            f"WHEN ({_of(columns, 'OLD')} IS DISTINCT FROM {_of(columns, 'NEW')}) "
            f"EXECUTE FUNCTION note_row_change({key})"
        )


def downgrade() -> None:
    for table in _NOTED:
        op.execute(f"DROP TRIGGER noted ON {table}")
    for table in (*_NOTED, *_NOTED_IN_PART):
        op.execute(f"DROP TRIGGER noted_update ON {table}")
    op.execute("DROP FUNCTION note_row_change()")
    op.drop_index("ix_progress_report_owed", table_name="progress_report")
    op.drop_table("sync_scope")
    op.drop_table("row_change")
