"""The sections of the first screen as SQL: each one column of one statement, over one caller.

Parameters: `:own` (the caller's organisation and those below it), `:units` (all it sees),
`:groups`, `:account_id`, `:organisation_id` (its own), `:role`, `:region` (the one it supervises),
`:now` and `:today` (the day in Asia/Shanghai). They are written as SQL because the statement never
changes: building it anew would cost as much as running it.
"""

from services.core.admissions.rules import GATES
from services.core.regions.rules import LEVELS

FIRST = 5
"""Records one section shows; the count tells how many there are."""

_OWN = "ANY(:own)"
_GROUPS = "ANY(:groups)"
_PROJECT = "json_build_object('id', p.id, 'code', p.code, 'name', p.name, 'name_en', p.name_en)"
_UNIT = "json_build_object('id', o.id, 'name', o.name, 'name_en', o.name_en)"
_CONVENED = f"""(SELECT m.group_id FROM group_membership m
  WHERE m.role = 'convener' AND m.organisation_id = {_OWN} AND m.valid_from <= :today
    AND (m.valid_to IS NULL OR m.valid_to > :today))"""  # noqa: S608 our own words only
_DAYS = "CAST(r.current_due_at AT TIME ZONE 'Asia/Shanghai' AS date) - CAST(:today AS date)"


def section(item: str, source: str, order: str, **counts: str) -> str:
    """Write a section: how many there are, further counts, and the first few in order.

    Nothing stands between the few and their list, so that only these are built as JSON.
    """
    more = "".join(f", '{name}', count(*) FILTER (WHERE {which})" for name, which in counts.items())
    few = f"SELECT {item} AS item FROM {source} ORDER BY {order} LIMIT {FIRST}"  # noqa: S608 ours
    items = f"coalesce((SELECT json_agg(first.item) FROM ({few}) AS first), '[]')"  # noqa: S608 ours
    return f"(SELECT json_build_object('count', count(*){more}, 'items', {items}) FROM {source})"  # noqa: S608 ours


_ORDER = f"""json_build_object('id', s.id, 'code', s.code, 'kind', s.kind, 'colour', s.colour,
  'title', json_build_object('zh', s.title_zh, 'en', s.title_en), 'project', {_PROJECT},
  'issued_at', s.issued_at)"""
_ORDERS = "supervision_order s JOIN project p ON p.id = s.project_id"
TO_SIGN = section(
    _ORDER,
    f"{_ORDERS} WHERE s.state = 'issued' AND s.issued_to && :own",
    "s.issued_at, s.id",
)
TO_ISSUE = section(
    _ORDER,
    f"""{_ORDERS} WHERE s.state = 'drafted'
      AND (s.group_id = {_GROUPS} OR s.issued_to && :units)""",
    "s.drafted_at, s.id",
)

_REPORT = f"""json_build_object('id', r.id, 'period', r.period, 'state', r.state,
  'due_at', r.current_due_at, 'days', {_DAYS}, 'project', {_PROJECT}, 'organisation', {_UNIT})"""
_REPORTS = """progress_report r JOIN project p ON p.id = r.project_id
  JOIN organisation o ON o.id = r.organisation_id"""
DUE = section(
    _REPORT,
    f"{_REPORTS} WHERE r.state IN ('due', 'draft', 'returned') AND r.organisation_id = {_OWN}",
    "r.current_due_at, r.id",
    overdue="r.current_due_at < :now",
)
TO_REVIEW = section(
    _REPORT,
    f"""{_REPORTS} WHERE r.state = 'submitted' AND r.submitted_by IS DISTINCT FROM :account_id
      AND (r.organisation_id = {_OWN} OR p.group_id IN {_CONVENED})""",
    "r.submitted_at, r.id",
)

_PROPOSAL = """json_build_object('id', a.id, 'kind', a.kind, 'code', a.code, 'name', a.name,
  'submitted_at', a.submitted_at, 'return_count', a.return_count)"""
