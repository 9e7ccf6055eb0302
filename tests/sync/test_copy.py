"""A phone's copy: what it begins with, what follows, what goes, and when it must begin anew."""

import pytest
from sqlalchemy import delete, text, update
from sqlalchemy.orm import Session

from services.core.groups.models import GroupMembership
from services.core.kit import written
from services.core.kit.written import RowChange
from services.core.organisations.models import Organisation
from services.core.projects.models import Project
from services.core.reminders.models import Reminder
from services.core.sync.kinds import KINDS
from services.core.sync.models import SyncScope
from services.worker.stamp import stamp
from tests import given
from tests.given import at
from tests.sync.conftest import World
from tests.sync.phone import Phone, kept

EVERYBODY = ("reporter", "reviewer", "convener", "member", "regulator", "outsider")


@pytest.fixture
def chased(world: World) -> World:
    """Give the site in the middle of December: nobody has reported, and the chase is on."""
    world.until("2026-12-16 10:00")
    return world


def phones(world: World) -> dict[str, Phone]:
    return {name: world.phone(getattr(world.site, name)) for name in EVERYBODY}


@pytest.mark.parametrize("limit", [1, 7, 500])
def test_a_new_copy_is_exactly_what_the_lists_show(chased: World, limit: int) -> None:
    for name, phone in phones(chased).items():
        heard = phone.sync(limit)
        assert kept(phone.store) == phone.shown(), name
        assert len(heard) == len(phone.store), "each record once"
        assert phone.sync(limit) == []
    kinds = {kind for kind, _ in world_store(chased)}
    assert kinds >= {"findings", "reminders", "escalations", "supervision-orders", "plans"}


def world_store(world: World) -> set[tuple[str, str]]:
    phone = world.phone(world.site.regulator)
    phone.sync()
    return set(phone.store)


def test_a_record_comes_with_the_etag_of_its_own_get(chased: World) -> None:
    phone = chased.phone(chased.site.regulator)
    phone.sync()
    for kind, record_id in phone.store:
        if kind in ("plans", "findings"):
            continue  # these have no address of their own
        answer = phone.client.get(f"/api/v1/{kind}/{record_id}", headers=phone.headers)
        assert answer.json() == phone.store[kind, record_id]
        assert answer.headers["etag"] == phone.etags[kind, record_id]


def test_organisations_of_ones_scope_are_in_the_copy(world: World) -> None:
    phone = world.phone(world.site.convener)
    phone.sync()
    mine = given.caller(world.session, world.site.convener).organisation_ids
    assert {one for kind, one in phone.store if kind == "organisations"} == {
        str(one) for one in mine
    }


def test_only_the_kinds_asked_for(chased: World) -> None:
    phone = chased.phone(chased.site.regulator, "findings,projects")
    phone.sync(3)
    assert {kind for kind, _ in phone.store} == {"findings", "projects"}
    phone.types = "findings"
    answer = phone.client.get(
        "/api/v1/sync", params={"cursor": phone.cursor, "types": "regions"}, headers=phone.headers
    )
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "?types")
    for bad in ({"types": "persons"}, {"cursor": "x"}, {"limit": 501}):
        answer = phone.client.get("/api/v1/sync", params=bad, headers=phone.headers)
        assert answer.status_code == 422, bad


def test_a_write_that_is_no_fact_reaches_the_phone(chased: World) -> None:
    phone, other = chased.phone(chased.site.reporter), chased.phone(chased.site.reviewer)
    phone.sync()
    other.sync()
    message = next(one for kind, one in phone.store if kind == "notifications")
    phone.client.post(f"/api/v1/notifications/{message}/read", headers=phone.headers)
    chased.settle()
    (heard,) = [one for one in phone.sync() if one["type"] == "notifications"]
    assert heard["data"]["read_at"]
    assert kept(phone.store) == phone.shown()
    assert [one for one in other.sync() if one["type"] == "notifications"] == []


