"""What is owed to whom: filters, and the scope of the owner on the day it happened."""

from collections.abc import Generator
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, select

from services.core.groups.models import GroupMembership
from services.core.kit import ledger
from services.core.kit.events import Actor, Subject
from services.core.progress.events import ProgressReturned
from services.core.regions.events import RegionChanged
from services.core.webhooks.models import WebhookEndpoint
from services.worker.stamp import stamp
from tests import given
from tests.webhooks.scene import NOW, Scene


def place_changed(scene: Scene, code: str) -> Any:
    """Let a place change; that is for everybody."""
    subject = Subject("region", scene.group.id, for_everybody=True)
    fact = RegionChanged(region_code=code, change="changed")
    made = ledger.record(scene.session, fact, about=subject, by=Actor.part("test"), now=NOW)
    stamp(scene.session, 100)
    return made


def test_a_group_filter_takes_only_facts_of_its_groups(scene: Scene) -> None:
    other = given.group(scene.session, members=[scene.mate], region_code="330329")
    theirs = given.project(scene.session, group=other, lead=scene.mate, region_code="330329")
    scene.endpoint(group_ids=[str(scene.group.id)])
    mine = scene.changed()
    scene.changed(theirs)
    place_changed(scene, "331127")
    scene.plan()
    assert scene.owed() == [mine]


def test_a_region_filter_takes_what_is_about_the_place_or_within_it(scene: Scene) -> None:
    other = given.group(scene.session, members=[scene.mate], region_code="330329")
    theirs = given.project(scene.session, group=other, lead=scene.mate, region_code="330329")
    scene.endpoint(region_codes=["331100"])
    mine = scene.changed()
    scene.changed(theirs)
    within, beside = place_changed(scene, "331127209"), place_changed(scene, "330300")
    above = place_changed(scene, "330000")
    scene.plan()
    assert scene.owed() == [mine, within]
    assert not {beside, above} & set(scene.owed())


def test_a_record_filter_takes_the_record_and_the_parts_of_a_project(scene: Scene) -> None:
    other = given.project(scene.session, group=scene.group, lead=scene.chair)
    scene.endpoint(record_ids=[str(scene.project.id)])
    whole = scene.changed()
    scene.changed(other)
    part = ProgressReturned(
        report_id=scene.owner.id,
        project_id=scene.project.id,
        organisation_id=scene.chair.id,
        period="2026-10",
        due_at=NOW,
    )
    subject = Subject("progress_report", scene.owner.id, scene.group.id, ())
    returned = ledger.record(scene.session, part, about=subject, by=Actor.part("test"), now=NOW)
    stamp(scene.session, 100)
    scene.plan()
    assert scene.owed() == [whole, returned]


def leave(scene: Scene, on: date) -> None:
    """Let the owner's unit leave the group."""
    seat = scene.session.scalars(
        select(GroupMembership).where(GroupMembership.organisation_id == scene.mate.id)
    ).one()
    seat.valid_to = on
    scene.session.flush()


def test_who_has_left_since_is_owed_what_happened_before(scene: Scene) -> None:
    scene.endpoint()
    before, after = scene.changed(at=NOW - timedelta(days=1)), scene.changed(at=NOW)
    leave(scene, NOW.date())
    scene.plan()
    assert scene.owed() == [before]
    assert after not in scene.owed()


def test_who_has_come_since_is_not_owed_what_happened_before(scene: Scene) -> None:
    scene.endpoint()
    seat = scene.session.scalars(
        select(GroupMembership).where(GroupMembership.organisation_id == scene.mate.id)
    ).one()
    seat.valid_from = NOW.date()
    scene.session.flush()
    scene.changed(at=NOW - timedelta(days=1))
    then = scene.changed(at=NOW)
    scene.plan()
    assert scene.owed() == [then]


def test_a_paused_endpoint_is_owed_what_happens_and_a_disabled_one_is_not(scene: Scene) -> None:
    path = scene.endpoint()
    scene.call("POST", f"{path}/pause", 200)
    paused = scene.changed()
    scene.plan()
    scene.session.execute(sa.update(WebhookEndpoint).values(state="disabled"))
    scene.changed()
    scene.plan()
    assert scene.owed() == [paused]


@pytest.fixture
def scopes(connection: Connection) -> Generator[list[str]]:
    """The statements that computed somebody's scope."""
    asked: list[str] = []

    def note(*what: Any) -> None:
        if "CROSS JOIN account a" in what[2]:
            asked.append(what[2])

    sa.event.listen(connection.engine, "before_cursor_execute", note)
    yield asked
    sa.event.remove(connection.engine, "before_cursor_execute", note)


def test_a_batch_asks_for_each_owners_scope_once_for_all_it_tells_of_was_committed_before(
    scene: Scene, scopes: list[str]
) -> None:
    scene.endpoint(event_types=["project.*"])
    scene.endpoint(event_types=["project.changed"])
    for _ in range(10):
        scene.changed()
    place_changed(scene, "331127")
    for _ in range(10):
        scene.changed()
    scopes.clear()
    scene.plan()
    assert (len(scopes), len(scene.owed())) == (1, 40)
