"""Packs are read exactly or refused with pointers; lights follow the published boundaries."""

import copy
import json
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import services.core.policies
from services.core.kit.errors import Invalid
from services.core.policies.documents import written
from services.core.policies.pack import (
    FURTHEST,
    MEASURED,
    SEVERITY,
    Band,
    Dimension,
    Light,
    Memory,
    Metric,
    Mode,
    Provenance,
    StepKind,
)
from services.core.policies.rules import (
    checked_ladder,
    checked_pack,
    lit,
    measured_progress,
    run_of,
    worst,
)

PACKS = {
    path.stem: json.loads(path.read_text(encoding="utf-8"))
    for path in Path(services.core.policies.__path__[0], "packs").glob("*.json")
}
DEFAULT = checked_pack(PACKS["zj-default"])
MEMORY = Memory(Light.YELLOW, 2, Light.RED, "proposal")
VALUES = st.decimals(-200, 200, places=2)


def changed(pointer: str, value: object) -> dict[str, Any]:
    """Give the default pack's document with one place set to another value."""
    document: dict[str, Any] = copy.deepcopy(PACKS["zj-default"])
    *path, last = pointer.removeprefix("/").split("/")
    place: Any = document
    for name in path:
        place = place[int(name)] if isinstance(place, list) else place[name]
    place[int(last) if isinstance(place, list) else last] = value
    return document


def faults_of(document: object) -> dict[str, str]:
    with pytest.raises(Invalid) as refused:
        checked_pack(document)
    for fault in refused.value.faults:
        assert fault.words.zh
        assert fault.words.en
    return {fault.pointer: fault.code for fault in refused.value.faults}


@pytest.mark.parametrize("name", sorted(PACKS))
def test_a_shipped_pack_is_sound_and_named_by_its_file(name: str) -> None:
    pack = checked_pack(PACKS[name])
    assert pack.code == name
    assert pack.provenance in Provenance
    assert checked_pack(written(pack)) == pack


@pytest.mark.parametrize("name", sorted(PACKS))
def test_every_number_of_a_pack_stands_beside_a_source(name: str) -> None:
    found = 0
    waiting: list[object] = [PACKS[name]]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        if isinstance(value, dict):
            waiting += value.values()
            members = [m for m in value.values() if not isinstance(m, dict)]
            numbers = json.dumps(members)
            if any(isinstance(m, int | float) and not isinstance(m, bool) for m in members):
                found += 1
                assert value["source"] in PACKS[name]["sources"], numbers
    assert found > 20


def test_nothing_can_be_called_official() -> None:
    assert faults_of(changed("/provenance", "official")) == {"/provenance": "wrong_value"}
    where = "/sources/proposal/kind"
    assert faults_of(changed(where, "official")) == {where: "wrong_value"}


@pytest.mark.parametrize(
    ("dimension", "value", "light"),
    [
        ("progress", "-5", "green"),
        ("progress", "0", "green"),
        ("progress", "0.01", "attention"),
        ("progress", "9.99", "attention"),
        ("progress", "10", "yellow"),
        ("progress", "30", "yellow"),
        ("progress", "30.01", "red"),
        ("start", "0", "green"),
        ("start", "1", "attention"),
        ("start", "30", "attention"),
        ("start", "31", "yellow"),
        ("start", "89", "yellow"),
        ("start", "90", "red"),
        ("report", "0", "green"),
        ("report", "1", "yellow"),
        ("report", "4", "yellow"),
        ("report", "5", "red"),
        ("milestone", "0", "green"),
        ("milestone", "1", "yellow"),
        ("milestone", "15", "yellow"),
        ("milestone", "16", "red"),
        ("blocker", "-1", "green"),
        ("blocker", "0", "yellow"),
        ("blocker", "4", "yellow"),
        ("blocker", "5", "red"),
        ("stale", "29", "green"),
        ("stale", "30", "yellow"),
        ("stale", "59", "yellow"),
        ("stale", "60", "red"),
    ],
)
def test_the_default_lights_turn_exactly_at_their_boundaries(
    dimension: str, value: str, light: str
) -> None:
    assert lit(DEFAULT.scale(Dimension(dimension)), Decimal(value)).light == light