def test_time_alone_makes_a_report_overdue(world: World) -> None:
    world.until("2026-12-07 17:00")
    phone = world.phone(world.site.member)
    phone.sync()
    world.set_clock(at("2026-12-07 18:00"))
    heard = phone.sync()
    assert [one["data"]["is_overdue"] for one in heard] == [True]
    assert kept(phone.store) == phone.shown()


def test_who_leaves_the_group_loses_its_records_and_nobody_else_does(chased: World) -> None:
    member, convener = chased.phone(chased.site.member), chased.phone(chased.site.convener)
    member.sync()
    convener.sync()
    before = set(member.store)
    leave(chased.session, chased.site.member.organisation_id)
    heard = member.sync(5)
    assert kept(member.store) == member.shown()
    gone = {(one["type"], one["id"]) for one in heard if one["op"] == "remove"}
    assert gone == before - set(member.store)
    assert {one["reason"] for one in heard if one["op"] == "remove"} == {"out_of_scope"}
    assert ("projects", str(chased.site.project.id)) in gone
    chased.settle()
    convener.sync()
    assert kept(convener.store) == convener.shown()
    assert member.sync() == []


def leave(session: Session, unit: object) -> None:
    """Let a unit's membership end yesterday."""
    session.execute(
        update(GroupMembership)
        .where(GroupMembership.organisation_id == unit)
        .values(valid_to=at("2026-11-25 00:00").date())
    )
    session.commit()


def test_who_joins_the_group_gets_what_was_there_before(chased: World) -> None:
    phone = chased.phone(chased.site.outsider)
    phone.sync()
    assert ("projects", str(chased.site.project.id)) not in phone.store
    chased.session.add(
        GroupMembership(
            group_id=chased.site.group.id,
            organisation_id=chased.site.outsider.organisation_id,
            role="member",
            valid_from=given.LONG_AGO,
        )
    )
    chased.session.commit()
    phone.sync(4)
    assert kept(phone.store) == phone.shown()
    assert ("projects", str(chased.site.project.id)) in phone.store


def test_a_project_that_changes_hands_leaves_one_phone_and_enters_another(world: World) -> None:
    session, site = world.session, world.site
    other = given.unit(session, "新承担单位")
    taker = given.account(session, "taker", of=other, role="reporter")
    third = given.account(session, "third", of=given.unit(session, "旁观单位"), role="reporter")
    project = given.project(
        session, group=None, lead=session.get_one(Organisation, site.outsider.organisation_id)
    )
    session.commit()
    old, new, never = world.phone(site.outsider), world.phone(taker), world.phone(third)
    world.settle()
    for phone in (old, new, never):
        phone.sync()
    assert ("projects", str(project.id)) in old.store
    session.execute(
        update(Project)
        .where(Project.id == project.id)
        .values(lead_organisation_id=other.id, responsible_organisation_id=other.id, version=2)
    )
    made_after = given.project(session, group=None, lead=other, parent_id=project.id)
    session.commit()
    world.settle()
    for phone in (old, new, never):
        phone.sync()
        assert kept(phone.store) == phone.shown()
    assert [(one["op"], one["id"]) for one in old.heard] == [("remove", str(project.id))]
    assert ("projects", str(made_after.id)) in new.store
    assert never.heard == [], "nobody hears of what they cannot have had"


def test_a_record_that_is_no_more_is_deleted(chased: World) -> None:
    phone = chased.phone(chased.site.regulator)
    phone.sync()
    reminder = next(
        one for kind, one in phone.store if kind == "reminders" if is_planned(phone, one)
    )
    chased.session.execute(delete(Reminder).where(Reminder.id == reminder))
    chased.session.commit()
    stamp(chased.session, 500)
    chased.session.commit()
    assert [(one["op"], one["reason"], one["id"]) for one in phone.sync()] == [
        ("remove", "deleted", reminder)
    ]


def is_planned(phone: Phone, reminder: str) -> bool:
    return bool(phone.store["reminders", reminder]["state"] == "planned")


