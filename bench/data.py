"""The library at the size of a province, for measurements: made by the database in seconds."""

from sqlalchemy import Connection, text

CITIES, GROUPS_A_CITY, PROVINCIAL_GROUPS, SUBSIDIARIES = 10, 10, 30, 270
"""100 counties with one group each; 301 organisations with their regulator."""

_REGIONS = """
INSERT INTO region (code, id, name, level, parent_code, lineage, version, is_illustrative)
SELECT code, gen_random_uuid(), name, level, parent, lineage, 1, true FROM (
  SELECT '990000' AS code, '测试省' AS name, 'province' AS level, NULL AS parent,
         ARRAY['990000'] AS lineage
  UNION ALL
  SELECT city, '测试市' || c, 'city', '990000', ARRAY['990000', city]
  FROM generate_series(1, :cities) AS c, format('99%s00', lpad(c::text, 2, '0')) AS city
  UNION ALL
  SELECT county, format('测试县%s-%s', c, k), 'county', city, ARRAY['990000', city, county]
  FROM generate_series(1, :cities) AS c, generate_series(1, :groups_a_city) AS k,
       format('99%s00', lpad(c::text, 2, '0')) AS city,
       format('99%s%s', lpad(c::text, 2, '0'), lpad(k::text, 2, '0')) AS county
) AS places
"""

_REGULATOR = """
INSERT INTO organisation (id, code, name, short_names, level, kind, lineage, region_code,
                          is_placeholder, version, is_illustrative)
SELECT id, 'BENCH-SASAC', '测试省国资委', '{}', 'province', 'sasac', ARRAY[id], '990000',
       false, 1, true
FROM gen_random_uuid() AS id
"""

_PROVINCIAL_GROUPS = """
INSERT INTO organisation (id, code, name, short_names, level, kind, parent_id, lineage, region_code,
                          is_placeholder, version, is_illustrative)
SELECT made.id, 'BENCH-G' || lpad(n::text, 3, '0'), '测试省属集团' || n, '{}', 'province',
       'soe_group', top.id, ARRAY[top.id, made.id], '990000', false, 1, true
FROM generate_series(1, :provincial_groups) AS n
CROSS JOIN LATERAL (SELECT gen_random_uuid() AS id WHERE n > 0) AS made
CROSS JOIN organisation AS top
WHERE top.code = 'BENCH-SASAC'
"""

_SUBSIDIARIES = """
WITH upper AS (
  SELECT array_agg(id ORDER BY code) AS ids FROM organisation WHERE code LIKE 'BENCH-G___'
), county AS (
  SELECT array_agg(code ORDER BY code) AS codes FROM region
  WHERE code LIKE '99%' AND level = 'county'
)
INSERT INTO organisation (id, code, name, short_names, level, kind, parent_id, lineage, region_code,
                          is_placeholder, version, is_illustrative)
SELECT made.id, 'BENCH-S' || lpad(n::text, 3, '0'), '测试县属子公司' || n, '{}', 'county',
       'soe_subsidiary', parent.id, above.lineage || made.id,
       county.codes[1 + (n - 1) % cardinality(county.codes)], false, 1, true
FROM generate_series(1, :subsidiaries) AS n
CROSS JOIN LATERAL (SELECT gen_random_uuid() AS id WHERE n > 0) AS made
CROSS JOIN upper CROSS JOIN county
CROSS JOIN LATERAL (SELECT upper.ids[1 + n % cardinality(upper.ids)] AS id) AS parent
JOIN organisation AS above ON above.id = parent.id
"""

_GROUPS = """
INSERT INTO joint_group (id, code, name, region_code, state, established_on, policy_code, version,
                         is_illustrative)
SELECT gen_random_uuid(), 'BENCH-' || code, '测试团组(' || name || ')', code, 'active',
       DATE '2023-01-01', 'zj-default', 1, true
FROM region WHERE code LIKE '99%' AND level = 'county'
"""

_MEMBERSHIPS = """
WITH lower AS (
  SELECT array_agg(id ORDER BY code) AS ids FROM organisation WHERE code LIKE 'BENCH-S___'
), numbered AS (
  SELECT id, row_number() OVER (ORDER BY code) AS n FROM joint_group WHERE code LIKE 'BENCH-%'
)
INSERT INTO group_membership (id, group_id, organisation_id, role, valid_from, is_illustrative)
SELECT gen_random_uuid(), numbered.id,
       lower.ids[1 + (numbered.n * 11 + k) % cardinality(lower.ids)],
       CASE k WHEN 1 THEN 'convener' ELSE 'member' END, DATE '2023-01-01', true
FROM numbered CROSS JOIN lower CROSS JOIN generate_series(1, 11) AS k
"""

