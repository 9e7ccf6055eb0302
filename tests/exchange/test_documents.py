"""The documents that are shipped and shown: what the article says, and nothing it does not."""

import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from services.core.exchange.rules import Anchors
from services.core.exchange.schemas import Document, History
from services.core.projects.rules import Stage
from services.standalone import papers, welcome
from tests.exchange.conftest import ANCHORS

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def demo() -> Document:
    return papers.read(Document, papers.packaged("demo.json"), ANCHORS)


@pytest.fixture(scope="module")
def history() -> History:
    return papers.read(History, papers.packaged("history.json"), ANCHORS)


def rows(document: Document) -> list[tuple[str, Any]]:
    """Give every row that may carry a source, with its section."""
    found = []
    for section in Document.model_fields:
        part = getattr(document, section)
        for row in part if isinstance(part, tuple) else ():
            found.append((section, row))
            for inner in ("designations", "members", "duties", "milestones", "plans"):
                found += [(inner, one) for one in getattr(row, inner, ())]
    return found


def test_every_record_names_its_source_or_is_illustrative(demo: Document) -> None:
    for section, row in rows(demo):
        assert row.source or row.is_illustrative, (section, row)


def test_the_numbers_are_the_articles(demo: Document) -> None:
    batch = demo.batches[0]
    assert (batch.agreement_count, batch.enterprise_count, batch.county_count) == (19, 15, 19)
    assert batch.amount is not None
    assert (batch.amount.amount, batch.amount.qualifier) == (Decimal(85_700_000_000), "at_least")
    target, statement = demo.targets[0], demo.statements[0]
    assert (target.year, target.projects, target.project_qualifier) == (2023, 70, "at_least")
    assert target.investment.amount == Decimal(10_000_000_000)
    assert (statement.projects, statement.project_qualifier) == (291, "exact")
    assert statement.investment.amount == Decimal(280_000_000_000)
    assert statement.investment.qualifier == "at_least"
    projects = {project.code: project for project in demo.projects}
    wafer, gas = projects["P-03"].total_investment, projects["P-07"].total_investment
    assert wafer is not None
    assert gas is not None
    assert (wafer.amount, wafer.qualifier) == (Decimal(625_000_000), "exact")
    assert (gas.amount, gas.qualifier) == (Decimal(40_000_000), "at_least")


def test_nineteen_placeholders_and_two_named_agreements(demo: Document) -> None:
    kinds = Counter(agreement.is_placeholder for agreement in demo.agreements)
    assert kinds == {True: 19, False: 2}
    assert all(agreement.group is None for agreement in demo.agreements if agreement.batch)  # T-5
    bureau = next(one for one in demo.agreements if one.code == "FA-20")
    assert {party.organisation for party in bureau.parties} == {"O-JINSHI", "O-JNCIVIL"}  # T-10


def test_eleven_members_of_which_four_are_named_and_one_is_unknown(demo: Document) -> None:
    group = next(group for group in demo.groups if group.code == "G-JN")
    members = [member for member in group.members if member.role == "member"]
    assert group.expected_member_count == len(members) == 11
    unnamed = [one.code for one in demo.organisations if one.is_placeholder]
    assert unnamed == ["O-UNNAMED"]
    inferred = [one for one in members if one.is_illustrative]
    named = [one for one in members if not one.reason]
    assert (len(inferred), len(named)) == (6, 4)
    convener = next(member for member in group.members if member.role == "convener")
    assert (convener.organisation, convener.represents) == ("O-JNGAS", "O-ENERGY")  # T-2


def test_what_is_only_proposed_is_not_running(demo: Document) -> None:
    stages = {project.code: project.stage for project in demo.projects}
    assert {stages[code] for code in ("P-01", "P-02", "P-04")} == {Stage.IDEA}  # T-8
    assert {stages[f"P-04.{n}"] for n in range(1, 8)} == {Stage.RUNNING}
    assert stages["P-07"] == stages["P-03"] == Stage.PREPARATORY
    by_code = {project.code: project for project in demo.projects}
    assert (by_code["P-03"].region, by_code["P-03"].group) == ("331100", "G-JN")  # T-3
    assert by_code["P-05"].total_investment is None  # T-4: outcomes are no investment
    assert by_code["W-11"].total_investment is None  # T-11


def test_the_mountain_counties_are_dated(demo: Document) -> None:
    kinds = Counter(one.kind for region in demo.regions for one in region.designations)
    assert kinds == {"mountain_26": 26, "mountain_island_25": 25}
    listed = {
        region.code
        for region in demo.regions
        for one in region.designations
        if one.kind == "mountain_island_25"
    }
    assert {"330305", "330922"} <= listed
    assert listed.isdisjoint({"330326", "330802", "331102"})


def test_the_promised_logins_exist(demo: Document) -> None:
    logins = {account.login: account for account in demo.accounts}
    assert {login for login, _ in welcome.LOGINS} <= set(logins)
    assert all(account.is_illustrative for account in demo.accounts)
    assert logins["convener-jn"].organisation == "O-JNGAS"
    assert logins["convener-ts"].organisation == "O-TRANS"


def test_the_history_is_made_by_the_people_of_the_demo(demo: Document, history: History) -> None:
    homes = {account.login: account.organisation for account in demo.accounts}
    owing = {project.code for project in demo.projects if project.reports_from}
    for filing in history.filings:
        assert filing.project in owing
        assert filing.review is not None
        assert homes[filing.by] == homes[filing.review.by]
        assert filing.by != filing.review.by
        assert filing.review.returns == bool(filing.review.note)


def test_the_documents_mean_something_on_every_month_of_a_year() -> None:
    for month in range(1, 13):
        today = ANCHORS.today.replace(month=month)
        anchors = Anchors(today, ANCHORS.calendar, last=f"{today:%Y-%m}")
        read = papers.read(Document, papers.packaged("demo.json"), anchors)
        for project in read.projects:
            for milestone in project.milestones:
                assert milestone.actual_on is None or milestone.actual_on < today


def test_the_example_of_the_how_to_can_be_read() -> None:
    text = (ROOT / "docs/how-to/seed.md").read_text(encoding="utf-8")
    for example in re.findall(r"```json\n(.*?)```", text, re.DOTALL):
        papers.read(Document, json.loads(example), ANCHORS)


def test_the_how_to_names_every_section() -> None:
    text = (ROOT / "docs/how-to/seed.md").read_text(encoding="utf-8")
    for section in set(Document.model_fields) - {"code", "title"}:
        assert f"`{section}`" in text
