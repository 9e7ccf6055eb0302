"""How migrations run: as the owner of the tables, with a short wait for locks."""

import os

from alembic import context
from sqlalchemy import Connection, create_engine, pool, text

from services.core.catalogue import METADATA
from services.core.kit.db import with_driver

_LOCK_KEY = 0x7475616E  # "tuan": two migrations at once run one after the other

_GRANTS = """
DO $$ BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'tuanzu_app')
     AND current_user <> 'tuanzu_app' THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO tuanzu_app;
    IF to_regclass('audit_entry') IS NOT NULL THEN
      REVOKE UPDATE, DELETE ON audit_entry FROM tuanzu_app;
    END IF;
    IF to_regclass('audit_seal') IS NOT NULL THEN
      REVOKE UPDATE, DELETE ON audit_seal FROM tuanzu_app;
      REVOKE INSERT, UPDATE, DELETE ON audit_tombstone FROM tuanzu_app;
      REVOKE EXECUTE ON FUNCTION audit_drop FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION audit_drop TO tuanzu_app;
    END IF;
  END IF;
END $$
"""
"""The application role works with rows and owns nothing; the audit can only grow."""


def _run(connection: Connection) -> None:
    """Run what is missing in one transaction."""
    context.configure(connection=connection, target_metadata=METADATA, compare_type=True)
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
        connection.execute(text("SET LOCAL lock_timeout = '5s'"))
        connection.execute(text("SET LOCAL timezone = 'UTC'"))
        context.run_migrations()
        connection.execute(text(_GRANTS))


given = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    url = os.environ.get("TUANZU_MIGRATION_URL") or os.environ["TUANZU_DATABASE_URL"]
    with create_engine(with_driver(url), poolclass=pool.NullPool).connect() as opened:
        _run(opened)
