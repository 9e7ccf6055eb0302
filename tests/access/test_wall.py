"""Row-level security: what a caller's transaction sees with no condition at all is its scope."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, func, select, table, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session, sessionmaker

from services.api.relations import SEES, Kind, Relation
from services.core.access import queries as access
from services.core.access.models import AccessToken, Account
from services.core.audit.rules import ADMINISTRATION
from services.core.catalogue import METADATA, OPEN
from services.core.groups.models import JointGroup
from services.core.kit import db
from services.core.kit.caller import Caller
from services.core.kit.ids import new_id
from services.core.kit.scope import among
from services.core.monitoring.models import Finding
from services.core.organisations.models import Organisation
from services.core.projects.models import Project
from services.core.regions.models import Region
from tests import given
from tests.authority.scene import NOW, Actor, World

_OWN = frozenset({Relation.ADDRESSEE})
_KEEPER = frozenset({Relation.KEEPER})
_TOLD = SEES[Kind.PROJECT] | {Relation.ADDRESSEE}
FENCED: dict[str, tuple[str, str, frozenset[Relation]]] = {
    "joint_group": ("id", "group_id", _TOLD),
    "group_membership": ("group_id", "group_id", _TOLD),
    "convener_duty": ("group_id", "group_id", SEES[Kind.GROUP]),
    "project": ("id", "project_id", _TOLD),
    "project_partner": ("project_id", "project_id", _TOLD),
    "project_external": ("project_id", "project_id", _TOLD),
    "milestone": ("project_id", "project_id", _TOLD),
    "resource_guarantee": ("project_id", "project_id", _TOLD),
    "evidence": ("project_id", "project_id", _TOLD),
    "evidence_upload": ("id", "evidence_id", _TOLD),
    "ruling": ("project_id", "project_id", _TOLD),
    "outcome_indicator": ("project_id", "project_id", _TOLD),
    "indicator_observation": ("indicator_id", "indicator_id", _TOLD),
    "milestone_version": ("project_id", "project_id", _TOLD),
    "admission": ("id", "admission_id", SEES[Kind.ADMISSION]),
    "project_version": ("id", "project_id", _TOLD),
    "project_partner_version": ("project_id", "project_id", _TOLD),
    "project_watch_version": ("project_id", "project_id", _TOLD),
    "annual_plan": ("project_id", "project_id", _TOLD),
    "plan_change": ("project_id", "project_id", _TOLD),
    "project_watch": ("project_id", "project_id", _TOLD),
    "progress_report": ("project_id", "project_id", _TOLD),
    "progress_correction": ("report_id", "report_id", _TOLD),
    "finding": ("project_id", "project_id", _TOLD),
    "health_assessment": ("project_id", "project_id", _TOLD),
    "reminder": ("id", "reminder_id", SEES[Kind.REMINDER]),
    "reminder_recipient": ("reminder_id", "reminder_id", SEES[Kind.REMINDER]),
    "notification": ("id", "notification_id", SEES[Kind.REMINDER]),
    "notification_delivery": ("notification_id", "notification_id", SEES[Kind.REMINDER]),
    "escalation_run": ("id", "run_id", SEES[Kind.RUN]),
    "escalation_step": ("run_id", "run_id", SEES[Kind.RUN]),
    "supervision_order": ("id", "order_id", SEES[Kind.ORDER]),
    "framework_agreement": ("id", "agreement_id", SEES[Kind.AGREEMENT]),
    "agreement_party": ("agreement_id", "agreement_id", SEES[Kind.AGREEMENT]),
    "agreement_project": ("agreement_id", "agreement_id", SEES[Kind.AGREEMENT]),
    "webhook_endpoint": ("id", "endpoint_id", SEES[Kind.ENDPOINT]),
    "webhook_delivery": ("endpoint_id", "endpoint_id", SEES[Kind.ENDPOINT]),
    "webhook_replay": ("endpoint_id", "endpoint_id", SEES[Kind.ENDPOINT]),
    "webhook_attempt": ("delivery_id", "delivery_id", SEES[Kind.ENDPOINT]),
    "event": ("group_id", "group_id", SEES[Kind.GROUP]),
    "idempotency_record": ("account_id", "account_id", _OWN),
    "meeting": ("id", "meeting_id", SEES[Kind.MEETING]),
    "meeting_invitation": ("meeting_id", "meeting_id", SEES[Kind.MEETING]),
    "meeting_move": ("meeting_id", "meeting_id", SEES[Kind.MEETING]),
    "meeting_minutes": ("meeting_id", "meeting_id", SEES[Kind.MEETING]),
    "meeting_reminder": ("meeting_id", "meeting_id", SEES[Kind.MEETING]),
    "blocker": ("id", "blocker_id", _TOLD),
    "blocker_suspension": ("blocker_id", "blocker_id", _TOLD),
    "blocker_consultation": ("blocker_id", "blocker_id", _TOLD),
    "job": ("id", "job_id", SEES[Kind.JOB]),
    "job_item": ("job_id", "job_id", SEES[Kind.JOB]),
    "login_session": ("id", "session_id", SEES[Kind.SESSION]),
    "refresh_token": ("session_id", "session_id", SEES[Kind.SESSION]),
    "access_token": ("id", "token_id", SEES[Kind.TOKEN]),
    "second_factor": ("account_id", "account_id", SEES[Kind.TOKEN]),
    "password": ("account_id", "account_id", _OWN),
    "invitation": ("account_id", "account_id", _KEEPER),
    "oidc_identity": ("id", "identity_id", _KEEPER),
}
"""Table → the column that tells whose a row is, the id it holds, and who sees it.

