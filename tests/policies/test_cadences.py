"""A pack may report weekly, twice a month, by the quarter, and by class; else it says where."""

from copy import deepcopy
from typing import Any

import orjson
import pytest

from services.core.calendar.periods import Every
from services.core.kit.errors import Invalid
from services.core.policies.documents import written
from services.core.policies.pack import CLASSES, CutOff, Pack
from services.core.policies.rules import checked_pack
from services.core.projects.rules import LibraryClass
from tests.monitoring.test_rules import PACKS

DEFAULT = orjson.loads((PACKS / "zj-default.json").read_bytes())
WEEKLY = {
    "every": "week",
    "opens": {"kind": "weekday", "n": 4, "source": "proposal"},
    "due": {"kind": "weekday", "n": 5, "closed": "previous", "source": "proposal"},
}
HALVES = {
    "every": "half_month",
    "first_half": {
        "opens": {"kind": "day_of_month", "n": 16, "source": "proposal"},
        "due": {"kind": "day_of_month", "n": 25, "source": "proposal"},
    },
    "opens": {"kind": "day_of_month", "n": 1, "months_after": 1, "source": "proposal"},
    "due": {"kind": "day_of_month", "n": 10, "months_after": 1, "source": "proposal"},
}
QUARTERLY = {
    "every": "quarter",
    "opens": {"kind": "day_of_month", "n": 1, "months_after": 1, "source": "proposal"},
    "due": {"kind": "day_of_month", "n": 6, "months_after": 1, "source": "proposal"},
}


OF_A_WEEK = ("1 – 7", "weeks_after 0 – 2")
"""What is allowed of a mark in a week."""


def document(cadence: Any = None, **cadences: Any) -> dict[str, Any]:
    """Give the default pack with other rhythms."""
    changed = deepcopy(DEFAULT)
    changed["cadence"] = cadence or changed["cadence"]
    changed["cadences"] = cadences
    return dict(changed)


def faults(cadence: Any, **cadences: Any) -> dict[str, tuple[str, tuple[str, ...]]]:
    with pytest.raises(Invalid) as refusal:
        checked_pack(document(cadence, **cadences))
    return {fault.pointer: (fault.code, fault.allowed) for fault in refusal.value.faults}


def but(cadence: dict[str, Any], pointer: str, value: object) -> dict[str, Any]:
    """Give a cadence with one member changed."""
    changed = deepcopy(cadence)
    *way, last = pointer.split("/")
    place = changed
    for step in way:
        place = place[step]
    place[last] = value
    return changed


def test_the_classes_of_a_pack_are_those_of_the_library() -> None:
    assert tuple(LibraryClass) == CLASSES


@pytest.mark.parametrize("cadence", [WEEKLY, HALVES, QUARTERLY])
def test_a_pack_may_report_in_any_rhythm_and_is_written_back(cadence: dict[str, Any]) -> None:
    pack = checked_pack(document(cadence, preparatory=QUARTERLY))
    assert checked_pack(written(pack)) == pack
    assert pack.cadence_of("implementation").every == cadence["every"]
    assert pack.cadence_of("preparatory").every == Every.QUARTER


def test_a_pack_from_before_reports_monthly_whatever_the_class() -> None:
    pack: Pack = checked_pack(DEFAULT)
    assert {pack.cadence_of(name).every for name in CLASSES} == {Every.MONTH}


