"""phones keep meetings: their rows are noted when they are written.

Revision: meetings_on_phones
Follows: the_wall_of_new_rooms
"""

from alembic import op

revision = "meetings_on_phones"
down_revision = "the_wall_of_new_rooms"
branch_labels = None
depends_on = None

_NOTED = {
    "meeting": "id, group_id, convener_organisation_id",
    "meeting_invitation": "meeting_id, organisation_id",
    "meeting_move": "meeting_id",
    "meeting_minutes": "meeting_id",
}
"""Table → the column that names the record, then those that say who sees it where that can end."""


def upgrade() -> None:
    for table, columns in _NOTED.items():
        call = f"EXECUTE FUNCTION note_row_change({columns.replace(', ', ',')})"
        op.execute(f"CREATE TRIGGER noted AFTER INSERT OR DELETE ON {table} FOR EACH ROW {call}")
        op.execute(
            f"CREATE TRIGGER noted_update AFTER UPDATE ON {table} FOR EACH ROW "
            f"WHEN (OLD.* IS DISTINCT FROM NEW.*) {call}"
        )


def downgrade() -> None:
    for table in _NOTED:
        op.execute(f"DROP TRIGGER noted ON {table}")
        op.execute(f"DROP TRIGGER noted_update ON {table}")
