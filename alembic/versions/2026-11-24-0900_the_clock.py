"""The house's clock, and the extension that dated exclusions need.

Revision: 0001_clock
Follows: nothing
"""

from alembic import op

revision = "0001_clock"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    # One function is the clock of every process; a story test replaces it to simulate time.
    op.execute(
        "CREATE FUNCTION house_now() RETURNS timestamptz LANGUAGE sql VOLATILE PARALLEL SAFE "
        "AS 'SELECT clock_timestamp()'"
    )


def downgrade() -> None:
    op.execute("DROP FUNCTION house_now()")
