"""Messages about what is owed or wrong, and about ladders and orders that follow."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from services.core.calendar.periods import Every, period_named
from services.core.calendar.rules import SHANGHAI, WorkCalendar, day_of
from services.core.kit.words import Words
from services.core.notifications.texts.form import MONTHS, Text, day, filled, phone
from services.core.policies.pack import StepKind


@dataclass(frozen=True, slots=True)
class About:
    """A project as a reader knows it: who answers for it, its name, and whom to phone."""

    owner: Words
    project: Words
    contact: str | None


class Kind(Enum):
    """What a message is about: a report that is owed, a late blocker, a project that stalls."""

    REPORT = "report"
    BLOCKER = "blocker"
    STALLED = "stalled"


@dataclass(frozen=True, slots=True)
class Topic:
    """What a message is about, by name, and the sentence that says how it stands."""

    kind: Kind
    name: Words
    standing: Words


@dataclass(frozen=True, slots=True)
class Matter:
    """One thing that is owed or wrong, as a reader needs it on the day he is told."""

    about: About
    topic: Topic
    due_at: datetime
    told_on: date
    is_past: bool
    working_days: int
    """From the day he is told to the due day, or since then when it is past."""
    link: str


def report_topic(about: About, period: str) -> Topic:
    """Name the report of a month, which is not in yet."""
    name = filled(_REPORT, project=about.project, period=_period(period))
    return Topic(Kind.REPORT, name, filled(_NOT_IN, topic=name))


def blocker_topic(about: About, title: str, found: Words) -> Topic:
    """Name a blocker, with what the rule found of it."""
    return Topic(Kind.BLOCKER, filled(_BLOCKER, project=about.project, title=title), found)


def stalled_topic(about: About, found: Words) -> Topic:
    """Name the standstill of a project, with what the rule found of it."""
    return Topic(Kind.STALLED, filled(_STALLED, project=about.project), found)


def matter_of(
    about: About,
    topic: Topic,
    *,
    due_at: datetime,
    link: str,
    now: datetime,
    calendar: WorkCalendar,
) -> Matter:
    """Say how a matter stands towards its due moment now."""
    due_on, today = day_of(due_at), day_of(now)
    is_past = now > due_at
    between = (due_on, today) if is_past else (today, due_on)
    days = calendar.working_days_between(*between)
    return Matter(about, topic, due_at, today, is_past, days, link)


_AHEAD = Words(
    "{day}{clock}前，还有{days}个工作日", "by {day}, {clock}; {days} working {unit} left"
)
_TODAY = Words("今天（{day}）{clock}前", "today, {day}, by {clock}")
_PAST = Words("原定{day}{clock}", "was {day}, {clock}")
_DAYS_PAST = Words(
    "原定{day}{clock}，已过{days}个工作日", "was {day}, {clock}; {days} working {unit} ago"
)

_REPORT = Words("“{project}”{period}进展", "{period} update of {project}")
_BLOCKER = Words("“{project}”的堵点“{title}”", "blocker '{title}' of {project}")
_STALLED = Words("“{project}”停滞", "standstill of {project}")
_TITLE = Words("{what}：{topic}", "{what}: {topic}")
_TITLE_DUE = Words("待办：{topic}，{deadline}", "To do: {topic}, {deadline}")
_NOT_IN = Words("{topic}尚未收到。", "The {topic} is not in yet.")
_UNTIL = Words("\n时限：{deadline}", "\nDeadline: {deadline}")
"""A standstill has no day by which it was to end."""
_BODY = Words(
    "责任单位：{owner}\n{matter}{until}\n{ask}\n办理： {link}{phone}",
    "Responsible: {owner}\n{matter}{until}\n{ask}\nOpen: {link}{phone}",
)

_ASK_UPDATE = Words(
    "请您更新进展；如本期无变化，请申报“无变化”并说明原因，约2分钟。填一次即可，不再另要材料。",
    "Please enter the update; if nothing changed, declare 'no change' with the reason. It takes "
    "about 2 minutes, and nothing else will be asked for.",
)
_ASK_HELP = Words(
    "请您推动解决；如有困难，请写明需要协调的事项。",
    "Please help to settle it; if something is in the way, say what would help.",
)
_ASK_SEE = Words(
    "请您了解情况，协调解决；如有困难，请写明需要协调的事项。",
    "Please see what is in the way and help to settle it; say what would help.",
)
_ASK_TO_SETTLE: Mapping[StepKind, Words] = {
    StepKind.REMINDER: _ASK_HELP,
    StepKind.URGE: _ASK_HELP,
    StepKind.URGE_NOTICE: _ASK_SEE,
}
"""The mild steps where no report is owed; the severer ones ask the same of any matter."""
_ASK: Mapping[StepKind, Words] = {
    StepKind.REMINDER: _ASK_UPDATE,
    StepKind.URGE: Words(
        "请您协助更新进展；如有困难，请写明需要协调的事项。",
        "Please help to get the update in; if something is in the way, say what would help.",
    ),
    StepKind.URGE_NOTICE: Words(
        "请您了解情况，协调更新进展；如有困难，请写明需要协调的事项。",
        "Please see what is in the way and help to get the update in; say what would help.",
    ),
    StepKind.SUPERVISION_ORDER: Words(
        "督办单{code}已拟稿，请您决定是否签发；不签发请撤回。",
        "Supervision order {code} is drafted; please decide whether to issue or withdraw it.",
    ),
    StepKind.CONSULTATION: Words(
        "请您将此事列入下次会商议题。",
        "Please put this on the agenda of the next consultation.",
    ),
    StepKind.CIRCULAR: Words(
        "通报{code}已拟稿，是否印发请您决定。",
        "Circular {code} is drafted; whether it goes out is yours to decide.",
    ),
    StepKind.INTERVIEW: Words(
        "约谈建议{code}已拟稿，是否采纳请您决定。",
        "A proposal for an interview, {code}, is drafted; whether to hold it is yours to decide.",
    ),
}

_ENDED = Words("已结束", "Over")
_ENDED_ASK = Words(
    "{why}，催办到此结束，无需再办。谢谢。", "{why}; nothing is left to do. Thank you."
)
_WHY: Mapping[str, Words] = {
    "clock_stopped": Words("已停表", "Its clock is stopped"),
    "closed": Words("项目已结束或调出", "The project has ended or moved out"),
    "suspended": Words("项目已暂停", "The project is paused"),
    "plan_accepted": Words("整改计划已获同意", "The plan to put it right was accepted"),
    "extended": Words("时限已延长", "The deadline was extended"),
    "waived": Words("此事项已豁免", "The matter was waived"),
}
_RESOLVED: Mapping[Kind, Words] = {
    Kind.REPORT: Words("进展已收到并通过审核", "The update is in and accepted"),
    Kind.BLOCKER: Words("堵点已报结", "The blocker is solved"),
    Kind.STALLED: Words("已有新进展", "There is progress again"),
}
_ENDED_MATTER = Words("{topic}的催办。", "The reminders about the {topic}.")

_DIGEST_TITLE = Words("待办{count}件，最近时限：{deadline}", "{count} to do, the next {deadline}")
_DIGEST_ITEM = Words(
    "{n}. {owner}：{topic}，{deadline}\n   {link}", "{n}. {owner}: {topic}, {deadline}\n   {link}"
)
_DIGEST_BODY = Words("{items}\n{ask}{phone}", "{items}\n{ask}{phone}")

_ORDER_TITLE: Mapping[StepKind, Words] = {
    StepKind.SUPERVISION_ORDER: Words("关于{topic}的督办单", "Supervision order: {topic}"),
    StepKind.CIRCULAR: Words("关于{topic}的通报", "Circular: {topic}"),
    StepKind.INTERVIEW: Words("关于{topic}的约谈建议", "Proposal for an interview: {topic}"),
}
_ORDER_BODY = Words(
    "责任单位：{owner}\n{matter}{until}\n请签收，协调办理，并反馈办理情况。",
    "Responsible: {owner}\n{matter}{until}\n"
    "Please sign for this order, help to settle the matter, and reply with the result.",
)
_ISSUED_TITLE = Words("请签收：{code} {title}", "To sign: {code} {title}")
_WITHDRAWN_TITLE = Words("已撤回：{code} {title}", "Withdrawn: {code} {title}")
_WITHDRAWN_BODY = Words(
    "{code} {title}\n此件已撤回，无需再办。说明：{reason}\n查看： {link}",
    "{code} {title}\nIt was withdrawn; nothing is left to do. Reason: {reason}\nOpen: {link}",
)
_ISSUED_BODY = Words("{body}\n办理： {link}", "{body}\nOpen: {link}")


def report_due(matter: Matter) -> Text:
    """Remind of one report."""
    standing = matter.topic.standing
    return Text(_said(_TITLE_DUE, matter), _body(matter, standing, _ASK_UPDATE), matter.link)


def digest(matters: Sequence[Matter], *, link: str) -> Text:
    """Remind of several reports in one message, the most pressing first."""
    ordered = sorted(matters, key=lambda matter: matter.due_at)
    lines = [_said(_DIGEST_ITEM, matter, n=n) for n, matter in enumerate(ordered, start=1)]
    items = Words("\n".join(line.zh for line in lines), "\n".join(line.en for line in lines))
    first = ordered[0]
    return Text(
        _said(_DIGEST_TITLE, first, count=len(ordered)),
        _said(_DIGEST_BODY, first, items=items, ask=_ASK_UPDATE),
        link,
    )


def step_taken(kind: StepKind, title: Words, matter: Matter, *, code: str) -> Text:
    """Tell of a ladder's step; `code` is the paper it drafted, empty where it drafts none."""
    topic = matter.topic
    asks = _ASK if topic.kind is Kind.REPORT else {**_ASK, **_ASK_TO_SETTLE}
    ask = filled(asks[kind], code=code)
    return Text(_said(_TITLE, matter, what=title), _body(matter, topic.standing, ask), matter.link)


