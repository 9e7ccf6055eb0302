"""Phones keep proposals for the library, and of photos and files all but the bytes."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, update

from services.core.admissions.models import Admission
from services.core.evidence.models import Evidence
from services.core.groups.models import GroupMembership
from services.core.progress.models import ProgressReport
from tests.given import at
from tests.sync.conftest import World
from tests.sync.phone import Phone, kept
from tests.sync.test_copy import leave


@pytest.fixture
def busy(world: World) -> World:
    """Give the site with a draft, a proposal that waits, and a photo of its report."""
    world.until("2026-12-16 10:00")
    session, site = world.session, world.site
    report = session.scalars(select(ProgressReport)).first()
    assert report is not None
    unit = site.reporter.organisation_id
    whole: dict[str, Any] = {
        "name": "申报",
        "group_id": site.group.id,
        "region_code": "331127",
        "lead_organisation_id": unit,
        "responsible_organisation_id": unit,
        "proposal": {"exit_reason": "finished", "reason": "已完成", "merged_into_id": None},
        "drafted_for": unit,
        "kind": "exit",
        "project_id": site.project.id,
    }
    waits: dict[str, Any] = {"state": "at_county", "submitted_by": site.reporter.id}
    session.add_all(
        [
            Admission(code="P-DRAFT", **whole),
            Admission(code="P-WAITS", **whole, **waits),
            Evidence(
                project_id=site.project.id,
                subject_kind="progress_report",
                subject_id=report.id,
                organisation_id=unit,
                uploaded_by=site.reporter.id,
                file_name="现场.jpg",
                media_type="image/jpeg",
                size_bytes=3,
                sha256="0" * 64,
                state="complete",
                begun_at=at("2026-12-16 09:00"),
                completed_at=at("2026-12-16 09:00"),
                shown_sha256="1" * 64,
                taken_at=at("2026-12-15 09:00"),
            ),
        ]
    )
    session.commit()
    world.settle()
    return world


def codes(phone: Phone) -> set[str]:
    return {one["code"] for (kind, _), one in phone.store.items() if kind == "admissions"}


def photo(phone: Phone) -> dict[str, Any]:
    (found,) = (one for (kind, _), one in phone.store.items() if kind == "evidence")
    return found


def test_each_comes_as_its_own_get_shows_it(busy: World) -> None:
    for who, wanted in (
        (busy.site.reporter, {"P-DRAFT", "P-WAITS"}),
        (busy.site.member, {"P-WAITS"}),
        (busy.site.regulator, {"P-WAITS"}),
    ):
        phone = busy.phone(who)
        phone.sync(3)
        assert kept(phone.store) == phone.shown()
        assert codes(phone) == wanted, who.login
        for kind, record_id in phone.store:
            if kind in {"admissions", "evidence"}:
                answer = phone.client.get(f"/api/v1/{kind}/{record_id}", headers=phone.headers)
                assert answer.json() == phone.store[kind, record_id], kind
                assert answer.headers["etag"] == phone.etags[kind, record_id], kind
        assert photo(phone)["href"] == f"/api/v1/evidence/{photo(phone)['id']}/content"


def test_they_go_with_the_group_that_is_left(busy: World) -> None:
    phone = busy.phone(busy.site.member)
    phone.sync()
    leave(busy.session, busy.site.member.organisation_id)
    busy.settle()
    gone = {one["type"] for one in phone.sync(5) if one["op"] == "remove"}
    assert gone >= {"admissions", "evidence"}
    assert kept(phone.store) == phone.shown()
    stranger = busy.phone(busy.site.outsider)
    stranger.sync()
    assert not {kind for kind, _ in stranger.store} & {"admissions", "evidence"}


def test_a_proposal_that_becomes_anothers_goes_and_a_move_comes(busy: World) -> None:
    phone = busy.phone(busy.site.member, "admissions")
    (first,) = phone.sync()
    row = busy.session.get_one(Admission, first["id"])
    row.state = "at_city"
    busy.session.commit()
    busy.settle()
    (moved,) = phone.sync()
    assert (moved["op"], moved["data"]["gate_level"]) == ("upsert", "city")
    row = busy.session.get_one(Admission, first["id"])
    row.group_id = None
    busy.session.commit()
    busy.settle()
    (gone,) = phone.sync()
    assert (gone["op"], gone["id"], gone["reason"]) == ("remove", first["id"], "out_of_scope")


def hand_over(world: World, day: date) -> None:
    """Let the member's unit convene from a day on, in the place of the convener's."""
    site, unit = world.site, GroupMembership.organisation_id
    world.session.execute(
        update(GroupMembership)
        .where(
            GroupMembership.group_id == site.group.id,
            unit.in_((site.convener.organisation_id, site.member.organisation_id)),
        )
        .values(valid_to=day)
    )
    world.session.add(
        GroupMembership(
            group_id=site.group.id,
            organisation_id=site.member.organisation_id,
            role="convener",
            valid_from=day,
        )
    )
    world.session.commit()
    world.settle()


def test_what_a_photo_says_is_open_to_whoever_convenes(busy: World) -> None:
    convener, member = busy.phone(busy.site.convener), busy.phone(busy.site.member, "evidence")
    for phone, is_open in ((convener, True), (member, False)):
        phone.sync()
        assert photo(phone)["is_open"] is is_open
        assert (photo(phone)["taken_at"] is not None) is is_open
    hand_over(busy, date(2026, 12, 16))
    member.sync()
    assert photo(member)["is_open"] is True
    assert photo(member)["taken_at"] is not None


def test_it_opens_on_the_day_that_was_set_for_it(
    busy: World, set_clock: Callable[..., None]
) -> None:
    phone = busy.phone(busy.site.member, "evidence")
    phone.sync()
    hand_over(busy, date(2026, 12, 18))
    phone.sync()
    assert photo(phone)["is_open"] is False
    set_clock(at("2026-12-18 09:00"))
    phone.sync()
    assert photo(phone)["is_open"] is True
