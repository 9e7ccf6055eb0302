"""The library of a day: what was known when it ended, whoever changed it since."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy import Table, select, text, update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.kit.db import Base
from services.core.projects import models, schemas
from services.core.projects.models import ProjectWatch
from tests import given
from tests.projects.conftest import Jingning

BODY: dict[str, Any] = {
    "code": "P-07",
    "name": "LNG站及中压管道项目",
    "region_code": "331127",
    "thrust": "livelihood",
    "domain": "energy",
    "stage": "preparatory",
    "total_investment": {"amount": "40000000.00", "qualifier": "at_least"},
}


class Office:
    """Somebody who keeps a project over three days, and asks what was known on each."""

    def __init__(
        self, client: TestClient, jingning: Jingning, set_clock: Callable[[datetime], None]
    ) -> None:
        self.client, self.jingning, self.set_clock = client, jingning, set_clock
        self.headers = jingning.as_(jingning.regulator, Accept_Language="en")

    def get(self, path: str, headers: dict[str, str] | None = None) -> Any:
        """Read something, as the regulator if not said otherwise."""
        return self.client.get(f"/api/v1{path}", headers=headers or self.headers)

    def do(self, method: str, path: str, **body: Any) -> Any:
        """Write something that has to succeed; gives the answer."""
        headers = {**self.headers, "If-Match": "*"}
        answer = self.client.request(method, f"/api/v1{path}", headers=headers, json=body)
        assert answer.status_code in {200, 201}, answer.text
        return answer.json()

    def watch(self, project_id: str, **values: Any) -> None:
        """Let monitoring write what it watches."""
        self.jingning.session.execute(
            update(ProjectWatch).where(ProjectWatch.project_id == project_id).values(**values)
        )


@pytest.fixture
def office(client: TestClient, jingning: Jingning, set_clock: Callable[[datetime], None]) -> Office:
    return Office(client, jingning, set_clock)


@pytest.fixture
def days(office: Office) -> dict[str, Any]:
    """Give a project as it was answered on each of three days; the clock stands on the third."""
    jingning = office.jingning
    units = {
        "group_id": str(jingning.group.id),
        "lead_organisation_id": str(jingning.energy.id),
        "partners": [{"organisation_id": str(jingning.gas.id), "share_percent": 30}],
    }
    made = office.do("POST", "/projects", **BODY, **units)
    path = f"/projects/{made['id']}"
    office.set_clock(given.at("2026-11-25 09:00"))
    plan = {"planned_investment": {"amount": "1200.00"}}
    office.client.put(
        f"/api/v1{path}/plans/2026", headers={**office.headers, "If-None-Match": "*"}, json=plan
    )
    office.do("PATCH", path, total_investment={"amount": "50000000.00"}, domain="new_energy")
    office.do("PATCH", path, partners=[])
    office.watch(made["id"], light="yellow", light_since=given.at("2026-11-25 09:00"))
    second = office.get(path).json()
    office.set_clock(given.at("2026-11-26 09:00"))
    office.do("POST", f"{path}/advance", stage="under_construction")
    office.watch(made["id"], light="red", cumulative_all=7)
    office.do("POST", f"{path}/move-out", reason="转入省级重大项目库")
    return {"2026-11-24": made, "2026-11-25": second, "2026-11-26": office.get(path).json()}


def test_a_project_is_shown_as_it_was_known_when_a_day_ended(
    office: Office, days: dict[str, Any]
) -> None:
    answers = list(days.values())
    assert [one["watch"]["light"] for one in answers] == [None, "yellow", "red"]
    assert [len(one["partners"]) for one in answers] == [1, 0, 0]
    path = f"/projects/{answers[0]['id']}"
    for day, then in days.items():
        assert office.get(f"{path}?as_of={day}").json() == then, day
        assert office.get(f"/projects?as_of={day}").json()["items"] == [then], day
        schemas.Project.model_validate(then)
    assert office.get(f"{path}?as_of=2026-11-23").status_code == 404
    hidden = office.jingning.as_(office.jingning.stranger)
    assert office.get(f"{path}?as_of=2026-11-25", hidden).status_code == 404
    assert office.get("/projects?as_of=2026-11-25", hidden).json()["items"] == []


@pytest.mark.parametrize(
    ("filters", "found_on"),
    [
        ("light=none", "24"),
        ("light=yellow", "25"),
        ("light=red", "26"),
        ("domain=energy", "24"),
        ("domain=new_energy", "25 26"),
        ("stage=preparatory", "24 25"),
        ("library_class=implementation", "26"),
        ("side_state=kept", "24 25"),
        ("side_state=moved_out", "26"),
        ("plan_year=2026", "25 26"),
        ("region=331100", "24 25 26"),
        ("lead_level=province&q=LNG", "24 25 26"),
    ],
)
def test_filters_look_at_what_was_known_then(
    office: Office, days: dict[str, Any], filters: str, found_on: str
) -> None:
    found = [
        day[-2:] for day in days if office.get(f"/projects?as_of={day}&{filters}").json()["items"]
    ]
    assert " ".join(found) == found_on


@pytest.mark.parametrize("by", ["light", "stage", "domain", "library_class", "county", "year"])
def test_a_total_of_a_day_names_the_list_of_just_its_rows_on_that_day(
    office: Office, days: dict[str, Any], by: str
) -> None:
    for day, amount in zip(days, ("40000000.00", "50000000.00", "50000000.00"), strict=True):
        totals = office.get(f"/totals?by={by}&as_of={day}").json()
        for one in totals["items"]:
            assert one["investment"]["amount"] == ("1200.00" if by == "year" else amount)
            address = urlsplit(one["href"])
            assert f"as_of={day}" in address.query
            listed = office.get(f"{address.path.removeprefix('/api/v1')}?{address.query}")
            assert listed.json()["items"] == [days[day]], one["href"]
        assert len(totals["items"]) == (0 if (by, day) == ("year", "2026-11-24") else 1)


@pytest.mark.parametrize("path", ["/projects?", "/totals?by=light&", "/projects/{id}?"])
@pytest.mark.parametrize(
    ("as_of", "code"),
    [
        ("2026-11-27", "in_the_future"),
        ("2026-11-23", "before_the_record"),
        ("2026-13-01", "date_from_datetime_parsing"),
        ("yesterday", "date_parsing"),
    ],
)
def test_a_day_that_nothing_is_known_of_is_refused(
    office: Office, days: dict[str, Any], path: str, as_of: str, code: str
) -> None:
    asked = path.format(id=days["2026-11-24"]["id"])
    answer = office.get(f"{asked}as_of={as_of}")
    if (path, code) == ("/projects/{id}?", "before_the_record"):
        assert answer.status_code == 404
        return
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["pointer"], error["code"]) == (422, "?as_of", code)
    if code == "before_the_record":
        assert error["allowed"] == [">= 2026-11-24"]


@pytest.mark.parametrize(
    ("row", "kept", "key"),
    [
        (models.Project, models.project_version, ("id",)),
        (models.ProjectPartner, models.partner_version, ("project_id", "organisation_id")),
        (models.ProjectWatch, models.watch_version, ("project_id",)),
    ],
)
def test_the_last_version_says_what_the_row_says_in_every_column(
    office: Office, days: dict[str, Any], row: type[Base], kept: Table, key: tuple[str, ...]
) -> None:
    """A column that the trigger forgets would be lost for ever without anybody noticing."""
    session: Session = office.jingning.session
    assert days
    last = session.execute(select(kept).where(kept.c.until.is_(None))).mappings().all()
    shown = [one.name for one in kept.c if one.name not in {"number", "since", "until"}]
    now = session.execute(select(*(row.__table__.c[name] for name in shown))).mappings().all()

    def by_key(one: Any) -> tuple[str, ...]:
        return tuple(str(one[name]) for name in key)

    assert [[one[name] for name in shown] for one in sorted(last, key=by_key)] == [
        [one[name] for name in shown] for one in sorted(now, key=by_key)
    ]
    overlapping = text(
        f"SELECT count(*) FROM {kept.name} a JOIN {kept.name} b USING ({', '.join(key)}) "  # noqa: S608 our own names
        "WHERE a.number < b.number AND (a.until IS NULL OR a.until > b.since)"
    )
    assert session.execute(overlapping).scalar_one() == 0
