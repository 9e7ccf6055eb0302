"""guarantees: what was promised to projects, seen with the project.

Revision: guarantees
Follows: endpoints_that_end
"""

import sqlalchemy as sa
from alembic import op

revision = "guarantees"
down_revision = "endpoints_that_end"
branch_labels = None
depends_on = None

_SEEN = "EXISTS (SELECT FROM project whole WHERE whole.id = project_id)"


def upgrade() -> None:
    op.create_table(
        "resource_guarantee",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("promiser_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=20, scale=2), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("promised_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("original_due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("delivered_amount", sa.Numeric(precision=20, scale=2), nullable=True),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("reported_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_by", sa.Uuid(), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('land', 'funds', 'permit', 'energy', 'staff', 'technology', 'policy')",
            name=op.f("ck_resource_guarantee_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('promised', 'reported', 'delivered', 'withdrawn')",
            name=op.f("ck_resource_guarantee_state"),
        ),
        sa.CheckConstraint(
            "(amount IS NULL) = (unit IS NULL)", name=op.f("ck_resource_guarantee_unit")
        ),
        sa.CheckConstraint("amount > 0", name=op.f("ck_resource_guarantee_amount")),
        sa.CheckConstraint(
            "delivered_amount IS NULL OR amount IS NOT NULL",
            name=op.f("ck_resource_guarantee_delivered"),
        ),
        sa.CheckConstraint("due_on >= promised_on", name=op.f("ck_resource_guarantee_days")),
        sa.CheckConstraint(
            "confirmed_by <> reported_by", name=op.f("ck_resource_guarantee_four_eyes")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_resource_guarantee_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["promiser_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_resource_guarantee_promiser_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reported_by"], ["account.id"], name=op.f("fk_resource_guarantee_reported_by")
        ),
        sa.ForeignKeyConstraint(
            ["confirmed_by"], ["account.id"], name=op.f("fk_resource_guarantee_confirmed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_resource_guarantee")),
    )
    op.create_index(
        op.f("ix_resource_guarantee_project_id_due_on"),
        "resource_guarantee",
        ["project_id", "due_on"],
        unique=False,
    )
    op.create_index(
        op.f("ix_resource_guarantee_promiser_organisation_id"),
        "resource_guarantee",
        ["promiser_organisation_id"],
        unique=False,
    )
    op.create_index(
        "ix_resource_guarantee_open",
        "resource_guarantee",
        ["project_id"],
        unique=False,
        postgresql_where=sa.text("state IN ('promised', 'reported')"),
    )
    op.execute("ALTER TABLE resource_guarantee ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY scope ON resource_guarantee TO tuanzu_caller USING ({_SEEN})")


def downgrade() -> None:
    op.drop_table("resource_guarantee")
