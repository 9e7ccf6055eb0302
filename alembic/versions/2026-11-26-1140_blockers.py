"""blockers: what is in a project's way, its stopped clock, and the consultations on it.

Revision: blockers
Follows: outcomes
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "blockers"
down_revision = "outcomes"
branch_labels = None
depends_on = None

_NOTED = {
    "blocker": "id, owner_organisation_id",
    "blocker_suspension": "blocker_id",
    "blocker_consultation": "id",
}
"""Table → the column that names the record, then those that say who sees it where that can end."""

_OWNED = """
        UNION ALL
        SELECT project_id FROM blocker
        WHERE owner_organisation_id = ANY (scope_organisations())"""
"""Wider: a unit that is to solve a blocker, a county department say, is shown the project's name."""


def _of(parent: str, column: str) -> str:
    """Let a part be seen with its whole, found by its key."""
    return f"EXISTS (SELECT FROM {parent} whole WHERE whole.id = {column})"


_POLICIES = {
    "blocker": _of("project", "project_id"),
    "blocker_suspension": _of("blocker", "blocker_id"),
    "blocker_consultation": _of("blocker", "blocker_id"),
}
"""Table → which rows are there for a caller, and may be written by it."""


def _widen(change: str, into: str) -> None:
    """Replace a part of what `scope_projects` asks; whatever else has widened it stays."""
    asked = "SELECT prosrc FROM pg_proc WHERE oid = CAST('scope_projects' AS regproc)"
    body = op.get_bind().scalar(sa.text(asked)).rstrip()
    op.execute(
        "CREATE OR REPLACE FUNCTION scope_projects() RETURNS SETOF uuid LANGUAGE sql STABLE "
        "PARALLEL SAFE SECURITY DEFINER SET search_path = public, pg_temp "
        f"AS $$ {body.replace(change, into) if change else body + into} $$"
    )


