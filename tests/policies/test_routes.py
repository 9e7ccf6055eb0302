"""Policy packs over HTTP: drafted, checked, adopted from a day on, retired."""

from collections.abc import Callable
from copy import deepcopy
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.kit.errors import Conflict
from services.core.policies import actions, queries
from tests import given, watching
from tests.given import at

PATH = "/api/v1/policies"
TODAY = at("2026-11-24 10:00")


@pytest.fixture
def keeper(session: Session, set_clock: Callable[[datetime], None]) -> dict[str, str]:
    given.places(session)
    actions.ship(session, now=at("2026-01-01 09:00"))
    sasac = given.unit(
        session, "浙江省国资委", region_code="330000", level="province", kind="sasac"
    )
    set_clock(TODAY)
    return given.headers(
        session,
        given.account(session, "sasac-zj", of=sasac, role="regulator"),
        Accept_Language="en",
    )


@pytest.fixture
def document(client: TestClient, keeper: dict[str, str]) -> dict[str, Any]:
    """The document of the shipped default, as anybody may read it."""
    (item,) = client.get(f"{PATH}?code=zj-default", headers=keeper).json()["items"]
    found: dict[str, Any] = client.get(f"{PATH}/{item['id']}", headers=keeper).json()["document"]
    return found


def drafted(client: TestClient, keeper: dict[str, str], document: dict[str, Any]) -> Any:
    answer = client.post(PATH, headers=keeper, json={"document": document, "source": "试行"})
    assert answer.status_code == 201, answer.text
    return answer


def move(client: TestClient, keeper: dict[str, str], at_path: str, verb: str, body: Any) -> Any:
    etag = client.get(at_path, headers=keeper).headers["etag"]
    return client.post(f"{at_path}/{verb}", headers={**keeper, "If-Match": etag}, json=body)


def test_the_shipped_packs_are_adopted_once(session: Session, keeper: dict[str, str]) -> None:
    actions.ship(session, now=TODAY)
    shipped = watching.facts(session, "policy.adopted")
    assert [(fact["code"], fact["number"]) for fact in shipped] == [
        ("guangdong", 1),
        ("harbin-2008", 1),
        ("sanya-2022", 1),
        ("suqian-2025", 1),
        ("tianjin-2022", 1),
        ("wuhan-ratio", 1),
        ("yinchuan-2025", 1),
        ("zj-default", 1),
    ]
    assert queries.current(session, code=None, on=date(2022, 1, 1)).pack.code == "zj-default"
    assert queries.current(session, code="wuhan-ratio", on=date(2026, 1, 1)).number == 1
    with pytest.raises(Conflict):
        queries.current(session, code="nobody's", on=date(2026, 1, 1))
    assert keeper


def test_an_adopted_draft_counts_from_its_day_on(
    client: TestClient, keeper: dict[str, str], session: Session, document: dict[str, Any]
) -> None:
    document["cadence"]["due"]["n"] = 6
    made = drafted(client, keeper, document)
    assert (made.json()["number"], made.json()["state"]) == (2, "draft")
    assert queries.current(session, code=None, on=date(2026, 12, 31)).number == 1
    path = made.headers["location"]
    early = move(client, keeper, path, "adopt", {"effective_on": "2026-11-23"})
    assert [error["pointer"] for error in early.json()["errors"]] == ["/effective_on"]
    answer = move(client, keeper, path, "adopt", {"effective_on": "2026-12-01"})
    assert (answer.status_code, answer.json()["effective_on"]) == (200, "2026-12-01")
    before = queries.current(session, code=None, on=date(2026, 11, 30))
    after = queries.current(session, code=None, on=date(2026, 12, 1))
    assert [(one.number, one.pack.cadence.due.n) for one in (before, after)] == [(1, 5), (2, 6)]
    assert watching.facts(session, "policy.adopted")[-1]["effective_on"] == "2026-12-01"


