"""progress: periods of all kinds in order, by the last day of each.

Revision: cadences
Follows: figures_are_asked
"""

import sqlalchemy as sa
from alembic import op

revision = "cadences"
down_revision = "figures_are_asked"
branch_labels = None
depends_on = None

_ENDS = """
CREATE FUNCTION progress_period_ends(period text) RETURNS date LANGUAGE sql IMMUTABLE STRICT
RETURN CASE
  WHEN substr(period, 6, 1) = 'W' THEN
    make_date(left(period, 4)::int, 1, 4)
    - extract(isodow FROM make_date(left(period, 4)::int, 1, 4))::int
    + 7 * substr(period, 7, 2)::int
  WHEN right(period, 3) = '-H1' THEN
    make_date(left(period, 4)::int, substr(period, 6, 2)::int, 15)
  WHEN substr(period, 6, 1) = 'Q' THEN
    (make_date(left(period, 4)::int, 3 * substr(period, 7, 1)::int, 1)
      + interval '1 month' - interval '1 day')::date
  ELSE
    (make_date(left(period, 4)::int, substr(period, 6, 2)::int, 1)
      + interval '1 month' - interval '1 day')::date
END
"""
"""The last day of a period, as `calendar.periods` says it (tested to agree)."""


def upgrade() -> None:
    op.execute(_ENDS)
    op.add_column(
        "progress_report",
        sa.Column(
            "last_on",
            sa.Date(),
            sa.Computed("progress_period_ends(period)", persisted=True),
            nullable=False,
        ),
    )


def downgrade() -> None:
    op.drop_column("progress_report", "last_on")
    op.execute("DROP FUNCTION progress_period_ends(text)")