Wider than the explicit condition: a group whose project is in sight, and the notification of a
reminder in sight.
"""
APART = ("audit_entry", "sign_in_failure")
"""Fenced too, each with a test of its own."""


@pytest.fixture
def world(session: Session, set_clock: Callable[[datetime], None]) -> World:
    set_clock(NOW)
    made = World(session)
    for place in (made.home, made.away):
        session.execute(
            text(
                "INSERT INTO idempotency_record VALUES (:account, 'key', '', 200, '{}', '', now())"
            ),
            {"account": place.ids["account_id"]},
        )
    session.commit()
    return made


@contextmanager
def entered(actor: Actor) -> Iterator[tuple[Session, Caller]]:
    """Open a transaction of somebody's, as a request does."""
    with db.unit_of_work() as session:
        token = actor.headers["Authorization"].partition(" ")[2]
        yield session, access.caller_of(session, token)
        session.rollback()


def test_every_table_has_a_policy_or_a_reason_to_have_none(connection: Connection) -> None:
    fenced = connection.scalars(
        text(
            "SELECT tablename FROM pg_policies JOIN pg_class c ON c.relname = tablename "
            "WHERE policyname = 'scope' AND roles = '{tuanzu_caller}' AND c.relrowsecurity"
        )
    ).all()
    assert sorted([*fenced, *OPEN]) == sorted(METADATA.tables)
    assert sorted(fenced) == sorted([*FENCED, *APART])
    assert all(OPEN.values())


def test_without_any_condition_everybody_sees_just_their_scope(world: World) -> None:
    wrong = []
    for actor in world.actors:
        with entered(actor) as (session, _):
            for name, (column, key, relations) in FENCED.items():
                whose = METADATA.tables[name].c[column]
                places = {world.home.ids[key], world.away.ids[key]}
                found = places.intersection(session.scalars(select(whose).distinct()))
                seen = {
                    place.ids[key]
                    for place, stands in ((world.home, actor.home), (world.away, actor.abroad))
                    if stands & relations
                }
                if found != seen:
                    wrong.append((name, actor.name, len(found), len(seen)))
    assert wrong == []


def test_a_finding_about_a_total_is_its_regulators_and_of_whoever_sees_that_unit(
    world: World,
) -> None:
    """Its sums are over everybody below, also where the target itself is public."""
    for actor in world.actors:
        with entered(actor) as (session, _):
            found = set(session.scalars(select(Finding.id).where(Finding.target_id.is_not(None))))
        seen = {
            place.ids["total_finding_id"]
            for place, stands in ((world.home, actor.home), (world.away, actor.abroad))
            if stands & SEES[Kind.TOTAL]
        }
        assert found == seen, actor.name


