"""rulings: reasons accepted and lights declared by people; a finding may rest.

Revision: rulings
Follows: blockers
"""

import sqlalchemy as sa
from alembic import op

revision = "rulings"
down_revision = "blockers"
branch_labels = None
depends_on = None

_MOMENT = sa.DateTime(timezone=True)
_DIMENSIONS = "'start', 'progress', 'report', 'milestone', 'blocker', 'stale', 'memory'"
_LIGHTS = "'green', 'attention', 'yellow', 'red'"


def _states(listed: str, is_open: str) -> None:
    name = op.f("ck_finding_state")
    op.drop_constraint(name, "finding")
    op.create_check_constraint(name, "finding", f"state IN ({listed})")
    op.drop_index("ix_finding_open", "finding")
    op.create_index("ix_finding_open", "finding", ["project_id"], postgresql_where=sa.text(is_open))


def upgrade() -> None:
    op.create_table(
        "ruling",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=True),
        sa.Column("light", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=False),
        sa.Column("made_at", _MOMENT, nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=False),
        sa.Column("ended_at", _MOMENT, nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"dimension IN ({_DIMENSIONS})", name=op.f("ck_ruling_dimension")),
        sa.CheckConstraint(f"light IN ({_LIGHTS})", name=op.f("ck_ruling_light")),
        sa.CheckConstraint("(dimension IS NULL) <> (light IS NULL)", name=op.f("ck_ruling_one_of")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_ruling_project_id")),
        sa.ForeignKeyConstraint(["made_by"], ["account.id"], name=op.f("fk_ruling_made_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["account.id"], name=op.f("fk_ruling_ended_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ruling")),
    )
    op.create_index("ix_ruling_project_id_expires_on", "ruling", ["project_id", "expires_on"])
    op.execute("ALTER TABLE ruling ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON ruling TO tuanzu_caller USING "
        "(EXISTS (SELECT FROM project whole WHERE whole.id = project_id))"
    )
    op.add_column("finding", sa.Column("waived_until", _MOMENT, nullable=True))
    _states("'open', 'waived', 'cleared'", "state <> 'cleared'")


def downgrade() -> None:
    op.execute("UPDATE finding SET state = 'open' WHERE state = 'waived'")
    _states("'open', 'cleared'", "state = 'open'")
    op.drop_column("finding", "waived_until")
    op.drop_table("ruling")