PUBLISHED: dict[tuple[str, str], tuple[Metric, list[tuple[str, str]]]] = {
    ("wuhan-ratio", "progress"): (
        Metric.RATIO,
        [
            ("1.2", "green"),
            ("0.8", "green"),
            ("0.7999", "yellow"),
            ("0.6", "yellow"),
            ("0.5999", "red"),
            ("0", "red"),
        ],
    ),
    ("yinchuan-2025", "start"): (Metric.DAYS, [("-1", "green"), ("0", "green"), ("1", "yellow")]),
    ("yinchuan-2025", "progress"): (
        Metric.GAP_PP,
        [
            ("-5", "green"),
            ("0", "green"),
            ("0.0001", "attention"),
            ("9.9999", "attention"),
            ("10", "yellow"),
            ("30", "yellow"),
            ("30.0001", "red"),
        ],
    ),
    ("yinchuan-2025", "funds"): (
        Metric.GAP_PP,
        [("-5", "green"), ("0", "green"), ("0.0001", "red"), ("40", "red")],
    ),
    ("tianjin-2022", "funds"): (
        Metric.RATIO,
        [("1", "green"), ("0.9999", "yellow"), ("0.7", "yellow"), ("0.6999", "red")],
    ),
    ("sanya-2022", "progress"): (
        Metric.RATIO,
        [
            ("1.1", "green"),
            ("1", "green"),
            ("0.9999", "yellow"),
            ("0.5", "yellow"),
            ("0.4999", "red"),
            ("0", "red"),
        ],
    ),
    ("tianjin-2022", "progress"): (
        Metric.RATIO,
        [
            ("1.1", "green"),
            ("1", "green"),
            ("0.9999", "yellow"),
            ("0.7", "yellow"),
            ("0.6999", "red"),
            ("0", "red"),
        ],
    ),
    ("suqian-2025", "progress"): (
        Metric.GAP_PP,
        [("-5", "green"), ("0", "green"), ("0.0001", "yellow"), ("100", "yellow")],
    ),
    ("suqian-2025", "report"): (Metric.WORKING_DAYS, [("0", "green"), ("1", "red")]),
    ("suqian-2025", "milestone"): (
        Metric.WORKING_DAYS,
        [("-4", "green"), ("-3", "attention"), ("0", "attention"), ("1", "red")],
    ),
}
"""What each pack says otherwise than the default: the metric, and a value on each side of a bound.

From domain 2.2; the bounds belong to the yellow side, as published."""


@pytest.mark.parametrize(
    ("name", "dimension", "value", "light"),
    [
        (name, dimension, value, light)
        for (name, dimension), (_, values) in PUBLISHED.items()
        for value, light in values
    ],
)
def test_a_published_light_turns_exactly_at_its_boundaries(
    name: str, dimension: str, value: str, light: str
) -> None:
    scale = checked_pack(PACKS[name]).scale(Dimension(dimension))
    assert scale.metric == PUBLISHED[name, dimension][0]
    assert lit(scale, Decimal(value)).light == light


@pytest.mark.parametrize("name", sorted(PACKS.keys() - {"zj-default"}))
def test_what_a_published_rule_does_not_state_is_the_defaults(name: str) -> None:
    pack = checked_pack(PACKS[name])
    own = {dimension for code, dimension in PUBLISHED if code == name}
    for scale in pack.lights:
        default = DEFAULT.scale(scale.dimension)
        if scale.dimension in own:
            assert any(pack.sources[band.source].kind == "practice" for band in scale.bands)
        else:
            assert [replace(band, source="") for band in scale.bands] == [
                replace(band, source="") for band in default.bands
            ]
            if name != "wuhan-ratio":
                assert {band.source for band in scale.bands} == {"zj-default"}
    assert pack.provenance in {Provenance.PRACTICE, Provenance.PROPOSAL}
    assert "非官方" in pack.note.zh