_GATE = " ".join(f"WHEN '{at}' THEN {LEVELS.index(level) + 1}" for at, level in GATES.items())
TO_CHECK = section(
    _PROPOSAL,
    f"""admission a JOIN region g ON g.code = a.region_code
      WHERE g.lineage[CASE a.state {_GATE} END] = :region
      AND a.submitted_by IS DISTINCT FROM :account_id""",
    "a.submitted_at, a.id",
)
TO_CORRECT = section(
    _PROPOSAL,
    f"""admission a WHERE a.state = 'returned' AND (a.drafted_for = {_OWN}
      OR a.lead_organisation_id = {_OWN} OR a.responsible_organisation_id = {_OWN})""",
    "a.submitted_at, a.id",
)

AT_RISK = section(
    f"""json_build_object('id', p.id, 'code', p.code, 'name', p.name, 'name_en', p.name_en,
      'light', w.light, 'light_since', w.light_since, 'organisation', {_UNIT})""",
    f"""project p JOIN project_watch w ON w.project_id = p.id
      JOIN organisation o ON o.id = p.responsible_organisation_id
      WHERE w.light IN ('red', 'yellow') AND (p.responsible_organisation_id = {_OWN}
        OR p.lead_organisation_id = {_OWN} OR p.responsible_account_id = :account_id
        OR p.group_id IN {_CONVENED} OR (:role = 'regulator' AND p.group_id = {_GROUPS}))""",
    "w.light = 'yellow', w.light_since, p.id",
    red="w.light = 'red'",
    yellow="w.light = 'yellow'",
)

TO_ACKNOWLEDGE = section(
    f"""json_build_object('id', m.id, 'occurrence', m.occurrence, 'due_at', m.due_at,
      'sent_at', m.sent_at, 'subject_kind', m.subject_kind, 'subject_id', m.subject_id,
      'project', {_PROJECT})""",
    """reminder_recipient c JOIN reminder m ON m.id = c.reminder_id
      JOIN notification n ON n.id = c.notification_id JOIN project p ON p.id = m.project_id
      WHERE c.account_id = :account_id AND n.acknowledged_at IS NULL""",
    "m.due_at, m.id",
)
UNREAD = section(
    """json_build_object('id', n.id, 'cause_kind', n.cause_kind, 'link', n.link,
      'title', json_build_object('zh', n.title_zh, 'en', n.title_en),
      'created_at', n.created_at)""",
    "notification n WHERE n.account_id = :account_id AND n.read_at IS NULL",
    "n.created_at DESC, n.id DESC",
)

_SUPERVISES = (
    "EXISTS (SELECT FROM organisation h WHERE h.id = :organisation_id AND h.kind = 'sasac')"
)


def _speaks_for(unit: str) -> str:
    """Write what `meetings.queries.scope.speaks_for` says: who supervises speaks for itself."""
    return f"""({unit} = {_OWN} AND ({unit} = :organisation_id
      OR (:role <> 'regulator' AND NOT {_SUPERVISES})))"""


_INVITED = f"""meeting_invitation i WHERE i.meeting_id = t.id AND i.withdrawn_at IS NULL
  AND {_speaks_for("i.organisation_id")}"""
MEETINGS = section(
    """json_build_object('id', t.id, 'kind', t.kind, 'title', t.title, 'starts_at', t.starts_at,
      'ends_at', t.ends_at, 'place', t.place, 'reply', (SELECT i.reply FROM meeting_invitation i
        WHERE i.meeting_id = t.id AND i.withdrawn_at IS NULL
          AND i.organisation_id = :organisation_id))""",
    f"""meeting t WHERE t.state = 'scheduled' AND t.ends_at > :now
      AND ({_speaks_for("t.convener_organisation_id")} OR EXISTS (SELECT FROM {_INVITED})
        OR (:role <> 'regulator' AND t.group_id = {_GROUPS}))""",
    "t.starts_at, t.id",
    unanswered=f"EXISTS (SELECT FROM {_INVITED} AND i.reply = 'none')",
)
