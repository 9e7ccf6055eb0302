"""The first story: one missing report, from its opening to the ladder's end, on real processes.

Once in calm; once with worker, beat, relay and Valkey each killed (SIGKILL) and Valkey wiped in
the middle. Both tell the same story: the same reminders, steps and facts, none twice, none missing.
"""

from collections import Counter
from pathlib import Path
from typing import Any

import httpx2
import pytest
import redis
from sqlalchemy import NullPool, create_engine
from sqlalchemy.orm import Session

from services.core.kit.db import with_driver
from services.core.organisations.models import Officer
from services.core.policies import actions as policies
from tests import given
from tests.stories.world import World, world

pytestmark = [pytest.mark.story, pytest.mark.timeout(300)]

FACTS = (
    "progress.opened",
    "reminder.sent",
    "progress.missing",
    "health.changed",
    "escalation.started",
    "escalation.stepped",
    "progress.submitted",
    "progress.accepted",
    "finding.cleared",
    "escalation.stopped",
)


class Story:
    """The people of Jingning, and what they do over HTTP."""

    def __init__(self, made: World) -> None:
        """Enter places, units and people as an existing programme is moved in."""
        self.world = made
        self.heads: dict[str, dict[str, str]] = {}
        made.set_now(given.at("2026-11-30 10:00"))
        engine = create_engine(with_driver(made.url), poolclass=NullPool)
        with Session(engine, expire_on_commit=False) as session:
            given.places(session)
            policies.ship(session, now=given.at("2026-11-30 10:00"))
            top = given.unit(
                session, "浙江省国资委", kind="sasac", level="province", region_code="330000"
            )
            county = given.unit(session, "景宁县国资办", kind="sasac")
            energy = given.unit(
                session, "浙江省能源集团", parent=top, level="province", region_code="330000"
            )
            gas = given.unit(session, "景宁县天然气有限公司", parent=energy, kind="soe_subsidiary")
            self.units = {"energy": energy.id, "gas": gas.id}
            people = (
                ("sasac-zj", top, "regulator", "leader"),
                ("sasac-jn", county, "regulator", "leader"),
                ("leader-energy", energy, "reviewer", "leader"),
                ("convener-jn", gas, "convener", "leader"),
                ("liaison-gas", gas, "liaison", "liaison"),
                ("reporter-gas", gas, "reporter", "reporter"),
                ("reviewer-gas", gas, "reviewer", "reviewer"),
                ("integrator", gas, "integrator", None),
            )
            self.accounts: dict[str, Any] = {}
            for login, unit, role, duty in people:
                account = given.account(session, login, of=unit, role=role)
                self.accounts[login] = account.id
                if duty:
                    session.add(
                        Officer(
                            organisation_id=unit.id,
                            account_id=account.id,
                            name=login,
                            duty=duty,
                            valid_from=given.LONG_AGO,
                        )
                    )
                self.heads[login] = given.headers(session, account)
            session.commit()

    def call(self, who: str, method: str, path: str, **body: Any) -> dict[str, Any]:
        """Send a request as one of them; a change carries the ETag it read."""
        headers = dict(self.heads[who])
        base = f"http://127.0.0.1:{self.world.port}/api/v1"
        with httpx2.Client(timeout=20, trust_env=False) as client:
            record = path.rpartition("/")[0] if method == "POST" else path
            if record and not path.startswith("/me"):
                seen = client.get(base + record, headers=headers)
                if "etag" in seen.headers:
                    headers["If-Match"] = seen.headers["etag"]
            answer = client.request(method, base + path, headers=headers, json=body or None)
        assert answer.is_success, f"{method} {path}: {answer.status_code} {answer.text}"
        found: dict[str, Any] = answer.json() if answer.content else {}
        return found

    def establish(self) -> None:
        """Establish the group, admit the project with a node, subscribe the integrator."""
        group = self.call(
            "sasac-zj", "POST", "/groups", code="G-331127", name="景宁团组", region_code="331127"
        )
        self.group = group["id"]
        place = f"/groups/{self.group}"
        for unit, role in (("energy", "member"), ("gas", "convener")):
            self.call(
                "sasac-zj",
                "POST",
                f"{place}/members",
                organisation_id=str(self.units[unit]),
                role=role,
            )
        group = self.call("sasac-zj", "POST", f"{place}/establish", established_on="2026-11-30")
        assert group["state"] == "active"
        endpoint = self.call(
            "integrator", "POST", "/webhook-endpoints", url=self.world.receiver.url
        )
        self.world.receiver.learn(endpoint["secret"])
        project = self.call(
            "sasac-zj",
            "POST",
            "/projects",
            code="P-07",
            name="LNG站及中压管道项目",
            group_id=self.group,
            region_code="331127",
            thrust="livelihood",
            domain="energy",
            stage="under_construction",
            lead_organisation_id=str(self.units["gas"]),
            responsible_person="叶某",
            responsible_account_id=str(self.accounts["reporter-gas"]),
            total_investment={"amount": "40000000.00", "qualifier": "at_least"},
            plan_start_on="2026-11-01",
            actual_start_on="2026-11-01",
            plan_finish_on="2027-12-31",
            reports_from="2026-11",
        )
        self.project = project["id"]
        self.call(
            "convener-jn",
            "POST",
            f"/projects/{self.project}/milestones",
            name="管线路由审批",
            gate="permit",
            planned_on="2027-03-31",
        )
        self.world.quiet()

    def at(self, moment: str) -> None:
        """Let it be a moment of Shanghai, and everything due be done."""
        self.world.set_now(given.at(moment))
        self.world.quiet()

    def report(self) -> dict[str, Any]:
        """Give the November report as its unit sees it."""
        page = self.call("reporter-gas", "GET", f"/progress-reports?project_id={self.project}")
        found: dict[str, Any] = page["items"][0]
        return found

    def health(self) -> dict[str, Any]:
        """Ask the project's light why."""
        return self.call("sasac-zj", "GET", f"/projects/{self.project}/health")

    def rows(self, table: str, columns: str) -> Counter[tuple[Any, ...]]:
        """Count rows of a table by what they say."""
        return Counter(self.world.ask(f"SELECT {columns} FROM {table}"))  # noqa: S608 our own tables


