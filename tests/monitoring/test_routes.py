"""Health and findings over HTTP: every light answers for itself."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.access.models import Account
from services.core.monitoring import actions
from services.core.progress import actions as progress
from tests import given, watching
from tests.watching import DUE, OPENS, Site

LATE = DUE + timedelta(days=1)


@pytest.fixture
def place(session: Session, set_clock: Callable[[datetime], None]) -> Site:
    """A site whose report of November is a day late, and noticed."""
    made = watching.site(session)
    for now in (OPENS, LATE):
        progress.open_due(session, now=now, limit=10)
        actions.check_due(session, now=now, limit=10)
    session.commit()
    set_clock(LATE)
    return made


def read(client: TestClient, session: Session, who: Account, path: str) -> Any:
    return client.get(f"/api/v1{path}", headers=given.headers(session, who))


def test_health_gives_the_arithmetic_of_every_rule(
    client: TestClient, session: Session, place: Site
) -> None:
    answer = read(client, session, place.convener, f"/projects/{place.project.id}/health")
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["light"], body["reason"], body["is_watched"]) == ("yellow", None, True)
    assert datetime.fromisoformat(body["light_since"]) == LATE
    assert (body["policy"]["code"], body["policy"]["number"]) == ("zj-default", 1)
    assert body["policy"]["because"]["en"] == "Nobody chose another: the default policy counts."
    rules = {dimension["rule"]: dimension for dimension in body["dimensions"]}
    assert list(rules) == ["MR-03", "MR-04", "MR-05", "MR-06", "MR-07", "MR-08", "MR-11", "MR-21"]
    missing = rules["MR-03"]
    assert (missing["light"], missing["dimension"]) == ("yellow", "report")
    assert missing["policy"] == {"code": "zj-default", "number": 1}
    assert missing["inputs"]["working_days_late"] == "1"
    assert missing["turns_green"]["zh"] == "报送并经审核通过后转绿。"
    assert "2026-12-07 17:30" in missing["arithmetic"]["en"]
    assert missing["source"]["url"].startswith("https://")
    for rule in ("MR-05", "MR-06", "MR-07"):
        assert rules[rule]["light"] is None
        assert rules[rule]["arithmetic"]["en"]


def test_a_project_at_rest_has_no_light_and_says_why(
    client: TestClient, session: Session, place: Site
) -> None:
    place.project.side_state = "paused"
    session.commit()
    body = read(client, session, place.regulator, f"/projects/{place.project.id}/health").json()
    assert (body["light"], body["is_watched"], body["dimensions"]) == (None, False, [])
    assert body["reason"]["zh"] == "项目已暂停，不作监测。"


def test_the_history_keeps_what_was_computed(
    client: TestClient, session: Session, place: Site
) -> None:
    path = f"/projects/{place.project.id}/health/history"
    items = read(client, session, place.member, path + "?sort=-id").json()["items"]
    assert [item["light"] for item in items] == ["yellow", "green"]
    assert items[0]["dimensions"][0]["light"] == "yellow"


def test_findings_can_be_narrowed(client: TestClient, session: Session, place: Site) -> None:
    project, group = place.project.id, place.group.id
    for query, count in (
        (f"project_id={project}", 1),
        (f"group_id={group}&rule=MR-03&state=open&light=yellow", 1),
        ("light=red", 0),
        ("state=cleared", 0),
        ("rule=MR-07", 0),
    ):
        answer = read(client, session, place.regulator, f"/findings?{query}")
        assert answer.status_code == 200, answer.text
        assert len(answer.json()["items"]) == count, query
    (item,) = read(client, session, place.regulator, "/findings").json()["items"]
    assert (item["occurrence"], item["organisation"]["name"]) == ("2026-11", "景宁县管网公司")
    assert datetime.fromisoformat(item["due_at"]) == DUE


def test_who_does_not_see_the_project_sees_none_of_it(
    client: TestClient, session: Session, place: Site
) -> None:
    path = f"/projects/{place.project.id}/health"
    assert read(client, session, place.outsider, path).status_code == 404
    assert read(client, session, place.outsider, f"{path}/history").status_code == 404
    assert read(client, session, place.outsider, "/findings").json()["items"] == []