def test_a_renamed_unit_is_renamed_wherever_it_is_shown(chased: World) -> None:
    phone = chased.phone(chased.site.convener)
    phone.sync()
    unit = chased.session.get_one(Organisation, chased.site.unit.id)
    unit.name = "景宁县管网有限公司"
    chased.session.commit()
    chased.settle()
    phone.sync(2)
    assert kept(phone.store) == phone.shown()
    project = phone.store["projects", str(chased.site.project.id)]
    assert project["lead_organisation"]["name"] == "景宁县管网有限公司"


def test_a_copy_whose_past_is_not_kept_begins_anew(chased: World) -> None:
    phone = chased.phone(chased.site.convener)
    phone.sync()
    session = chased.session
    for _ in range(3):
        given.project(session, group=chased.site.group, lead=chased.site.unit)
        session.commit()
        chased.settle()
    written.forget_old(session, now=at("2027-06-01 09:00"))
    session.commit()
    answer = phone.client.get(
        "/api/v1/sync", params={"cursor": phone.cursor}, headers=phone.headers
    )
    assert (answer.status_code, answer.json()["code"]) == (410, "sync_reset_required")
    phone.cursor, phone.store = None, {}
    phone.sync()
    assert kept(phone.store) == phone.shown()


def test_a_copy_of_a_scope_that_is_not_kept_begins_anew(chased: World) -> None:
    phone = chased.phone(chased.site.member)
    phone.sync()
    leave(chased.session, chased.site.member.organisation_id)
    chased.session.execute(delete(SyncScope))
    chased.session.commit()
    answer = phone.client.get(
        "/api/v1/sync", params={"cursor": phone.cursor}, headers=phone.headers
    )
    assert (answer.status_code, answer.json()["code"]) == (410, "sync_reset_required")


def test_a_copy_of_a_database_before_its_restore_begins_anew(chased: World) -> None:
    phone = chased.phone(chased.site.member)
    phone.sync()
    newest = text("UPDATE row_change SET noted_at = noted_at + interval '1 hour'")
    chased.session.execute(newest)
    chased.session.commit()
    answer = phone.client.get(
        "/api/v1/sync", params={"cursor": phone.cursor}, headers=phone.headers
    )
    assert (answer.status_code, answer.json()["code"]) == (410, "sync_reset_required")
    chased.session.execute(delete(RowChange))
    chased.session.commit()
    answer = phone.client.get(
        "/api/v1/sync", params={"cursor": phone.cursor}, headers=phone.headers
    )
    assert answer.status_code == 410


def test_every_kind_a_phone_keeps_has_its_writes_noted(session: Session) -> None:
    noted = set(
        session.scalars(
            text(
                "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid "
                "WHERE tgname = 'noted_update'"
            )
        )
    )
    needed = {kind for records in KINDS for kind in (records.kind, *records.follows)}
    assert needed <= noted


def test_what_was_made_after_one_left_is_never_named(chased: World) -> None:
    phone = chased.phone(chased.site.member)
    phone.sync()
    leave(chased.session, chased.site.member.organisation_id)
    made = given.project(chased.session, group=chased.site.group, lead=chased.site.unit)
    chased.session.commit()
    chased.settle()
    named = {one["id"] for one in phone.sync(5)}
    assert str(chased.site.project.id) in named
    assert str(made.id) not in named


def test_what_came_and_went_before_it_was_numbered_goes_from_the_phone(world: World) -> None:
    session, site = world.session, world.site
    far = session.get_one(Organisation, site.outsider.organisation_id)
    project = given.project(session, group=None, lead=far)
    session.commit()
    phone = world.phone(site.outsider)
    phone.sync()
    assert ("projects", str(project.id)) in phone.store, "read, and not numbered yet"
    hand_over = update(Project).where(Project.id == project.id)
    unit = site.unit.id
    session.execute(hand_over.values(lead_organisation_id=unit, responsible_organisation_id=unit))
    session.commit()
    world.settle()
    phone.sync()
    assert kept(phone.store) == phone.shown()
