"""meetings: what units meet for, whom they invite, where they were moved, minutes, reminders.

Revision: meetings
Follows: audit_chain
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "meetings"
down_revision = "audit_chain"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("series", sa.Text(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("convener_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("original_starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("announced_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("place", sa.Text(), nullable=True),
        sa.Column("agenda", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("cancelled_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind <> 'group_meeting' OR group_id IS NOT NULL", name=op.f("ck_meeting_group")
        ),
        sa.CheckConstraint(
            "kind IN ('onsite_dispatch', 'group_meeting', 'matchmaking', 'consultation', 'symposium', 'joint_conference', 'topic')",
            name=op.f("ck_meeting_kind"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'cancelled') OR original_starts_at IS NOT NULL",
            name=op.f("ck_meeting_announced"),
        ),
        sa.CheckConstraint(
            "state IN ('draft', 'scheduled', 'held', 'minutes_approved', 'closed', 'cancelled')",
            name=op.f("ck_meeting_state"),
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_meeting_times")),
        sa.ForeignKeyConstraint(
            ["convener_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_meeting_convener_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["group_id"], ["joint_group.id"], name=op.f("fk_meeting_group_id")),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_meeting_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("code", name=op.f("uq_meeting_code")),
    )
    op.create_index(
        "ix_meeting_ahead",
        "meeting",
        ["starts_at", "id"],
        unique=False,
        postgresql_where=sa.text("state = 'scheduled'"),
    )
    op.create_index(
        op.f("ix_meeting_convener_organisation_id"),
        "meeting",
        ["convener_organisation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_meeting_group_id_starts_at"), "meeting", ["group_id", "starts_at"], unique=False
    )
    op.create_index(op.f("ix_meeting_region_code"), "meeting", ["region_code"], unique=False)
    op.create_table(
        "meeting_invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("invited_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("reply_proxy", sa.Text(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attendance", sa.Text(), nullable=True),
        sa.Column("attendance_proxy", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "attendance IN ('present', 'absent', 'proxy')",
            name=op.f("ck_meeting_invitation_attendance"),
        ),
        sa.CheckConstraint(
            "reply IN ('none', 'accepted', 'declined', 'proxy')",
            name=op.f("ck_meeting_invitation_reply"),
        ),
        sa.CheckConstraint(
            "role IN ('chair', 'convener', 'member', 'guest')",
            name=op.f("ck_meeting_invitation_role"),
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_invitation_meeting_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_meeting_invitation_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_invitation")),
    )
    op.create_index(
        op.f("ix_meeting_invitation_meeting_id_id"),
        "meeting_invitation",
        ["meeting_id", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_meeting_invitation_organisation_id"),
        "meeting_invitation",
        ["organisation_id"],
        unique=False,
    )
    op.create_index(
        "uq_meeting_invitation_chair",
        "meeting_invitation",
        ["meeting_id"],
        unique=True,
        postgresql_where=sa.text("role = 'chair' AND withdrawn_at IS NULL"),
    )
    op.create_index(
        "uq_meeting_invitation_unit",
        "meeting_invitation",
        ["meeting_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("withdrawn_at IS NULL"),
    )
    op.create_table(
        "meeting_minutes",
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("writer_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved_by", sa.Uuid(), nullable=True),
        sa.Column("approved_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "approved_by IS NULL OR approved_by <> ALL (writer_ids)",
            name=op.f("ck_meeting_minutes_four_eyes"),
        ),
        sa.ForeignKeyConstraint(
            ["approved_by"], ["account.id"], name=op.f("fk_meeting_minutes_approved_by")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_minutes_meeting_id")
        ),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_meeting_minutes")),
    )
    op.create_table(
        "meeting_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("from_starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_place", sa.Text(), nullable=True),
        sa.Column("to_starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("to_place", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_move_meeting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_move")),
    )
    op.create_index(
        op.f("ix_meeting_move_meeting_id_moved_at"),
        "meeting_move",
        ["meeting_id", "moved_at"],
        unique=False,
    )
    op.create_table(
        "meeting_reminder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("meeting_id", sa.Uuid(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_meeting_reminder_meeting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting_reminder")),
        sa.UniqueConstraint(
            "meeting_id",
            "starts_at",
            "occurrence",
            name=op.f("uq_meeting_reminder_meeting_id_starts_at_occurrence"),
        ),
    )
    op.create_index(
        "ix_meeting_reminder_next_at",
        "meeting_reminder",
        ["next_at", "id"],
        unique=False,
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )


def downgrade() -> None:
    """Lose every meeting."""
    for table in ("reminder", "move", "minutes", "invitation"):
        op.drop_table(f"meeting_{table}")
    op.drop_table("meeting")