@pytest.mark.parametrize(
    ("name", "memory"),
    [
        ("zj-default", (None, "yellow", 2, "red")),
        ("wuhan-ratio", (None, "yellow", 2, "red")),
        ("yinchuan-2025", ("start", "yellow", 3, "red")),
        ("sanya-2022", ("progress", "yellow", 2, "red")),
        ("tianjin-2022", (None, "yellow", 2, "red")),
        ("suqian-2025", (None, "yellow", 2, "red")),
    ],
)
def test_each_pack_remembers_by_its_own_data(name: str, memory: tuple[Any, ...]) -> None:
    said = checked_pack(PACKS[name]).memory
    assert (said.dimension, said.light, said.periods, said.becomes) == memory


def test_a_pack_kept_before_memories_had_a_dimension_is_still_read() -> None:
    document = copy.deepcopy(PACKS["zj-default"])
    del document["memory"]["dimension"]
    assert checked_pack(document) == DEFAULT


def test_the_orders_of_an_soe_group_are_blue_yellow_and_red() -> None:
    steps = checked_pack(PACKS["suqian-2025"]).ladder.steps
    assert [(step.colour, step.after, step.mode) for step in steps] == [
        ("blue", -3, "automatic"),
        ("yellow", 0, "automatic"),
        ("red", 1, "draft"),
    ]


def test_funds_alone_may_be_left_unjudged_and_then_not_remembered_either() -> None:
    judging = {name for name in PACKS if checked_pack(PACKS[name]).scale_if_any(Dimension.FUNDS)}
    assert judging == {"zj-default", "yinchuan-2025", "tianjin-2022"}
    document = copy.deepcopy(PACKS["wuhan-ratio"])
    document["memory"]["dimension"] = "funds"
    with pytest.raises(Invalid) as refusal:
        checked_pack(document)
    assert [fault.pointer for fault in refusal.value.faults] == ["/memory/dimension"]
    document["lights"] = [row for row in document["lights"] if row["dimension"] != "stale"]
    with pytest.raises(Invalid) as refusal:
        checked_pack(document)
    assert "/lights" in {fault.pointer for fault in refusal.value.faults}


@given(st.sampled_from(sorted(PACKS)), st.sampled_from(MEASURED), VALUES, VALUES)
def test_every_value_has_one_light_and_worse_values_never_a_better_one(
    name: str, dimension: Dimension, one: Decimal, other: Decimal
) -> None:
    scale = checked_pack(PACKS[name]).scale_if_any(dimension)
    if scale is None:
        return
    assert sum(band.holds(one) for band in scale.bands) == 1
    better, worse = sorted((one, other), reverse=scale.metric == Metric.RATIO)
    assert SEVERITY[lit(scale, better).light] <= SEVERITY[lit(scale, worse).light]


def test_progress_is_measured_in_points_or_as_a_ratio() -> None:
    planned, done = Decimal(50), Decimal(40)
    points = measured_progress(Metric.GAP_PP, planned_percent=planned, done_percent=done)
    ratio = measured_progress(Metric.RATIO, planned_percent=planned, done_percent=done)
    idle = measured_progress(Metric.RATIO, planned_percent=Decimal(0), done_percent=Decimal(0))
    assert (points, ratio, idle) == (Decimal(10), Decimal("0.8"), Decimal(1))


def test_the_worst_light_counts() -> None:
    assert worst([Light.GREEN, Light.YELLOW, Light.ATTENTION]) == Light.YELLOW
    assert worst([]) == Light.GREEN


@pytest.mark.parametrize(("before", "latest"), list(product([*Light, None], repeat=2)))
def test_a_run_counts_the_latest_periods_that_were_as_bad_or_worse(
    before: Light | None, latest: Light | None
) -> None:
    bad = {Light.YELLOW, Light.RED}
    expected = 0 if latest not in bad else 2 if before in bad else 1
    assert run_of(MEMORY, [before, latest]) == expected
    assert run_of(MEMORY, [before, Light.GREEN, latest]) == (1 if latest in bad else 0)
    assert run_of(MEMORY, []) == 0