def climb_ended(reason: str, matter: Matter) -> Text:
    """Tell those who were chased that it is over, and why."""
    why = _RESOLVED[matter.topic.kind] if reason == "resolved" else _WHY[reason]
    ask, title = filled(_ENDED_ASK, why=why), _said(_TITLE, matter, what=_ENDED)
    return Text(title, _body(matter, _said(_ENDED_MATTER, matter), ask), matter.link)


def order_drafted(kind: StepKind, matter: Matter) -> Text:
    """Write the draft of an order, a circular or a proposal for the person who decides."""
    body = _said(_ORDER_BODY, matter, matter=matter.topic.standing)
    return Text(_said(_ORDER_TITLE[kind], matter), body, matter.link)


def order_issued(code: str, title: Words, body: Words, *, link: str) -> Text:
    """Tell the units an order was issued to."""
    return Text(
        filled(_ISSUED_TITLE, code=code, title=title),
        filled(_ISSUED_BODY, body=body, link=link),
        link,
    )


def order_withdrawn(code: str, title: Words, reason: str, *, link: str) -> Text:
    """Tell the units an order was issued to that it was withdrawn."""
    known: dict[str, Words | str | int] = {
        "code": code,
        "title": title,
        "reason": reason,
        "link": link,
    }
    return Text(filled(_WITHDRAWN_TITLE, **known), filled(_WITHDRAWN_BODY, **known), link)


