"""monitoring: findings about targets and statements, and when each of them is looked at next.

Revision: totals_are_watched
Follows: funds_paid

Every target and statement that is there is looked at at once.
"""

import sqlalchemy as sa
from alembic import op

revision = "totals_are_watched"
down_revision = "funds_paid"
branch_labels = None
depends_on = None

_OF_A_PROJECT = "EXISTS (SELECT FROM project whole WHERE whole.id = project_id)"
_OF_A_TOTAL = (
    "project_id IS NULL AND organisation_id = ANY (CAST((SELECT scope_organisations()) AS uuid[]))"
)


def upgrade() -> None:
    op.alter_column("finding", "project_id", nullable=True)
    for column, table in (("target_id", "annual_target"), ("statement_id", "library_statement")):
        op.add_column("finding", sa.Column(column, sa.Uuid(), nullable=True))
        op.create_foreign_key(op.f(f"fk_finding_{column}"), "finding", table, [column], ["id"])
        op.create_unique_constraint(
            op.f(f"uq_finding_{column}_rule_occurrence"), "finding", [column, "rule", "occurrence"]
        )
    op.create_check_constraint(
        op.f("ck_finding_about"),
        "finding",
        "num_nonnulls(project_id, target_id, statement_id) = 1",
    )
    _wall(f"({_OF_A_TOTAL}) OR {_OF_A_PROJECT}")
    op.create_table(
        "total_watch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('target', 'statement')", name=op.f("ck_total_watch_kind")),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_total_watch_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_total_watch")),
    )
    op.create_index(
        "ix_total_watch_next_at",
        "total_watch",
        ["next_at", "id"],
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index(op.f("ix_total_watch_region_code"), "total_watch", ["region_code"])
    op.execute(
        "INSERT INTO total_watch (id, kind, region_code, next_at) "
        "SELECT id, 'target', region_code, house_now() FROM annual_target UNION ALL "
        "SELECT id, 'statement', region_code, house_now() FROM library_statement"
    )


def _wall(seen: str) -> None:
    op.execute("DROP POLICY scope ON finding")
    op.execute(f"CREATE POLICY scope ON finding TO tuanzu_caller USING ({seen})")


def downgrade() -> None:
    """Lose what was found of targets and statements."""
    op.drop_table("total_watch")
    op.execute("DELETE FROM finding WHERE project_id IS NULL")
    _wall(_OF_A_PROJECT)
    op.drop_constraint(op.f("ck_finding_about"), "finding")
    for column in ("statement_id", "target_id"):
        op.drop_constraint(op.f(f"uq_finding_{column}_rule_occurrence"), "finding")
        op.drop_constraint(op.f(f"fk_finding_{column}"), "finding", type_="foreignkey")
        op.drop_column("finding", column)
    op.alter_column("finding", "project_id", nullable=False)
