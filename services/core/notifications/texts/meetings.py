"""Messages about meetings: announced, moved, cancelled, and soon."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.core.calendar.rules import SHANGHAI
from services.core.kit.words import Words
from services.core.notifications.texts.form import Text, day, filled, phone


@dataclass(frozen=True, slots=True)
class Occasion:
    """A meeting as a reader knows it."""

    title: str
    convener: Words
    starts_at: datetime
    ends_at: datetime
    place: str
    link: str
    contact: str | None


_MOMENT = Words("{day}{clock}", "{day}, {clock}")
_ONE_DAY = Words("{begin}–{end}", "{begin}–{end}")
_DAYS = Words("{begin}至{end}", "{begin} to {end}")

_ANNOUNCED = Words("会议通知：“{title}”，{when}", "Meeting: {title}, {when}")
_MOVED = Words("会议改期：“{title}”，改为{when}", "Meeting moved: {title}, now {when}")
_CANCELLED = Words("会议取消：“{title}”（原定{when}）", "Meeting cancelled: {title} (was {when})")
_UNINVITED = Words("会议安排变更：“{title}”，{when}", "Meeting changed: {title}, {when}")
_SOON = Words("会议提醒：“{title}”，{when}", "Meeting soon: {title}, {when}")
_DIGEST = Words("会议提醒：近期{count}个会议，最近{when}", "{count} meetings soon, the next {when}")

_BODY = Words(
    "召集单位：{convener}\n会议：“{title}”\n时间：{when}\n地点：{place}\n{ask}\n"
    "查看： {link}{phone}",
    "Convener: {convener}\nMeeting: {title}\nTime: {when}\nPlace: {place}\n{ask}\n"
    "Open: {link}{phone}",
)
_ITEM = Words("{n}. {when}，“{title}”，地点：{place}", "{n}. {when}: {title}, at {place}")
_DIGEST_BODY = Words("{items}\n{ask}\n查看： {link}", "{items}\n{ask}\nOpen: {link}")

_ASK_REPLY = Words(
    "请您回复是否参加；不能到会的，可委派代表并写明姓名。",
    "Please reply whether your unit comes; if you cannot, name who comes in place.",
)
_ASK_AGAIN = Words(
    "原定{before}。改期原因：{reason}\n请您按新时间重新回复是否参加。",
    "It was {before}. Reason: {reason}\nPlease reply anew whether your unit comes.",
)
_NOTHING_LEFT = Words("取消原因：{reason}\n无需再办。", "Reason: {reason}\nNothing is left to do.")
_NOT_NEEDED = Words(
    "此会议安排已调整，贵单位无需参会。",
    "The arrangements have changed; your unit need not come.",
)
_ASK_COME = Words(
    "请您准时参加；尚未回复的，请回复是否参加。",
    "Please be there in time; if your unit has not replied yet, please do.",
)


def meeting_announced(occasion: Occasion) -> Text:
    """Invite to a meeting."""
    return _text(_ANNOUNCED, occasion, _ASK_REPLY)


def meeting_moved(occasion: Occasion, *, was: tuple[datetime, datetime], reason: str) -> Text:
    """Tell that a meeting has another time or place; `was`: from when to when it was to be."""
    return _text(_MOVED, occasion, filled(_ASK_AGAIN, before=_when(*was), reason=reason))


def meeting_cancelled(occasion: Occasion, *, reason: str) -> Text:
    """Tell that a meeting will not take place."""
    return _text(_CANCELLED, occasion, filled(_NOTHING_LEFT, reason=reason))


def meeting_uninvited(occasion: Occasion) -> Text:
    """Tell a unit that it is not invited any more."""
    return _text(_UNINVITED, occasion, _NOT_NEEDED)


def meeting_reminder(occasion: Occasion) -> Text:
    """Remind of one meeting."""
    return _text(_SOON, occasion, _ASK_COME)


def meetings_digest(occasions: Sequence[Occasion], *, link: str) -> Text:
    """Remind of several meetings in one message, the next first."""
    ordered = sorted(occasions, key=lambda occasion: occasion.starts_at)
    lines = [filled(_ITEM, n=n, **_known(each)) for n, each in enumerate(ordered, start=1)]
    items = Words("\n".join(line.zh for line in lines), "\n".join(line.en for line in lines))
    return Text(
        filled(_DIGEST, count=len(ordered), **_known(ordered[0])),
        filled(_DIGEST_BODY, items=items, ask=_ASK_COME, link=link),
        link,
    )


def _text(title: Words, occasion: Occasion, ask: Words) -> Text:
    known = _known(occasion)
    body = filled(_BODY, ask=ask, link=occasion.link, phone=phone(occasion.contact), **known)
    return Text(filled(title, **known), body, occasion.link)


def _known(occasion: Occasion) -> dict[str, Words | str]:
    return {
        "title": occasion.title,
        "convener": occasion.convener,
        "when": _when(occasion.starts_at, occasion.ends_at),
        "place": occasion.place,
    }


def _when(starts_at: datetime, ends_at: datetime) -> Words:
    """Say from when to when, with weekdays, in Asia/Shanghai; one day is named once."""
    first, last = starts_at.astimezone(SHANGHAI), ends_at.astimezone(SHANGHAI)
    if first.date() == last.date():
        return filled(_ONE_DAY, begin=_moment(first), end=f"{last:%H:%M}")
    return filled(_DAYS, begin=_moment(first), end=_moment(last))


def _moment(local: datetime) -> Words:
    return filled(_MOMENT, day=day(local.date()), clock=f"{local:%H:%M}")
