"""Nobody hears a figure who may not read it: so a message needs no cut of its own."""

import json
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from services.core import catalogue
from services.core.kit.errors import Missing
from services.core.kit.listening import hears
from services.core.kit.records import Records
from services.core.progress import queries as progress
from services.core.progress.models import ProgressReport
from services.core.projects import queries as projects
from services.core.projects.actions.keeping import units_of
from services.core.projects.models import AnnualPlan, Project
from tests import given
from tests.authority.scene import NOW, World

OF_A_PROJECT = {
    "plan.baselined",
    "plan.changed",
    "plan.change_requested",
    "plan.change_approved",
    "plan.change_refused",
    "progress.accepted",
    "progress.corrected",
    "guarantee.promised",
    "guarantee.reported",
    "outcome.observed",
    "outcome.verified",
}
"""Told to the project's group and units; their figures stand in what these read of it."""
PUBLIC = {"target.recorded", "library.stated"}
"""Told to everybody; announced figures."""


def test_every_fact_with_an_amount_is_known_here() -> None:
    """A new one needs an audience that may read what it says, and a line above."""
    with_amounts = {
        fact.NAME
        for fact in catalogue.EVENTS
        if any("Decimal" in str(one.annotation) for one in fact.model_fields.values())
    }
    assert with_amounts == OF_A_PROJECT | PUBLIC


def shown(session: Session, records: Records, caller: Any, key: object) -> dict[str, Any] | None:
    """A record as a caller reads it; None: it is not there for them."""
    try:
        found: dict[str, Any] = json.loads(records.one(session, caller, key).body)
    except Missing:
        return None
    return found


def test_whoever_hears_of_a_projects_figures_reads_them_at_the_project(session: Session) -> None:
    world = World(session)
    project = session.get_one(Project, world.home.ids["project_id"])
    report = session.get_one(ProgressReport, world.home.ids["report_id"])
    report.state, report.cumulative_year = "accepted", Decimal(12)
    report.reviewed_at, report.reviewed_by = NOW, world.actors[0].account.id
    session.flush()
    plan_id = session.scalars(
        select(AnnualPlan.id).where(AnnualPlan.project_id == project.id)
    ).one()
    audience = units_of(session, project)
    hearers = set()
    for actor in world.actors:
        caller = given.caller(session, actor.account)
        if not hears(caller, project.group_id, audience):
            assert shown(session, projects.RECORDS, caller, project.id) is None, actor.name
            continue
        hearers.add(actor.role)
        plan = shown(session, projects.PLANS, caller, plan_id)
        assert plan is not None, actor.name
        assert plan["planned_investment"]["amount"] == "1200.00", actor.name
        accepted = shown(session, progress.RECORDS, caller, report.id)
        assert accepted is not None, actor.name
        assert accepted["cumulative_year"]["amount"] == "12.00", actor.name
    assert {"observer", "integrator", "reporter", "regulator"} <= hearers
