"""Two phones come back after three days: conflicts, duplicates, lost answers, and one truth."""

from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import delete, select, update

from services.core.groups.models import GroupMembership
from services.core.kit.feed import FeedEvent
from services.core.kit.idempotency import IdempotencyRecord
from services.core.organisations.models import Organisation
from services.core.progress.models import ProgressReport
from services.core.projects.models import ProjectWatch
from tests import given, watching
from tests.given import at
from tests.sync.conftest import World
from tests.sync.phone import Phone, Queued, kept
from tests.watching import FIGURES


def report_of(phone: Phone, project: Any) -> str:
    """Give the report of a project as the phone knows it."""
    return next(
        record_id
        for (kind, record_id), record in phone.store.items()
        if kind == "progress-reports" and record["project"]["id"] == str(project.id)
    )


def submit(phone: Phone, project: Any, **also: Any) -> Queued:
    """Fill in a report while offline."""
    report = report_of(phone, project)
    return phone.later(
        f"/progress-reports/{report}", "progress-reports", report, "submit", **{**FIGURES, **also}
    )


def test_two_phones_that_were_offline_for_three_days_end_as_the_server_shows(world: World) -> None:
    session, site = world.session, world.site
    also = {"stage": "under_construction", "reports_from": "2026-11"}
    second = given.project(session, group=site.group, lead=site.unit, **also)
    mech = session.get_one(Organisation, site.member.organisation_id)
    theirs = given.project(session, group=site.group, lead=mech, **also)
    for project in (second, theirs):
        watch = session.get_one(ProjectWatch, project.id)
        watch.watched_since_on = date(2026, 11, 20)
        watch.next_open_at = watch.next_check_at = at("2026-11-24 09:00")
    session.commit()
    world.until("2026-12-01 10:00")
    anna, bo = world.phone(site.reporter), world.phone(site.reviewer)
    for phone in (anna, bo):
        phone.sync()
        assert kept(phone.store) == phone.shown()
    assert ("projects", str(theirs.id)) in anna.store

    # Offline: both write the same report, each differently; Bo writes another one, too.
    hers = submit(anna, site.project, image_progress="安娜的版本")
    his, other = submit(bo, site.project, image_progress="阿波的版本"), submit(bo, second)

    # Meanwhile the world moves on: a report is accepted, the unit leaves, reminders go out.
    world.until("2026-12-02 08:00")
    theirs_as = replace(site, project=theirs, reporter=site.member, reviewer=site.member)
    done = watching.handed_in(session, theirs_as, at("2026-12-02 08:00"))
    watching.accepted(
        session, replace(theirs_as, reviewer=site.convener), done, at("2026-12-02 08:10")
    )
    session.execute(
        update(GroupMembership)
        .where(GroupMembership.organisation_id == site.unit.id)
        .values(valid_to=date(2026, 12, 3))
    )
    session.commit()
    world.until("2026-12-04 10:00")

    # Back: her request arrives, its answer is lost, and it is sent again and again.
    assert anna.send(hers).status_code == 200
    for _ in range(2):
        again = anna.send(hers)
        assert (again.status_code, again.headers["idempotent-replayed"]) == (200, "true")
    conflict = bo.send(his)
    assert (conflict.status_code, conflict.json()["code"]) == (412, "stale")
    assert conflict.json()["current"]["image_progress"] == "安娜的版本"
    assert [bo.send(one).status_code for one in (other, other, his)] == [200, 200, 412]
    world.settle()

    for phone in (anna, bo):
        phone.sync(3)
        assert kept(phone.store) == phone.shown()
        assert ("projects", str(theirs.id)) not in phone.store, "the unit has left the group"
        assert ("groups", str(site.group.id)) not in phone.store
    for project, told in ((site.project, "安娜的版本"), (second, FIGURES["image_progress"])):
        shown = anna.store["progress-reports", report_of(anna, project)]
        assert (shown["state"], shown["image_progress"]) == ("submitted", told)
    acts = session.scalars(
        select(FeedEvent.aggregate_id).where(FeedEvent.type == "progress.submitted")
    ).all()
    assert len(acts) == len(set(acts)) == 3, "nothing was done twice"
    reminded = [one for one in anna.store.values() if one.get("occurrence") == "T-3"]
    assert reminded
    assert {one["state"] for one in reminded} == {"sent"}
    assert session.get_one(ProgressReport, done.id).state == "accepted"

    # A day later the queue is sent once more, by an app that forgot that it had been answered.
    world.until("2026-12-05 09:00")
    assert anna.send(hers).headers["idempotent-replayed"] == "true"
    for phone in (anna, bo):
        phone.sync()
        assert kept(phone.store) == phone.shown()


def test_a_replay_after_the_window_is_stopped_by_its_etag(world: World) -> None:
    world.until("2026-12-01 10:00")
    phone = world.phone(world.site.reporter)
    phone.sync()
    queued = submit(phone, world.site.project)
    assert phone.send(queued).status_code == 200
    world.session.execute(delete(IdempotencyRecord))
    world.session.commit()
    assert phone.send(queued).status_code == 412
