"""Totals on real PostgreSQL: a target at risk and a statement that is not borne out, found once."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.kit.feed import Seen
from services.core.kit.ids import new_id
from services.core.monitoring import schemas, totals
from services.core.monitoring.models import Finding, TotalWatch
from services.core.monitoring.rules import mr_15
from services.core.policies import actions as policies
from services.core.projects.models import ProjectWatch
from services.core.targets import actions as targets
from services.core.targets.models import AnnualTarget, LibraryStatement
from services.core.targets.schemas import NewStatement, NewTarget
from tests import given, watching
from tests.given import at

NOW = at("2026-11-10 09:00")
YEAR = {"region_code": "330000", "year": 2026, "project_count": 2}


class Province:
    """Two counties' projects, each with a plan of 1200 CNY for the year, and their regulators."""

    def __init__(self, session: Session) -> None:
        """Build them; nobody has reported anything yet."""
        self.session = session
        given.places(session)
        policies.ship(session, now=at("2026-01-01 09:00"))
        self.sasac = given.unit(
            session, "浙江省国资委", region_code="330000", level="province", kind="sasac"
        )
        self.office = given.unit(session, "景宁县国资办", kind="sasac")
        energy = given.unit(session, "浙江省能源集团", parent=self.sasac)
        far = given.unit(session, "泰顺县国资公司", region_code="330329")
        self.near = self._project(given.group(session, members=[energy]), energy, "331127")
        taishun = given.group(session, members=[far], region_code="330329")
        self.far = self._project(taishun, far, "330329")
        self.regulator = given.account(session, "regulator", of=self.sasac, role="regulator")
        self.keeper = given.account(session, "office", of=self.office, role="regulator")
        self.member = given.account(session, "member", of=energy, role="reporter")

    def _project(self, group: Any, lead: Any, region_code: str) -> Any:
        project = given.project(
            self.session,
            group=group,
            lead=lead,
            region_code=region_code,
            total_investment=Decimal(5000),
        )
        watching.planned(self.session, project, *[100 * month for month in range(1, 13)])
        return project

    def target(self, amount: str, **also: Any) -> AnnualTarget:
        """Set the year's target, as the regulator, and let monitoring hear of it."""
        body = {**YEAR, "investment": {"amount": amount, "qualifier": "at_least"}, **also}
        by = watching.caller_at(self.session, self.regulator, NOW)
        made = targets.set_target(self.session, given=NewTarget.model_validate(body), by=by)
        self.hear("target.recorded", target_id=made.id, region_code=made.region_code)
        return made

    def statement(self, projects: int, month: str = "2026-09") -> LibraryStatement:
        """Record what was stated, as the regulator, and let monitoring hear of it."""
        body = {
            "region_code": "330000",
            "as_of_month": month,
            "project_count": projects,
            "investment": {"amount": "10000.00"},
        }
        by = watching.caller_at(self.session, self.regulator, NOW)
        made = targets.state_library(self.session, given=NewStatement.model_validate(body), by=by)
        self.hear("library.stated", statement_id=made.id, region_code=made.region_code)
        return made

    def hear(self, name: str, now: datetime = NOW, **data: Any) -> None:
        """Let monitoring read one fact."""
        said = {key: str(value) for key, value in data.items()}
        totals.READERS[name](self.session, heard(name, said), now)

    def done(self, project: Any, amount: str, period: str = "2026-10") -> None:
        """Let a report be accepted, as far as totals look at it."""
        watch = self.session.get_one(ProjectWatch, project.id)
        watch.last_accepted_period, watch.cumulative_year = period, Decimal(amount)
        self.session.flush()

    def look(self, now: datetime = NOW) -> int:
        """Do what a worker does."""
        looked = totals.check_due(self.session, now=now, limit=50)
        self.session.flush()
        return looked

    def found(self) -> list[tuple[str, str, str, str]]:
        """Give what was found so far."""
        rows = self.session.scalars(select(Finding).order_by(Finding.id))
        return [(row.rule, row.occurrence, row.state, row.light) for row in rows]

    def told(self) -> list[str]:
        """Give the names of what monitoring told."""
        names = ["target.at_risk", "target.risk_changed", "target.risk_cleared"]
        names += ["library.gap_opened", "library.gap_changed", "library.gap_cleared"]
        return [fact["rule"] + " " + fact["light"] for fact in watching.facts(self.session, *names)]


def heard(name: str, data: dict[str, str]) -> Seen:
    return Seen(
        seq=1,
        event_id=new_id(),
        type=name,
        aggregate_kind="some",
        aggregate_id=new_id(),
        group_id=None,
        organisation_ids=(),
        occurred_at=NOW,
        trace=None,
        data=data,
    )


@pytest.fixture
def province(session: Session) -> Province:
    return Province(session)


