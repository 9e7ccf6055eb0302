"""proofs: every night's judgement anew of all that is watched.

Revision: proofs
Follows: monitor_runs
"""

import sqlalchemy as sa
from alembic import op

revision = "proofs"
down_revision = "monitor_runs"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "monitoring_proof",
        sa.Column("night", sa.Date(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("after_id", sa.Uuid(), nullable=True),
        sa.Column("projects", sa.Integer(), nullable=False),
        sa.Column("differences", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("night", name=op.f("pk_monitoring_proof")),
    )


def downgrade() -> None:
    op.drop_table("monitoring_proof")