_LINES: dict[str, dict[str, Any]] = {
    "done": {"subject_kind": "project"},
    "draft of home": {"subject_kind": "progress_report", "outcome": "draft", "of": "home"},
    "draft of away": {"subject_kind": "progress_report", "outcome": "draft", "of": "away"},
    "refused": {"subject_kind": "request", "outcome": "forbidden"},
    "of nothing": {"subject_kind": None},
    **{f"of an {kind}": {"subject_kind": kind} for kind in ADMINISTRATION},
}


def test_a_line_of_the_audit_shows_no_attempt_no_draft_and_no_log_in_of_others(
    world: World, connection: Connection
) -> None:
    """What was done to records is in their histories, for whoever sees them now."""
    for action, line in _LINES.items():
        units = [getattr(world, line["of"]).ids["organisation_id"]] if "of" in line else []
        connection.execute(
            text(
                "INSERT INTO audit_entry (at, actor, action, outcome, subject_kind, "
                "organisation_ids) VALUES (now(), 'test', :action, :outcome, :kind, :units)"
            ),
            {
                "action": action,
                "outcome": line.get("outcome", "done"),
                "kind": line["subject_kind"],
                "units": units,
            },
        )
    for who, seen in (
        ("unit-reporter", {"done", "draft of home"}),
        ("holding-observer", {"done", "draft of home"}),
        ("chair-convener", {"done"}),
        ("stranger-convener", {"done", "draft of away"}),
        ("sasac-jn-regulator", {"done"}),
        ("security-admin", {"done"}),
        ("audit-admin", set(_LINES)),
    ):
        with entered(world.by_name[who]) as (session, _):
            found = session.scalars(text("SELECT action FROM audit_entry WHERE actor = 'test'"))
            assert set(found) == seen, who


@pytest.mark.parametrize("who", ["unit-reporter", "security-admin", "audit-admin"])
def test_no_caller_reads_tallies_seals_or_what_waits(world: World, who: str) -> None:
    world.session.execute(text("INSERT INTO sign_in_failure (key, failures) VALUES ('x', 1)"))
    world.session.commit()
    with entered(world.by_name[who]) as (session, _):
        assert session.scalar(text("SELECT count(*) FROM sign_in_failure")) == 0
    for name in ("audit_seal", "audit_tombstone", "audit_pending", "event_pending"):
        with (
            entered(world.by_name[who]) as (session, _),
            pytest.raises(ProgrammingError, match="permission denied"),
        ):
            session.execute(text(f"SELECT 1 FROM {name}"))  # noqa: S608 from above


def test_a_drafted_meeting_and_minutes_not_approved_are_their_keepers(world: World) -> None:
    meeting = world.home.ids["meeting_id"]
    kept = {"meeting": "id", "meeting_minutes": "meeting_id"}
    world.session.execute(text("UPDATE meeting_minutes SET approved_by = NULL, approved_at = NULL"))
    world.session.commit()
    for state, seers in (
        ("scheduled", ("chair-observer", "sasac-jn-regulator", "sasac-zj-regulator")),
        ("draft", ("chair-observer",)),
    ):
        world.session.execute(
            text(
                "UPDATE meeting SET state = :state, original_starts_at = "
                "CASE :state WHEN 'draft' THEN NULL ELSE starts_at END"
            ),
            {"state": state},
        )
        world.session.commit()
        for who in ("chair-observer", "unit-reviewer", "sasac-jn-regulator", "sasac-zj-regulator"):
            with entered(world.by_name[who]) as (session, _):
                for name, key in kept.items():
                    found = session.scalars(text(f"SELECT {key} FROM {name}")).all()  # noqa: S608 from above
                    is_seen = who in seers or (name == "meeting" and state == "scheduled")
                    assert (meeting in found) == is_seen, (who, name, state)


def test_whoever_is_no_caller_yet_sees_nothing(world: World, connection: Connection) -> None:
    del world
    with connection.begin_nested() as undone:
        connection.execute(text("SET LOCAL ROLE tuanzu_caller"))
        for name in (*FENCED, *APART):
            assert connection.scalar(select(func.count()).select_from(table(name))) == 0, name
        undone.rollback()


def test_raw_changes_reach_what_is_in_scope_only(world: World) -> None:
    with entered(world.by_name["chair-convener"]) as (session, _):
        renamed = session.execute(text("UPDATE project SET name = 'x' RETURNING id")).scalars()
        assert list(renamed) == [world.home.ids["project_id"]]
        promises = METADATA.tables["resource_guarantee"]
        gone = session.execute(delete(promises).returning(promises.c.id))
        assert list(gone.scalars()) == [world.home.ids["guarantee_id"]]


