"""the first rooms.

Revision: 0002_first_rooms
Follows: 0001_clock
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002_first_rooms"
down_revision = "0001_clock"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "aggregate_version",
        sa.Column("aggregate_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("aggregate_id", name=op.f("pk_aggregate_version")),
    )
    op.create_table(
        "agreement_batch",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("signed_month", sa.Text(), nullable=False),
        sa.Column("agreement_count", sa.Integer(), nullable=False),
        sa.Column("enterprise_count", sa.Integer(), nullable=True),
        sa.Column("county_count", sa.Integer(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=20, scale=2), nullable=True),
        sa.Column("amount_qualifier", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "amount_qualifier IN ('exact', 'at_least', 'about')",
            name=op.f("ck_agreement_batch_qualifier"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_batch")),
        sa.UniqueConstraint("code", name=op.f("uq_agreement_batch_code")),
    )
    op.create_table(
        "audit_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=True),
        sa.Column("changes", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_entry")),
    )
    op.create_index(
        op.f("ix_audit_entry_subject_id_id"), "audit_entry", ["subject_id", "id"], unique=False
    )
    op.create_table(
        "calendar_day",
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("works", sa.Boolean(), nullable=False),
        sa.Column("name_zh", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("notice_year", sa.SmallInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("region_code", "day", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "consumer_cursor",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_consumer_cursor")),
    )
    op.create_table(
        "event",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("schema_version", sa.SmallInteger(), nullable=False),
        sa.Column("aggregate_kind", sa.Text(), nullable=False),
        sa.Column("aggregate_id", sa.Uuid(), nullable=False),
        sa.Column("aggregate_version", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_event")),
        sa.UniqueConstraint(
            "aggregate_id",
            "aggregate_version",
            name=op.f("uq_event_aggregate_id_aggregate_version"),
        ),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_event_id")),
    )
    op.create_index(op.f("ix_event_group_id_seq"), "event", ["group_id", "seq"], unique=False)
    op.create_table(
        "event_parked",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.Text(), nullable=False),
        sa.Column("parked_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "seq", name=op.f("pk_event_parked")),
    )
    op.create_table(
        "event_pending",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("schema_version", sa.SmallInteger(), nullable=False),
        sa.Column("aggregate_kind", sa.Text(), nullable=False),
        sa.Column("aggregate_id", sa.Uuid(), nullable=False),
        sa.Column("aggregate_version", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("trace", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_pending")),
        sa.UniqueConstraint(
            "aggregate_id",
            "aggregate_version",
            name=op.f("uq_event_pending_aggregate_id_aggregate_version"),
        ),
        sa.UniqueConstraint("event_id", name=op.f("uq_event_pending_event_id")),
    )
    op.create_table(
        "feed_head",
        sa.Column("shard", sa.SmallInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("shard", name=op.f("pk_feed_head")),
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeat")),
    )
    op.create_table(
        "idempotency_record",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=False),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("account_id", "key", name=op.f("pk_idempotency_record")),
    )
    op.create_index(
        op.f("ix_idempotency_record_expires_at"), "idempotency_record", ["expires_at"], unique=False
    )
    op.create_table(
        "loaded_document",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("anchored_on", sa.Date(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_loaded_document")),
        sa.UniqueConstraint("id", name=op.f("uq_loaded_document_id")),
    )
    op.create_index(
        "uq_loaded_document_demo",
        "loaded_document",
        ["is_demo"],
        unique=True,
        postgresql_where=sa.text("is_demo"),
    )
    op.create_table(
        "policy_pack",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("document", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("adopted_by", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'adopted', 'retired')", name=op.f("ck_policy_pack_state")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_policy_pack")),
        sa.UniqueConstraint("code", "number", name=op.f("uq_policy_pack_code_number")),
    )
    op.create_table(
        "region",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("parent_code", sa.Text(), nullable=True),
        sa.Column("lineage", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "level IN ('province', 'city', 'county', 'township')", name=op.f("ck_region_level")
        ),
        sa.ForeignKeyConstraint(
            ["parent_code"], ["region.code"], name=op.f("fk_region_parent_code")
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_region")),
        sa.UniqueConstraint("id", name=op.f("uq_region_id")),
    )
    op.create_index(
        op.f("ix_region_lineage"), "region", ["lineage"], unique=False, postgresql_using="gin"
    )
    op.create_table(
        "reminder",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('planned', 'sent', 'superseded', 'withdrawn')",
            name=op.f("ck_reminder_state"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint(
            "rule", "subject_id", "occurrence", name=op.f("uq_reminder_rule_subject_id_occurrence")
        ),
    )
    op.create_index(
        "ix_reminder_next_at",
        "reminder",
        ["next_at", "id"],
        unique=False,
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_table(
        "supervision_number",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("year", name=op.f("pk_supervision_number")),
    )
    op.create_table(
        "annual_target",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("project_count", sa.Integer(), nullable=False),
        sa.Column("project_qualifier", sa.Text(), nullable=False),
        sa.Column("investment", sa.Numeric(precision=20, scale=2), nullable=False),
        sa.Column("investment_qualifier", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "investment_qualifier IN ('exact', 'at_least', 'about')",
            name=op.f("ck_annual_target_investment_qualifier"),
        ),
        sa.CheckConstraint(
            "project_qualifier IN ('exact', 'at_least', 'about')",
            name=op.f("ck_annual_target_project_qualifier"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_annual_target_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_target")),
        sa.UniqueConstraint("region_code", "year", name=op.f("uq_annual_target_region_code_year")),
    )
    op.create_table(
        "joint_group",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("established_on", sa.Date(), nullable=True),
        sa.Column("dissolved_on", sa.Date(), nullable=True),
        sa.Column("charter", sa.Text(), nullable=True),
        sa.Column("expected_member_count", sa.Integer(), nullable=True),
        sa.Column("policy_code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('draft', 'active', 'dissolved')", name=op.f("ck_joint_group_state")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_joint_group_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_joint_group")),
        sa.UniqueConstraint("code", name=op.f("uq_joint_group_code")),
    )
    op.create_index(
        op.f("ix_joint_group_region_code"), "joint_group", ["region_code"], unique=False
    )
    op.create_index(
        "uq_joint_group_active_region",
        "joint_group",
        ["region_code"],
        unique=True,
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "library_statement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("as_of_month", sa.Text(), nullable=False),
        sa.Column("project_count", sa.Integer(), nullable=False),
        sa.Column("project_qualifier", sa.Text(), nullable=False),
        sa.Column("investment", sa.Numeric(precision=20, scale=2), nullable=False),
        sa.Column("investment_qualifier", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "investment_qualifier IN ('exact', 'at_least', 'about')",
            name=op.f("ck_library_statement_investment_qualifier"),
        ),
        sa.CheckConstraint(
            "project_qualifier IN ('exact', 'at_least', 'about')",
            name=op.f("ck_library_statement_project_qualifier"),
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_library_statement_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_library_statement")),
    )
    op.create_table(
        "organisation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("short_names", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("credit_code", sa.String(), nullable=True),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("lineage", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("is_placeholder", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('sasac', 'soe_group', 'soe_subsidiary', 'gov', 'gov_dept', 'school', 'bank', 'company')",
            name=op.f("ck_organisation_kind"),
        ),
        sa.CheckConstraint(
            "level IN ('province', 'city', 'county')", name=op.f("ck_organisation_level")
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["organisation.id"], name=op.f("fk_organisation_parent_id")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_organisation_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_organisation")),
        sa.UniqueConstraint("code", name=op.f("uq_organisation_code")),
        sa.UniqueConstraint("credit_code", name=op.f("uq_organisation_credit_code")),
    )
    op.create_index(
        op.f("ix_organisation_lineage"),
        "organisation",
        ["lineage"],
        unique=False,
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.create_index(op.f("ix_organisation_parent_id"), "organisation", ["parent_id"], unique=False)
    op.create_index(
        op.f("ix_organisation_region_code"), "organisation", ["region_code"], unique=False
    )
    op.create_table(
        "region_designation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('mountain_26', 'mountain_island_25', 'ethnic_autonomous', 'revolutionary_old_area')",
            name=op.f("ck_region_designation_kind"),
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to > valid_from", name=op.f("ck_region_designation_dates")
        ),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_region_designation_region_code")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region_designation")),
        sa.UniqueConstraint(
            "region_code",
            "kind",
            "valid_from",
            name=op.f("uq_region_designation_region_code_kind_valid_from"),
        ),
    )
    op.create_table(
        "account",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "role IN ('reporter', 'reviewer', 'liaison', 'convener', 'regulator', 'observer', 'integrator', 'system_admin', 'security_admin', 'audit_admin')",
            name=op.f("ck_account_role"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_account_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
    )
    op.create_index(
        op.f("ix_account_organisation_id"), "account", ["organisation_id"], unique=False
    )
    op.create_table(
        "convener_duty",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("every_months", sa.SmallInteger(), nullable=False),
        sa.Column("began_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "kind IN ('hold_meeting', 'organise_activity', 'update_list', 'submit_report')",
            name=op.f("ck_convener_duty_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["joint_group.id"], name=op.f("fk_convener_duty_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_convener_duty_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_convener_duty")),
    )
    op.create_index(
        "uq_convener_duty_open",
        "convener_duty",
        ["group_id", "kind"],
        unique=True,
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.create_table(
        "framework_agreement",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("batch_id", sa.Uuid(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("domain", sa.Text(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=20, scale=2), nullable=True),
        sa.Column("amount_qualifier", sa.Text(), nullable=False),
        sa.Column("signed_on", sa.Date(), nullable=True),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("is_placeholder", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "amount_qualifier IN ('exact', 'at_least', 'about')",
            name=op.f("ck_framework_agreement_qualifier"),
        ),
        sa.CheckConstraint(
            "state IN ('negotiating', 'signed', 'converting', 'fulfilled', 'expired', 'terminated')",
            name=op.f("ck_framework_agreement_state"),
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR signed_on IS NULL OR valid_to > signed_on",
            name=op.f("ck_framework_agreement_dates"),
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["agreement_batch.id"], name=op.f("fk_framework_agreement_batch_id")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["joint_group.id"], name=op.f("fk_framework_agreement_group_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_framework_agreement")),
        sa.UniqueConstraint("code", name=op.f("uq_framework_agreement_code")),
    )
    op.create_index(
        op.f("ix_framework_agreement_batch_id"), "framework_agreement", ["batch_id"], unique=False
    )
    op.create_index(
        op.f("ix_framework_agreement_group_id"), "framework_agreement", ["group_id"], unique=False
    )
    op.create_table(
        "group_membership",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("represents_organisation_id", sa.Uuid(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("group_id"), "="),
            (sa.column("organisation_id"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            using="gist",
            name="ex_group_membership_unit_once",
        ),
        postgresql.ExcludeConstraint(
            (sa.column("group_id"), "="),
            (sa.text("daterange(valid_from, valid_to)"), "&&"),
            where=sa.text("role = 'convener'"),
            using="gist",
            name="ex_group_membership_one_convener",
        ),
        sa.CheckConstraint(
            "role IN ('convener', 'member', 'observer')", name=op.f("ck_group_membership_role")
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_group_membership_dates")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["joint_group.id"], name=op.f("fk_group_membership_group_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_group_membership_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["represents_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_group_membership_represents_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_membership")),
    )
    op.create_index(
        op.f("ix_group_membership_organisation_id"),
        "group_membership",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "officer",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("deputy_account_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("duty", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "duty IN ('leader', 'liaison', 'reporter', 'reviewer')", name=op.f("ck_officer_duty")
        ),
        sa.CheckConstraint(
            "valid_to IS NULL OR valid_to >= valid_from", name=op.f("ck_officer_dates")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_officer_organisation_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officer")),
    )
    op.create_index(
        op.f("ix_officer_organisation_id_duty"),
        "officer",
        ["organisation_id", "duty"],
        unique=False,
    )
    op.create_table(
        "access_token",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("hint", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_access_token_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_token")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_access_token_token_hash")),
    )
    op.create_index(
        op.f("ix_access_token_account_id"), "access_token", ["account_id"], unique=False
    )
    op.create_table(
        "agreement_party",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("side", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "side IN ('enterprise', 'county')", name=op.f("ck_agreement_party_side")
        ),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["framework_agreement.id"],
            name=op.f("fk_agreement_party_agreement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_agreement_party_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("agreement_id", "organisation_id", name=op.f("pk_agreement_party")),
    )
    op.create_index(
        op.f("ix_agreement_party_organisation_id"),
        "agreement_party",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "notification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("cause_kind", sa.Text(), nullable=False),
        sa.Column("cause_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=True),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("body_zh", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_notification_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification")),
        sa.UniqueConstraint(
            "account_id",
            "cause_kind",
            "cause_id",
            name=op.f("uq_notification_account_id_cause_kind_cause_id"),
        ),
    )
    op.create_index(
        op.f("ix_notification_account_id_id"), "notification", ["account_id", "id"], unique=False
    )
    op.create_index(
        "ix_notification_unread",
        "notification",
        ["account_id", "id"],
        unique=False,
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "project",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("thrust", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("track", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("side_state", sa.Text(), nullable=True),
        sa.Column("lead_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("responsible_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("responsible_person", sa.Text(), nullable=True),
        sa.Column("responsible_account_id", sa.Uuid(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("total_investment", sa.Numeric(precision=20, scale=2), nullable=True),
        sa.Column("investment_qualifier", sa.Text(), nullable=False),
        sa.Column("plan_start_on", sa.Date(), nullable=True),
        sa.Column("plan_finish_on", sa.Date(), nullable=True),
        sa.Column("actual_start_on", sa.Date(), nullable=True),
        sa.Column("actual_finish_on", sa.Date(), nullable=True),
        sa.Column("reports_from", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "domain IN ('major_infrastructure', 'energy', 'culture_tourism', 'manufacturing', 'service', 'geology_service', 'agriculture', 'finance', 'rural_vitalisation', 'elderly_care', 'education', 'talent', 'new_energy', 'environment', 'biomedicine', 'digital_economy', 'soe_reform')",
            name=op.f("ck_project_domain"),
        ),
        sa.CheckConstraint(
            "investment_qualifier IN ('exact', 'at_least', 'about')",
            name=op.f("ck_project_investment_qualifier"),
        ),
        sa.CheckConstraint(
            "side_state IN ('paused', 'terminated', 'moved_out')",
            name=op.f("ck_project_side_state"),
        ),
        sa.CheckConstraint(
            "stage IN ('idea', 'reserve', 'signed', 'preparatory', 'under_construction', 'completed', 'operating', 'archived', 'proposed', 'agreed', 'running', 'delivered', 'evaluated')",
            name=op.f("ck_project_stage"),
        ),
        sa.CheckConstraint(
            "thrust IN ('industry', 'livelihood', 'soe_supervision')",
            name=op.f("ck_project_thrust"),
        ),
        sa.CheckConstraint("track IN ('investment', 'service')", name=op.f("ck_project_track")),
        sa.CheckConstraint(
            "plan_finish_on IS NULL OR plan_start_on IS NULL OR plan_finish_on >= plan_start_on",
            name=op.f("ck_project_plan_dates"),
        ),
        sa.CheckConstraint(
            "total_investment IS NULL OR total_investment >= 0", name=op.f("ck_project_investment")
        ),
        sa.ForeignKeyConstraint(["group_id"], ["joint_group.id"], name=op.f("fk_project_group_id")),
        sa.ForeignKeyConstraint(
            ["lead_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_project_lead_organisation_id"),
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["project.id"], name=op.f("fk_project_parent_id")),
        sa.ForeignKeyConstraint(
            ["region_code"], ["region.code"], name=op.f("fk_project_region_code")
        ),
        sa.ForeignKeyConstraint(
            ["responsible_account_id"],
            ["account.id"],
            name=op.f("fk_project_responsible_account_id"),
        ),
        sa.ForeignKeyConstraint(
            ["responsible_organisation_id"],
            ["organisation.id"],
            name=op.f("fk_project_responsible_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("code", name=op.f("uq_project_code")),
    )
    op.create_index(op.f("ix_project_group_id_code"), "project", ["group_id", "code"], unique=False)
    op.create_index(
        op.f("ix_project_lead_organisation_id"), "project", ["lead_organisation_id"], unique=False
    )
    op.create_index(op.f("ix_project_name_code"), "project", ["name", "code"], unique=False)
    op.create_index(op.f("ix_project_parent_id"), "project", ["parent_id"], unique=False)
    op.create_index(op.f("ix_project_region_code"), "project", ["region_code"], unique=False)
    op.create_table(
        "webhook_endpoint",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("event_types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("previous_secret", sa.Text(), nullable=True),
        sa.Column("previous_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failing_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("disabled_reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('active', 'paused', 'disabled')", name=op.f("ck_webhook_endpoint_state")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_webhook_endpoint_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_webhook_endpoint_organisation_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_endpoint")),
    )
    op.create_index(
        op.f("ix_webhook_endpoint_account_id"), "webhook_endpoint", ["account_id"], unique=False
    )
    op.create_index(
        op.f("ix_webhook_endpoint_organisation_id"),
        "webhook_endpoint",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "agreement_project",
        sa.Column("agreement_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("linked_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agreement_id"],
            ["framework_agreement.id"],
            name=op.f("fk_agreement_project_agreement_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_agreement_project_project_id")
        ),
        sa.PrimaryKeyConstraint("agreement_id", "project_id", name=op.f("pk_agreement_project")),
    )
    op.create_index(
        op.f("ix_agreement_project_project_id"), "agreement_project", ["project_id"], unique=False
    )
    op.create_table(
        "annual_plan",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.SmallInteger(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("is_current", sa.Boolean(), nullable=False),
        sa.Column("planned_investment", sa.Numeric(precision=20, scale=2), nullable=False),
        sa.Column("investment_qualifier", sa.Text(), nullable=False),
        sa.Column("curve", postgresql.ARRAY(sa.Numeric(precision=20, scale=2)), nullable=False),
        sa.Column("is_spread", sa.Boolean(), nullable=False),
        sa.Column("image_target", sa.Text(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Uuid(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint("cardinality(curve) = 12", name=op.f("ck_annual_plan_curve")),
        sa.CheckConstraint("planned_investment >= 0", name=op.f("ck_annual_plan_investment")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_annual_plan_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_annual_plan")),
        sa.UniqueConstraint(
            "project_id", "year", "number", name=op.f("uq_annual_plan_project_id_year_number")
        ),
    )
    op.create_index(
        "uq_annual_plan_current",
        "annual_plan",
        ["project_id", "year"],
        unique=True,
        postgresql_where=sa.text("is_current"),
    )
    op.create_table(
        "finding",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("occurrence", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("light", sa.Text(), nullable=False),
        sa.Column("worst_light", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cleared_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("explanation", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('open', 'cleared')", name=op.f("ck_finding_state")),
        sa.ForeignKeyConstraint(["project_id"], ["project.id"], name=op.f("fk_finding_project_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_finding")),
        sa.UniqueConstraint(
            "rule", "project_id", "occurrence", name=op.f("uq_finding_rule_project_id_occurrence")
        ),
    )
    op.create_index(
        "ix_finding_open",
        "finding",
        ["project_id"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "health_assessment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("computed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("light", sa.Text(), nullable=True),
        sa.Column("policy_code", sa.Text(), nullable=False),
        sa.Column("policy_number", sa.Integer(), nullable=False),
        sa.Column("dimensions", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_health_assessment_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_health_assessment")),
    )
    op.create_index(
        op.f("ix_health_assessment_project_id_id"),
        "health_assessment",
        ["project_id", "id"],
        unique=False,
    )
    op.create_table(
        "milestone",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("gate", sa.Text(), nullable=True),
        sa.Column("weight", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("original_planned_on", sa.Date(), nullable=False),
        sa.Column("forecast_on", sa.Date(), nullable=True),
        sa.Column("actual_on", sa.Date(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "gate IN ('approval', 'feasibility', 'land', 'environment', 'permit', 'start', 'main_structure', 'completion', 'production')",
            name=op.f("ck_milestone_gate"),
        ),
        sa.CheckConstraint("weight BETWEEN 0 AND 100", name=op.f("ck_milestone_weight")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_milestone_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestone")),
    )
    op.create_index(
        op.f("ix_milestone_project_id_planned_on"),
        "milestone",
        ["project_id", "planned_on"],
        unique=False,
    )
    op.create_table(
        "notification_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "channel IN ('inbox', 'email')", name=op.f("ck_notification_delivery_channel")
        ),
        sa.CheckConstraint(
            "state IN ('due', 'delivered', 'failed')", name=op.f("ck_notification_delivery_state")
        ),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notification.id"],
            name=op.f("fk_notification_delivery_notification_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_delivery")),
        sa.UniqueConstraint(
            "notification_id",
            "channel",
            name=op.f("uq_notification_delivery_notification_id_channel"),
        ),
    )
    op.create_index(
        "ix_notification_delivery_next_at",
        "notification_delivery",
        ["next_at", "id"],
        unique=False,
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_table(
        "progress_report",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("original_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("current_due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("invested_period", sa.Numeric(precision=20, scale=2), nullable=True),
        sa.Column("cumulative_year", sa.Numeric(precision=20, scale=2), nullable=True),
        sa.Column("cumulative_all", sa.Numeric(precision=20, scale=2), nullable=True),
        sa.Column("physical_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("image_progress", sa.Text(), nullable=True),
        sa.Column("problems", sa.Text(), nullable=True),
        sa.Column("next_steps", sa.Text(), nullable=True),
        sa.Column("help_needed", sa.Text(), nullable=True),
        sa.Column("is_no_change", sa.Boolean(), nullable=False),
        sa.Column("no_change_reason", sa.Text(), nullable=True),
        sa.Column("correction_reason", sa.Text(), nullable=True),
        sa.Column("warnings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("submitted_by", sa.Uuid(), nullable=True),
        sa.Column("reviewed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(), nullable=True),
        sa.Column("review_note", sa.Text(), nullable=True),
        sa.Column("is_late", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('due', 'draft', 'submitted', 'returned', 'accepted')",
            name=op.f("ck_progress_report_state"),
        ),
        sa.CheckConstraint(
            "cumulative_year <= cumulative_all", name=op.f("ck_progress_report_cumulative")
        ),
        sa.CheckConstraint(
            "physical_percent BETWEEN 0 AND 100", name=op.f("ck_progress_report_percent")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_progress_report_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_progress_report_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"], ["account.id"], name=op.f("fk_progress_report_reviewed_by")
        ),
        sa.ForeignKeyConstraint(
            ["submitted_by"], ["account.id"], name=op.f("fk_progress_report_submitted_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_progress_report")),
        sa.UniqueConstraint(
            "project_id", "period", name=op.f("uq_progress_report_project_id_period")
        ),
    )
    op.create_index(
        "ix_progress_report_open",
        "progress_report",
        ["project_id", "original_due_at"],
        unique=False,
        postgresql_where=sa.text("state <> 'accepted'"),
    )
    op.create_table(
        "project_partner",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("share_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.CheckConstraint(
            "role IN ('partner', 'owner', 'county_side')", name=op.f("ck_project_partner_role")
        ),
        sa.CheckConstraint(
            "share_percent BETWEEN 0 AND 100", name=op.f("ck_project_partner_share")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"],
            ["organisation.id"],
            name=op.f("fk_project_partner_organisation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_partner_project_id")
        ),
        sa.PrimaryKeyConstraint("project_id", "organisation_id", name=op.f("pk_project_partner")),
    )
    op.create_index(
        op.f("ix_project_partner_organisation_id"),
        "project_partner",
        ["organisation_id"],
        unique=False,
    )
    op.create_table(
        "project_watch",
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("next_check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_open_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("next_period", sa.Text(), nullable=True),
        sa.Column("watched_since_on", sa.Date(), nullable=True),
        sa.Column("last_accepted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_accepted_period", sa.Text(), nullable=True),
        sa.Column("last_progress_on", sa.Date(), nullable=True),
        sa.Column("cumulative_year", sa.Numeric(precision=20, scale=2), nullable=True),
        sa.Column("cumulative_all", sa.Numeric(precision=20, scale=2), nullable=True),
        sa.Column("physical_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("light", sa.Text(), nullable=True),
        sa.Column("light_since", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "light IN ('green', 'attention', 'yellow', 'red')", name=op.f("ck_project_watch_light")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_project_watch_project_id")
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("pk_project_watch")),
    )
    op.create_index(
        "ix_project_watch_next_check_at",
        "project_watch",
        ["next_check_at", "project_id"],
        unique=False,
        postgresql_where=sa.text("next_check_at IS NOT NULL"),
    )
    op.create_index(
        "ix_project_watch_next_open_at",
        "project_watch",
        ["next_open_at", "project_id"],
        unique=False,
        postgresql_where=sa.text("next_open_at IS NOT NULL"),
    )
    op.create_table(
        "reminder_recipient",
        sa.Column("reminder_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("notification_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_reminder_recipient_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["notification_id"],
            ["notification.id"],
            name=op.f("fk_reminder_recipient_notification_id"),
        ),
        sa.ForeignKeyConstraint(
            ["reminder_id"], ["reminder.id"], name=op.f("fk_reminder_recipient_reminder_id")
        ),
        sa.PrimaryKeyConstraint("reminder_id", "account_id", name=op.f("pk_reminder_recipient")),
    )
    op.create_index(
        op.f("ix_reminder_recipient_account_id_notification_id"),
        "reminder_recipient",
        ["account_id", "notification_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_reminder_recipient_notification_id"),
        "reminder_recipient",
        ["notification_id"],
        unique=False,
    )
    op.create_table(
        "webhook_delivery",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("attempts", sa.SmallInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('due', 'delivered', 'failed', 'cancelled')",
            name=op.f("ck_webhook_delivery_state"),
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoint.id"], name=op.f("fk_webhook_delivery_endpoint_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint(
            "endpoint_id", "event_id", name=op.f("uq_webhook_delivery_endpoint_id_event_id")
        ),
    )
    op.create_index(
        op.f("ix_webhook_delivery_endpoint_id_seq"),
        "webhook_delivery",
        ["endpoint_id", "seq"],
        unique=False,
    )
    op.create_index(
        "ix_webhook_delivery_next_at",
        "webhook_delivery",
        ["next_at", "id"],
        unique=False,
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_table(
        "escalation_run",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("finding_id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("policy_code", sa.Text(), nullable=False),
        sa.Column("policy_number", sa.Integer(), nullable=False),
        sa.Column("ladder", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("climbed", sa.SmallInteger(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('climbing', 'stopped', 'finished')", name=op.f("ck_escalation_run_state")
        ),
        sa.ForeignKeyConstraint(
            ["finding_id"], ["finding.id"], name=op.f("fk_escalation_run_finding_id")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_escalation_run_project_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_run")),
    )
    op.create_index(
        op.f("ix_escalation_run_finding_id"), "escalation_run", ["finding_id"], unique=False
    )
    op.create_index(
        "ix_escalation_run_next_at",
        "escalation_run",
        ["next_at", "id"],
        unique=False,
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_escalation_run_project_id"), "escalation_run", ["project_id"], unique=False
    )
    op.create_index(
        "uq_escalation_run_open",
        "escalation_run",
        ["finding_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'stopped'"),
    )
    op.create_table(
        "webhook_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("delivery_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("attempted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["webhook_delivery.id"], name=op.f("fk_webhook_attempt_delivery_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_attempt")),
    )
    op.create_index(
        op.f("ix_webhook_attempt_delivery_id_number"),
        "webhook_attempt",
        ["delivery_id", "number"],
        unique=False,
    )
    op.create_table(
        "escalation_step",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=True),
        sa.Column("planned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("organisation_ids", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("order_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["run_id"], ["escalation_run.id"], name=op.f("fk_escalation_step_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_escalation_step")),
        sa.UniqueConstraint("run_id", "number", name=op.f("uq_escalation_step_run_id_number")),
    )
    op.create_table(
        "supervision_order",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("colour", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("title_zh", sa.Text(), nullable=False),
        sa.Column("title_en", sa.Text(), nullable=False),
        sa.Column("body_zh", sa.Text(), nullable=False),
        sa.Column("body_en", sa.Text(), nullable=False),
        sa.Column("issued_to", postgresql.ARRAY(sa.Uuid()), nullable=False),
        sa.Column("drafted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drafted_by", sa.Uuid(), nullable=True),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("issued_by", sa.Uuid(), nullable=True),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_by", sa.Uuid(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=True),
        sa.Column("replied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replied_by", sa.Uuid(), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.Uuid(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.CheckConstraint(
            "state IN ('drafted', 'issued', 'signed', 'replied', 'closed', 'withdrawn')",
            name=op.f("ck_supervision_order_state"),
        ),
        sa.ForeignKeyConstraint(
            ["closed_by"], ["account.id"], name=op.f("fk_supervision_order_closed_by")
        ),
        sa.ForeignKeyConstraint(
            ["drafted_by"], ["account.id"], name=op.f("fk_supervision_order_drafted_by")
        ),
        sa.ForeignKeyConstraint(
            ["issued_by"], ["account.id"], name=op.f("fk_supervision_order_issued_by")
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("fk_supervision_order_project_id")
        ),
        sa.ForeignKeyConstraint(
            ["replied_by"], ["account.id"], name=op.f("fk_supervision_order_replied_by")
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["escalation_run.id"], name=op.f("fk_supervision_order_run_id")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by"], ["account.id"], name=op.f("fk_supervision_order_signed_by")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision_order")),
        sa.UniqueConstraint("code", name=op.f("uq_supervision_order_code")),
    )
    op.create_index(
        op.f("ix_supervision_order_project_id"), "supervision_order", ["project_id"], unique=False
    )
    op.create_index(
        op.f("ix_supervision_order_run_id"), "supervision_order", ["run_id"], unique=False
    )
    op.execute("INSERT INTO feed_head (shard, seq) VALUES (0, 0)")


def downgrade() -> None:
    op.drop_index(op.f("ix_supervision_order_run_id"), table_name="supervision_order")
    op.drop_index(op.f("ix_supervision_order_project_id"), table_name="supervision_order")
    op.drop_table("supervision_order")
    op.drop_table("escalation_step")
    op.drop_index(op.f("ix_webhook_attempt_delivery_id_number"), table_name="webhook_attempt")
    op.drop_table("webhook_attempt")
    op.drop_index(
        "uq_escalation_run_open",
        table_name="escalation_run",
        postgresql_where=sa.text("state <> 'stopped'"),
    )
    op.drop_index(op.f("ix_escalation_run_project_id"), table_name="escalation_run")
    op.drop_index(
        "ix_escalation_run_next_at",
        table_name="escalation_run",
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.drop_index(op.f("ix_escalation_run_finding_id"), table_name="escalation_run")
    op.drop_table("escalation_run")
    op.drop_index(
        "ix_webhook_delivery_next_at",
        table_name="webhook_delivery",
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.drop_index(op.f("ix_webhook_delivery_endpoint_id_seq"), table_name="webhook_delivery")
    op.drop_table("webhook_delivery")
    op.drop_index(op.f("ix_reminder_recipient_notification_id"), table_name="reminder_recipient")
    op.drop_index(
        op.f("ix_reminder_recipient_account_id_notification_id"), table_name="reminder_recipient"
    )
    op.drop_table("reminder_recipient")
    op.drop_index(
        "ix_project_watch_next_open_at",
        table_name="project_watch",
        postgresql_where=sa.text("next_open_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_project_watch_next_check_at",
        table_name="project_watch",
        postgresql_where=sa.text("next_check_at IS NOT NULL"),
    )
    op.drop_table("project_watch")
    op.drop_index(op.f("ix_project_partner_organisation_id"), table_name="project_partner")
    op.drop_table("project_partner")
    op.drop_index(
        "ix_progress_report_open",
        table_name="progress_report",
        postgresql_where=sa.text("state <> 'accepted'"),
    )
    op.drop_table("progress_report")
    op.drop_index(
        "ix_notification_delivery_next_at",
        table_name="notification_delivery",
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.drop_table("notification_delivery")
    op.drop_index(op.f("ix_milestone_project_id_planned_on"), table_name="milestone")
    op.drop_table("milestone")
    op.drop_index(op.f("ix_health_assessment_project_id_id"), table_name="health_assessment")
    op.drop_table("health_assessment")
    op.drop_index(
        "ix_finding_open", table_name="finding", postgresql_where=sa.text("state = 'open'")
    )
    op.drop_table("finding")
    op.drop_index(
        "uq_annual_plan_current", table_name="annual_plan", postgresql_where=sa.text("is_current")
    )
    op.drop_table("annual_plan")
    op.drop_index(op.f("ix_agreement_project_project_id"), table_name="agreement_project")
    op.drop_table("agreement_project")
    op.drop_index(op.f("ix_webhook_endpoint_organisation_id"), table_name="webhook_endpoint")
    op.drop_index(op.f("ix_webhook_endpoint_account_id"), table_name="webhook_endpoint")
    op.drop_table("webhook_endpoint")
    op.drop_index(op.f("ix_project_region_code"), table_name="project")
    op.drop_index(op.f("ix_project_parent_id"), table_name="project")
    op.drop_index(op.f("ix_project_name_code"), table_name="project")
    op.drop_index(op.f("ix_project_lead_organisation_id"), table_name="project")
    op.drop_index(op.f("ix_project_group_id_code"), table_name="project")
    op.drop_table("project")
    op.drop_index(
        "ix_notification_unread",
        table_name="notification",
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.drop_index(op.f("ix_notification_account_id_id"), table_name="notification")
    op.drop_table("notification")
    op.drop_index(op.f("ix_agreement_party_organisation_id"), table_name="agreement_party")
    op.drop_table("agreement_party")
    op.drop_index(op.f("ix_access_token_account_id"), table_name="access_token")
    op.drop_table("access_token")
    op.drop_index(op.f("ix_officer_organisation_id_duty"), table_name="officer")
    op.drop_table("officer")
    op.drop_index(op.f("ix_group_membership_organisation_id"), table_name="group_membership")
    op.drop_table("group_membership")
    op.drop_index(op.f("ix_framework_agreement_group_id"), table_name="framework_agreement")
    op.drop_index(op.f("ix_framework_agreement_batch_id"), table_name="framework_agreement")
    op.drop_table("framework_agreement")
    op.drop_index(
        "uq_convener_duty_open",
        table_name="convener_duty",
        postgresql_where=sa.text("ended_on IS NULL"),
    )
    op.drop_table("convener_duty")
    op.drop_index(op.f("ix_account_organisation_id"), table_name="account")
    op.drop_table("account")
    op.drop_table("region_designation")
    op.drop_index(op.f("ix_organisation_region_code"), table_name="organisation")
    op.drop_index(op.f("ix_organisation_parent_id"), table_name="organisation")
    op.drop_index(
        op.f("ix_organisation_lineage"),
        table_name="organisation",
        postgresql_using="gin",
        postgresql_with={"fastupdate": "off"},
    )
    op.drop_table("organisation")
    op.drop_table("library_statement")
    op.drop_index(
        "uq_joint_group_active_region",
        table_name="joint_group",
        postgresql_where=sa.text("state = 'active'"),
    )
    op.drop_index(op.f("ix_joint_group_region_code"), table_name="joint_group")
    op.drop_table("joint_group")
    op.drop_table("annual_target")
    op.drop_table("supervision_number")
    op.drop_index(
        "ix_reminder_next_at",
        table_name="reminder",
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.drop_table("reminder")
    op.drop_index(op.f("ix_region_lineage"), table_name="region", postgresql_using="gin")
    op.drop_table("region")
    op.drop_table("policy_pack")
    op.drop_index(
        "uq_loaded_document_demo", table_name="loaded_document", postgresql_where=sa.text("is_demo")
    )
    op.drop_table("loaded_document")
    op.drop_index(op.f("ix_idempotency_record_expires_at"), table_name="idempotency_record")
    op.drop_table("idempotency_record")
    op.drop_table("heartbeat")
    op.drop_table("feed_head")
    op.drop_table("event_pending")
    op.drop_table("event_parked")
    op.drop_index(op.f("ix_event_group_id_seq"), table_name="event")
    op.drop_table("event")
    op.drop_table("consumer_cursor")
    op.drop_table("calendar_day")
    op.drop_index(op.f("ix_audit_entry_subject_id_id"), table_name="audit_entry")
    op.drop_table("audit_entry")
    op.drop_table("agreement_batch")
    op.drop_table("aggregate_version")
