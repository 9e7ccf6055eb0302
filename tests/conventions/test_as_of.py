"""One question about the past, `as_of`, wherever a record keeps its history."""

from datetime import date, datetime
from typing import Any

import pytest

from services.core.calendar.rules import day_of
from tests.conventions.conftest import House
from tests.conventions.walk import PREFIX


@pytest.fixture(scope="module")
def known(house: House) -> dict[str, str]:
    return house.headers("sasac-zj")


def read(house: House, known: dict[str, str], path: str) -> Any:
    answer = house.client.get(f"{PREFIX}{path}", headers=known)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_light_is_shown_as_it_was_recorded(house: House, known: dict[str, str]) -> None:
    project = read(house, known, "/projects?light=red")["items"][0]["id"]
    path = f"/projects/{project}/health"
    history = read(house, known, f"{path}/history")["items"]
    assert len(history) > 1
    now = read(house, known, path)
    assert now["is_watched"] is True
    latest = read(house, known, f"{path}?as_of=2026-11-24")
    assert latest["computed_at"] == history[-1]["computed_at"]
    assert (latest["light"], latest["light_since"]) == (now["light"], now["light_since"])
    assert latest["dimensions"] == history[-1]["dimensions"]
    assert latest["is_watched"] is None
    seen = set()
    for past in history:
        day = day_of(datetime.fromisoformat(past["computed_at"]))
        shown = read(house, known, f"{path}?as_of={day}")
        assert day_of(datetime.fromisoformat(shown["computed_at"])) == day
        assert shown["light_since"] is None or shown["light_since"] <= shown["computed_at"]
        seen.add(shown["light"])
    assert len(seen) > 1
    before = house.client.get(f"{PREFIX}{path}?as_of=2020-01-01", headers=known)
    assert before.status_code == 404


def test_the_policy_that_counts_on_a_day_is_found(house: House, known: dict[str, str]) -> None:
    (pack, *_) = read(house, known, "/policies?code=zj-default&as_of=2026-11-24")["items"]
    keeper = house.headers("sasac-zj")
    document = read(house, keeper, f"/policies/{pack['id']}")["document"]
    made = house.client.post(f"{PREFIX}/policies", headers=keeper, json={"document": document})
    assert made.status_code == 201, made.text
    adopted = house.client.post(
        f"{made.headers['location']}/adopt",
        headers={**keeper, "If-Match": "*"},
        json={"effective_on": "2026-12-01"},
    )
    assert adopted.status_code == 200, adopted.text
    for day, number in (("2026-11-30", pack["number"]), ("2026-12-01", pack["number"] + 1)):
        path = f"/policies?code=zj-default&as_of={day}"
        assert [one["number"] for one in read(house, known, path)["items"]] == [number]


def test_a_place_is_on_the_lists_of_a_day(house: House, known: dict[str, str]) -> None:
    every = read(house, known, "/regions/331127")["designations"]
    begun = sorted(one["valid_from"] for one in every)
    then = read(house, known, f"/regions/331127?as_of={begun[0]}")["designations"]
    assert then == [one for one in every if one["valid_from"] == begun[0]]
    listed = read(house, known, f"/regions?under=331127&as_of={begun[0]}")["items"]
    assert next(one for one in listed if one["code"] == "331127")["designations"] == then
    assert read(house, known, "/regions/331127?as_of=2000-01-01")["designations"] == []


def test_a_group_and_its_places_are_those_of_a_day(house: House, known: dict[str, str]) -> None:
    (group, *_) = read(house, known, "/groups")["items"]
    path = f"/groups/{group['id']}/members?limit=200"
    today = read(house, known, f"{path}&as_of=2026-11-24")["items"]
    assert {one["id"] for one in today} == {one["id"] for one in group["members"]}
    assert read(house, known, f"{path}&as_of=2000-01-01")["items"] == []
    (then, *_) = read(house, known, "/groups?as_of=2000-01-01")["items"]
    assert (then["as_of"], then["members"]) == ("2000-01-01", [])


def test_the_library_is_added_up_as_it_was_known(house: House, known: dict[str, str]) -> None:
    every = read(house, known, "/projects?limit=200")["items"]
    days, lights = set(), dict[str, list[tuple[Any, str | None]]]()
    for project in every:
        past = read(house, known, f"/projects/{project['id']}/health/history?limit=200")["items"]
        lights[project["id"]] = [(one["computed_at"], one["light"]) for one in past]
        days |= {day_of(datetime.fromisoformat(one["computed_at"])) for one in past}
    seen = set()
    for day in sorted(days):
        totals = read(house, known, f"/totals?by=light&as_of={day}")
        counted = {one["key"]: one["project_count"] for one in totals["items"]}
        last = [
            next((light for at, light in reversed(past) if at_most(at, day)), None)
            for past in lights.values()
        ]
        assert counted == {light or "none": last.count(light) for light in last}, day
        seen.add(tuple(sorted(counted.items())))
        for one in totals["items"]:
            listed = read(house, known, one["href"].removeprefix(PREFIX))["items"]
            assert len(listed) == one["project_count"], one["href"]
            assert {item["watch"]["light"] or "none" for item in listed} == {one["key"]}
    assert len(seen) > 1
    for path in ("/projects?", "/totals?by=light&"):
        before = house.client.get(f"{PREFIX}{path}as_of=2020-01-01", headers=known)
        assert before.json()["errors"][0]["code"] == "before_the_record"


def at_most(instant: str, day: date) -> bool:
    """Say whether an instant lies on or before a day."""
    return day_of(datetime.fromisoformat(instant)) <= day