def test_a_target_at_risk_is_found_once_gets_worse_and_clears_by_itself(
    province: Province,
) -> None:
    target = province.target("2500.00")
    assert province.look() == 1
    (finding,) = province.session.scalars(select(Finding))
    assert (finding.target_id, finding.project_id, finding.rule) == (target.id, None, "MR-15")
    assert finding.organisation_id == province.sasac.id
    assert "以年度计划合计 2400.00 元为预计" in finding.explanation["arithmetic"]["zh"]
    assert province.look() == 0
    assert province.session.get_one(TotalWatch, target.id).next_at == at("2026-11-11 00:00")

    province.done(province.near, "900.00")
    province.done(province.far, "100.00")
    province.hear("progress.accepted", project_id=province.near.id)
    assert province.look() == 0
    assert province.look(NOW + timedelta(minutes=1)) == 1
    assert province.found() == [("MR-15", "2026", "open", "red")]

    province.done(province.far, "1300.00")
    province.hear("progress.accepted", NOW + timedelta(minutes=2), project_id=province.far.id)
    province.look(NOW + timedelta(minutes=3))
    assert province.found() == [("MR-15", "2026", "cleared", "red")]
    assert finding.worst_light == "red"
    assert province.told() == ["MR-15 yellow", "MR-15 red", "MR-15 red"]


def test_a_target_of_a_county_adds_up_its_own_projects_only(province: Province) -> None:
    province.target("1200.00", region_code="331127", project_count=1)
    province.look()
    assert province.found() == []
    province.target("1300.00", region_code="330329", project_count=1)
    province.look()
    (finding,) = province.session.scalars(select(Finding))
    assert "列入年度计划 1 个" in finding.explanation["arithmetic"]["zh"]
    assert finding.organisation_id == province.sasac.id  # the nearest regulator above


def test_a_statement_the_records_do_not_bear_out_gives_way_to_a_newer_one(
    province: Province,
) -> None:
    first = province.statement(291)
    province.look()
    assert province.found() == [("MR-20", "2026-09", "open", "yellow")]
    province.statement(2, "2026-10")
    assert province.look() == 2
    assert province.found() == [("MR-20", "2026-09", "cleared", "yellow")]
    assert province.told() == ["MR-20 yellow", "MR-20 yellow"]
    assert province.session.get_one(TotalWatch, first.id).next_at == at("2026-11-11 00:00")


def test_many_targets_cost_no_more_statements_than_one(province: Province) -> None:
    session = province.session
    counted: list[int] = []
    for year in range(2026, 2034):
        province.target("1.00", year=year, project_count=0)
        session.flush()
        statements: list[str] = []

        def note(*said: Any, into: list[str] = statements) -> None:
            into.append(said[2])

        connection = session.connection()
        event.listen(connection, "before_cursor_execute", note)
        session.query(TotalWatch).update({"next_at": NOW})
        province.look()
        event.remove(connection, "before_cursor_execute", note)
        counted.append(len([one for one in statements if "SAVEPOINT" not in one]))
    assert max(counted) - min(counted) <= 1, counted


def test_a_total_whose_check_fails_spoils_no_other(
    province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = province.target("9999.00")
    province.statement(291)
    monkeypatch.setattr(mr_15, "check", lambda *_: 1 / 0)
    assert province.look() == 2
    assert province.found() == [("MR-20", "2026-09", "open", "yellow")]
    assert province.session.get_one(TotalWatch, bad.id).next_at == NOW + timedelta(minutes=5)


def test_the_target_says_why_to_whoever_its_regulator_is_in_scope_of(
    client: TestClient, province: Province, set_clock: Callable[[datetime], None]
) -> None:
    set_clock(NOW)
    target, stated = province.target("2500.00"), province.statement(291)
    county = province.target("1300.00", region_code="331127", project_count=1)
    province.look()
    heads = {
        name: given.headers(province.session, who)
        for name, who in (
            ("province", province.regulator),
            ("county", province.keeper),
            ("member", province.member),
        )
    }
    province.session.commit()

    def read(who: str, path: str) -> Any:
        answer = client.get(f"/api/v1{path}", headers=heads[who])
        assert answer.status_code == 200, answer.text
        return answer.json()

    shown = read("province", f"/annual-targets/{target.id}")
    schemas.WatchedTarget.model_validate(shown)
    assert (shown["finding"]["rule"], shown["finding"]["light"]) == ("MR-15", "yellow")
    assert "缺 4%" in shown["finding"]["explanation"]["arithmetic"]["zh"]
    assert shown in read("province", "/annual-targets")["items"]
    borne = read("province", f"/library-statements/{stated.id}")
    schemas.WatchedStatement.model_validate(borne)
    assert borne["finding"]["rule"] == "MR-20"
    assert borne in read("province", "/library-statements")["items"]
    listed = {who: read(who, "/total-findings") for who in heads}
    for page in listed.values():
        schemas.TotalFindingPage.model_validate(page)
    seen = {
        who: {(row["target"] or row["statement"])["id"] for row in page["items"]}
        for who, page in listed.items()
    }
    assert seen == {
        "province": {str(target.id), str(stated.id), str(county.id)},
        "county": {str(county.id)},
        "member": set(),
    }
    assert read("member", f"/annual-targets/{target.id}")["finding"] is None
    assert read("county", f"/annual-targets/{target.id}")["finding"] is None
    assert read("county", f"/annual-targets/{county.id}")["finding"]["light"] == "yellow"
    one = read("province", f"/total-findings?target_id={target.id}&state=open&light=yellow")
    assert [row["target"]["year"] for row in one["items"]] == [2026]
    assert read("member", "/findings")["items"] == []