@pytest.mark.parametrize(
    ("pointer", "value", "fault", "code"),
    [
        ("/lights/2/dimension", "start", "/lights", "dimensions"),
        ("/lights/3/dimension", "funds", "/lights", "dimensions"),
        ("/lights/1/bands/1/high", 9, "/lights/1/bands/2/low", "gap_or_overlap"),
        ("/lights/1/bands/1/high", 11, "/lights/1/bands/2/low", "gap_or_overlap"),
        (
            "/lights/1/bands/2/low_inclusive",
            False,
            "/lights/1/bands/2/low_inclusive",
            "gap_or_overlap",
        ),
        (
            "/lights/1/bands/1/high_inclusive",
            True,
            "/lights/1/bands/2/low_inclusive",
            "gap_or_overlap",
        ),
        ("/lights/1/bands/0/low", -100, "/lights/1/bands", "open_ends"),
        ("/lights/1/bands/3/high", 100, "/lights/1/bands", "open_ends"),
        ("/lights/1/bands", [], "/lights/1/bands", "open_ends"),
        ("/lights/1/bands/1/light", "red", "/lights/1/bands", "order"),
        ("/lights/1/metric", "ratio", "/lights/1/bands", "order"),
        ("/lights/1/metric", "furlongs", "/lights/1/metric", "wrong_value"),
        ("/lights/1/dimension", "start", "/lights", "dimensions"),
        ("/lights/1/bands/1/high", "ten", "/lights/1/bands/1/high", "wrong_value"),
        ("/lights/1/bands/1/source", "hearsay", "/lights/1/bands/1/source", "unknown_source"),
        ("/lights/1/bands/1/hihg", 3, "/lights/1/bands/1/hihg", "unknown_member"),
        ("/memory/periods", 1, "/memory", "memory"),
        ("/memory/periods", 13, "/memory", "memory"),
        ("/memory/becomes", "green", "/memory", "memory"),
        ("/memory/light", "green", "/memory", "memory"),
        ("/memory/light", "red", "/memory", "memory"),
        ("/memory/dimension", "memory", "/memory/dimension", "memory"),
        ("/memory/dimension", "weather", "/memory/dimension", "wrong_value"),
        ("/lights/1/dimension", "memory", "/lights", "dimensions"),
        ("/cadence/due/n", 0, "/cadence/due", "out_of_range"),
        ("/cadence/due/n", 16, "/cadence/due", "out_of_range"),
        ("/cadence/due/n", True, "/cadence/due/n", "wrong_value"),
        ("/cadence/due/months_after", 0, "/cadence/opens", "order"),
        ("/cadence/due/kind", "weekly", "/cadence/due/kind", "wrong_value"),
        ("/reminder_plans/report/before", [1, 3], "/reminder_plans/report/before", "order"),
        ("/reminder_plans/report/before", [1, -1], "/reminder_plans/report", "out_of_range"),
        ("/reminder_plans/report/before/0", "3", "/reminder_plans/report/before/0", "wrong_value"),
        ("/reminder_plans/report/then_every", 0, "/reminder_plans/report", "out_of_range"),
        ("/reminder_plans/report/at", "07:00", "/reminder_plans/report/at", "outside_sending"),
        ("/reminder_plans/report/at", "T0900", "/reminder_plans/report/at", "wrong_value"),
        ("/reminder_plans/report/at", "25:00", "/reminder_plans/report/at", "wrong_value"),
        ("/reminder_plans", {}, "/reminder_plans/report", "missing"),
        ("/reminder_plans", [], "/reminder_plans", "wrong_value"),
        ("/sending/closes", "08:00", "/sending", "sending"),
        ("/sending/per_person_per_day", 0, "/sending", "sending"),
        ("/ladder/steps/2/number", 7, "/ladder/steps/2/number", "numbering"),
        ("/ladder/steps/2/after", 9, "/ladder/steps/3", "order"),
        ("/ladder/steps/2/after", None, "/ladder/steps/2/after", "one_of"),
        ("/ladder/steps/2/red_periods", 2, "/ladder/steps/2/after", "one_of"),
        ("/ladder/steps/2/audience", [], "/ladder/steps", "empty"),
        ("/ladder/steps", [], "/ladder/steps", "empty"),
        ("/ladder/steps", None, "/ladder/steps", "wrong_value"),
        ("/ladder/steps/3/mode", "automatic", "/ladder/steps/3/mode", "beyond_automatic"),
        ("/title", {"zh": "无英文"}, "/title/en", "missing"),
        ("/title", "x", "/title", "wrong_value"),
        ("/code", "", "/code", "wrong_value"),
    ],
)
def test_a_fault_in_a_pack_is_pointed_at(
    pointer: str, value: object, fault: str, code: str
) -> None:
    assert faults_of(changed(pointer, value))[fault] == code


