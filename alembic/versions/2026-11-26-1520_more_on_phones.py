"""phones keep rulings, assignments, outcomes, guarantees, corrections and requests to change plans.

Revision: more_on_phones
Follows: admissions
"""

from alembic import op

revision = "more_on_phones"
down_revision = "admissions"
branch_labels = None
depends_on = None

_NOTED = (
    "ruling",
    "policy_assignment",
    "outcome_indicator",
    "indicator_observation",
    "resource_guarantee",
    "progress_correction",
    "plan_change",
)
"""Each is seen with its project or by everybody, so none of their columns ends who sees them."""


def upgrade() -> None:
    call = "EXECUTE FUNCTION note_row_change(id)"
    for table in _NOTED:
        op.execute(f"CREATE TRIGGER noted AFTER INSERT OR DELETE ON {table} FOR EACH ROW {call}")
        op.execute(
            f"CREATE TRIGGER noted_update AFTER UPDATE ON {table} FOR EACH ROW "
            f"WHEN (OLD.* IS DISTINCT FROM NEW.*) {call}"
        )


def downgrade() -> None:
    for table in _NOTED:
        op.execute(f"DROP TRIGGER noted ON {table}")
        op.execute(f"DROP TRIGGER noted_update ON {table}")