@pytest.mark.parametrize(
    ("who", "into"),
    [("chair-convener", "away"), ("stranger-convener", "home"), ("system-admin", "home")],
)
def test_nothing_can_be_written_into_another_scope(world: World, who: str, into: str) -> None:
    """What one keeps oneself one could still move: a policy does not know what a row was."""
    place = getattr(world, into)
    milestone = {"id": new_id(), "name": "x", "planned_on": NOW, "original_planned_on": NOW}
    for values in (
        METADATA.tables["milestone"]
        .insert()
        .values(project_id=place.ids["project_id"], **milestone),
        text(
            "INSERT INTO group_membership (id, group_id, organisation_id, role, valid_from, "
            "is_illustrative) SELECT gen_random_uuid(), :group, id, 'observer', '2026-01-01', "
            "false FROM organisation WHERE name = 'branch'"
        ).bindparams(group=place.ids["group_id"]),
    ):
        with (
            entered(world.by_name[who]) as (session, _),
            pytest.raises(ProgrammingError, match="row-level security"),
        ):
            session.execute(values)


def test_an_id_that_is_no_callers_own_is_no_way_in(world: World) -> None:
    foreign = world.away.ids
    with entered(world.by_name["chair-convener"]) as (session, _):
        assert session.get(Project, foreign["project_id"]) is None
        assert (
            session.execute(
                select(JointGroup.__table__).where(JointGroup.id == foreign["group_id"])
            ).all()
            == []
        )
        assert (
            session.connection().scalar(
                text("SELECT count(*) FROM project WHERE id = :id"), {"id": foreign["project_id"]}
            )
            == 0
        )


def test_a_callers_ids_travel_once_whatever_the_number_of_places(world: World) -> None:
    with entered(world.by_name["chair-convener"]) as (session, caller):
        twice = select(Project.id).where(
            among(Project.group_id, caller.group_ids) | among(Project.id, caller.group_ids)
        )
        compiled = twice.compile(session.get_bind())
        assert compiled.params == {"scope_groups": caller.group_ids.text}
        assert set(caller.group_ids) == {world.home.ids["group_id"]}
        assert len(caller.organisation_ids) == len(set(caller.organisation_ids)) == 1


def test_role_and_scope_end_with_the_transaction(engine: Engine, database: str) -> None:
    token, unit, person = f"tz_{new_id()}", new_id(), new_id()
    one = db.make_engine(database, size=1)
    try:
        with Session(engine) as session, session.begin():
            session.add(Region(code="990000", name="x", level="province", lineage=["990000"]))
            session.flush()
            given.unit(session, "x", id=unit, lineage=[unit], region_code="990000")
            session.add(
                Account(id=person, login="x", name="x", organisation_id=unit, role="observer")
            )
            session.flush()
            session.add(
                AccessToken(
                    account_id=person,
                    name="x",
                    hint="x",
                    token_hash=access.hashed(token),
                    created_at=NOW,
                    expires_at=given.at("2099-01-01 00:00"),
                )
            )
        state = text(
            "SELECT current_user = session_user, current_setting('tuanzu.account_id', true)"
        )
        with sessionmaker(one)() as session:
            access.caller_of(session, token)
            assert session.execute(state).one() == (False, str(person))
            session.commit()
            assert session.execute(state).one() == (True, "")
            session.rollback()
    finally:
        one.dispose()
        with Session(engine) as session, session.begin():
            for row in (AccessToken, Account, Organisation, Region):
                session.execute(delete(row))


def test_the_service_itself_sees_every_row(world: World, connection: Connection) -> None:
    known = text("SELECT count(*) FROM pg_roles WHERE rolname = 'tuanzu_app'")
    if not connection.scalar(known):
        pytest.skip("this server has no role for the application")
    for name, (column, key, _) in FENCED.items():
        whose = METADATA.tables[name].c[column]
        with connection.begin_nested() as undone:
            connection.execute(text("SET LOCAL ROLE tuanzu_app"))
            found = set(connection.scalars(select(whose).distinct()))
            undone.rollback()
        assert found >= {world.home.ids[key], world.away.ids[key]}, name
