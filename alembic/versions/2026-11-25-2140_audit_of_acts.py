"""audit lines of acts that are no facts: log-ins, exports, refusals.

Revision: 0003_audit_of_acts
Follows: 0002_first_rooms
"""

import sqlalchemy as sa
from alembic import op

revision = "0003_audit_of_acts"
down_revision = "0002_first_rooms"
branch_labels = None
depends_on = None

_MAYBE = ("subject_kind", "subject_id", "event_id")


def upgrade() -> None:
    op.add_column(
        "audit_entry", sa.Column("outcome", sa.Text(), nullable=False, server_default="done")
    )
    op.add_column("audit_entry", sa.Column("address", sa.Text(), nullable=True))
    for name in _MAYBE:
        op.alter_column("audit_entry", name, nullable=True)


def downgrade() -> None:
    """Lose the lines that the older shape cannot hold: those of acts that were no facts."""
    op.execute("DELETE FROM audit_entry WHERE event_id IS NULL")
    for name in _MAYBE:
        op.alter_column("audit_entry", name, nullable=False)
    op.drop_column("audit_entry", "address")
    op.drop_column("audit_entry", "outcome")
