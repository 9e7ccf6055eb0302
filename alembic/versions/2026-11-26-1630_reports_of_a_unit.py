"""progress: what a unit owes is found by the unit.

Revision: reports_of_a_unit
Follows: lights_apart
"""

import sqlalchemy as sa
from alembic import op

revision = "reports_of_a_unit"
down_revision = "lights_apart"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_progress_report_of_unit",
        "progress_report",
        ["organisation_id", "current_due_at"],
        postgresql_where=sa.text("state IN ('due', 'draft', 'returned')"),
    )


def downgrade() -> None:
    op.drop_index("ix_progress_report_of_unit", table_name="progress_report")
