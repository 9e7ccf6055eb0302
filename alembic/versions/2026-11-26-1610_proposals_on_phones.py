"""phones keep proposals for the library, and what is known of evidence.

Revision: proposals_on_phones
Follows: exits
"""

from alembic import op

revision = "proposals_on_phones"
down_revision = "exits"
branch_labels = None
depends_on = None

_NOTED = {
    "admission": "id,group_id,lead_organisation_id,responsible_organisation_id",
    "evidence": "id",
}
"""Table → its id, then the columns that say who sees it where that can end."""


def upgrade() -> None:
    for table, columns in _NOTED.items():
        call = f"EXECUTE FUNCTION note_row_change({columns})"
        op.execute(f"CREATE TRIGGER noted AFTER INSERT OR DELETE ON {table} FOR EACH ROW {call}")
        op.execute(
            f"CREATE TRIGGER noted_update AFTER UPDATE ON {table} FOR EACH ROW "
            f"WHEN (OLD.* IS DISTINCT FROM NEW.*) {call}"
        )


def downgrade() -> None:
    for table in _NOTED:
        op.execute(f"DROP TRIGGER noted ON {table}")
        op.execute(f"DROP TRIGGER noted_update ON {table}")
