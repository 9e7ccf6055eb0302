"""Which policy counts where: the most specific choice goes before, and health says whose it is."""

from collections.abc import Callable
from datetime import datetime
from itertools import product
from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.assignments.rules import Choices, why
from services.core.kit.feed import Seen
from services.core.kit.ids import new_id
from services.core.monitoring import actions as monitoring
from services.core.projects.rules import LibraryClass
from tests import given, watching
from tests.given import at
from tests.watching import Site

PATH = "/api/v1/policy-assignments"
NOW = at("2026-12-02 09:00")
BODY = {"code": "wuhan-ratio", "effective_on": "2026-12-02", "reason": "县政府专题会议"}


@pytest.fixture
def place(session: Session, set_clock: Callable[[datetime], None]) -> Site:
    made = watching.site(session)
    session.commit()
    set_clock(NOW)
    return made


@pytest.fixture
def keeper(session: Session, place: Site) -> dict[str, str]:
    return given.headers(session, place.regulator, Accept_Language="en")


def assign(client: TestClient, keeper: dict[str, str], region: str, **also: Any) -> Any:
    return client.post(PATH, headers=keeper, json={**BODY, "region_code": region, **also})


def applied(client: TestClient, keeper: dict[str, str], place: Site) -> tuple[str, str]:
    body = client.get(f"/api/v1/projects/{place.project.id}/health", headers=keeper).json()
    return body["policy"]["code"], body["policy"]["because"]["en"]


def test_the_most_specific_choice_goes_before_the_others(
    client: TestClient, keeper: dict[str, str], session: Session, place: Site
) -> None:
    default = ("zj-default", "Nobody chose another: the default policy counts.")
    assert applied(client, keeper, place) == default
    assign(client, keeper, "330000", code="sanya-2022")
    assert applied(client, keeper, place) == (
        "sanya-2022",
        "浙江省 chose it for its projects.",
    )
    assign(client, keeper, "331100", code="tianjin-2022")
    assert applied(client, keeper, place)[0] == "tianjin-2022"
    county = assign(client, keeper, "331127", code="suqian-2025")
    assert county.status_code == 201, county.text
    assert applied(client, keeper, place)[1] == "景宁畲族自治县 chose it for its projects."
    assign(client, keeper, "330329", code="yinchuan-2025")
    assert applied(client, keeper, place)[0] == "suqian-2025"
    place.group.policy_code = "wuhan-ratio"
    session.commit()
    assert applied(client, keeper, place) == ("wuhan-ratio", "It is what the project's group uses.")
    assign(client, keeper, "330000", code="yinchuan-2025", library_class="planning")
    assert applied(client, keeper, place)[0] == "wuhan-ratio"
    assign(client, keeper, "330000", code="yinchuan-2025", library_class="implementation")
    assert applied(client, keeper, place) == (
        "yinchuan-2025",
        "浙江省 chose it for implementation projects.",
    )


def test_an_assignment_counts_from_its_day_until_it_is_ended(
    client: TestClient,
    keeper: dict[str, str],
    place: Site,
    set_clock: Callable[[datetime], None],
) -> None:
    made = assign(client, keeper, "331127", effective_on="2026-12-03")
    assert applied(client, keeper, place)[0] == "zj-default"
    set_clock(at("2026-12-03 00:00"))
    assert applied(client, keeper, place)[0] == "wuhan-ratio"
    path = made.headers["location"]
    ended = client.post(f"{path}/end", headers={**keeper, "If-Match": made.headers["etag"]})
    assert ended.status_code == 200, ended.text
    assert applied(client, keeper, place)[0] == "zj-default"
    again = client.post(f"{path}/end", headers={**keeper, "If-Match": ended.headers["etag"]})
    assert (again.status_code, again.json()["code"]) == (409, "unlawful_move")
    listed = client.get(f"{PATH}?region_code=331127209", headers=keeper).json()["items"]
    assert [each["id"] for each in listed] == [made.json()["id"]]
    assert client.get(f"{PATH}?region_code=330329", headers=keeper).json()["items"] == []


def test_every_project_is_looked_at_when_an_assignment_begins_to_count(
    client: TestClient, keeper: dict[str, str], session: Session, place: Site
) -> None:
    assign(client, keeper, "331127", effective_on="2026-12-09")
    (fact,) = watching.facts(session, "policy.assigned")
    place.watch(session).next_check_at = None
    session.flush()
    seen = Seen(1, new_id(), "policy.assigned", "x", new_id(), None, (), NOW, None, fact)
    monitoring.READERS["policy.assigned"](session, seen, NOW)
    place.watch(session).next_check_at = at("2027-01-01 00:00")
    session.flush()
    monitoring.READERS["policy.assigned"](session, seen, NOW)
    assert place.watch(session).next_check_at == at("2026-12-09 00:00")


@pytest.mark.parametrize(
    ("region", "also", "status", "pointer"),
    [
        ("999999", {}, 422, "/region_code"),
        ("331127", {"code": "unknown"}, 422, "/code"),
        ("331127", {"effective_on": "2026-12-01"}, 422, "/effective_on"),
        ("331127", {"library_class": "weather"}, 422, "/library_class"),
    ],
)
def test_a_wrong_assignment_is_refused_where_it_is_wrong(
    client: TestClient, keeper: dict[str, str], region: str, also: Any, status: int, pointer: str
) -> None:
    answer = assign(client, keeper, region, **also)
    assert answer.status_code == status, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


def test_a_regulator_assigns_within_its_own_region_only(
    client: TestClient, session: Session, place: Site
) -> None:
    sasac = given.unit(session, "景宁县国资办", kind="sasac")
    county = given.headers(session, given.account(session, "jn", of=sasac, role="regulator"))
    assert assign(client, county, "331127").status_code == 201
    assert assign(client, county, "331100").status_code == 403
    convener = given.headers(session, place.convener)
    assert assign(client, convener, "331127").status_code == 403


@pytest.mark.parametrize(
    ("of_class", "is_groups", "of_place"),
    list(product([None, "甲县"], [True, False], [None, "乙市"])),
)
def test_the_reason_names_the_first_that_chose(
    of_class: str | None,
    is_groups: bool,  # noqa: FBT001
    of_place: str | None,
) -> None:
    said = why(Choices(of_class, LibraryClass.PREPARATORY, is_groups, of_place)).en
    if of_class:
        assert said == "甲县 chose it for preparatory projects."
    elif is_groups:
        assert "group" in said
    else:
        assert ("乙市" in said) is (of_place is not None)
