"""How migrations run: as the owner of the tables, with a short wait for locks."""

import os

from alembic import context
from sqlalchemy import Connection, create_engine, pool, text

from services.core.catalogue import METADATA
from services.core.kit.db import with_driver

_LOCK_KEY = 0x7475616E  # "tuan": two migrations at once run one after the other

_GRANTS = """
DO $$ DECLARE
  app bool := EXISTS (SELECT FROM pg_roles WHERE rolname = 'tuanzu_app');
  caller bool := EXISTS (SELECT FROM pg_roles WHERE rolname = 'tuanzu_caller');
  fenced regclass;
BEGIN
  IF app AND current_user <> 'tuanzu_app' THEN
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
    IF to_regclass('event_part') IS NOT NULL THEN
      REVOKE INSERT, UPDATE, DELETE ON event_part FROM tuanzu_app;
      REVOKE UPDATE, DELETE ON event_archive FROM tuanzu_app;
      REVOKE EXECUTE ON FUNCTION event_make_room, event_drop_part FROM PUBLIC;
      GRANT EXECUTE ON FUNCTION event_make_room, event_drop_part TO tuanzu_app;
    END IF;
    FOR fenced IN
      SELECT c.oid FROM pg_class c WHERE c.relrowsecurity
      AND NOT EXISTS (SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'service')
    LOOP
      EXECUTE format('CREATE POLICY service ON %s TO tuanzu_app USING (true)', fenced);
    END LOOP;
  END IF;
  IF caller THEN
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO tuanzu_caller;
    REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM tuanzu_caller;
    IF to_regclass('audit_entry') IS NOT NULL THEN
      REVOKE UPDATE, DELETE ON audit_entry FROM tuanzu_caller;
      REVOKE INSERT, UPDATE, DELETE ON event, feed_head, consumer_cursor, event_parked
        FROM tuanzu_caller;
      REVOKE SELECT, UPDATE, DELETE ON event_pending FROM tuanzu_caller;
    END IF;
    IF to_regclass('audit_seal') IS NOT NULL THEN
      REVOKE INSERT, UPDATE, DELETE ON audit_head FROM tuanzu_caller;
      REVOKE ALL ON audit_seal, audit_tombstone FROM tuanzu_caller;
      REVOKE SELECT, UPDATE, DELETE ON audit_pending FROM tuanzu_caller;
    END IF;
    IF to_regclass('event_part') IS NOT NULL THEN
      REVOKE ALL ON event_part, event_archive, due_failure FROM tuanzu_caller;
    END IF;
    IF to_regclass('sync_scope') IS NOT NULL THEN
      REVOKE UPDATE, DELETE ON sync_scope, row_change FROM tuanzu_caller;
    END IF;
    IF app AND NOT pg_has_role('tuanzu_app', 'tuanzu_caller', 'MEMBER') THEN
      GRANT tuanzu_caller TO tuanzu_app;
    END IF;
    IF NOT pg_has_role(current_user, 'tuanzu_caller', 'USAGE') THEN
      GRANT tuanzu_caller TO current_user;
    END IF;
  END IF;
END $$
"""
"""The application's role works with rows and owns nothing; the audit can only grow.

A request becomes `tuanzu_caller` once it is known whose it is, and sees the rows that the policy
`scope` of each table shows it. The service itself (workers, relay, commands) sees all rows.
"""


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
