"""Two phones come back after three days: conflicts, duplicates, lost answers, and one truth."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pytest
from sqlalchemy import delete, select, update

from services.core.groups.models import GroupMembership
from services.core.kit.feed import FeedEvent
from services.core.kit.idempotency import IdempotencyRecord
from services.core.organisations.models import Organisation
from services.core.projects.models import Project, ProjectWatch
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


@dataclass
class Journey:
    """Two phones of one unit, and what the world did meanwhile."""

    world: World
    anna: Phone
    bo: Phone
    second: Project
    theirs: Project

    @property
    def phones(self) -> tuple[Phone, Phone]:
        """Give both phones."""
        return self.anna, self.bo

    def are_as_shown(self) -> None:
        """Compare each phone with what the server shows its owner."""
        for phone in self.phones:
            phone.sync(3)
            assert kept(phone.store) == phone.shown()


@pytest.fixture
def journey(world: World) -> Journey:
    """Give both phones their copy on the day the reports open."""
    session, site = world.session, world.site
    mech = session.get_one(Organisation, site.member.organisation_id)
    second, theirs = (
        given.project(
            session,
            group=site.group,
            lead=lead,
            stage="under_construction",
            reports_from="2026-11",
        )
        for lead in (site.unit, mech)
    )
    for project in (second, theirs):
        watch = session.get_one(ProjectWatch, project.id)
        watch.watched_since_on = date(2026, 11, 20)
        watch.next_open_at = watch.next_check_at = at("2026-11-24 09:00")
    session.commit()
    world.until("2026-12-01 10:00")
    made = Journey(world, world.phone(site.reporter), world.phone(site.reviewer), second, theirs)
    made.are_as_shown()
    assert ("projects", str(theirs.id)) in made.anna.store
    return made


def three_days_pass(journey: Journey) -> None:
    """Let a report be accepted, the unit leave the group, and reminders go out."""
    world, session, site = journey.world, journey.world.session, journey.world.site
    world.until("2026-12-02 08:00")
    place = replace(site, project=journey.theirs, reporter=site.member, reviewer=site.convener)
    done = watching.handed_in(session, place, at("2026-12-02 08:00"))
    watching.accepted(session, place, done, at("2026-12-02 08:10"))
    session.execute(
        update(GroupMembership)
        .where(GroupMembership.organisation_id == site.unit.id)
        .values(valid_to=date(2026, 12, 3))
    )
    session.commit()
    world.until("2026-12-04 10:00")


def test_two_phones_that_were_offline_for_three_days_end_as_the_server_shows(
    journey: Journey,
) -> None:
    world, anna, bo = journey.world, journey.anna, journey.bo
    project, second = world.site.project, journey.second
    hers = submit(anna, project, image_progress="安娜的版本")
    his, other = submit(bo, project, image_progress="阿波的版本"), submit(bo, second)
    three_days_pass(journey)

    # Her request arrives, its answer is lost, and it is sent again and again.
    assert anna.send(hers).status_code == 200
    for _ in range(2):
        again = anna.send(hers)
        assert (again.status_code, again.headers["idempotent-replayed"]) == (200, "true")
    conflict = bo.send(his)
    assert (conflict.status_code, conflict.json()["code"]) == (412, "stale")
    assert conflict.json()["current"]["image_progress"] == "安娜的版本"
    assert [bo.send(one).status_code for one in (other, other, his)] == [200, 200, 412]
    world.settle()

    journey.are_as_shown()
    for phone in journey.phones:
        assert ("projects", str(journey.theirs.id)) not in phone.store, "they left the group"
        assert ("groups", str(world.site.group.id)) not in phone.store
        for of, told in ((project, "安娜的版本"), (second, FIGURES["image_progress"])):
            shown = phone.store["progress-reports", report_of(phone, of)]
            assert (shown["state"], shown["image_progress"]) == ("submitted", told)
    reminded = [one for one in anna.store.values() if one.get("occurrence") == "T-3"]
    assert {one["state"] for one in reminded} == {"sent"}

    # A day later the queue is sent once more, by an app that forgot that it had been answered.
    world.until("2026-12-05 09:00")
    assert anna.send(hers).headers["idempotent-replayed"] == "true"
    journey.are_as_shown()
    acts = select(FeedEvent.aggregate_id).where(FeedEvent.type == "progress.submitted")
    found = world.session.scalars(acts).all()
    assert len(found) == len(set(found)) == 3, "nothing was done twice"


def test_a_replay_after_the_window_is_stopped_by_its_etag(world: World) -> None:
    world.until("2026-12-01 10:00")
    phone = world.phone(world.site.reporter)
    phone.sync()
    queued = submit(phone, world.site.project)
    assert phone.send(queued).status_code == 200
    world.session.execute(delete(IdempotencyRecord))
    world.session.commit()
    assert phone.send(queued).status_code == 412
