"""admissions: what is proposed for the library, gate by gate.

Revision: admissions
Follows: the_library_of_a_day

Every project that is there already was admitted; none of them is proposed anew.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "admissions"
down_revision = "the_library_of_a_day"
branch_labels = None
depends_on = None

_UNITS = "ANY (CAST((SELECT scope_organisations()) AS uuid[]))"
_SEEN = f"""group_id IN (SELECT unnest(scope_groups()))
  OR lead_organisation_id = {_UNITS} OR responsible_organisation_id = {_UNITS}"""


def upgrade() -> None:
    op.create_table(
        "admission",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("lead_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("responsible_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("proposal", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("return_count", sa.SmallInteger(), nullable=False),
        sa.Column("steps", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("drafted_for", sa.Uuid(), nullable=False),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'at_county', 'at_city', 'at_province', 'returned', 'admitted')",
            name=op.f("ck_admission_state"),
        ),
        sa.CheckConstraint(
            "(state = 'admitted') = (project_id IS NOT NULL)", name=op.f("ck_admission_admitted")
        ),
        sa.CheckConstraint(
            "state = 'draft' OR submitted_by IS NOT NULL", name=op.f("ck_admission_submitted")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["joint_group.id"], name=op.f("fk_admission_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_admission_region_code")
        ),
        sa.ForeignKeyConstraint(
            ["lead_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_admission_lead_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["responsible_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_admission_responsible_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["drafted_for"], ["organisation.id"], name=op.f("fk_admission_drafted_for")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["account.id"], name=op.f("fk_admission_submitted_by")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_admission_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admission")),
    )
    op.create_index(
        op.f("ix_admission_group_id_state"), "admission", ["group_id", "state"], unique=False
    )
    op.create_index(
        "uq_admission_open",
        "admission",
        ["code"],
        unique=True,
        postgresql_where=sa.text("state <> 'admitted'"),
    )
    op.execute("ALTER TABLE admission ENABLE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY scope ON admission TO tuanzu_caller USING ({_SEEN})")


def downgrade() -> None:
    """Lose every proposal that waits, and how the others were admitted."""
    op.drop_table("admission")
