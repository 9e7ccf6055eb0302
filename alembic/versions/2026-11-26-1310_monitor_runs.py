"""runs: the daily account of the watch, also of nothing.

Revision: monitor_runs
Follows: cadences
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "monitor_runs"
down_revision = "cadences"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "monitor_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("since_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ran_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("runs_missed", sa.Integer(), nullable=False),
        sa.Column("first_missed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("noticed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("silent_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("projects_watched", sa.Integer(), nullable=False),
        sa.Column("findings_opened", sa.Integer(), nullable=False),
        sa.Column("findings_cleared", sa.Integer(), nullable=False),
        sa.Column("findings_open", sa.Integer(), nullable=False),
        sa.Column("reminders_sent", sa.Integer(), nullable=False),
        sa.Column("steps_taken", sa.Integer(), nullable=False),
        sa.Column("self_findings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('completed', 'missed', 'caught_up')", name=op.f("ck_monitor_run_state")
        ),
        sa.CheckConstraint(
            "(state = 'missed') = (ran_at IS NULL)", name=op.f("ck_monitor_run_ran")
        ),
        sa.CheckConstraint(
            "(state = 'completed') = (runs_missed = 0)", name=op.f("ck_monitor_run_missed")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_monitor_run")),
        sa.UniqueConstraint("due_at", name=op.f("uq_monitor_run_due_at")),
    )


def downgrade() -> None:
    """Lose every account of the watch."""
    op.drop_table("monitor_run")
