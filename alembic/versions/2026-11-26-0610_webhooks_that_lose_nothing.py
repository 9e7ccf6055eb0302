"""webhooks: handshake, filters, order, rate, both signatures, polling and replay.

Revision: webhooks_that_lose_nothing
Follows: log_in_parts

An endpoint from before has no Ed25519 key yet: the next rotation gives it one.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "webhooks_that_lose_nothing"
down_revision = "log_in_parts"
branch_labels = None
depends_on = None

_TEXTS = postgresql.ARRAY(sa.Text())
_IDS = postgresql.ARRAY(sa.Uuid())
_MOMENT = sa.DateTime(timezone=True)

_ENDPOINT: tuple[tuple[str, object, str | None], ...] = (
    ("mode", sa.Text(), "push"),
    ("labels", postgresql.JSONB(), "{}"),
    ("group_ids", _IDS, "{}"),
    ("region_codes", _TEXTS, "{}"),
    ("record_ids", _IDS, "{}"),
    ("headers", postgresql.JSONB(), "{}"),
    ("secret_headers", sa.Text(), None),
    ("secret_header_names", _TEXTS, "{}"),
    ("api_version", sa.Text(), "v1"),
    ("rate_per_minute", sa.Integer(), None),
    ("ordering", sa.Text(), "any"),
    ("payload", sa.Text(), "full"),
    ("content_type", sa.Text(), "application/json"),
    ("private_key", sa.Text(), ""),
    ("previous_private_key", sa.Text(), None),
    ("public_key", sa.Text(), ""),
    ("challenge", sa.Text(), None),
    ("verified_at", _MOMENT, None),
    ("failures", sa.Integer(), "0"),
    ("quiet_until", _MOMENT, None),
    ("free_at", _MOMENT, None),
)
"""Column, type, and what endpoints from before have in it; None: it may be missing."""
_CHECKS = {
    "state": "state IN ('pending', 'active', 'paused', 'disabled')",
    "mode": "mode IN ('push', 'poll')",
    "ordering": "ordering IN ('any', 'fifo')",
    "payload": "payload IN ('full', 'thin')",
    "url": "(mode = 'push') = (url IS NOT NULL)",
}

_FAIR = (
    ("ix_webhook_delivery_due", ["endpoint_id", "next_at", "seq"]),
    ("ix_webhook_delivery_first", ["endpoint_id", "seq"]),
)
"""So that a claim reads each endpoint's own due rows in order, however many others have."""


def upgrade() -> None:
    for name, kind, before in _ENDPOINT:
        column = sa.Column(name, kind, nullable=before is None, server_default=before)
        op.add_column("webhook_endpoint", column)
        if before is not None:
            op.alter_column("webhook_endpoint", name, server_default=None)
    op.alter_column("webhook_endpoint", "url", nullable=True)
    op.drop_constraint(op.f("ck_webhook_endpoint_state"), "webhook_endpoint")
    for name, check in _CHECKS.items():
        op.create_check_constraint(op.f(f"ck_webhook_endpoint_{name}"), "webhook_endpoint", check)

    for name, before in (("kind", "event"), ("event_type", ""), ("tries", "0")):
        kind = sa.SmallInteger() if name == "tries" else sa.Text()
        op.add_column(
            "webhook_delivery", sa.Column(name, kind, nullable=False, server_default=before)
        )
        op.alter_column("webhook_delivery", name, server_default=None)
    op.execute(
        "UPDATE webhook_delivery d SET event_type = e.type, tries = d.attempts "
        "FROM event e WHERE e.seq = d.seq"
    )
    op.add_column("webhook_delivery", sa.Column("body", sa.Text(), nullable=True))
    op.alter_column("webhook_delivery", "seq", nullable=True)
    op.create_check_constraint(
        op.f("ck_webhook_delivery_kind"),
        "webhook_delivery",
        "kind IN ('event', 'handshake', 'test')",
    )
    op.create_check_constraint(
        op.f("ck_webhook_delivery_seq"), "webhook_delivery", "(kind = 'event') = (seq IS NOT NULL)"
    )
    op.drop_constraint(op.f("ck_webhook_delivery_state"), "webhook_delivery")
    op.create_check_constraint(
        op.f("ck_webhook_delivery_state"),
        "webhook_delivery",
        "state IN ('due', 'delivered', 'failed', 'cancelled', 'kept')",
    )
    for name, columns in _FAIR:
        owed = sa.text("next_at IS NOT NULL")
        op.create_index(name, "webhook_delivery", columns, postgresql_where=owed)
    _replays()


