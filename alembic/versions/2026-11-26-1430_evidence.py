"""evidence: photos and files of a project's records, and how far their uploads have come.

Revision: evidence
Follows: proofs
"""

import sqlalchemy as sa
from alembic import op

revision = "evidence"
down_revision = "proofs"
branch_labels = None
depends_on = None

_POLICIES = {
    "evidence": "EXISTS (SELECT FROM project whole WHERE whole.id = project_id)",
    "evidence_upload": "EXISTS (SELECT FROM evidence whole WHERE whole.id = evidence_upload.id)",
}
"""Table → which rows are there for a caller, and may be written by it."""


def upgrade() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("uploaded_by", sa.Uuid(), nullable=False),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("caption", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("completed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown_sha256", sa.Text(), nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("latitude", sa.Numeric(precision=8, scale=6), nullable=True),
        sa.Column("longitude", sa.Numeric(precision=9, scale=6), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=True),
        sa.Column("withdrawn_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "subject_kind IN ('progress_report', 'milestone', 'blocker', 'resource_guarantee')",
            name=op.f("ck_evidence_subject_kind"),
        ),
        sa.CheckConstraint(
            "media_type IN ('image/jpeg', 'image/png', 'image/webp', 'application/pdf', "
            "'application/vnd.openxmlformats-officedocument.wordprocessingml.document', "
            "'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet')",
            name=op.f("ck_evidence_media_type"),
        ),
        sa.CheckConstraint(
            "state IN ('uploading', 'complete', 'refused', 'expired', 'withdrawn')",
            name=op.f("ck_evidence_state"),
        ),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_evidence_size")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_evidence_sha256")),
        sa.CheckConstraint(
            "(latitude IS NULL) = (longitude IS NULL)", name=op.f("ck_evidence_place")
        ),
        sa.CheckConstraint(
            "(state IN ('complete', 'withdrawn')) = (completed_at IS NOT NULL)",
            name=op.f("ck_evidence_completed"),
        ),
        sa.CheckConstraint(
            "(state = 'withdrawn') = (withdrawn_at IS NOT NULL) "
            "AND (state = 'withdrawn') = (withdrawn_by IS NOT NULL) "
            "AND (state = 'withdrawn') = (withdrawn_reason IS NOT NULL)",
            name=op.f("ck_evidence_withdrawn"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_evidence_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_evidence_organisation_id")
        ),
        sa.ForeignKeyConstraint(
            ["uploaded_by"], ["account.id"], name=op.f("fk_evidence_uploaded_by")
        ),
        sa.ForeignKeyConstraint(
            ["withdrawn_by"], ["account.id"], name=op.f("fk_evidence_withdrawn_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence")),
    )
    op.create_index(op.f("ix_evidence_subject_id_id"), "evidence", ["subject_id", "id"])
    op.create_index(op.f("ix_evidence_project_id_id"), "evidence", ["project_id", "id"])
    op.create_index(
        "ix_evidence_uploading",
        "evidence",
        ["uploaded_by"],
        postgresql_where=sa.text("state = 'uploading'"),
    )
    op.create_table(
        "evidence_upload",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("received_bytes", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("received_bytes >= 0", name=op.f("ck_evidence_upload_received")),
        sa.ForeignKeyConstraint(["id"], ["evidence.id"], name=op.f("fk_evidence_upload_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_upload")),
    )
    op.create_index(
        "ix_evidence_upload_next_at",
        "evidence_upload",
        ["next_at", "id"],
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    for table, seen in _POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY scope ON {table} TO tuanzu_caller USING ({seen})")


def downgrade() -> None:
    op.drop_table("evidence_upload")
    op.drop_table("evidence")
