"""Loading a document: whole, once, with facts; or not at all, with every fault named."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from services.core.access import queries as access
from services.core.access.models import Account
from services.core.catalogue import METADATA
from services.core.exchange.actions import Loaded
from services.core.groups.models import GroupMembership
from services.core.kit.errors import Invalid
from services.core.kit.feed import PendingEvent
from services.core.kit.ledger import AuditEntry
from services.core.organisations.models import Organisation
from services.core.progress.models import ProgressReport
from services.core.projects.models import AnnualPlan, Milestone, Project, ProjectWatch

Load = Callable[..., Loaded]


def counts(session: Session) -> dict[str, int]:
    """Count the rows of every table."""
    tables = METADATA.sorted_tables
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0 for table in tables
    }


def test_everything_of_the_document_is_there(
    session: Session, load: Load, document: dict[str, Any]
) -> None:
    loaded = load(document)
    assert loaded.created == {
        "regions": 3,
        "organisations": 2,
        "accounts": 2,
        "officers": 1,
        "groups": 1,
        "projects": 1,
        "reports": 2,
    }
    gas = session.scalars(select(Organisation).where(Organisation.code == "O-GAS")).one()
    energy = session.scalars(select(Organisation).where(Organisation.code == "O-ENERGY")).one()
    assert gas.lineage == [energy.id, gas.id]
    convener = session.scalars(
        select(GroupMembership).where(GroupMembership.role == "convener")
    ).one()
    assert convener.represents_organisation_id == energy.id
    assert session.scalars(select(Milestone)).one().planned_on == date(2026, 11, 16)
    plan = session.scalars(select(AnnualPlan)).one()
    assert (plan.year, plan.is_spread, plan.curve[0]) == (2026, True, Decimal("101.61"))


def test_the_obligations_are_as_the_document_says(
    session: Session, load: Load, document: dict[str, Any]
) -> None:
    load(document)
    done, owed = session.scalars(select(ProgressReport).order_by(ProgressReport.period)).all()
    assert (done.period, done.state, done.is_late) == ("2026-09", "accepted", False)
    assert done.submitted_at == datetime(2026, 10, 4, 2, 0, tzinfo=UTC)
    assert (owed.period, owed.state) == ("2026-10", "due")
    assert owed.original_due_at == datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    watch = session.scalars(select(ProjectWatch)).one()
    assert watch.last_accepted_period == "2026-09"
    assert watch.cumulative_all == Decimal("100.00")
    assert watch.next_check_at is not None


def test_every_record_has_its_fact_and_its_audit_line(
    session: Session, load: Load, document: dict[str, Any]
) -> None:
    load(document)
    counted = session.execute(select(PendingEvent.type, func.count()).group_by(PendingEvent.type))
    facts = {row[0]: row[1] for row in counted}
    assert facts["project.admitted"] == 1
    assert facts["group.established"] == 1
    assert facts["progress.opened"] == 2
    assert facts["progress.accepted"] == 1
    assert facts["import.completed"] == 1
    lines = session.scalar(select(func.count()).where(AuditEntry.actor == "system:seed"))
    adopted = facts["policy.adopted"]
    assert lines == sum(facts.values()) - adopted


def test_loading_twice_changes_nothing(
    session: Session, load: Load, document: dict[str, Any]
) -> None:
    load(document)
    before = counts(session)
    again = load(document, token_life=timedelta(days=1))
    assert again == Loaded({}, {})
    assert counts(session) == before


def test_a_row_that_exists_is_left_alone(
    session: Session, load: Load, document: dict[str, Any]
) -> None:
    load(document)
    document["projects"][0]["name"] = "另一个名称"
    document["organisations"].append(
        {**document["organisations"][1], "code": "O-NEW", "name": "新单位"}
    )
    assert load(document).created == {"organisations": 1}
    assert session.scalars(select(Project.name)).one() == "LNG站"


def test_each_new_login_gets_a_token_that_lets_it_in(
    session: Session, load: Load, document: dict[str, Any]
) -> None:
    loaded = load(document, token_life=timedelta(days=400))
    assert set(loaded.tokens) == {"reporter", "reviewer"}
    assert access.caller_of(session, loaded.tokens["reviewer"]).login == "reviewer"


def test_a_bad_document_loads_nothing_and_names_every_fault(
    session: Session, load: Load, document: dict[str, Any]
) -> None:
    document["organisations"][0]["parent"] = "O-NOBODY"
    document["projects"][0]["lead"] = "O-NOBODY"
    document["projects"][0]["partners"][0]["organisation"] = "O-NONE"
    document["projects"][0]["stage"] = "running"
    document["officers"] += document["officers"]
    before = counts(session)
    with pytest.raises(Invalid) as refused:
        load(document)
    assert {fault.pointer: fault.code for fault in refused.value.faults} == {
        "/organisations/0/parent": "unknown_code",
        "/projects/0/lead": "unknown_code",
        "/projects/0/stage": "wrong_track",
        "/projects/0/partners/0/organisation": "unknown_code",
        "/officers/1/organisation": "repeated",
    }
    shipped = {"policy_pack", "event_pending", "audit_entry", "audit_pending", "aggregate_version"}
    after = counts(session)
    assert {name for name in after if after[name] != before[name]} <= shipped


@pytest.mark.parametrize(
    ("change", "pointer", "code"),
    [
        (lambda d: d["regions"][0].update(parent="330000"), "/regions/0/parent", None),
        (lambda d: d["regions"][0].update(level="hamlet"), "/regions/0/level", "enum"),
        (lambda d: d["projects"][0].update(colour="red"), "/projects/0/colour", "extra_forbidden"),
        (lambda d: d["projects"][0].update(stage="running"), "/projects/0/stage", "wrong_track"),
        (
            lambda d: d["projects"][0]["plans"][0].update(curve=["1.00"] * 12),
            "/projects/0/plans/0/curve/11",
            "does_not_add_up",
        ),
        (
            lambda d: d["projects"][0]["milestones"][0].update(planned_on="soon"),
            "/projects/0/milestones/0/planned_on",
            None,
        ),
        (lambda d: d["groups"][0]["members"].pop(1), "/groups/0/represents", "not_represented"),
        (lambda d: d["groups"][0]["members"].pop(0), "/groups/0", "no_convener"),
        (
            lambda d: d["groups"].append({**d["groups"][0], "code": "G-2"}),
            "/groups/1/region",
            "second_group",
        ),
        (
            lambda d: d["reports"][0].update(reviewed_by="reporter"),
            "/reports/0/reviewed_by",
            "same_person",
        ),
        (lambda d: d["reports"][1].update(state="submitted"), "/reports/1/submitted_at", "missing"),
        (
            lambda d: d["reports"][0].update(submitted_at="2026-12-01T09:00:00+08:00"),
            "/reports/0/submitted_at",
            "in_the_future",
        ),
        (
            lambda d: d["reports"][0].update(cumulative_year="200.00"),
            "/reports/0/cumulative_year",
            "above_all_time",
        ),
        (
            lambda d: d["organisations"][0].update(is_placeholder=True),
            None,
            None,
        ),
        (
            lambda d: d["organisations"][1].update(parent="O-GAS"),
            "/organisations/0/parent",
            "cycle",
        ),
    ],
)
def test_a_fault_is_named_where_it_stands(
    session: Session,
    load: Load,
    document: dict[str, Any],
    change: Callable[[dict[str, Any]], object],
    pointer: str | None,
    code: str | None,
) -> None:
    change(document)
    if pointer is None:
        assert load(document).created["organisations"] == 2
        return
    with pytest.raises(Invalid) as refused:
        load(document)
    found = {fault.pointer: fault.code for fault in refused.value.faults}
    assert pointer in found, found
    if code:
        assert found[pointer] == code
    assert not session.scalar(select(func.count()).select_from(Project))


def test_an_account_of_a_placeholder_is_refused(load: Load, document: dict[str, Any]) -> None:
    document["organisations"][1]["is_placeholder"] = True
    with pytest.raises(Invalid) as refused:
        load(document)
    assert "/accounts/0/organisation" in {fault.pointer for fault in refused.value.faults}


def test_a_policy_of_its_own_is_adopted(
    session: Session, load: Load, document: dict[str, Any]
) -> None:
    load({"code": "empty", "title": "nothing"})
    pack = session.execute(
        text("SELECT document FROM policy_pack WHERE code = 'zj-default'")
    ).scalar_one()
    document["policies"] = [
        {"code": "mine", "document": {**pack, "code": "mine"}, "effective_on": "2020-01-01"}
    ]
    document["groups"][0]["policy"] = "mine"
    assert load(document).created["policies"] == 1


def test_a_wrong_policy_is_refused_with_its_pointer(load: Load, document: dict[str, Any]) -> None:
    document["policies"] = [{"code": "mine", "document": {}, "effective_on": "2020-01-01"}]
    with pytest.raises(Invalid) as refused:
        load(document)
    assert "/policies/0/document/ladder" in {fault.pointer for fault in refused.value.faults}


def test_accounts_are_open_and_hold_what_was_said(
    session: Session, load: Load, document: dict[str, Any]
) -> None:
    document["accounts"][0].update(email="jia@example.org", language="en")
    load(document)
    account = session.scalars(select(Account).where(Account.login == "reporter")).one()
    assert (account.email, account.language, account.is_active) == ("jia@example.org", "en", True)