@pytest.mark.parametrize(
    ("pointer", "value", "fault", "allowed", "said"),
    [
        ("/lights/1/bands/1/high", 9, "low", "9", "there is a gap"),
        ("/lights/1/bands/1/high", 11, "low", "11", "they overlap"),
        ("/lights/1/bands/2/low", 12, "low", "10", "there is a gap"),
        ("/lights/1/bands/2/low_inclusive", False, "low_inclusive", "true", "neither has"),
        ("/lights/1/bands/1/high_inclusive", True, "low_inclusive", "false", "both have"),
    ],
)
def test_a_gap_or_an_overlap_is_told_with_its_place_and_what_would_close_it(
    pointer: str, value: object, fault: str, allowed: str, said: str
) -> None:
    with pytest.raises(Invalid) as refused:
        checked_pack(changed(pointer, value))
    (found,) = refused.value.faults
    assert (found.pointer, found.allowed) == (f"/lights/1/bands/2/{fault}", (allowed,))
    assert said in found.words.en
    assert "attention" in found.words.en
    assert "yellow" in found.words.en


def test_an_empty_band_is_found() -> None:
    document = changed("/lights/1/bands/1/high", 0)
    document["lights"][1]["bands"][2]["low"] = 0
    assert faults_of(document) == {"/lights/1/bands/1": "empty_band"}


def test_all_faults_are_told_at_once_and_names_are_escaped() -> None:
    document = changed("/lights/1/metric", 3)
    document["a/b~c"] = 1
    del document["note"]
    found = faults_of(document)
    assert found == {
        "/lights/1/metric": "wrong_value",
        "/a~1b~0c": "unknown_member",
        "/note": "missing",
    }
    assert faults_of("no pack") == {"": "wrong_value"}


@pytest.mark.parametrize(("kind", "mode"), list(product(StepKind, Mode)))
def test_no_ladder_acts_alone_beyond_the_draft_of_an_order(kind: StepKind, mode: Mode) -> None:
    document = copy.deepcopy(PACKS["zj-default"]["ladder"])
    document["steps"][0] |= {"kind": kind, "mode": mode}
    ceiling = {"supervision_order": "draft", "circular": "human", "interview": "human"}
    cautious = {"automatic": {"automatic", "draft", "human"}, "draft": {"draft", "human"}}
    allowed = cautious.get(ceiling.get(kind, "automatic"), {"human"})
    if mode in allowed:
        assert checked_ladder(document).steps[0].mode == mode
    else:
        with pytest.raises(Invalid) as refused:
            checked_ladder(document)
        assert set(refused.value.faults[0].allowed) == allowed
    assert set(FURTHEST) == set(StepKind)


@given(st.lists(VALUES, min_size=1, max_size=3, unique=True), VALUES)
def test_half_open_bands_cover_every_value_once(bounds: list[Decimal], value: Decimal) -> None:
    edges: list[Decimal | None] = [None, *sorted(bounds), None]
    bands = [
        Band(Light.GREEN, low, True, high, False, "proposal")  # noqa: FBT003 positions as in JSON
        for low, high in pairwise(edges)
    ]
    assert sum(band.holds(value) for band in bands) == 1
