"""projects, progress and rulings: funds paid, planned payments, and the dimension that judges them.

Revision: funds_paid
Follows: evidence

Nobody was asked what was paid before: the figures of the past stay null, and nothing is judged by
them.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "funds_paid"
down_revision = "evidence"
branch_labels = None
depends_on = None

_PLANS = ("annual_plan", "plan_change")
_FIGURES = ("progress_report", "project_watch")
_BEFORE = "'start', 'progress', 'report', 'milestone', 'blocker', 'stale', 'memory'"
_DIMENSIONS = "'start', 'progress', 'funds', 'report', 'milestone', 'blocker', 'stale', 'memory'"
_SHOWN = (
    "light, light_since, last_accepted_period, cumulative_year, cumulative_all, physical_percent"
)
_CHECKS = {
    "payments": "planned_payments >= 0",
    "payments_qualifier": "payments_qualifier IN ('exact', 'at_least', 'about')",
    "payments_spread_by": "payments_spread_by IN ('even', 'working_days')",
    "payments_whole": "num_nonnulls(planned_payments, payments_qualifier, payment_curve) IN (0, 3) "
    "AND (planned_payments IS NOT NULL OR payments_spread_by IS NULL)",
    "payment_curve": "cardinality(payment_curve) = 12",
}


def upgrade() -> None:
    for table in _FIGURES:
        op.add_column(table, sa.Column("paid_year", sa.Numeric(20, 2), nullable=True))
        op.add_column(table, sa.Column("paid_all", sa.Numeric(20, 2), nullable=True))
    _check("progress_report", "paid", "paid_year <= paid_all")
    for table in _PLANS:
        op.add_column(table, sa.Column("planned_payments", sa.Numeric(20, 2), nullable=True))
        op.add_column(table, sa.Column("payments_qualifier", sa.Text(), nullable=True))
        curve = postgresql.ARRAY(sa.Numeric(20, 2))
        op.add_column(table, sa.Column("payment_curve", curve, nullable=True))
        op.add_column(table, sa.Column("payments_spread_by", sa.Text(), nullable=True))
        for name, holds in _CHECKS.items():
            _check(table, name, holds)
    _judge(_DIMENSIONS)
    _note(f"{_SHOWN}, paid_year, paid_all")


def _check(table: str, name: str, holds: str) -> None:
    op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, holds)


def _judge(dimensions: str) -> None:
    op.drop_constraint(op.f("ck_ruling_dimension"), "ruling")
    _check("ruling", "dimension", f"dimension IN ({dimensions})")


def _note(columns: str) -> None:
    """Let phones hear of a watched row when one of these columns changes, which anybody is shown."""
    old, new = (
        ", ".join(f"{row}.{name}" for name in columns.split(", ")) for row in ("OLD", "NEW")
    )
    op.execute("DROP TRIGGER noted_update ON project_watch")
    op.execute(
        f"CREATE TRIGGER noted_update AFTER UPDATE OF {columns} ON project_watch FOR EACH ROW "
        f"WHEN (({old}) IS DISTINCT FROM ({new})) "
        f"EXECUTE FUNCTION note_row_change(project_id)"
    )


def downgrade() -> None:
    """Lose what was paid, what was planned to be paid, and the rulings about it."""
    _note(_SHOWN)
    op.execute("DELETE FROM ruling WHERE dimension = 'funds'")
    _judge(_BEFORE)
    for table in _PLANS:
        for name in _CHECKS:
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table)
        for column in (
            "planned_payments",
            "payments_qualifier",
            "payment_curve",
            "payments_spread_by",
        ):
            op.drop_column(table, column)
    op.drop_constraint(op.f("ck_progress_report_paid"), "progress_report")
    for table in _FIGURES:
        op.drop_column(table, "paid_year")
        op.drop_column(table, "paid_all")
