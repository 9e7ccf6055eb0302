"""webhooks: an endpoint may end for good, and one from before needs no handshake.

Revision: endpoints_that_end
Follows: webhooks_that_lose_nothing

Endpoints that were registered before there was a handshake have worked: they count as verified.
"""

from alembic import op

revision = "endpoints_that_end"
down_revision = "webhooks_that_lose_nothing"
branch_labels = None
depends_on = None

_BEFORE = "state IN ('pending', 'active', 'paused', 'disabled')"
_AFTER = "state IN ('pending', 'active', 'paused', 'disabled', 'retired')"


def _check(condition: str) -> None:
    name = op.f("ck_webhook_endpoint_state")
    op.drop_constraint(name, "webhook_endpoint")
    op.create_check_constraint(name, "webhook_endpoint", condition)


def upgrade() -> None:
    _check(_AFTER)
    op.execute(
        "UPDATE webhook_endpoint SET verified_at = created_at "
        "WHERE verified_at IS NULL AND state <> 'pending'"
    )


def downgrade() -> None:
    op.execute("UPDATE webhook_endpoint SET state = 'disabled' WHERE state = 'retired'")
    _check(_BEFORE)
