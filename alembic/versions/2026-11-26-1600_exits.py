"""exits: what leaves the library passes the gates too, and a proposal may be withdrawn.

Revision: exits
Follows: more_on_phones
"""

import sqlalchemy as sa
from alembic import op

revision = "exits"
down_revision = "more_on_phones"
branch_labels = None
depends_on = None

_STATES = "'draft', 'at_county', 'at_city', 'at_province', 'returned', 'admitted'"
_BEFORE = {
    "state": f"state IN ({_STATES})",
    "admitted": "(state = 'admitted') = (project_id IS NOT NULL)",
    "submitted": "state = 'draft' OR submitted_by IS NOT NULL",
}
_AFTER = {
    "state": f"state IN ({_STATES}, 'exited', 'withdrawn')",
    "admitted": "(kind = 'exit' OR state = 'admitted') = (project_id IS NOT NULL)",
    "submitted": "state IN ('draft', 'withdrawn') OR submitted_by IS NOT NULL",
}


def _check(what: dict[str, str]) -> None:
    for name, condition in what.items():
        op.drop_constraint(op.f(f"ck_admission_{name}"), "admission")
        op.create_check_constraint(op.f(f"ck_admission_{name}"), "admission", condition)


def _let_one_be_open(columns: list[str], decided: str) -> None:
    op.drop_index("uq_admission_open", "admission")
    op.create_index(
        "uq_admission_open", "admission", columns, unique=True, postgresql_where=sa.text(decided)
    )


def upgrade() -> None:
    op.add_column("admission", sa.Column("kind", sa.Text(), server_default="entry", nullable=False))
    op.create_check_constraint(op.f("ck_admission_kind"), "admission", "kind IN ('entry', 'exit')")
    _check(_AFTER)
    _let_one_be_open(["code", "kind"], "state NOT IN ('admitted', 'exited', 'withdrawn')")


def downgrade() -> None:
    """Lose every exit, and every proposal that was withdrawn."""
    op.execute("DELETE FROM admission WHERE kind = 'exit' OR state = 'withdrawn'")
    _let_one_be_open(["code"], "state <> 'admitted'")
    _check(_BEFORE)
    op.drop_column("admission", "kind")