@pytest.mark.parametrize(
    ("cadence", "at", "code", "allowed"),
    [
        (but(HALVES, "first_half", None), "/cadence/first_half", "missing", ()),
        (
            QUARTERLY | {"first_half": HALVES["first_half"]},
            "/cadence/first_half",
            "not_allowed",
            ("null",),
        ),
        (but(WEEKLY, "every", "fortnight"), "/cadence/every", "wrong_value", tuple(Every)),
        (but(WEEKLY, "due/n", 8), "/cadence/due", "out_of_range", OF_A_WEEK),
        (but(WEEKLY, "due/n", 0), "/cadence/due", "out_of_range", OF_A_WEEK),
        (but(WEEKLY, "due/weeks_after", 3), "/cadence/due", "out_of_range", OF_A_WEEK),
        (but(WEEKLY, "due/months_after", 1), "/cadence/due", "out_of_range", OF_A_WEEK),
        (
            but(QUARTERLY, "due/weeks_after", 1),
            "/cadence/due",
            "out_of_range",
            ("1 – 31", "months_after 0 – 2"),
        ),
        (
            but(WEEKLY, "due/kind", "day_of_month"),
            "/cadence/due/kind",
            "wrong_kind",
            (CutOff.WEEKDAY,),
        ),
        (
            but(QUARTERLY, "opens/kind", "weekday"),
            "/cadence/opens/kind",
            "wrong_kind",
            (CutOff.DAY_OF_MONTH, CutOff.NTH_WORKING_DAY),
        ),
        (but(WEEKLY, "opens/n", 5), "/cadence/opens", "order", ()),
        (but(WEEKLY, "opens/weeks_after", 1), "/cadence/opens", "order", ()),
        (but(HALVES, "first_half/opens/n", 25), "/cadence/first_half/opens", "order", ()),
        (
            but(but(WEEKLY, "opens/n", 1), "due/n", 4),
            "/cadence/due/n",
            "before_its_time",
            ("n >= 5", "months_after >= 1 / weeks_after >= 1"),
        ),
        (
            but(but(HALVES, "first_half/opens/n", 1), "first_half/due/n", 9),
            "/cadence/first_half/due/n",
            "before_its_time",
            ("n >= 10", "months_after >= 1 / weeks_after >= 1"),
        ),
        (
            but(
                but(QUARTERLY, "opens/months_after", 0),
                "due",
                {"kind": "day_of_month", "n": 19, "source": "proposal"},
            ),
            "/cadence/due/n",
            "before_its_time",
            ("n >= 20", "months_after >= 1 / weeks_after >= 1"),
        ),
        (
            but(HALVES, "opens", {"kind": "day_of_month", "n": 15, "source": "proposal"}),
            "/cadence/opens/n",
            "before_its_time",
            ("n >= 16",),
        ),
        (
            but(WEEKLY, "due/source", "hearsay"),
            "/cadence/due/source",
            "unknown_source",
            ("proposal", "guangxi-5wd"),
        ),
    ],
)
def test_a_rhythm_that_makes_no_sense_is_pointed_at(
    cadence: Any, at: str, code: str, allowed: tuple[str, ...]
) -> None:
    found = faults(cadence)
    assert found[at][0] == code
    if code != "unknown_source":
        assert found[at][1] == allowed


def test_a_class_that_does_not_exist_is_pointed_at_with_those_that_do() -> None:
    assert faults(None, wind=QUARTERLY) == {"/cadences/wind": ("unknown_class", CLASSES)}
    found = faults(None, planning=but(WEEKLY, "due/n", 9))
    assert found == {"/cadences/planning/due": ("out_of_range", OF_A_WEEK)}


def test_the_shipped_packs_report_as_their_sources_say() -> None:
    harbin, guangdong = (
        checked_pack(orjson.loads((PACKS / f"{code}.json").read_bytes()))
        for code in ("harbin-2008", "guangdong")
    )
    assert harbin.cadence.every == Every.HALF_MONTH
    assert harbin.cadence.first_half is not None
    assert (harbin.cadence.first_half.due.n, harbin.cadence.due.n) == (25, 10)
    assert harbin.sources[harbin.cadence.due.source].url
    assert [guangdong.cadence_of(name).every for name in CLASSES] == [
        Every.MONTH,
        Every.QUARTER,
        Every.MONTH,
    ]
    assert guangdong.cadence.due.n == 6
    assert guangdong.sources[guangdong.cadence.due.source].url
