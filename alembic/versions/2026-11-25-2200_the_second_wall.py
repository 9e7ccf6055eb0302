"""Row-level security: a transaction of a caller sees the rows of that caller's scope, no others.

Revision: the_second_wall
Follows: 0003_audit_of_acts

The explicit conditions of every query stay what decides (decision 0011); this is the wall behind
them, for the place where one was forgotten. A policy may be wider than the condition, where a
caller's act needs to look further than the caller: each such place says so.

The role of callers belongs to the whole server: it is made if it is missing, which needs CREATEROLE
(or somebody who makes it by hand), and it stays when this step is undone. `alembic/env.py` gives it
its rights and lets the application become it.
"""

from alembic import op

revision = "the_second_wall"
down_revision = "0003_audit_of_acts"
branch_labels = None
depends_on = None

_ROLE = """
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tuanzu_caller') THEN
    CREATE ROLE tuanzu_caller NOLOGIN;
  END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;  -- made by another at this moment
END $$
"""

_SETTING = "SELECT CAST(nullif(current_setting('tuanzu.{0}', true), '') AS {1})"
_CONTEXT = {
    "scope_groups": ("group_ids", "uuid[]"),
    "scope_organisations": ("organisation_ids", "uuid[]"),
    "scope_own": ("own_organisation_ids", "uuid[]"),
    "scope_account": ("account_id", "uuid"),
    "scope_role": ("role", "text"),
    "scope_region": ("region", "text"),
}
"""After its first use a setting is empty, not null: both mean that there is no caller."""

_SETS = {
    "scope_projects": """
        SELECT project_id FROM project_partner WHERE organisation_id = ANY (scope_organisations())
        UNION ALL
        SELECT project_id FROM supervision_order WHERE issued_to && scope_organisations()
        UNION ALL
        SELECT project_id FROM notification
        WHERE account_id = scope_account() AND project_id IS NOT NULL""",
    "scope_reminders": """
        SELECT reminder_id FROM reminder_recipient WHERE account_id = scope_account()""",
    "scope_agreements": """
        SELECT agreement_id FROM agreement_party WHERE organisation_id = ANY (scope_organisations())
        UNION ALL
        SELECT a.id FROM framework_agreement a
        WHERE a.is_placeholder AND a.group_id IS NULL AND scope_organisations() <> '{}'
          AND NOT EXISTS (SELECT FROM agreement_party p WHERE p.agreement_id = a.id)""",
    "scope_regions": """
        SELECT code FROM region WHERE lineage @> ARRAY[scope_region()]""",
}
"""What a caller sees through rows that are themselves behind the wall: asked as their owner, since
two policies that ask each other would never end. A set is read once for a statement, if at all."""

_ASKS = """
CREATE FUNCTION scope_asks_of(uuid) RETURNS bool LANGUAGE sql STABLE PARALLEL SAFE COST 10000
SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT FROM project p WHERE p.group_id = $1 AND (
                   p.lead_organisation_id = ANY (scope_organisations())
                   OR p.responsible_organisation_id = ANY (scope_organisations())
                   OR p.id IN (SELECT scope_projects())))
      OR EXISTS (SELECT FROM framework_agreement a
                 WHERE a.group_id = $1 AND a.id IN (SELECT scope_agreements()))
$$
"""
"""Has the caller a project or an agreement of this group? Dear, so asked last and of few rows."""

_GROUPS = "ANY (CAST((SELECT scope_groups()) AS uuid[]))"
_UNITS = "ANY (CAST((SELECT scope_organisations()) AS uuid[]))"
_ALL_UNITS = "CAST((SELECT scope_organisations()) AS uuid[])"
_OWN = "ANY (CAST((SELECT scope_own()) AS uuid[]))"
_ME = "(SELECT scope_account())"


def _of(parent: str, column: str = "project_id") -> str:
    """Let a part be seen with its whole, found by its key."""
    return f"EXISTS (SELECT FROM {parent} whole WHERE whole.id = {column})"


_GROUP = f"id = {_GROUPS} OR region_code IN (SELECT scope_regions())"
_PROJECT = f"""group_id IN (SELECT unnest(scope_groups()))
  OR lead_organisation_id = {_UNITS} OR responsible_organisation_id = {_UNITS}
  OR id IN (SELECT scope_projects())"""
