"""Messages say who, what, until when, the one thing to do, where, and whom to phone."""

from datetime import datetime

import pytest

from services.core.calendar.published import base_calendar
from services.core.escalations.rules import StopReason
from services.core.kit.words import Words
from services.core.notifications import texts
from services.core.notifications.texts import About, Matter
from services.core.policies.pack import StepKind
from tests.given import at

DUE = at("2026-11-27 17:30")
LNG = About(
    owner=Words("景宁县天然气有限公司 · 叶某", "Jingning Natural Gas Co., 叶某"),
    project=Words("LNG站及中压管道项目", "LNG stations and pipeline"),
    contact="王某 0571-0000 0000",
)


def matter(now: datetime, due_at: datetime = DUE) -> Matter:
    return texts.matter_of(
        LNG,
        texts.report_topic(LNG, "2026-11"),
        due_at=due_at,
        link="https://tuanzu.example/r/1",
        now=now,
        calendar=base_calendar(),
    )


def test_a_reminder_says_everything_in_the_order_people_expect() -> None:
    text = texts.report_due(matter(at("2026-11-23 09:00")))
    assert text.title.zh == (
        "待办：“LNG站及中压管道项目”2026年11月进展，11月27日（周五）17:30前，还有4个工作日"
    )
    assert text.body.zh.splitlines() == [
        "责任单位：景宁县天然气有限公司 · 叶某",
        "“LNG站及中压管道项目”2026年11月进展尚未收到。",
        "时限：11月27日（周五）17:30前，还有4个工作日",
        "请您更新进展；如本期无变化，请申报“无变化”并说明原因，约2分钟。填一次即可，不再另要材料。",
        "办理： https://tuanzu.example/r/1",
        "有疑问请致电：王某 0571-0000 0000",
    ]
    assert text.body.en.splitlines()[2] == "Deadline: by Fri 27 Nov, 17:30; 4 working days left"
    assert text.body.en.splitlines()[-1] == "Questions: 王某 0571-0000 0000"


@pytest.mark.parametrize(
    ("now", "due", "zh", "en"),
    [
        ("2026-11-26 09:00", DUE, "11月27日（周五）17:30前，还有1个工作日", "1 working day left"),
        ("2026-11-27 09:00", DUE, "今天（11月27日（周五））17:30前", "today, Fri 27 Nov, by 17:30"),
        ("2026-11-27 17:31", DUE, "原定11月27日（周五）17:30", "was Fri 27 Nov, 17:30"),
        ("2026-11-28 09:00", DUE, "原定11月27日（周五）17:30", "was Fri 27 Nov, 17:30"),
        (
            "2026-11-30 09:00",
            DUE,
            "原定11月27日（周五）17:30，已过1个工作日",
            "was Fri 27 Nov, 17:30; 1 working day ago",
        ),
        (
            "2026-02-13 09:00",
            at("2026-02-24 17:30"),
            "2月24日（周二）17:30前，还有2个工作日",
            "by Tue 24 Feb, 17:30; 2 working days left",
        ),
    ],
)
def test_the_deadline_names_the_weekday_and_the_working_days(
    now: str, due: datetime, zh: str, en: str
) -> None:
    body = texts.report_due(matter(at(now), due)).body
    assert body.zh.splitlines()[2] == f"时限：{zh}"
    assert body.en.splitlines()[2].endswith(en)


def test_a_digest_lists_the_most_pressing_first() -> None:
    now = at("2026-11-24 09:00")
    text = texts.digest(
        [matter(now, at("2026-11-30 17:30")), matter(now), matter(now, at("2026-12-01 17:30"))],
        link="https://tuanzu.example/reminders",
    )
    assert text.title.zh == "待办3件，最近时限：11月27日（周五）17:30前，还有3个工作日"
    items = [line for line in text.body.zh.splitlines() if line[0].isdigit()]
    assert [line.split("进展，")[1][:6] for line in items] == ["11月27日", "11月30日", "12月1日（"]


@pytest.mark.parametrize("kind", StepKind)
def test_every_kind_of_step_has_its_text_in_both_languages(kind: StepKind) -> None:
    now = at("2026-12-01 09:00")
    text = texts.step_taken(kind, Words("步骤", "Step"), matter(now), code="DB-2026-0001")
    for language in ("zh", "en"):
        said = text.title.spoken(language) + text.body.spoken(language)
        assert "{" not in said
        assert not any(word in said for word in ("责备", "批评", "fault", "blame", "fail"))
    is_paper = kind in {StepKind.SUPERVISION_ORDER, StepKind.CIRCULAR, StepKind.INTERVIEW}
    assert ("DB-2026-0001" in text.body.zh) == is_paper


@pytest.mark.parametrize("reason", StopReason)
def test_every_reason_to_stop_is_told(reason: StopReason) -> None:
    text = texts.climb_ended(reason, matter(at("2026-12-01 09:00")))
    assert "无需再办" in text.body.zh
    assert "nothing is left to do" in text.body.en


@pytest.mark.parametrize(
    "kind", [StepKind.SUPERVISION_ORDER, StepKind.CIRCULAR, StepKind.INTERVIEW]
)
def test_every_paper_has_its_draft(kind: StepKind) -> None:
    text = texts.order_drafted(kind, matter(at("2026-12-01 09:00")))
    assert "LNG站及中压管道项目" in text.title.zh
    assert "LNG stations and pipeline" in text.title.en
    issued = texts.order_issued("DB-2026-0001", text.title, text.body, link=text.link)
    assert issued.title.zh.startswith("请签收：DB-2026-0001 ")


def test_names_with_braces_are_only_names() -> None:
    odd = About(owner=Words("{link}", "{0}"), project=Words("{x}", "{}"), contact=None)
    text = texts.report_due(
        texts.matter_of(
            odd,
            texts.report_topic(odd, "2026-11"),
            due_at=DUE,
            link="https://tuanzu.example/r/1",
            now=at("2026-11-23 09:00"),
            calendar=base_calendar(),
        )
    )
    assert "责任单位：{link}\n“{x}”" in text.body.zh
    assert "有疑问" not in text.body.zh
