"""assignments: which policy counts for a place, or for one class of its projects.

Revision: assignments
Follows: rulings
"""

import sqlalchemy as sa
from alembic import op

revision = "assignments"
down_revision = "rulings"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "policy_assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("library_class", sa.Text(), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "library_class IN ('planning', 'preparatory', 'implementation')",
            name=op.f("ck_policy_assignment_library_class"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_policy_assignment_region_code")
        ),
        sa.ForeignKeyConstraint(
            ["made_by"], ["account.id"], name=op.f("fk_policy_assignment_made_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_assignment")),
    )
    op.create_index("ix_policy_assignment_region_code", "policy_assignment", ["region_code"])


def downgrade() -> None:
    op.drop_table("policy_assignment")
