"""progress and projects: questions, corrections, requests to change plans, versions of milestones.

Revision: figures_are_asked
Follows: assignments

What was remarkable before becomes a question that nobody was asked to answer; plans that were
spread before were spread evenly. What a milestone said before it was changed was not kept: its
versions begin with its planning if it never changed, and otherwise now.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "figures_are_asked"
down_revision = "assignments"
branch_labels = None
depends_on = None

_ASKED = """
UPDATE progress_report SET warnings = (
  SELECT jsonb_agg(
    jsonb_build_object(
      'rule', NULL, 'inputs', '{}'::jsonb,
      'answer', NULL, 'answered_by', NULL, 'answered_at', NULL
    ) || warning)
  FROM jsonb_array_elements(warnings) AS warning)
WHERE jsonb_array_length(warnings) > 0
"""
_NO_MORE = """
UPDATE progress_report SET warnings = (
  SELECT jsonb_agg(
    warning - '{rule,inputs,answer,answered_by,answered_at}'::text[])
  FROM jsonb_array_elements(warnings) AS warning)
WHERE jsonb_array_length(warnings) > 0
"""
_WALLS = {
    "plan_change": "EXISTS (SELECT FROM project whole WHERE whole.id = project_id)",
    "project_external": "EXISTS (SELECT FROM project whole WHERE whole.id = project_id)",
    "milestone_version": "EXISTS (SELECT FROM project whole WHERE whole.id = project_id)",
    "progress_correction": "EXISTS (SELECT FROM progress_report whole WHERE whole.id = report_id)",
}
"""Table → which rows are there for a caller: a part is seen with its whole."""


def upgrade() -> None:
    op.execute(_ASKED)
    op.add_column("annual_plan", sa.Column("spread_by", sa.Text(), nullable=True))
    op.execute("UPDATE annual_plan SET spread_by = 'even' WHERE is_spread")
    op.create_check_constraint(
        op.f("ck_annual_plan_spread_by"), "annual_plan", "spread_by IN ('even', 'working_days')"
    )
    op.create_check_constraint(
        op.f("ck_annual_plan_spread"), "annual_plan", "is_spread = (spread_by IS NOT NULL)"
    )
    _plan_change()
    _progress_correction()
    _milestone_version()
    _project_external()
    for table, seen in _WALLS.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY scope ON {table} TO tuanzu_caller USING ({seen})")


def _plan_change() -> None:
    op.create_table(
        "plan_change",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("replaces", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("planned_investment", sa.Numeric(20, 2), nullable=False),
        sa.Column("investment_qualifier", sa.Text(), nullable=False),
        sa.Column("curve", postgresql.ARRAY(sa.Numeric(20, 2)), nullable=False),
        sa.Column("is_spread", sa.Boolean(), nullable=False),
        sa.Column("spread_by", sa.Text(), nullable=True),
        sa.Column("image_target", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("plan_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('requested', 'approved', 'refused')", name=op.f("ck_plan_change_state")
        ),
        sa.CheckConstraint("cardinality(curve) = 12", name=op.f("ck_plan_change_curve")),
        sa.CheckConstraint("planned_investment >= 0", name=op.f("ck_plan_change_investment")),
        sa.CheckConstraint(
            "spread_by IN ('even', 'working_days')", name=op.f("ck_plan_change_spread_by")
        ),
        sa.CheckConstraint(
            "is_spread = (spread_by IS NOT NULL)", name=op.f("ck_plan_change_spread")
        ),
        sa.CheckConstraint("decided_by <> requested_by", name=op.f("ck_plan_change_four_eyes")),
        sa.CheckConstraint(
            "(state = 'requested') = (decided_by IS NULL)", name=op.f("ck_plan_change_decided")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_plan_change_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["account.id"], name=op.f("fk_plan_change_requested_by")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_plan_change_decided_by")
        ),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["annual_plan.id"], name=op.f("fk_plan_change_plan_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_change")),
    )
    op.create_index(
        op.f("ix_plan_change_project_id_year"), "plan_change", ["project_id", "year"], unique=False
    )
    op.create_index(
        "uq_plan_change_open",
        "plan_change",
        ["project_id", "year"],
        unique=True,
        postgresql_where=sa.text("state = 'requested'"),
    )


_SAID = (
    "project_id, name, gate, weight, planned_on, original_planned_on, forecast_on, actual_on, "
    "evidence, version, source, is_illustrative"
)
_KEEP = f"""
CREATE FUNCTION keep_milestone_version() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE milestone_version SET until = house_now()
  WHERE milestone_id = NEW.id AND until IS NULL;
  INSERT INTO milestone_version (milestone_id, since, {_SAID})
  SELECT NEW.id, house_now(), {", ".join(f"NEW.{name}" for name in _SAID.split(", "))};
  RETURN NULL;