_ORDER = f"group_id = {_GROUPS} OR issued_to && {_ALL_UNITS}"
_AGREEMENT = f"group_id = {_GROUPS} OR id IN (SELECT scope_agreements())"
_MESSAGE = f"""account_id = {_ME}
  OR EXISTS (SELECT FROM reminder_recipient r WHERE r.notification_id = notification.id)
  OR ((SELECT scope_role()) = 'regulator' AND {_of("project")})"""
_EVENT = f"""group_id = {_GROUPS}
  OR organisation_ids && {_ALL_UNITS}
  OR (group_id IS NULL AND organisation_ids = '{{}}' AND {_ME} IS NOT NULL)"""

_POLICIES: dict[str, tuple[str, str]] = {
    # Wider: who keeps a project or an agreement asks whether its group is open, and who convenes it.
    "joint_group": (
        f"{_GROUP} OR scope_asks_of(id)",
        _GROUP,
    ),
    "group_membership": (_of("joint_group", "group_id"), f"group_id = {_GROUPS}"),
    "convener_duty": (f"group_id = {_GROUPS}", ""),
    # Wider: whoever was told of a project, or ordered to act on it, can be shown its name.
    "project": (_PROJECT, ""),
    "project_partner": (f"organisation_id = {_UNITS} OR {_of('project')}", _of("project")),
    "milestone": (_of("project"), ""),
    "annual_plan": (_of("project"), ""),
    "project_watch": (_of("project"), ""),
    # Wider: what a unit has drafted is hidden column by column, in the explicit condition.
    "progress_report": (_of("project"), ""),
    "finding": (_of("project"), ""),
    "health_assessment": (_of("project"), ""),
    "reminder": (
        f"group_id = {_GROUPS} OR organisation_id = {_UNITS} OR id IN (SELECT scope_reminders())",
        _of("project"),
    ),
    "reminder_recipient": (f"account_id = {_ME} OR {_of('reminder', 'reminder_id')}", ""),
    # Wider: who sees a reminder sees who knows of it; and regulators tell others of their orders.
    "notification": (_MESSAGE, ""),
    "notification_delivery": (_of("notification", "notification_id"), ""),
    "escalation_run": (f"group_id = {_GROUPS} OR organisation_id = {_UNITS}", ""),
    "escalation_step": (_of("escalation_run", "run_id"), ""),
    # Wider: that a draft is for regulators only is in the explicit condition.
    "supervision_order": (_ORDER, ""),
    # Wider when written: the parties that make it visible come after the agreement itself.
    "framework_agreement": (
        _AGREEMENT,
        f"group_id IS NULL OR {_AGREEMENT}",
    ),
    "agreement_party": (_of("framework_agreement", "agreement_id"), f"{_ME} IS NOT NULL"),
    "agreement_project": (_of("framework_agreement", "agreement_id"), ""),
    "webhook_endpoint": (f"organisation_id = {_OWN}", ""),
    "webhook_delivery": (_of("webhook_endpoint", "endpoint_id"), ""),
    "webhook_attempt": (_of("webhook_delivery", "delivery_id"), ""),
    "event": (_EVENT, ""),
    "idempotency_record": (f"account_id = {_ME}", ""),
}
"""Table → which rows are there for a caller, and which it may write if those are others."""


def upgrade() -> None:
    op.execute(_ROLE)
    for name, (setting, kind) in _CONTEXT.items():
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS {kind} LANGUAGE sql STABLE PARALLEL SAFE "
            f"AS $$ {_SETTING.format(setting, kind)} $$"
        )
    for name, asked in _SETS.items():
        kind = "text" if name == "scope_regions" else "uuid"
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS SETOF {kind} LANGUAGE sql STABLE PARALLEL SAFE "
            f"SECURITY DEFINER SET search_path = public, pg_temp AS $$ {asked} $$"
        )
    op.execute(_ASKS)
    for table, (seen, written) in _POLICIES.items():
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        check = f" WITH CHECK ({written})" if written else ""
        op.execute(f"CREATE POLICY scope ON {table} TO tuanzu_caller USING ({seen}){check}")


def downgrade() -> None:
    for table in _POLICIES:
        op.execute(f"DROP POLICY scope ON {table}")
        op.execute(f"DROP POLICY IF EXISTS service ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    op.execute("DROP FUNCTION scope_asks_of(uuid)")
    for name in (*_SETS, *_CONTEXT):
        op.execute(f"DROP FUNCTION {name}()")
