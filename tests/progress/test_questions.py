"""What is remarkable is asked with its numbers, and an answer holds while the numbers do."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from services.core.kit.errors import Invalid
from services.core.progress.rules import (
    Answer,
    Figures,
    Kept,
    Previous,
    Question,
    Reported,
    Unanswered,
    answered,
    asked,
    check_answered,
    fallen,
)
from services.core.progress.rules import questions as rules

NOW = datetime(2026, 12, 2, 2, 0, tzinfo=UTC)
SOMEBODY = UUID(int=7)
WORDS = "主管道敷设3公里"


def figures(*numbers: float | str | None) -> Figures:
    said = [None if number is None else Decimal(str(number)) for number in numbers]
    return Figures(*said, *[None] * (6 - len(said)))


def reported(*numbers: float | str | None, **also: Any) -> Reported:
    """Give a report of November, by default after that of October: 100 of 500, at 40 %."""
    last = Previous("2026-10", figures(10, 100, 500, 40), "基础完成")
    facts = {"period": "2026-11", "previous": last, "image_progress": WORDS, **also}
    return Reported(figures=figures(*numbers), **facts)


def found(check: Any, about: Reported) -> list[tuple[str, str]]:
    """Give field and code of what one check asks."""
    return [(question.pointer, question.code) for question in check(about)]


def test_a_sound_report_is_asked_nothing() -> None:
    assert asked(reported(20, 120, 520, 45)) == ()
    assert asked(reported(None, None, None, None)) == ()
    first = reported(20, 120, 520, 45, previous=None)
    assert asked(first) == ()


@pytest.mark.parametrize(
    ("numbers", "fell"),
    [
        ((0, 100, 500, 40), []),
        ((0, 100, "499.99", 40), ["/cumulative_all"]),
        ((0, "99.99", 500, 40), ["/cumulative_year"]),
        ((0, 100, 500, "39.99"), ["/physical_percent"]),
        ((0, 1, 2, 3), ["/cumulative_all", "/cumulative_year", "/physical_percent"]),
    ],
)
def test_whatever_falls_is_asked(numbers: Any, fell: list[str]) -> None:
    assert found(rules.fallen, reported(*numbers)) == [(pointer, "fell") for pointer in fell]


def paid(year: float | str | None, ever: float | str | None, **also: Any) -> Reported:
    """Give a report of what was paid, by default after an October with 80 of 400."""
    last = Previous("2026-10", figures(10, 100, 500, 40, 80, 400), "基础完成")
    return reported(20, 120, 520, 45, year, ever, **{"previous": last, **also})


@pytest.mark.parametrize(
    ("year", "ever", "questions"),
    [
        (80, 400, []),
        (None, None, []),
        ("79.99", 400, [("/paid_year", "fell")]),
        (80, "399.99", [("/paid_all", "fell")]),
        (90, 520, []),
        (90, "520.01", [("/paid_all", "paid_ahead")]),
        (800, 4_000, [("/paid_all", "decimal_slip"), ("/paid_year", "decimal_slip")]),
        (400_000, 2_000_000, [("/paid_all", "unit_slip"), ("/paid_year", "unit_slip")]),
    ],
)
def test_what_was_paid_is_asked_like_what_was_invested(
    year: Any, ever: Any, questions: list[tuple[str, str]]
) -> None:
    raised = [(one.pointer, one.code) for one in asked(paid(year, ever))]
    expected = questions
    if ever in {4_000, 2_000_000}:
        expected = [("/paid_all", "paid_ahead"), *questions]
    assert raised == expected


def test_more_paid_than_the_project_costs_is_asked_and_the_year_begins_anew() -> None:
    assert found(rules.paid_over_total, paid(90, 510, total=Decimal(510))) == []
    over = paid(90, "510.01", total=Decimal(510))
    assert found(rules.paid_over_total, over) == [("/paid_all", "over_total")]
    december = Previous("2026-12", figures(10, 100, 500, 40, 80, 400))
    january = paid(1, 401, period="2027-01", previous=december)
    assert found(rules.fallen, january) == []


def test_january_begins_the_year_anew_but_not_the_whole() -> None:
    december = Previous("2026-12", figures(10, 100, 500, 40))
    january = reported(5, 5, 499, 41, period="2027-01", previous=december)
    assert found(rules.fallen, january) == [("/cumulative_all", "fell")]
    assert found(rules.sum_is_off, january) == []
    assert found(rules.sum_is_off, reported(5, 6, 505, period="2027-01", previous=december))


@pytest.mark.parametrize(("cumulative", "is_asked"), [(510, False), ("510.01", True)])
def test_more_than_the_whole_is_asked(cumulative: Any, is_asked: object) -> None:
    whole = reported(1, 101, cumulative, total=Decimal(510))
    assert bool(found(rules.over_total, whole)) == is_asked
    year = reported(1, cumulative, 900, planned_year=Decimal(510))
    assert bool(found(rules.over_plan, year)) == is_asked
    assert not found(rules.over_total, reported(1, 101, cumulative))


@pytest.mark.parametrize(
    ("spent", "year", "period", "is_asked"),
    [
        (20, 120, "2026-11", False),
        (20, "120.01", "2026-11", True),
        (20, 150, "2026-12", False),  # a month is skipped: its sum is not known
        (None, 150, "2026-11", False),
    ],
)
def test_a_sum_that_is_off_is_asked(spent: Any, year: Any, period: str, is_asked: object) -> None:
    assert bool(found(rules.sum_is_off, reported(spent, year, 900, period=period))) == is_asked


@pytest.mark.parametrize(("percent", "is_asked"), [(80, False), ("80.01", True), (40, False)])
def test_a_jump_over_forty_points_is_asked(percent: Any, is_asked: object) -> None:
    assert bool(found(rules.jumped, reported(1, 101, 501, percent))) == is_asked
    assert not found(rules.jumped, reported(1, 101, 501, percent, previous=None))


@pytest.mark.parametrize(
    ("year", "whole", "slipped"),
    [
        (316_199, 1_580_999, []),  # below 3162 times the last
        (316_200, 1_581_000, ["/cumulative_all", "/cumulative_year"]),
        (1_000_000, 5_000_000, ["/cumulative_all", "/cumulative_year"]),
        ("0.05", "0.20", []),
        ("0.01", "0.05", ["/cumulative_all", "/cumulative_year"]),
        (0, 0, []),
    ],
)
def test_a_unit_that_slipped_is_asked(year: Any, whole: Any, slipped: list[str]) -> None:
    about = reported(1, year, whole)
    assert found(rules.unit_slipped, about) == [(pointer, "unit_slip") for pointer in slipped]


def test_a_unit_that_slipped_shows_against_the_plan_too() -> None:
    plan = Decimal(80_000_000)
    first = reported(8_000, 8_000, 8_000, previous=None, planned_year=plan, total=plan)
    assert found(rules.unit_slipped, first) == [
        ("/cumulative_all", "unit_slip"),
        ("/cumulative_year", "unit_slip"),
    ]
    most = reported("252960000000.00", None, None, previous=None, planned_year=plan)
    assert found(rules.unit_slipped, most) == [("/invested_period", "unit_slip")]


@pytest.mark.parametrize(
    ("year", "is_asked"),
    [
        ("999.99", False),
        (1_000, True),
        (1_500, True),
        ("1500.01", False),
        ("9999.99", False),
        (10_000, True),
        (15_000, True),
        ("15000.01", False),
        ("15.01", False),
        (15, True),
        (10, True),
        ("9.99", False),
        ("1.50", True),
        (1, True),
        ("0.99", False),
    ],
)
def test_a_decimal_point_that_slipped_is_asked(year: Any, is_asked: object) -> None:
    assert bool(found(rules.decimal_slipped, reported(1, year, None))) == is_asked


@pytest.mark.parametrize(
    ("words", "is_asked"),
    [("基础完成", True), (" 基础\n完成 ", True), ("基础完成。", False), (None, False), ("", False)],
)
def test_the_same_words_as_last_month_are_asked(words: str | None, is_asked: object) -> None:
    about = reported(1, 101, 501, 41, image_progress=words)
    assert bool(found(rules.repeated, about)) == is_asked


@pytest.mark.parametrize(
    ("spent", "is_asked"),
    [
        (10_000_000, True),
        (30_000_000, True),
        ("10000000.01", False),
        (15_000_000, False),
        (0, False),
    ],
)
def test_a_sum_that_is_too_round_is_asked(spent: Any, is_asked: object) -> None:
    assert bool(found(rules.too_round, reported(spent, None, None))) == is_asked


@pytest.mark.parametrize(
    ("spent", "percent", "words", "is_asked"),
    [
        (1, 40, None, True),
        (0, "40.01", " ", True),
        (0, 40, None, False),
        (1, 41, WORDS, False),
        (None, None, None, False),
    ],
)
def test_progress_without_a_word_of_evidence_is_asked(
    spent: Any, percent: Any, words: str | None, is_asked: object
) -> None:
    about = reported(spent, None, None, percent, image_progress=words)
    assert bool(found(rules.unproven, about)) == is_asked


def test_every_rule_has_a_code_of_its_own_and_says_its_numbers() -> None:
    worst = reported("10000000.00", "8000000", "7000000", 100, total=Decimal(5))
    rules_asked = {question.rule for check in rules.CHECKS for question in check(worst)}
    assert len(rules_asked) > 3
    (fell,) = fallen(reported(0, 90, 500, 40))
    assert (fell.rule, fell.inputs) == (
        "MR-19.1",
        {"given": "90.00", "last": "100.00", "last_period": "2026-10"},
    )
    assert "90.00" in fell.words.zh
    assert "100.00" in fell.words.en


FELL = reported(0, 90, 500, 40)
LOWER = reported(0, 80, 500, 40)
WHY = Answer("/cumulative_year", "fell", "审计核减")


def kept(
    about: Reported,
    *given: Answer,
    before: list[Kept] | None = None,
    reason: str | None = None,
) -> tuple[list[Question], list[Kept]]:
    questions = list(fallen(about))
    made = answered(
        questions,
        before=before or [],
        given=given,
        correction_reason=reason,
        by=SOMEBODY,
        now=NOW,
    )
    return questions, made


def test_a_report_with_an_open_question_is_not_handed_in() -> None:
    with pytest.raises(Unanswered) as refusal:
        check_answered(*kept(FELL))
    (fault,) = refusal.value.faults
    assert (fault.pointer, fault.code, fault.allowed) == ("/cumulative_year", "fell", ("answers",))
    assert refusal.value.questions[0]["inputs"]["given"] == "90.00"


def test_an_answer_is_kept_with_who_gave_it_and_when() -> None:
    questions, made = kept(FELL, WHY)
    check_answered(questions, made)
    assert made[0]["answer"] == "审计核减"
    assert made[0]["answered_by"] == str(SOMEBODY)
    assert made[0]["answered_at"] == NOW.isoformat()


def test_an_answer_from_before_holds_for_the_same_numbers_only() -> None:
    _, earlier = kept(FELL, WHY)
    check_answered(*kept(FELL, before=earlier))
    with pytest.raises(Unanswered):
        check_answered(*kept(LOWER, before=earlier))


def test_the_reason_of_a_correction_answers_every_cumulative_fall() -> None:
    check_answered(*kept(FELL, reason="重复计入"))
    with pytest.raises(Unanswered):
        check_answered(*kept(reported(0, 100, 500, 39), reason="重复计入"))
    with pytest.raises(Unanswered):
        check_answered(*kept(FELL, reason="  "))


def test_an_answer_to_what_is_not_asked_is_refused_with_what_is() -> None:
    with pytest.raises(Invalid) as refusal:
        kept(FELL, WHY, Answer("/cumulative_all", "fell", "核减"))
    (fault,) = refusal.value.faults
    assert (fault.pointer, fault.allowed) == ("/answers/1", ("/cumulative_year fell",))


@pytest.mark.parametrize(
    ("numbers", "also", "asks"),
    [
        ((20, 120, 520, 65), {}, []),
        ((20, 120, 520, "65.01"), {}, ["/physical_percent"]),
        ((20, 120, 520, 66), {"has_files": True}, []),
        ((20, 120, 520, 66), {"previous": None}, []),
        ((25, 120, 520, 45), {"planned_year": Decimal(100)}, []),
        (("25.01", 120, 520, 45), {"planned_year": Decimal(100)}, ["/invested_period"]),
        ((25, 120, 520, 45), {"planned_year": Decimal(0)}, []),
        ((25, 120, 520, 45), {}, []),
        ((None, None, None, None), {"planned_year": Decimal(100)}, []),
    ],
)
def test_much_at_once_without_a_photo_or_file_is_asked(
    numbers: tuple[Any, ...], also: dict[str, Any], asks: list[str]
) -> None:
    about = reported(*numbers, **{"has_files": False, **also})
    assert found(rules.unseen, about) == [(field, "no_files") for field in asks]


def test_a_milestone_that_nobody_has_shown_is_asked_by_name() -> None:
    assert found(rules.reached_unseen, reported(20, 120, 520, 45)) == []
    (question,) = rules.reached_unseen(reported(20, 120, 520, 45, bare_milestones=("开工", "封顶")))
    assert question.inputs == {"milestones": "开工、封顶"}
    assert question.key == ("/image_progress", "milestone_no_files")
