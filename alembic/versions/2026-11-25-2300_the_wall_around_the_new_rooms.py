"""Row-level security for the rooms that came after the wall: meetings, jobs, audit, who comes in.

Revision: the_wall_of_new_rooms
Follows: sync

In the manner of `the_second_wall`: equal to the explicit condition, or wider where it says so.
"""

from alembic import op

revision = "the_wall_of_new_rooms"
down_revision = "sync"
branch_labels = None
depends_on = None

_SETS = {
    "scope_units": """
        SELECT o.id FROM account a
        JOIN organisation home ON home.id = a.organisation_id
        JOIN organisation o ON o.id = ANY (scope_own())
        WHERE a.id = scope_account()
          AND (o.id = home.id OR (home.kind <> 'sasac' AND a.role <> 'regulator'))""",
    "scope_invitations": """
        SELECT meeting_id FROM meeting_invitation
        WHERE organisation_id IN (SELECT scope_units()) AND withdrawn_at IS NULL""",
    "scope_meeting_groups": """
        SELECT group_id FROM meeting
        WHERE group_id IS NOT NULL AND (
          convener_organisation_id IN (SELECT scope_units())
          OR (original_starts_at IS NOT NULL AND id IN (SELECT scope_invitations())))""",
    "scope_meeting_news": """
        SELECT id FROM meeting WHERE convener_organisation_id IN (SELECT scope_units())
        UNION ALL
        SELECT i.id FROM meeting_invitation i JOIN meeting m ON m.id = i.meeting_id
        WHERE m.convener_organisation_id IN (SELECT scope_units())
        UNION ALL
        SELECT v.id FROM meeting_move v JOIN meeting m ON m.id = v.meeting_id
        WHERE m.convener_organisation_id IN (SELECT scope_units())""",
}
"""The units a caller speaks for, what they are invited to, of which groups, and what they told."""

_ME = "(SELECT scope_account())"
_ROLE = "(SELECT scope_role())"
_GROUPS = "ANY (CAST((SELECT scope_groups()) AS uuid[]))"
_OWN = "CAST((SELECT scope_own()) AS uuid[])"
_UNITS = "(SELECT scope_units())"
_REGIONS = "(SELECT scope_regions())"


def _of(parent: str, column: str) -> str:
    """Let a part be seen with its whole, found by its key."""
    return f"EXISTS (SELECT FROM {parent} whole WHERE whole.id = {column})"


_MEETING = f"""convener_organisation_id IN {_UNITS}
  OR (original_starts_at IS NOT NULL AND (
        group_id = {_GROUPS} OR region_code IN {_REGIONS}
        OR id IN (SELECT scope_invitations())))"""
_MINUTES = f"""EXISTS (
  SELECT FROM meeting whole WHERE whole.id = meeting_minutes.meeting_id AND (
    meeting_minutes.approved_at IS NOT NULL
    OR whole.convener_organisation_id IN {_UNITS}
    OR whole.region_code IN {_REGIONS}
    OR EXISTS (SELECT FROM meeting_invitation chair
               WHERE chair.meeting_id = whole.id AND chair.role = 'chair'
                 AND chair.withdrawn_at IS NULL AND chair.organisation_id IN {_UNITS})))"""  # noqa: S608 from above
_LINE = f"""{_ROLE} = 'audit_admin'
  OR account_id = {_ME}
  OR ({_ME} IS NOT NULL AND subject_kind NOT IN (
        'account', 'identity', 'token', 'session', 'audit_chain')
      AND (outcome = 'done' OR (outcome = 'draft' AND organisation_ids && {_OWN})))"""
_OWN_ACCOUNT = f"account_id = {_ME}"
_KEEPER = f"{_ROLE} = 'security_admin'"

_POLICIES = {
    "meeting": _MEETING,
    "meeting_invitation": _of("meeting", "meeting_id"),
    "meeting_move": _of("meeting", "meeting_id"),
    "meeting_minutes": _MINUTES,
    "meeting_reminder": _of("meeting", "meeting_id"),
    "job": _OWN_ACCOUNT,
    "job_item": _of("job", "job_id"),
    # Wider: who sees a record now is shown all that was done to it, whoever saw it then. And who
    # does something gets its line's number back: of attempts and log-ins one sees one's own.
    "audit_entry": _LINE,
    "login_session": f"{_OWN_ACCOUNT} OR {_KEEPER}",
    "access_token": f"{_OWN_ACCOUNT} OR {_KEEPER}",
    "refresh_token": _of("login_session", "session_id"),
    "second_factor": f"{_OWN_ACCOUNT} OR {_KEEPER}",
    # That a session may do more from now on depends on the age of one's password.
    "password": _OWN_ACCOUNT,
    "invitation": _KEEPER,
    "oidc_identity": _KEEPER,
    "sign_in_failure": "false",
}
"""Table → which rows are there for a caller, and may be written by it."""
_ONLY_READ = frozenset({"password"})

_GROUP = f"id = {_GROUPS} OR region_code IN {_REGIONS}"
_MESSAGE = f"""account_id = {_ME}
  OR EXISTS (SELECT FROM reminder_recipient r WHERE r.notification_id = notification.id)
  OR ({_ROLE} = 'regulator' AND {_of("project", "project_id")})"""
_WIDENED = {
    # Who answers an invitation asks whether the meeting's group is open.
    "joint_group": (
        f"{_GROUP} OR scope_asks_of(id)",
        f"{_GROUP} OR id IN (SELECT scope_meeting_groups()) OR scope_asks_of(id)",
    ),
    # Who convenes a meeting tells the people of its units.
    "notification": (
        _MESSAGE,
        f"{_MESSAGE} OR (cause_kind LIKE 'meeting%' AND cause_id IN (SELECT scope_meeting_news()))",
    ),
}
"""Table → what its policy was, and what it is with meetings."""


def upgrade() -> None:
    for name, asked in _SETS.items():
        op.execute(
            f"CREATE FUNCTION {name}() RETURNS SETOF uuid LANGUAGE sql STABLE PARALLEL SAFE "
            f"SECURITY DEFINER SET search_path = public, pg_temp AS $$ {asked} $$"
        )
    for table, seen in _POLICIES.items():
        only = "FOR SELECT " if table in _ONLY_READ else ""
        op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY")
        op.execute(f"CREATE POLICY scope ON {table} {only}TO tuanzu_caller USING ({seen})")
    for table, (_, wider) in _WIDENED.items():
        op.execute(f"ALTER POLICY scope ON {table} USING ({wider})")


def downgrade() -> None:
    for table, (before, _) in _WIDENED.items():
        op.execute(f"ALTER POLICY scope ON {table} USING ({before})")
    for table in _POLICIES:
        op.execute(f"DROP POLICY scope ON {table}")
        op.execute(f"DROP POLICY IF EXISTS service ON {table}")
        op.execute(f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY")
    for name in reversed(_SETS):
        op.execute(f"DROP FUNCTION {name}()")