END $$
"""  # noqa: S608 from above
_BEGIN = f"""
INSERT INTO milestone_version (milestone_id, since, {_SAID})
SELECT id, coalesce(
         (SELECT min(at) FROM audit_entry
          WHERE subject_id = milestone.id AND action = 'milestone.planned' AND version = 1),
         house_now()), {_SAID}
FROM milestone
"""  # noqa: S608 from above


def _milestone_version() -> None:
    op.create_table(
        "milestone_version",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("milestone_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=True),
        sa.Column("weight", sa.Numeric(5, 2), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("original_planned_on", sa.Date(), nullable=False),
        sa.Column("forecast_on", sa.Date(), nullable=True),
        sa.Column("actual_on", sa.Date(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["milestone_id"], ["milestone.id"], name=op.f("fk_milestone_version_milestone_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_milestone_version_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone_version")),
    )
    op.create_index(
        op.f("ix_milestone_version_project_id_since"),
        "milestone_version",
        ["project_id", "since"],
        unique=False,
    )
    op.create_index(
        "uq_milestone_version_last",
        "milestone_version",
        ["milestone_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.execute(_BEGIN)
    op.execute(_KEEP)
    op.execute(
        "CREATE TRIGGER kept AFTER INSERT ON milestone FOR EACH ROW "
        "EXECUTE FUNCTION keep_milestone_version()"
    )
    op.execute(
        "CREATE TRIGGER kept_update AFTER UPDATE ON milestone FOR EACH ROW "
        "WHEN (OLD.* IS DISTINCT FROM NEW.*) EXECUTE FUNCTION keep_milestone_version()"
    )


def _project_external() -> None:
    op.create_table(
        "project_external",
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_external_project_id")
        ),
        sa.PrimaryKeyConstraint("source_id", "external_id", name=op.f("pk_project_external")),
        sa.UniqueConstraint(
            "project_id", "source_id", name=op.f("uq_project_external_project_id_source_id")
        ),
    )


def _progress_correction() -> None:
    op.create_table(
        "progress_correction",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("report_id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("questions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("requested_by", sa.Uuid(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.Uuid(), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('requested', 'accepted', 'refused')",
            name=op.f("ck_progress_correction_state"),
        ),
        sa.CheckConstraint(
            "decided_by <> requested_by", name=op.f("ck_progress_correction_four_eyes")
        ),
        sa.CheckConstraint(
            "(state = 'requested') = (decided_by IS NULL)",
            name=op.f("ck_progress_correction_decided"),
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["progress_report.id"], name=op.f("fk_progress_correction_report_id")
        ),
        sa.ForeignKeyConstraint(
            ["requested_by"], ["account.id"], name=op.f("fk_progress_correction_requested_by")
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_progress_correction_decided_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_correction")),
    )
    op.create_index(
        op.f("ix_progress_correction_report_id_requested_at"),
        "progress_correction",
        ["report_id", "requested_at"],
        unique=False,
    )
    op.create_index(
        "uq_progress_correction_open",
        "progress_correction",
        ["report_id"],
        unique=True,
        postgresql_where=sa.text("state = 'requested'"),
    )


def downgrade() -> None:
    """Lose every request to change a plan, every correction, every answer, and what milestones said."""
    op.execute("DROP TRIGGER kept ON milestone")
    op.execute("DROP TRIGGER kept_update ON milestone")
    op.execute("DROP FUNCTION keep_milestone_version()")
    op.drop_table("milestone_version")
    op.drop_table("project_external")
    op.drop_table("progress_correction")
    op.drop_table("plan_change")
    op.drop_constraint(op.f("ck_annual_plan_spread"), "annual_plan")
    op.drop_constraint(op.f("ck_annual_plan_spread_by"), "annual_plan")
    op.drop_column("annual_plan", "spread_by")
    op.execute(_NO_MORE)
