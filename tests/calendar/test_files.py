"""A notice comes in as a file: all of it, or every wrong cell by its row and column."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient
from typer.testing import CliRunner, Result

from services.core.calendar.models import CalendarDay
from services.standalone import cli
from services.standalone.trouble import Trouble
from tests import given

Type = Callable[..., Result]
TITLE = "国务院办公厅关于2027年部分节假日安排的通知"
HEADER = "day,works,name_zh,name_en"
FREE = "2027-01-04,休,元旦,New Year's Day"
MADE_UP = "2027-01-10,班,补班,Make-up day"


@pytest.fixture
def type_(session: Session, tmp_path: Path) -> Type:
    """Let a test import rows of a table."""
    given.places(session)

    def typed(*rows: str, header: str = HEADER, also: tuple[str, ...] = ()) -> Result:
        file = tmp_path / "notice.csv"
        file.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8-sig")
        words = ["calendar", "import", str(file), "--source", TITLE, *also]
        return CliRunner().invoke(cli.built("calendar"), words, env={"LANG": "C"})

    return typed


def said(result: Result) -> str:
    assert isinstance(result.exception, Trouble), result.output
    return result.exception.words.en


def days(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(CalendarDay)) or 0


def told(session: Session) -> list[str]:
    rows = session.execute(text("SELECT data ->> 'region_code' FROM event_pending"))
    return list(rows.scalars())


def test_a_table_is_imported_once(session: Session, type_: Type) -> None:
    first = type_(FREE, MADE_UP, also=("--year", "2027"))
    assert (first.exit_code, "2 days, 2 of them new" in first.output) == (0, True), first.output
    kept = session.execute(
        select(CalendarDay.day, CalendarDay.works, CalendarDay.notice_year, CalendarDay.source)
    )
    assert [(str(day), *rest) for day, *rest in sorted(kept.all())] == [
        ("2027-01-04", False, 2027, TITLE),
        ("2027-01-10", True, 2027, TITLE),
    ]
    again = type_(FREE, MADE_UP, also=("--year", "2027"))
    assert "0 of them new" in again.output
    assert told(session) == [""]


def test_days_of_a_region_are_its_own(session: Session, type_: Type, client: TestClient) -> None:
    assert type_("2027-04-09,休,三月三,Sanyuesan", also=("--region", "331127")).exit_code == 0
    who = given.unit(session, "国资委", region_code="330000", level="province", kind="sasac")
    headers = given.headers(session, given.account(session, "a", of=who, role="regulator"))
    for region, works in (("331127", False), ("331100", True)):
        stretch = f"?from=2027-04-09&to=2027-04-09&region={region}"
        (day,) = client.get(f"/api/v1/calendar/days{stretch}", headers=headers).json()["items"]
        assert day["works"] is works, region
    unknown = type_("2027-04-09,休,三月三,Sanyuesan", also=("--region", "999999"))
    assert "no region '999999'" in said(unknown)


@pytest.mark.parametrize(
    ("rows", "also", "places"),
    [
        (("2027-01-32,休,元旦,x", FREE, "2027-01-05,maybe,元旦,"), (), "2:day 4:works 4:name_en"),
        ((FREE, MADE_UP, FREE), (), "4:day"),
        ((FREE, "2028-01-04,休,元旦,x"), ("--year", "2027"), "3:day"),
    ],
)
def test_every_wrong_cell_is_named_and_nothing_is_imported(
    session: Session, type_: Type, rows: tuple[str, ...], also: tuple[str, ...], places: str
) -> None:
    trouble = said(type_(*rows, also=also))
    for place in places.split():
        row, column = place.split(":")
        assert f"row {row}, column {column}:" in trouble
    assert trouble.count("row ") == len(places.split())
    assert (days(session), told(session)) == (0, [])


def test_a_table_of_another_form_is_refused(session: Session, type_: Type, tmp_path: Path) -> None:
    assert "row 1: The header must name these columns." in said(type_(FREE, header="日期,休"))
    assert "row 3: This row has too few or too many cells. [4 cells]" in said(type_(FREE, "x,y"))
    other = tmp_path / "gbk.csv"
    other.write_bytes(f"{HEADER}\n{FREE}\n".encode("gb18030"))
    words = ["calendar", "import", str(other), "--source", TITLE]
    assert "It must be UTF-8" in said(CliRunner().invoke(cli.built("calendar"), words))
    empty = ["calendar", "import", str(tmp_path / "none.csv"), "--source", TITLE]
    assert "cannot be read" in said(CliRunner().invoke(cli.built("calendar"), empty))
    assert "/source" in said(type_(FREE, also=("--source", "")))
    assert days(session) == 0


def test_json_is_taken_as_the_api_takes_it(session: Session, type_: Type, tmp_path: Path) -> None:
    del type_
    named = {"day": "2027-01-04", "works": False, "name_zh": "元旦", "name_en": "New Year's Day"}
    body = {"notice_year": 2027, "source": TITLE, "days": [named]}
    file = tmp_path / "notice.json"
    words = ["calendar", "import", str(file)]
    file.write_text(json.dumps(body | {"days": [named | {"works": "?"}]}), encoding="utf-8")
    assert "/days/0/works" in said(CliRunner().invoke(cli.built("calendar"), words))
    file.write_text(json.dumps(body), encoding="utf-8")
    assert CliRunner().invoke(cli.built("calendar"), words).exit_code == 0
    assert days(session) == 1


def test_readiness_warns_from_november_until_next_years_notice_is_in(
    client: TestClient, type_: Type, set_clock: Callable[[datetime], None]
) -> None:
    warning = "calendar: the holiday notice of 2027 is not imported"

    def warned() -> bool:
        return warning in client.get("/readyz").json()["degraded"]

    set_clock(given.at("2026-10-31 23:59"))
    assert not warned()
    set_clock(given.at("2026-11-01 00:00"))
    assert warned()
    type_("2027-04-09,休,三月三,Sanyuesan", also=("--region", "331127"))
    type_(FREE)
    assert warned(), "single days are no notice"
    type_(FREE, MADE_UP, also=("--year", "2027"))
    assert not warned()
