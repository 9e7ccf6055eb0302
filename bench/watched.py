"""A million projects under watch, with five million reports, made by the database itself.

By its last report every project is as its number says: most are quiet, some owe their last
report, some stay behind their plan, some let a milestone pass.
"""

from sqlalchemy import Connection, text

from bench import data

MONTHS = 5
"""Accepted reports of each project: June to October 2026."""

_PLANS = """
INSERT INTO annual_plan (id, project_id, year, number, is_current, planned_investment,
                         investment_qualifier, curve, is_spread, made_at, is_illustrative)
SELECT gen_random_uuid(), p.id, 2026, 1, true, p.total_investment / 2, 'exact',
       ARRAY(SELECT round(p.total_investment / 24 * month, 2) FROM generate_series(1, 12) AS month),
       false, TIMESTAMPTZ '2026-01-05 02:00Z', true
FROM project AS p WHERE p.code LIKE 'BENCH-P%'
"""

_REPORTS = """
INSERT INTO progress_report (id, project_id, organisation_id, period, state, opened_at,
                             original_due_at, current_due_at, invested_period, cumulative_year,
                             cumulative_all, physical_percent, is_no_change, warnings,
                             submitted_at, reviewed_at, is_late, version, is_illustrative)
SELECT gen_random_uuid(), p.id, p.responsible_organisation_id,
       format('2026-%s', lpad(month::text, 2, '0')),
       CASE WHEN month = 10 AND abs(hashtext(p.code)) % 1000 < 6 THEN 'due' ELSE 'accepted' END,
       ends, ends + interval '6 days', ends + interval '6 days', p.total_investment / 24,
       p.total_investment / 24 * month, p.total_investment / 24 * month, month * 4, false, '[]',
       ends + interval '3 days', ends + interval '4 days', false, 2, true
FROM project AS p CROSS JOIN generate_series(:first, 10) AS month
CROSS JOIN LATERAL (SELECT make_timestamptz(2026, month + 1, 1, 0, 0, 0, 'Asia/Shanghai') AS ends)
WHERE p.code LIKE 'BENCH-P%'
"""

_MILESTONES = """
INSERT INTO milestone (id, project_id, name, weight, planned_on, original_planned_on, version,
                       is_illustrative)
SELECT gen_random_uuid(), p.id, '主体完工', 100, due, due, 1, true
FROM project AS p CROSS JOIN LATERAL (
  SELECT CASE WHEN abs(hashtext(p.code)) % 1000 IN (500, 501) THEN DATE '2026-11-16'
              ELSE DATE '2027-06-30' END AS due
) WHERE p.code LIKE 'BENCH-P%'
"""

_ACCEPTED = """
UPDATE project_watch AS w
SET last_accepted_period = last.period, last_accepted_at = last.reviewed_at,
    last_progress_on = CAST(last.reviewed_at AS date), cumulative_year = last.cumulative_year,
    cumulative_all = last.cumulative_all, light = NULL, light_since = NULL
FROM (SELECT DISTINCT ON (project_id) project_id, period, reviewed_at, cumulative_year,
             cumulative_all
      FROM progress_report WHERE state = 'accepted' ORDER BY project_id, period DESC) AS last
WHERE last.project_id = w.project_id
"""


def fill(connection: Connection, projects: int) -> None:
    """Insert the province, its projects, their plans, milestones and reports.

    Triggers and references are not asked: they would take hours, and the rows are right.
    """
    connection.execute(text("SET LOCAL statement_timeout = 0"))
    connection.execute(text("SET LOCAL session_replication_role = replica"))
    data.fill(connection, projects)
    for statement in (_PLANS, _REPORTS, _MILESTONES, _ACCEPTED):
        connection.execute(text(statement), {"first": 11 - MONTHS})
