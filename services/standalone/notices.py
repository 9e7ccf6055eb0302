"""Notices of working days as files: JSON as the API takes it, or a table of CSV.

Every fault is named at once, of a table with its row and column; nothing is imported by halves.
"""

import csv
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from services.api.pointers import faults_of
from services.core.calendar.schemas import Notice
from services.core.kit.errors import Fault, Invalid
from services.core.kit.words import Words
from services.standalone import papers

COLUMNS = ("day", "works", "name_zh", "name_en")
_WORKS: Mapping[str, bool] = {"true": True, "1": True, "班": True} | {
    "false": False,
    "0": False,
    "休": False,
}
"""How a table says that people work on a day, or do not."""
_HEADER_ROWS = 1
_CELL = re.compile(r"/days/(\d+)(?:/(\w+))?")


def notice(path: Path, *, also: Mapping[str, Any]) -> Notice:
    """Read a notice; `also` is said beside a table, whose rows are its days alone.

    Raises:
        Invalid: with every wrong place.
    """
    if path.suffix.lower() != ".csv":
        return _read(papers.opened(path), lambda fault: fault)
    return _read({**also, "days": _days(path)}, in_table)


def in_table(fault: Fault) -> Fault:
    """Say where in a table a fault of a notice lies."""
    found = _CELL.match(fault.pointer)
    if found is None:
        return fault
    row = int(found[1]) + _HEADER_ROWS + 1
    return replace(fault, pointer=f"row {row}, column {found[2] or '*'}")


def _read(raw: object, placed: Callable[[Fault], Fault]) -> Notice:
    if not isinstance(raw, dict):
        raise Invalid.at("", Words("须为 JSON 对象。", "This must be a JSON object."))
    try:
        return Notice.model_validate(raw)
    except ValidationError as error:
        raise _refusal(placed(fault) for fault in faults_of(error.errors())) from error


def _days(path: Path) -> list[dict[str, Any]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            header, *rows = csv.reader(file, strict=True)
    except OSError as error:
        words = Words(f"无法读取：{error.strerror}。", f"It cannot be read: {error.strerror}.")
        raise Invalid.at(str(path), words, code="unreadable") from error
    except (UnicodeDecodeError, csv.Error, ValueError) as error:
        words = Words("须为 UTF-8 的 CSV，首行为列名。", "It must be UTF-8 CSV with a header.")
        raise Invalid.at(str(path), words, code="no_table", allowed=COLUMNS) from error
    if tuple(header) != COLUMNS:
        words = Words("首行须为规定的列名。", "The header must name these columns.")
        raise Invalid.at("row 1", words, code="wrong_header", allowed=(",".join(COLUMNS),))
    _check_widths(rows)
    return [_day(row) for row in rows]


def _check_widths(rows: Iterable[list[str]]) -> None:
    words = Words("该行的列数不对。", "This row has too few or too many cells.")
    allowed = (f"{len(COLUMNS)} cells",)
    faults = [
        Fault(f"row {number}", "wrong_width", words, allowed)
        for number, row in enumerate(rows, start=_HEADER_ROWS + 1)
        if len(row) != len(COLUMNS)
    ]
    if faults:
        raise _refusal(faults)


def _day(row: list[str]) -> dict[str, Any]:
    cells: dict[str, Any] = {name: cell.strip() for name, cell in zip(COLUMNS, row, strict=True)}
    cells["works"] = _WORKS.get(cells["works"].lower(), cells["works"])
    return cells


def _refusal(faults: Iterable[Fault]) -> Invalid:
    return Invalid(Words("通知有误，未导入。", "Nothing was imported."), faults=faults)