def _replays() -> None:
    op.create_table(
        "webhook_replay",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("endpoint_id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("event_types", _TEXTS, nullable=False),
        sa.Column("since", _MOMENT, nullable=False),
        sa.Column("until", _MOMENT, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("first_seq", sa.BigInteger(), nullable=False),
        sa.Column("last_seq", sa.BigInteger(), nullable=False),
        sa.Column("at_seq", sa.BigInteger(), nullable=False),
        sa.Column("owed", sa.Integer(), nullable=False),
        sa.Column("next_at", _MOMENT, nullable=True),
        sa.Column("created_at", _MOMENT, nullable=False),
        sa.Column("finished_at", _MOMENT, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('running', 'done', 'cancelled')", name=op.f("ck_webhook_replay_state")
        ),
        sa.CheckConstraint(
            "mode IN ('failed', 'missing', 'all')", name=op.f("ck_webhook_replay_mode")
        ),
        sa.ForeignKeyConstraint(
            ["endpoint_id"], ["webhook_endpoint.id"], name=op.f("fk_webhook_replay_endpoint_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_webhook_replay_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_replay")),
    )
    op.create_index("ix_webhook_replay_endpoint_id_id", "webhook_replay", ["endpoint_id", "id"])
    op.create_index(
        "ix_webhook_replay_next_at",
        "webhook_replay",
        ["next_at", "id"],
        postgresql_where=sa.text("next_at IS NOT NULL"),
    )
    op.execute("ALTER TABLE webhook_replay ENABLE ROW LEVEL SECURITY")
    op.execute(
        "CREATE POLICY scope ON webhook_replay TO tuanzu_caller USING "
        "(EXISTS (SELECT FROM webhook_endpoint whole WHERE whole.id = endpoint_id))"
    )


def downgrade() -> None:
    op.drop_table("webhook_replay")
    for name, _ in _FAIR:
        op.drop_index(name, "webhook_delivery")
    op.execute(
        "DELETE FROM webhook_attempt a USING webhook_delivery d "
        "WHERE d.id = a.delivery_id AND (d.seq IS NULL OR d.state = 'kept')"
    )
    op.execute("DELETE FROM webhook_delivery WHERE seq IS NULL OR state = 'kept'")
    op.drop_constraint(op.f("ck_webhook_delivery_state"), "webhook_delivery")
    op.create_check_constraint(
        op.f("ck_webhook_delivery_state"),
        "webhook_delivery",
        "state IN ('due', 'delivered', 'failed', 'cancelled')",
    )
    op.drop_constraint(op.f("ck_webhook_delivery_seq"), "webhook_delivery")
    op.alter_column("webhook_delivery", "seq", nullable=False)
    for name in ("kind", "event_type", "tries", "body"):
        op.drop_column("webhook_delivery", name)
    op.execute(
        "DELETE FROM webhook_attempt a USING webhook_delivery d, webhook_endpoint e "
        "WHERE d.id = a.delivery_id AND e.id = d.endpoint_id AND e.url IS NULL"
    )
    op.execute(
        "DELETE FROM webhook_delivery d USING webhook_endpoint e "
        "WHERE e.id = d.endpoint_id AND e.url IS NULL"
    )
    op.execute("DELETE FROM webhook_endpoint WHERE url IS NULL")
    op.execute("UPDATE webhook_endpoint SET state = 'active' WHERE state = 'pending'")
    for name in _CHECKS:
        op.drop_constraint(op.f(f"ck_webhook_endpoint_{name}"), "webhook_endpoint")
    op.create_check_constraint(
        op.f("ck_webhook_endpoint_state"),
        "webhook_endpoint",
        "state IN ('active', 'paused', 'disabled')",
    )
    op.alter_column("webhook_endpoint", "url", nullable=False)
    for name, *_ in _ENDPOINT:
        op.drop_column("webhook_endpoint", name)
