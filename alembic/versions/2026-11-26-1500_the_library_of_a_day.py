"""projects: what each said before it was changed, with its partners and what was watched of it.

Revision: the_library_of_a_day
Follows: totals_are_watched

What was said before a change was not kept until now: a row that never changed is known since its
project was admitted, any other from now on.
"""

import sqlalchemy as sa
from alembic import op

revision = "the_library_of_a_day"
down_revision = "totals_are_watched"
branch_labels = None
depends_on = None

_PROJECT = (
    "id, code, name, name_en, description, group_id, region_code, thrust, domain, track, stage, "
    "side_state, lead_organisation_id, responsible_organisation_id, responsible_person, "
    "responsible_account_id, parent_id, total_investment, investment_qualifier, plan_start_on, "
    "plan_finish_on, actual_start_on, actual_finish_on, reports_from, version, source, "
    "is_illustrative"
)
_PARTNER = "project_id, organisation_id, role, share_percent"
_WATCH = (
    "project_id, light, light_since, last_accepted_period, cumulative_year, cumulative_all, "
    "paid_year, paid_all, physical_percent"
)
_KEPT = {
    "project": (_PROJECT, ("id",)),
    "project_partner": (_PARTNER, ("project_id", "organisation_id")),
    "project_watch": (_WATCH, ("project_id",)),
}
"""Table → the columns that are kept, and those that say whose they are."""

_WRITTEN_AT = """
CREATE FUNCTION written_at() RETURNS timestamptz LANGUAGE sql VOLATILE AS $$
  SELECT coalesce(
    CAST(nullif(current_setting('tuanzu.written_at', true), '') AS timestamptz), house_now())
$$
"""
"""The moment a version begins: that of a walk through simulated time, else the house's."""

_AS_MILESTONES = """
DO $$ BEGIN
  EXECUTE replace(
    pg_get_functiondef('keep_milestone_version'::regproc), '{before}()', '{after}()');
END $$
"""

_KEEP = """
CREATE FUNCTION keep_{table}_version() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  moment timestamptz := written_at();
BEGIN
  IF TG_OP <> 'INSERT' THEN
    UPDATE {table}_version SET until = moment WHERE until IS NULL AND {same};
  END IF;
  IF TG_OP <> 'DELETE' THEN
    INSERT INTO {table}_version ({columns}, since) VALUES ({values}, moment);
  END IF;
  RETURN NULL;
END $$
"""
_BEGIN = """
INSERT INTO {table}_version ({columns}, since)
SELECT {columns}, coalesce(
         (SELECT min(at) FROM audit_entry
          WHERE subject_id = {table}.{owner} AND action = 'project.admitted' AND {unchanged}),
         house_now())
FROM {table}
"""
_UNCHANGED = {
    "project": "project.version = 1",
    "project_partner": "(SELECT version FROM project WHERE id = project_id) = 1",
    "project_watch": "light IS NULL AND last_accepted_period IS NULL",
}


def upgrade() -> None:
    _tables()
    op.execute(_WRITTEN_AT)
    op.execute(_AS_MILESTONES.format(before="house_now", after="written_at"))
    for table, (columns, key) in _KEPT.items():
        names = columns.split(", ")
        said = {
            "table": table,
            "columns": columns,
            "owner": key[0],
            "unchanged": _UNCHANGED[table],
            "same": " AND ".join(f"{name} = OLD.{name}" for name in key),
            "values": ", ".join(f"NEW.{name}" for name in names),
        }
        op.execute(_BEGIN.format(**said))
        op.execute(_KEEP.format(**said))
        differs = " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in names)
        call = f"EXECUTE FUNCTION keep_{table}_version()"
        op.execute(f"CREATE TRIGGER kept AFTER INSERT OR DELETE ON {table} FOR EACH ROW {call}")
        op.execute(
            f"CREATE TRIGGER kept_update AFTER UPDATE OF {columns} ON {table} "
            f"FOR EACH ROW WHEN ({differs}) {call}"
        )
        op.execute(f"ALTER TABLE {table}_version ENABLE ROW LEVEL SECURITY")
        op.execute(
            f"CREATE POLICY scope ON {table}_version TO tuanzu_caller USING "
            f"(EXISTS (SELECT FROM project whole WHERE whole.id = {table}_version.{key[0]}))"
        )


def _tables() -> None:
    op.create_table(
        "project_version",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_en", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("region_code", sa.Text(), nullable=False),
        sa.Column("thrust", sa.Text(), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("track", sa.Text(), nullable=False),
        sa.Column("stage", sa.Text(), nullable=False),
        sa.Column("side_state", sa.Text(), nullable=True),
        sa.Column("lead_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("responsible_organisation_id", sa.Uuid(), nullable=False),
        sa.Column("responsible_person", sa.Text(), nullable=True),
        sa.Column("responsible_account_id", sa.Uuid(), nullable=True),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("total_investment", sa.Numeric(20, 2), nullable=True),
        sa.Column("investment_qualifier", sa.Text(), nullable=False),
        sa.Column("plan_start_on", sa.Date(), nullable=True),
        sa.Column("plan_finish_on", sa.Date(), nullable=True),
        sa.Column("actual_start_on", sa.Date(), nullable=True),
        sa.Column("actual_finish_on", sa.Date(), nullable=True),
        sa.Column("reports_from", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("is_illustrative", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_project_version")),
    )
    op.create_index(
        op.f("ix_project_version_code_since"),
        "project_version",
        ["code", "since"],
        unique=False,
    )
    op.create_index(
        op.f("ix_project_version_id_since"),
        "project_version",
        ["id", "since"],
        unique=False,
    )
    op.create_index(
        "uq_project_version_last",
        "project_version",
        ["id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "project_partner_version",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("organisation_id", sa.Uuid(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("share_percent", sa.Numeric(5, 2), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_project_partner_version")),
    )
    op.create_index(
        op.f("ix_project_partner_version_project_id_since"),
        "project_partner_version",
        ["project_id", "since"],
        unique=False,
    )
    op.create_index(
        "uq_project_partner_version_last",
        "project_partner_version",
        ["project_id", "organisation_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "project_watch_version",
        sa.Column("number", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("project_id", sa.Uuid(), nullable=False),
        sa.Column("last_accepted_period", sa.Text(), nullable=True),
        sa.Column("cumulative_year", sa.Numeric(20, 2), nullable=True),
        sa.Column("cumulative_all", sa.Numeric(20, 2), nullable=True),
        sa.Column("paid_year", sa.Numeric(20, 2), nullable=True),
        sa.Column("paid_all", sa.Numeric(20, 2), nullable=True),
        sa.Column("physical_percent", sa.Numeric(5, 2), nullable=True),
        sa.Column("light", sa.Text(), nullable=True),
        sa.Column("light_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_project_watch_version")),
    )
    op.create_index(
        op.f("ix_project_watch_version_project_id_since"),
        "project_watch_version",
        ["project_id", "since"],
        unique=False,
    )
    op.create_index(
        "uq_project_watch_version_last",
        "project_watch_version",
        ["project_id"],
        unique=True,
        postgresql_where=sa.text("until IS NULL"),
    )


def downgrade() -> None:
    """Lose what the library said before today."""
    for table in _KEPT:
        op.execute(f"DROP TRIGGER kept ON {table}")
        op.execute(f"DROP TRIGGER kept_update ON {table}")
        op.execute(f"DROP FUNCTION keep_{table}_version()")
        op.drop_table(f"{table}_version")
    op.execute(_AS_MILESTONES.format(before="written_at", after="house_now"))
    op.execute("DROP FUNCTION written_at()")
