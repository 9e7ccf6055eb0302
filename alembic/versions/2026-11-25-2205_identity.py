"""who comes in: sessions, passwords, second factors, invitations, identities, tallies.

Revision: identity
Follows: the_second_wall
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "identity"
down_revision = "the_second_wall"
branch_labels = None
depends_on = None

_INSTANT = sa.DateTime(timezone=True)
_END_REASONS = (
    "signed_out",
    "ended_elsewhere",
    "ended_by_administrator",
    "password_changed",
    "second_factor_changed",
    "account_changed",
    "too_many",
    "token_reused",
)


def upgrade() -> None:
    op.add_column("account", sa.Column("last_seen_at", _INSTANT, nullable=True))
    _sessions()
    _tokens()
    _credentials()


def _sessions() -> None:
    reasons = ", ".join(f"'{reason}'" for reason in _END_REASONS)
    op.create_table(
        "login_session",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("method", sa.Text(), nullable=False),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("last_used_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("ends_by", _INSTANT, nullable=True),
        sa.Column("ended_at", _INSTANT, nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('browser', 'phone')", name=op.f("ck_login_session_kind")),
        sa.CheckConstraint("method IN ('password', 'oidc')", name=op.f("ck_login_session_method")),
        sa.CheckConstraint(f"end_reason IN ({reasons})", name=op.f("ck_login_session_end_reason")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (end_reason IS NULL)", name=op.f("ck_login_session_ended")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_login_session_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_login_session")),
    )
    op.create_index(op.f("ix_login_session_account_id"), "login_session", ["account_id"])
    op.create_table(
        "refresh_token",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.Column("used_at", _INSTANT, nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["session_id"], ["login_session.id"], name=op.f("fk_refresh_token_session_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_refresh_token")),
    )
    op.create_index(op.f("ix_refresh_token_session_id"), "refresh_token", ["session_id"])


def _tokens() -> None:
    op.add_column(
        "access_token",
        sa.Column("kind", sa.Text(), nullable=False, server_default="personal"),
    )
    for column in (
        sa.Column("session_id", sa.Uuid(), nullable=True),
        sa.Column("scopes", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("limited_to", sa.Text(), nullable=True),
        sa.Column("last_used_at", _INSTANT, nullable=True),
        sa.Column("last_used_from", sa.Text(), nullable=True),
    ):
        op.add_column("access_token", column)
    op.create_foreign_key(
        op.f("fk_access_token_session_id"), "access_token", "login_session", ["session_id"], ["id"]
    )
    op.create_index(op.f("ix_access_token_session_id"), "access_token", ["session_id"])
    for name, condition in (
        ("kind", "kind IN ('personal', 'service', 'access', 'cookie')"),
        ("limited_to", "limited_to IN ('password', 'second_factor')"),
        ("session", "(session_id IS NULL) = (kind IN ('personal', 'service'))"),
    ):
        op.create_check_constraint(op.f(f"ck_access_token_{name}"), "access_token", condition)
    op.execute(
        "UPDATE access_token t SET kind = 'service' FROM account a "
        "WHERE a.id = t.account_id AND a.role = 'integrator'"
    )


def _credentials() -> None:
    op.create_table(
        "password",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("argon2", sa.Text(), nullable=False),
        sa.Column("set_at", _INSTANT, nullable=False),
        sa.Column("replaced_at", _INSTANT, nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_password_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password")),
    )
    op.create_index(op.f("ix_password_account_id"), "password", ["account_id"])
    op.create_index(
        "uq_password_current",
        "password",
        ["account_id"],
        unique=True,
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.create_table(
        "second_factor",
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("confirmed_at", _INSTANT, nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("recovery", postgresql.ARRAY(sa.LargeBinary()), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_second_factor_account_id")
        ),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_second_factor")),
    )
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=True),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("expires_at", _INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_invitation_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
    )
    op.create_index(op.f("ix_invitation_account_id"), "invitation", ["account_id"])
    op.create_table(
        "oidc_identity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("account_id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("created_at", _INSTANT, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_oidc_identity_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oidc_identity")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_oidc_identity_issuer_subject")),
    )
    op.create_index(op.f("ix_oidc_identity_account_id"), "oidc_identity", ["account_id"])
    op.create_table(
        "sign_in_failure",
        sa.Column("key", sa.LargeBinary(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", _INSTANT, nullable=True),
        sa.Column("blocked_until", _INSTANT, nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sign_in_failure")),
    )


def downgrade() -> None:
    """Lose sessions, passwords, second factors; a token with scopes is revoked, never widened."""
    for table in (
        "sign_in_failure",
        "oidc_identity",
        "invitation",
        "second_factor",
        "password",
        "refresh_token",
    ):
        op.drop_table(table)
    op.execute("DELETE FROM access_token WHERE session_id IS NOT NULL")
    op.execute(
        "UPDATE access_token SET revoked_at = house_now() "
        "WHERE scopes IS NOT NULL AND revoked_at IS NULL"
    )
    for name in ("session", "limited_to", "kind"):
        op.drop_constraint(op.f(f"ck_access_token_{name}"), "access_token")
    for column in (
        "last_used_from",
        "last_used_at",
        "limited_to",
        "scopes",
        "session_id",
        "kind",
    ):
        op.drop_column("access_token", column)
    op.drop_table("login_session")
    op.drop_column("account", "last_seen_at")