def _body(matter: Matter, standing: Words, ask: Words) -> Words:
    return _said(_BODY, matter, matter=standing, ask=ask)


def _said(form: Words, matter: Matter, /, **also: Words | str | int) -> Words:
    """Fill a form with what is known of the matter."""
    about, deadline = matter.about, _deadline(matter)
    known: dict[str, Words | str | int] = {
        "owner": about.owner,
        "topic": matter.topic.name,
        "deadline": deadline,
        "until": "" if matter.topic.kind is Kind.STALLED else filled(_UNTIL, deadline=deadline),
        "link": matter.link,
        "phone": phone(about.contact),
    }
    return filled(form, **{**known, **also})


def _deadline(matter: Matter) -> Words:
    """Say when it is due, with the weekday and the working days from now."""
    due = matter.due_at.astimezone(SHANGHAI)
    if matter.is_past:
        form = _DAYS_PAST if matter.working_days else _PAST
    else:
        form = _TODAY if due.date() == matter.told_on else _AHEAD
    days = matter.working_days
    return filled(
        form,
        day=day(due.date()),
        clock=f"{due:%H:%M}",
        days=days,
        unit="day" if days == 1 else "days",
    )


def _period(period: str) -> Words:
    known = period_named(period)
    first, last = known.first_on, known.last_on
    month = Words(f"{first.year}年{first.month}月", f"{MONTHS[first.month - 1]} {first.year}")
    if known.every == Every.QUARTER:
        number = period[-1]
        return Words(f"{known.year}年第{number}季度", f"Q{number} {known.year}")
    if known.every == Every.WEEK:
        days = f"{first.month}月{first.day}日—{last.month}月{last.day}日"
        named = f"{first.day} {MONTHS[first.month - 1]} – {last.day} {MONTHS[last.month - 1]}"
        week = int(period[-2:])
        return Words(
            f"{known.year}年第{week}周（{days}）", f"week {week} of {known.year} ({named})"
        )
    if known.every == Every.HALF_MONTH:
        half = Words("上半月", "1–15") if known.is_first_half else Words("下半月", f"16–{last.day}")
        return Words(f"{month.zh}{half.zh}", f"{half.en} {month.en}")
    return month