def tell(story: Story, disturb: Any) -> None:
    """Tell the story; `disturb(n)` is called before each act."""
    story.establish()
    disturb(1)
    story.at("2026-12-01 09:00")
    report = story.report()
    assert (report["period"], report["state"]) == ("2026-11", "due")
    assert report["original_due_at"].startswith("2026-12-07T09:30:00")  # the 5th working day
    for day in ("2026-12-02 09:10", "2026-12-04 09:10", "2026-12-07 09:10"):
        disturb(2)
        story.at(day)
    sent = story.rows("reminder WHERE state = 'sent'", "occurrence")
    assert sent == {("T-3",): 1, ("T-1",): 1, ("T",): 1}
    missed(story, disturb)
    reported(story, disturb)


def missed(story: Story, disturb: Any) -> None:
    """Let the report be missed: found, lit with its arithmetic, escalated up to a draft."""
    disturb(3)
    story.at("2026-12-08 09:10")
    health = story.health()
    late = next(part for part in health["dimensions"] if part["rule"] == "MR-03")
    assert health["light"] == "yellow"
    assert late["inputs"]["working_days_late"] == "1"
    assert late["policy"] == {"code": "zj-default", "number": 1}
    assert late["turns_green"]["en"]
    for day in ("2026-12-09 09:10", "2026-12-11 09:10", "2026-12-14 09:10"):
        disturb(4)
        story.at(day)
    assert story.health()["light"] == "red"
    orders = story.call("sasac-jn", "GET", "/supervision-orders")["items"]
    assert [order["state"] for order in orders] == ["drafted"]


def reported(story: Story, disturb: Any) -> None:
    """Let somebody report, and a second person accept."""
    disturb(5)
    report = story.report()
    place = f"/progress-reports/{report['id']}"
    story.call("reporter-gas", "POST", f"{place}/declare-no-change", reason="冬季停工")
    story.world.quiet()
    disturb(6)
    story.call("reviewer-gas", "POST", f"{place}/accept")
    story.world.quiet()
    assert story.health()["light"] == "green"


def check(story: Story) -> dict[str, Any]:
    """Give what the story left behind, for comparison, after checking that nothing is twice."""
    made = story.world
    assert story.rows("escalation_run", "state") == {("stopped",): 1}
    assert max(story.rows("reminder", "rule, subject_id, occurrence").values()) == 1
    assert max(story.rows("escalation_step", "run_id, number").values()) == 1
    over = story.rows(
        "notification n JOIN account a ON a.id = n.account_id WHERE cause_kind = 'escalation_end'",
        "a.login",
    )
    assert over
    assert max(over.values()) == 1
    seqs = [row[0] for row in made.ask("SELECT seq FROM event ORDER BY seq")]
    assert seqs == list(range(1, len(seqs) + 1))
    with redis.Redis(port=made.redis_port) as client:
        stream = [int(key.split(b"-")[0]) for key, _ in client.xrange("tuanzu:feed")]
    assert stream == seqs
    assert not made.ask("SELECT * FROM event_parked")
    assert not made.receiver.refused
    assert set(FACTS) <= set(made.receiver.types())
    assert story.rows("event", "type")["supervision.drafted",] == 1  # for regulators' eyes only
    assert "supervision.drafted" not in made.receiver.types()
    return {
        "reminders": story.rows("reminder", "occurrence, state"),
        "steps": story.rows("escalation_step", "number, kind"),
        "over": over,
        "inbox": story.rows(
            "notification n JOIN account a ON a.id = n.account_id", "a.login, cause_kind, title_zh"
        ),
        "letters": Counter(made.letters.by_id.values()),
        "facts": story.rows("event", "type"),
        # the day's anchor of the audit may come before the endpoint is there, or after
        "webhooks": Counter(one for one in made.receiver.types() if one != "audit.anchored"),
    }


def test_a_missing_report_is_reminded_escalated_and_ends_even_in_a_storm(tmp_path: Path) -> None:
    told = []
    for name in ("calm", "storm"):
        folder = tmp_path / name
        folder.mkdir()
        with world(f"story_{name}", folder) as made:
            story = Story(made)
            tell(story, _storm(made) if name == "storm" else lambda _act: None)
            told.append(check(story))
    calm, storm = told
    assert storm == calm


def _storm(made: World) -> Any:
    """Kill one after another, and leave each dead while time goes on; wipe Valkey in the middle."""

    def disturb(act: int) -> None:
        if act in (1, 5):
            made.kill("worker", "beat")
            made.start("worker", "beat")
        elif act in (2, 6):
            made.kill("relay")
            made.start("relay")
        elif act == 3:
            made.kill("valkey", "worker", "relay", "beat")
            made.start("valkey", "relay", "worker", "beat")
        else:
            with redis.Redis(port=made.redis_port) as client:
                client.flushall()

    return disturb