_PROJECTS = """
WITH lower AS (
  SELECT array_agg(id ORDER BY code) AS ids FROM organisation WHERE code LIKE 'BENCH-S___'
), kept AS (
  SELECT array_agg(id ORDER BY code) AS ids, array_agg(region_code ORDER BY code) AS regions
  FROM joint_group WHERE code LIKE 'BENCH-%'
)
INSERT INTO project (id, code, name, group_id, region_code, thrust, domain, track, stage,
                     lead_organisation_id, responsible_organisation_id, responsible_person,
                     total_investment, investment_qualifier, plan_start_on, plan_finish_on,
                     reports_from, version, is_illustrative)
SELECT gen_random_uuid(), 'BENCH-P' || lpad(n::text, 7, '0'), '测试合作项目' || n,
       kept.ids[place], kept.regions[place],
       (ARRAY['industry', 'livelihood', 'soe_supervision'])[1 + n % 3],
       (ARRAY['energy', 'culture_tourism', 'agriculture', 'manufacturing'])[1 + n % 4],
       'investment',
       (ARRAY['idea', 'preparatory', 'under_construction', 'under_construction', 'completed'])
         [1 + n % 5],
       lower.ids[unit], lower.ids[1 + unit % cardinality(lower.ids)], '测试负责人' || n % 97,
       (1 + n % 500) * 1000000, 'exact',
       CASE WHEN n % 5 < 2 THEN DATE '2027-03-01' ELSE DATE '2026-01-01' END, DATE '2027-12-31',
       '2026-10', 1, true
FROM generate_series(1, :projects) AS n CROSS JOIN lower CROSS JOIN kept
CROSS JOIN LATERAL (
  SELECT 1 + n % cardinality(kept.ids) AS place,
         1 + ((1 + n % cardinality(kept.ids)) * 11 + 1 + n / 100 % 11) % cardinality(lower.ids)
           AS unit
) AS chosen
"""

_WATCHES = """
INSERT INTO project_watch (project_id, next_period, watched_since_on, last_accepted_at,
                           last_accepted_period, last_progress_on, cumulative_year, cumulative_all,
                           physical_percent, light, light_since)
SELECT p.id, '2026-11', DATE '2026-01-01', TIMESTAMPTZ '2026-11-03 02:00Z', '2026-10',
       DATE '2026-10-31', p.total_investment * 0.3, p.total_investment * 0.4, 40,
       (ARRAY['green', 'green', 'green', 'green', 'attention', 'yellow', 'red'])
         [1 + abs(hashtext(p.code)) % 7], TIMESTAMPTZ '2026-11-04 02:00Z'
FROM project AS p WHERE p.code LIKE 'BENCH-P%'
"""

_PARTNERS = """
WITH lower AS (
  SELECT array_agg(id ORDER BY code) AS ids FROM organisation WHERE code LIKE 'BENCH-S___'
)
INSERT INTO project_partner (project_id, organisation_id, role, share_percent)
SELECT p.id, lower.ids[1 + abs(hashtext(p.code)) % cardinality(lower.ids)], 'partner', 30
FROM project AS p CROSS JOIN lower
WHERE p.code LIKE 'BENCH-P%' AND abs(hashtext(p.code)) % 2 = 0
"""

_ANALYZE = """
ANALYZE region, organisation, joint_group, group_membership, project, project_watch, project_partner
"""


def fill(connection: Connection, projects: int = 20_000) -> None:
    """Insert a whole province that exists nowhere: codes begin with 99 and with `BENCH-`.

    The caller commits. Tables that already hold other rows keep them.
    """
    numbers = {
        "cities": CITIES,
        "groups_a_city": GROUPS_A_CITY,
        "provincial_groups": PROVINCIAL_GROUPS,
        "subsidiaries": SUBSIDIARIES,
        "projects": projects,
    }
    for statement in (
        _REGIONS,
        _REGULATOR,
        _PROVINCIAL_GROUPS,
        _SUBSIDIARIES,
        _GROUPS,
        _MEMBERSHIPS,
        _PROJECTS,
        _WATCHES,
        _PARTNERS,
        _ANALYZE,
    ):
        connection.execute(text(statement), numbers)
