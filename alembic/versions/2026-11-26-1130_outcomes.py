"""outcomes: indicators of projects and what was observed of them, seen with the project.

Revision: outcomes
Follows: guarantees
"""

import sqlalchemy as sa
from alembic import op

revision = "outcomes"
down_revision = "guarantees"
branch_labels = None
depends_on = None

_SEEN = {
    "outcome_indicator": "EXISTS (SELECT FROM project whole WHERE whole.id = project_id)",
    "indicator_observation": (
        "EXISTS (SELECT FROM outcome_indicator whole WHERE whole.id = indicator_id)"
    ),
}


def upgrade() -> None:
    op.create_table(
        "outcome_indicator",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "measure IN ('cumulative', 'per_period')", name=op.f("ck_outcome_indicator_measure")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_outcome_indicator_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outcome_indicator")),
        sa.UniqueConstraint(
            "project_id", "name", name=op.f("uq_outcome_indicator_project_id_name")
        ),
    )
    op.create_table(
        "indicator_observation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("indicator_id", sa.Uuid(), nullable=False),
        sa.Column("as_of", sa.Date(), nullable=False),
        sa.Column("value", sa.Numeric(precision=20, scale=2), nullable=False),
        sa.Column("qualifier", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("observed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("observed_by", sa.Uuid(), nullable=True),
        sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("verified_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "qualifier IN ('exact', 'at_least', 'about')",
            name=op.f("ck_indicator_observation_qualifier"),
        ),
        sa.CheckConstraint(
            "verified_by <> observed_by", name=op.f("ck_indicator_observation_four_eyes")
        ),
        sa.ForeignKeyConstraint(
            ["indicator_id"],
            ["outcome_indicator.id"],
            name=op.f("fk_indicator_observation_indicator_id"),
        ),
        sa.ForeignKeyConstraint(
            ["observed_by"], ["account.id"], name=op.f("fk_indicator_observation_observed_by")
        ),
        sa.ForeignKeyConstraint(
            ["verified_by"], ["account.id"], name=op.f("fk_indicator_observation_verified_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_indicator_observation")),
    )
    op.create_index(
        "uq_indicator_observation_current",
        "indicator_observation",
        ["indicator_id", "as_of"],
        unique=True,
        postgresql_where=sa.text("is_current"),
    )
    for table, seen in _SEEN.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY scope ON {table} TO tuanzu_caller USING ({seen})")


def downgrade() -> None:
    op.drop_table("indicator_observation")
    op.drop_table("outcome_indicator")
