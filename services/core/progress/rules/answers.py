"""Answers to the questions about a report: each is kept while the numbers it was given for stand.

A report is handed in once every question has its answer, in the same request or from before.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from services.core.kit.errors import Fault, Invalid
from services.core.kit.words import Words
from services.core.progress.rules.figures import CUMULATIVE
from services.core.progress.rules.questions import Question

Kept = dict[str, object]
"""A question as it is kept with the report, and its answer; both null while there is none."""
_UNANSWERED: Kept = {"answer": None, "answered_by": None, "answered_at": None}


class Unanswered(Invalid):
    """Figures that may be true, and that nobody has explained yet."""

    code = "unanswered"
    title = Words("有数据待说明", "Figures wait for an explanation")

    def __init__(self, questions: Sequence[Question]) -> None:
        """Keep the questions, each with its numbers, and name the field of each as a fault."""
        count = len(questions)
        words = Words(
            f"有{count}处数据需要说明；请更正，或在 answers 中逐条说明原因。",
            f"{count} figure(s) need a word: put them right, or give each its reason in `answers`.",
        )
        super().__init__(words, faults=[question.fault() for question in questions])
        self.questions = [question.shown() for question in questions]


@dataclass(frozen=True, slots=True)
class Answer:
    """A reason for what one question asks of one field."""

    pointer: str
    code: str
    reason: str


def answered(
    questions: Sequence[Question],
    *,
    before: Iterable[Mapping[str, Any]],
    given: Sequence[Answer],
    correction_reason: str | None,
    by: UUID,
    now: datetime,
) -> list[Kept]:
    """Give the questions as they are kept, each with the answer that is there for it.

    What was answered before counts while its numbers are the same. The reason of a correction is
    an answer to every cumulative figure that fell.

    Raises:
        Invalid: an answer is given to what is not asked.
    """
    _check_asked(questions, given)
    reasons = {(one.pointer, one.code): one.reason for one in given}
    if (correction_reason or "").strip():
        falls = [
            one.key for one in questions if one.code == "fell" and one.pointer[1:] in CUMULATIVE
        ]
        reasons = dict.fromkeys(falls, correction_reason or "") | reasons
    earlier = {(one["pointer"], one["code"]): one for one in before}
    kept: list[Kept] = []
    for question in questions:
        old = earlier.get(question.key, {})
        answer = {name: old.get(name) for name in _UNANSWERED}
        if old.get("inputs") != question.inputs:
            answer = _UNANSWERED
        reason = reasons.get(question.key)
        if reason is not None and reason != answer["answer"]:
            answer = {"answer": reason, "answered_by": str(by), "answered_at": now.isoformat()}
        kept.append(question.shown() | answer)
    return kept


def check_answered(questions: Sequence[Question], kept: Sequence[Mapping[str, object]]) -> None:
    """Refuse to hand in what still has an open question.

    Raises:
        Unanswered: it lists every question that has no answer.
    """
    open_ones = [
        question for question, one in zip(questions, kept, strict=True) if one["answer"] is None
    ]
    if open_ones:
        raise Unanswered(open_ones)


def _check_asked(questions: Sequence[Question], given: Sequence[Answer]) -> None:
    keys = {question.key for question in questions}
    allowed = tuple(f"{pointer} {code}" for pointer, code in sorted(keys))
    words = Words("没有这个问题。", "There is no such question.")
    faults = [
        Fault(f"/answers/{place}", "not_asked", words, allowed)
        for place, answer in enumerate(given)
        if (answer.pointer, answer.code) not in keys
    ]
    if faults:
        raise Invalid(words, faults=faults)