def upgrade() -> None:
    op.create_table(
        "blocker",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("ladder", sa.Text(), nullable=True),
        sa.Column("raised_by", sa.Uuid(), nullable=False),
        sa.Column("raised_by_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("raised_on", sa.Date(), nullable=False),
        sa.Column("owner_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("responsible_person", sa.Text(), nullable=True),
        sa.Column("responsible_account_id", sa.Uuid(), nullable=True),
        sa.Column("original_due_on", sa.Date(), nullable=False),
        sa.Column("current_due_on", sa.Date(), nullable=False),
        sa.Column("assessed_due_on", sa.Date(), nullable=False),
        sa.Column("next_consultation_on", sa.Date(), nullable=True),
        sa.Column("resolved_by", sa.Uuid(), nullable=True),
        sa.Column("resolved_by_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("resolved_on", sa.Date(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("verified_on", sa.Date(), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("recheck_due_on", sa.Date(), nullable=True),
        sa.Column("rechecked_on", sa.Date(), nullable=True),
        sa.Column("reopened_count", sa.SmallInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('blockage', 'hard_point', 'pain_point')", name=op.f("ck_blocker_kind")
        ),
        sa.CheckConstraint(
            "level IN ('unit', 'county', 'city', 'province')", name=op.f("ck_blocker_level")
        ),
        sa.CheckConstraint(
            "severity IN ('minor', 'major', 'critical')", name=op.f("ck_blocker_severity")
        ),
        sa.CheckConstraint(
            "state <> 'closed' OR (evidence IS NOT NULL AND closed_on IS NOT NULL)",
            name=op.f("ck_blocker_closed_with_evidence"),
        ),
        sa.CheckConstraint(
            "state IN ('raised', 'triaged', 'assigned', 'consulting', 'suspended', 'resolved', 'verified', 'closed')",
            name=op.f("ck_blocker_state"),
        ),
        sa.CheckConstraint(
            "state IN ('raised', 'triaged', 'suspended') OR owner_organisation_id IS NOT NULL",
            name=op.f("ck_blocker_owned"),
        ),
        sa.CheckConstraint(
            "(verified_by IS NULL OR verified_by <> resolved_by) AND (closed_by IS NULL OR closed_by <> resolved_by)",
            name=op.f("ck_blocker_four_eyes"),
        ),
        sa.ForeignKeyConstraint(["closed_by"], ["account.id"], name=op.f("fk_blocker_closed_by")),
        sa.ForeignKeyConstraint(
            ["owner_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_blocker_owner_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_blocker_project_id")),
        sa.ForeignKeyConstraint(["raised_by"], ["account.id"], name=op.f("fk_blocker_raised_by")),
        sa.ForeignKeyConstraint(
            ["raised_by_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_blocker_raised_by_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by"], ["account.id"], name=op.f("fk_blocker_resolved_by")
        ),
        sa.ForeignKeyConstraint(
            ["resolved_by_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_blocker_resolved_by_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["responsible_account_id"],
            ["account.id"],
            name=op.f("fk_blocker_responsible_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["verified_by"], ["account.id"], name=op.f("fk_blocker_verified_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocker")),
    )
    op.create_index(
        "ix_blocker_open",
        "blocker",
        ["project_id"],
        unique=False,
        postgresql_where=sa.text("state NOT IN ('resolved', 'verified', 'closed')"),
    )
    op.create_index(
        op.f("ix_blocker_owner_organisation_id"), "blocker", ["owner_organisation_id"], unique=False
    )
    op.create_index(op.f("ix_blocker_project_id_id"), "blocker", ["project_id", "id"], unique=False)
    op.create_table(
        "blocker_consultation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("blocker_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("convened_by_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("attendee_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("conclusion", sa.Text(), nullable=False),
        sa.Column("commitments", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "level IN ('unit', 'county', 'city', 'province')",
            name=op.f("ck_blocker_consultation_level"),
        ),
        sa.CheckConstraint(
            "outcome IN ('resolved', 'unresolved')", name=op.f("ck_blocker_consultation_outcome")
        ),
        sa.ForeignKeyConstraint(
            ["blocker_id"], ["blocker.id"], name=op.f("fk_blocker_consultation_blocker_id")
        ),
        sa.ForeignKeyConstraint(
            ["convened_by_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_blocker_consultation_convened_by_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_blocker_consultation_recorded_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocker_consultation")),
        sa.UniqueConstraint(
            "blocker_id", "number", name=op.f("uq_blocker_consultation_blocker_id_number")
        ),
    )
    op.create_table(
        "blocker_suspension",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("blocker_id", sa.Uuid(), nullable=False),
        sa.Column("state_before", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("limit_days", sa.SmallInteger(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("stopped_working_days", sa.SmallInteger(), nullable=True),
        sa.CheckConstraint(
            "state_before IN ('triaged', 'assigned', 'consulting')",
            name=op.f("ck_blocker_suspension_state_before"),
        ),
        sa.CheckConstraint("limit_days BETWEEN 1 AND 90", name=op.f("ck_blocker_suspension_limit")),
        sa.ForeignKeyConstraint(
            ["blocker_id"], ["blocker.id"], name=op.f("fk_blocker_suspension_blocker_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blocker_suspension")),
    )
    op.create_index(
        op.f("ix_blocker_suspension_blocker_id_began_on"),
        "blocker_suspension",
        ["blocker_id", "began_on"],
        unique=False,
    )
    op.create_index(
        "ix_blocker_suspension_next_at",
        "blocker_suspension",
        ["next_at", "id"],
        unique=False,
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index(
        "uq_blocker_suspension_open",
        "blocker_suspension",
        ["blocker_id"],
        unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    for table, columns in _NOTED.items():
        call = f"EXECUTE FUNCTION note_row_change({columns.replace(', ', ',')})"
        op.execute(f"CREATE TRIGGER noted AFTER INSERT OR DELETE ON {table} FOR EACH ROW {call}")
        op.execute(
            f"CREATE TRIGGER noted_update AFTER UPDATE ON {table} FOR EACH ROW "
            f"WHEN (OLD.* IS DISTINCT FROM NEW.*) {call}"
        )
    _widen("", _OWNED)
    for table, seen in _POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY scope ON {table} TO tuanzu_caller USING ({seen})")


def downgrade() -> None:
    _widen(_OWNED, "")
    for table in ("blocker_suspension", "blocker_consultation", "blocker"):
        op.drop_table(table)
