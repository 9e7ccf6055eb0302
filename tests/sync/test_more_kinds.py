"""Phones keep what was ruled, promised, brought about, corrected and asked of a project."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from services.core.assignments.models import PolicyAssignment
from services.core.guarantees.models import ResourceGuarantee
from services.core.outcomes.models import IndicatorObservation, OutcomeIndicator
from services.core.progress.models import ProgressCorrection, ProgressReport
from services.core.projects.models import PlanChange
from services.core.rulings.models import Ruling
from tests.given import at
from tests.sync.conftest import World
from tests.sync.phone import kept
from tests.sync.test_copy import leave

OF_A_PROJECT = {
    "rulings",
    "guarantees",
    "outcome-indicators",
    "observations",
    "corrections",
    "plan-changes",
}


@pytest.fixture
def busy(world: World) -> World:
    """Give the site in December, with one record of each of these kinds."""
    world.until("2026-12-16 10:00")
    session, site = world.session, world.site
    report = session.scalars(select(ProgressReport)).first()
    assert report is not None
    project_id, unit = site.project.id, site.reporter.organisation_id
    by, now = site.regulator.id, at("2026-12-16 10:00")
    indicator = OutcomeIndicator(
        project_id=project_id, name="累计发放贷款", unit="笔", measure="cumulative"
    )
    session.add_all(
        [
            indicator,
            ResourceGuarantee(
                project_id=project_id,
                kind="land",
                description="用地",
                promiser_organisation_id=unit,
                promised_on=date(2026, 11, 1),
                due_on=date(2026, 12, 31),
                original_due_on=date(2026, 12, 31),
                state="promised",
            ),
            Ruling(
                project_id=project_id,
                dimension="report",
                reason="系统故障",
                expires_on=date(2026, 12, 17),
                made_at=now,
                made_by=by,
            ),
            PolicyAssignment(
                code="zj-default",
                region_code="331127",
                effective_on=date(2027, 1, 1),
                reason="试点",
                made_at=now,
                made_by=by,
            ),
            ProgressCorrection(
                report_id=report.id,
                reason="重复计入",
                changes=[{"field": "image_progress", "before": None, "after": "封顶"}],
                questions=[],
                requested_at=now,
                requested_by=by,
            ),
            PlanChange(
                project_id=project_id,
                year=2026,
                replaces=1,
                planned_investment=2400,
                curve=[200 * month for month in range(1, 13)],
                reason="追加二期",
                requested_at=now,
                requested_by=by,
            ),
        ]
    )
    session.flush()
    session.add(
        IndicatorObservation(
            indicator_id=indicator.id,
            as_of=date(2022, 12, 31),
            value=7109,
            qualifier="exact",
            observed_at=now,
        )
    )
    session.commit()
    world.settle()
    return world


def test_each_comes_as_its_own_get_shows_it(busy: World) -> None:
    phone = busy.phone(busy.site.member)
    phone.sync(3)
    assert kept(phone.store) == phone.shown()
    assert {kind for kind, _ in phone.store} >= OF_A_PROJECT | {"policy-assignments"}
    for kind, record_id in phone.store:
        if kind in OF_A_PROJECT | {"policy-assignments"}:
            answer = phone.client.get(f"/api/v1/{kind}/{record_id}", headers=phone.headers)
            assert answer.json() == phone.store[kind, record_id], kind
            assert answer.headers["etag"] == phone.etags[kind, record_id], kind


def test_they_go_with_the_project_when_it_leaves_the_scope(busy: World) -> None:
    phone = busy.phone(busy.site.member)
    phone.sync()
    leave(busy.session, busy.site.member.organisation_id)
    busy.settle()
    gone = {one["type"] for one in phone.sync(5) if one["op"] == "remove"}
    assert gone >= OF_A_PROJECT
    assert "policy-assignments" not in gone, "which policy counts is public"
    assert kept(phone.store) == phone.shown()
    stranger = busy.phone(busy.site.outsider)
    stranger.sync()
    assert not {kind for kind, _ in stranger.store} & OF_A_PROJECT


def test_a_new_value_reaches_the_indicator_it_is_the_newest_of(busy: World) -> None:
    phone = busy.phone(busy.site.convener)
    phone.sync()
    (seen,) = busy.session.scalars(select(IndicatorObservation)).all()
    seen.value = Decimal(7200)
    busy.session.commit()
    busy.settle()
    heard = {one["type"]: one["data"] for one in phone.sync()}
    assert heard["observations"]["value"] == "7200.00"
    assert heard["outcome-indicators"]["latest"]["value"] == "7200.00"


def test_time_alone_lets_a_ruling_expire(busy: World, set_clock: Callable[..., None]) -> None:
    phone = busy.phone(busy.site.convener, "rulings")
    (first,) = phone.sync()
    assert first["data"]["state"] == "in_force"
    set_clock(at("2026-12-17 23:59"))
    assert phone.sync() == []
    set_clock(at("2026-12-18 00:00"))
    (again,) = phone.sync()
    assert again["data"]["state"] == "expired"
