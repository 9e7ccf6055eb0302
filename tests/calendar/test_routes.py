"""The calendar over HTTP: a notice comes in whole, and every count can be looked at."""

from typing import Any

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.calendar import queries
from tests import given, watching

DAYS = "/api/v1/calendar/days"


@pytest.fixture
def keeper(session: Session) -> dict[str, str]:
    given.places(session)
    sasac = given.unit(
        session, "浙江省国资委", region_code="330000", level="province", kind="sasac"
    )
    return given.headers(
        session,
        given.account(session, "sasac-zj", of=sasac, role="regulator"),
        Accept_Language="en",
    )


def notice(**also: Any) -> dict[str, Any]:
    """The notice of 2027, shortened: one free weekday, one Sunday that works."""
    return {
        "notice_year": 2027,
        "source": "国务院办公厅关于2027年部分节假日安排的通知",
        "days": [
            {"day": "2027-01-04", "works": False, "name_zh": "元旦", "name_en": "New Year's Day"},
            {"day": "2027-01-10", "works": True, "name_zh": "补班", "name_en": "Make-up day"},
        ],
        **also,
    }


def test_every_day_says_whether_it_works_and_who_says_so(
    client: TestClient, keeper: dict[str, str]
) -> None:
    answer = client.get(f"{DAYS}?from=2026-10-09&to=2026-10-11", headers=keeper)
    assert answer.status_code == 200, answer.text
    friday, saturday, sunday = answer.json()["items"]
    assert (friday["works"], friday["source"]) == (True, "weekday")
    assert (saturday["works"], saturday["is_provisional"]) == (True, False)
    assert saturday["reason"]["en"].startswith("Make-up working day")
    assert sunday["works"] is False


def test_an_imported_notice_counts_and_ends_the_guessing(
    client: TestClient, keeper: dict[str, str], session: Session
) -> None:
    path = "/api/v1/calendar/explain?from=2027-01-01&to=2027-01-11"
    before = client.get(path, headers=keeper).json()
    assert before["provisional_years"] == [2027]
    answer = client.put(DAYS, headers=keeper, json=notice())
    assert answer.status_code == 200, answer.text
    assert [item["day"] for item in answer.json()["items"]] == ["2027-01-04", "2027-01-10"]
    after = client.get(path, headers=keeper).json()
    assert after["provisional_years"] == []
    # 5, 6, 7, 8 January, the Sunday that works, and Monday 11; the 4th is free.
    assert (len(after["days"]), after["working_days"]) == (10, 6)
    (fact,) = watching.facts(session, "calendar.published")
    assert (fact["first_on"], fact["days"], fact["notice_year"]) == ("2027-01-04", 2, 2027)
    client.put(DAYS, headers=keeper, json=notice())
    assert len(watching.facts(session, "calendar.published")) == 1


def test_a_corrected_notice_takes_the_place_of_the_whole_one(
    client: TestClient, keeper: dict[str, str]
) -> None:
    client.put(DAYS, headers=keeper, json=notice())
    client.put(DAYS, headers=keeper, json=notice(days=notice()["days"][:1]))
    assert client.get(f"{DAYS}/2027-01-04", headers=keeper).status_code == 200
    assert client.get(f"{DAYS}/2027-01-10", headers=keeper).status_code == 404


def test_days_that_came_without_a_notice_stay_when_another_is_named(
    client: TestClient, keeper: dict[str, str]
) -> None:
    first, second = notice()["days"]
    client.put(DAYS, headers=keeper, json=notice(notice_year=None, days=[first]))
    client.put(DAYS, headers=keeper, json=notice(notice_year=None, days=[second]))
    assert client.get(f"{DAYS}/2027-01-04", headers=keeper).status_code == 200


def test_a_bad_notice_changes_nothing(client: TestClient, keeper: dict[str, str]) -> None:
    first, second = notice()["days"]
    bad = notice(region_code="331127", days=[first, {**second, "day": "2028-01-02"}, first])
    answer = client.put(DAYS, headers=keeper, json=bad)
    assert answer.status_code == 422
    assert {(error["pointer"], error["code"]) for error in answer.json()["errors"]} == {
        ("/days/1/day", "outside_year"),
        ("/days/2/day", "twice"),
        ("/notice_year", "regional_notice"),
    }
    assert client.get(f"{DAYS}/2027-01-04", headers=keeper).status_code == 404


def test_a_regions_own_day_counts_there_and_nowhere_else(
    client: TestClient, keeper: dict[str, str], session: Session
) -> None:
    day = {"day": "2027-04-09", "works": False, "name_zh": "三月三", "name_en": "She festival"}
    own = {"region_code": "331127", "source": "景宁县通知", "days": [day]}
    assert client.put(DAYS, headers=keeper, json=own).status_code == 200
    query = "from=2027-04-09&to=2027-04-09"
    here = client.get(f"{DAYS}?{query}&region=331127209", headers=keeper).json()["items"]
    there = client.get(f"{DAYS}?{query}&region=330329", headers=keeper).json()["items"]
    nation = client.get(f"{DAYS}?{query}", headers=keeper).json()["items"]
    assert [found[0]["works"] for found in (here, there, nation)] == [False, True, True]
    assert here[0]["reason"]["zh"] == "三月三"
    assert queries.work_calendar(session, "331127").published_years == frozenset(range(2004, 2027))


def test_a_day_is_withdrawn_at_the_version_one_has_seen(
    client: TestClient, keeper: dict[str, str], session: Session
) -> None:
    client.put(DAYS, headers=keeper, json=notice())
    path = f"{DAYS}/2027-01-10"
    assert client.delete(path, headers=keeper).status_code == 428
    etag = client.get(path, headers=keeper).headers["etag"]
    gone = client.delete(path, headers={**keeper, "If-Match": etag})
    assert (gone.status_code, gone.content) == (204, b"")
    assert client.get(path, headers=keeper).status_code == 404
    assert [fact["change"] for fact in watching.facts(session, "calendar.published")] == [
        "imported",
        "withdrawn",
    ]


def test_who_does_not_keep_the_calendar_cannot_change_it(
    client: TestClient, keeper: dict[str, str], session: Session
) -> None:
    unit = given.unit(session, "景宁县管网公司")
    reporter = given.headers(session, given.account(session, "r", of=unit, role="reporter"))
    assert client.put(DAYS, headers=reporter, json=notice()).status_code == 403
    assert client.get(f"{DAYS}?from=2027-01-01&to=2027-01-01", headers=reporter).status_code == 200
    assert keeper


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("from=2026-01-01", "?to"),
        ("from=2026-01-02&to=2026-01-01", "?to"),
        ("from=2026-01-01&to=2028-01-01", "?to"),
        ("from=2026-01-01&to=2026-02-30", "?to"),
        ("from=2026-01-01&to=2026-01-02&region=33", "?region"),
        ("from=2026-01-01&to=2026-01-02&colour=red", "?colour"),
    ],
)
def test_a_bad_question_is_answered_with_its_pointer(
    client: TestClient, keeper: dict[str, str], query: str, pointer: str
) -> None:
    answer = client.get(f"{DAYS}?{query}", headers=keeper)
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