def test_a_draft_is_checked_like_any_pack_with_pointers_into_the_request(
    client: TestClient, keeper: dict[str, str], document: dict[str, Any]
) -> None:
    bad = deepcopy(document)
    bad["ladder"]["steps"][3]["mode"] = "automatic"
    bad["lights"][1]["bands"][2]["low"] = 11
    bad["cadence"]["due"]["source"] = "hearsay"
    answer = client.post(PATH, headers=keeper, json={"document": bad})
    assert answer.status_code == 422
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/document/ladder/steps/3/mode", "beyond_automatic"),
        ("/document/lights/1/bands/2/low", "gap_or_overlap"),
        ("/document/cadence/due/source", "unknown_source"),
    }


@pytest.mark.parametrize(
    ("value", "code"),
    [("a\u0000b", "control_character"), (1e308, "out_of_range"), (10**30, "out_of_range")],
)
def test_what_no_database_could_hold_is_refused(
    client: TestClient, keeper: dict[str, str], document: dict[str, Any], value: object, code: str
) -> None:
    document["note"]["en"] = value
    answer = client.post(PATH, headers=keeper, json={"document": document})
    assert answer.status_code == 422
    (error,) = answer.json()["errors"]
    assert (error["pointer"], error["code"]) == ("/document/note/en", code)


def test_a_draft_changes_and_an_adopted_pack_never_does(
    client: TestClient, keeper: dict[str, str], document: dict[str, Any]
) -> None:
    path = drafted(client, keeper, document).headers["location"]
    etag = client.get(path, headers=keeper).headers["etag"]
    changed = {**document, "note": {"zh": "试行", "en": "On trial"}}
    answer = client.patch(path, headers={**keeper, "If-Match": etag}, json={"document": changed})
    assert answer.json()["document"]["note"]["en"] == "On trial"
    good = {**keeper, "If-Match": answer.headers["etag"]}
    other = client.patch(path, headers=good, json={"document": {**changed, "code": "mine"}})
    assert [error["pointer"] for error in other.json()["errors"]] == ["/document/code"]
    move(client, keeper, path, "adopt", {"effective_on": "2026-11-24"})
    etag = client.get(path, headers=keeper).headers["etag"]
    late = client.patch(path, headers={**keeper, "If-Match": etag}, json={"source": "x"})
    assert (late.status_code, late.json()["code"]) == (409, "unlawful_move")


def test_the_last_version_in_effect_cannot_be_retired(
    client: TestClient, keeper: dict[str, str], document: dict[str, Any], session: Session
) -> None:
    (first,) = client.get(f"{PATH}?code=zj-default", headers=keeper).json()["items"]
    old = f"{PATH}/{first['id']}"
    assert move(client, keeper, old, "retire", None).status_code == 409
    path = drafted(client, keeper, document).headers["location"]
    move(client, keeper, path, "adopt", {"effective_on": "2026-11-24"})
    assert move(client, keeper, old, "retire", None).json()["state"] == "retired"
    assert queries.current(session, code=None, on=date(2026, 11, 24)).number == 2
    assert [fact["number"] for fact in watching.facts(session, "policy.retired")] == [1]


def test_drafts_are_for_those_who_keep_policies(
    client: TestClient, keeper: dict[str, str], document: dict[str, Any], session: Session
) -> None:
    path = drafted(client, keeper, document).headers["location"]
    unit = given.unit(session, "景宁县管网公司")
    reporter = given.headers(session, given.account(session, "r", of=unit, role="reporter"))
    assert client.get(path, headers=reporter).status_code == 404
    listed = client.get(f"{PATH}?sort=code", headers=reporter).json()["items"]
    assert [(item["code"], item["state"]) for item in listed] == [
        ("guangdong", "adopted"),
        ("harbin-2008", "adopted"),
        ("sanya-2022", "adopted"),
        ("suqian-2025", "adopted"),
        ("tianjin-2022", "adopted"),
        ("wuhan-ratio", "adopted"),
        ("yinchuan-2025", "adopted"),
        ("zj-default", "adopted"),
    ]
    assert client.post(PATH, headers=reporter, json={"document": document}).status_code == 403
