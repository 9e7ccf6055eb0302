"""The life of a meeting, who may hold it, and what must hold for its days, units and minutes."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from services.core.kit.errors import Conflict, Fault, Forbidden, Invalid
from services.core.kit.words import Words
from services.core.policies.pack import DayUnit, ReminderPlan


class MeetingKind(StrEnum):
    """What units meet for."""

    ONSITE_DISPATCH = "onsite_dispatch"
    GROUP_MEETING = "group_meeting"
    MATCHMAKING = "matchmaking"
    CONSULTATION = "consultation"
    SYMPOSIUM = "symposium"
    JOINT_CONFERENCE = "joint_conference"
    TOPIC = "topic"


class MeetingState(StrEnum):
    """From a draft to the end."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    HELD = "held"
    MINUTES_APPROVED = "minutes_approved"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class MeetingVerb(StrEnum):
    """What may be done to a meeting."""

    CHANGE = "change"
    SCHEDULE = "schedule"
    MOVE = "move"
    REPLY = "reply"
    CANCEL = "cancel"
    HOLD = "hold"
    WRITE_MINUTES = "write_minutes"
    APPROVE_MINUTES = "approve_minutes"
    CLOSE = "close"


class InvitedAs(StrEnum):
    """In what part a unit is invited; at most one chairs, exactly one convenes."""

    CHAIR = "chair"
    CONVENER = "convener"
    MEMBER = "member"
    GUEST = "guest"


class Reply(StrEnum):
    """What a unit has answered."""

    NONE = "none"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    PROXY = "proxy"


class Attendance(StrEnum):
    """Who of a unit came."""

    PRESENT = "present"
    ABSENT = "absent"
    PROXY = "proxy"


_S, _V = MeetingState, MeetingVerb

MOVES: Mapping[tuple[MeetingState, MeetingVerb], MeetingState] = {
    (_S.DRAFT, _V.CHANGE): _S.DRAFT,
    (_S.DRAFT, _V.SCHEDULE): _S.SCHEDULED,
    (_S.DRAFT, _V.CANCEL): _S.CANCELLED,
    (_S.SCHEDULED, _V.CHANGE): _S.SCHEDULED,
    (_S.SCHEDULED, _V.MOVE): _S.SCHEDULED,
    (_S.SCHEDULED, _V.REPLY): _S.SCHEDULED,
    (_S.SCHEDULED, _V.CANCEL): _S.CANCELLED,
    (_S.SCHEDULED, _V.HOLD): _S.HELD,
    (_S.HELD, _V.WRITE_MINUTES): _S.HELD,
    (_S.HELD, _V.APPROVE_MINUTES): _S.MINUTES_APPROVED,
    (_S.MINUTES_APPROVED, _V.CLOSE): _S.CLOSED,
}
ENDED = frozenset({_S.CLOSED, _S.CANCELLED})
"""States in which nothing of a meeting changes any more."""

PLAN = "meeting"
"""The reminder plan of a policy pack that meetings follow, where the pack has one."""
DEFAULT_PLAN = ReminderPlan(
    before=(2,), unit=DayUnit.WORKING_DAYS, at=time(9), then_every=None, source="proposal"
)
"""Where it has none: once, two working days before."""

SHORT_NOTICE = timedelta(hours=2)
"""A letter that could only be read later than this before the meeting goes at once."""

DISPATCH_STEPS = ("现场调度项目进展", "现场倾听基层诉求", "现场商讨意见对策")
"""The agenda of an on-site dispatch meeting that is given none: the three steps of practice."""


def check_holder(kind: MeetingKind, *, has_group: bool, convenes: bool, regulates: bool) -> None:
    """Refuse whoever may not hold such a meeting.

    `convenes`: the caller's unit convenes the group today; `regulates`: the caller is a regulator
    of the place. A group's own meeting is its convener's to call, not a regulator's.

    Raises:
        Invalid: a group meeting without a group. Forbidden: it is another's to hold.
    """
    if kind is MeetingKind.GROUP_MEETING and not has_group:
        words = Words("团组会议须指明团组。", "A group meeting names its group.")
        raise Invalid.at("/group_id", words, code="missing")
    if not (convenes or (regulates and kind is not MeetingKind.GROUP_MEETING)):
        raise Forbidden(
            Words(
                "团组的会议由召集单位召开；其他会议由当地监管单位召开。",
                "A group's meetings are called by its convener, others by the regulator there.",
            )
        )


def check_times(starts_at: datetime, ends_at: datetime) -> None:
    """Refuse a meeting that ends before it begins.

    Raises:
        Invalid: with the pointer of the end.
    """
    if ends_at <= starts_at:
        words = Words("结束时间须晚于开始时间。", "It must end after it begins.")
        allowed = (f"> {starts_at.isoformat()}",)
        raise Invalid.at("/ends_at", words, code="before_start", allowed=allowed)


def check_agenda(minutes: Sequence[int | None], starts_at: datetime, ends_at: datetime) -> None:
    """Refuse an agenda that needs more time than the meeting has.

    Raises:
        Invalid: with the pointer of the agenda.
    """
    planned = timedelta(minutes=sum(each or 0 for each in minutes))
    if planned > ends_at - starts_at:
        most = int((ends_at - starts_at).total_seconds() // 60)
        words = Words(
            f"议程超出会议时长（{most}分钟）。", f"The meeting has only {most} minutes for it."
        )
        raise Invalid.at("/agenda", words, code="too_long", allowed=(f"<= {most}",))


def with_convener(
    invited: Sequence[tuple[UUID, InvitedAs]], convener: UUID
) -> dict[UUID, InvitedAs]:
    """Give the units of a meeting, the convener among them even if nobody named it.

    Raises:
        Invalid: a unit is named twice, two chair, or another unit is called the convener.
    """
    named: dict[UUID, InvitedAs] = {}
    for place, (unit, role) in enumerate(invited):
        at = f"/invitations/{place}"
        if unit in named:
            words = Words("同一单位不能邀请两次。", "No unit is invited twice.")
            raise Invalid.at(f"{at}/organisation_id", words, code="twice")
        if role is InvitedAs.CHAIR and InvitedAs.CHAIR in named.values():
            words = Words("只能有一个主持单位。", "Only one unit chairs.")
            raise Invalid.at(f"{at}/role", words, code="second_chair")
        if role is InvitedAs.CONVENER and unit != convener:
            words = Words("召集单位已确定。", "The convener is known already.")
            allowed = (InvitedAs.CHAIR, InvitedAs.MEMBER, InvitedAs.GUEST)
            raise Invalid.at(f"{at}/role", words, code="not_the_convener", allowed=allowed)
        named[unit] = role
    if named.get(convener) is not InvitedAs.CHAIR:
        named[convener] = InvitedAs.CONVENER
    return named


def check_announced(
    starts_at: datetime, *, place: str | None, invited: Collection[UUID], now: datetime
) -> None:
    """Refuse to announce what nobody could come to.

    Raises:
        Invalid: it has begun already, has no place, or nobody but the convener is invited.
    """
    faults = []
    if starts_at <= now:
        words = Words("开始时间已过。", "It would have begun already.")
        faults.append(Fault("/starts_at", "past", words, (f"> {now.isoformat()}",)))
    if not (place or "").strip():
        words = Words("尚未写明地点。", "It has no place yet.")
        faults.append(Fault("/place", "missing", words))
    if len(invited) < 2:  # noqa: PLR2004 the convener and somebody else
        words = Words("尚未邀请其他单位。", "No other unit is invited yet.")
        faults.append(Fault("/invitations", "missing", words))
    if faults:
        words = Words("会议尚不能通知。", "The meeting cannot be announced yet.")
        raise Invalid(words, faults=faults)


def check_not_announced(sent: Collection[str]) -> None:
    """Refuse that where and when change in silence once people were told: they are moved.

    Raises:
        Invalid: one fault for each such field.
    """
    faults = [
        Fault(f"/{name}", "announced", Words("已通知；请改期。", "Announced already; move it."))
        for name in ("starts_at", "ends_at", "place")
        if name in sent
    ]
    if faults:
        words = Words("时间和地点须通过改期变更。", "Time and place change by moving the meeting.")
        raise Invalid(words, faults=faults)


def check_moved(
    before: tuple[datetime, datetime, str | None],
    after: tuple[datetime, datetime, str | None],
    now: datetime,
) -> None:
    """Refuse a move of (start, end, place) that moves nothing, or leads into the past.

    Raises:
        Invalid: with the pointer of the start.
    """
    if after[0] <= now:
        words = Words("开始时间已过。", "It would have begun already.")
        allowed = (f"> {now.isoformat()}",)
        raise Invalid.at("/starts_at", words, code="past", allowed=allowed)
    if after == before:
        words = Words("时间和地点均未变化。", "Neither time nor place would change.")
        raise Invalid.at("/starts_at", words, code="unchanged")


def must_have_begun(starts_at: datetime, now: datetime) -> None:
    """Refuse to call a meeting held before it began.

    Raises:
        Conflict: its time has not come.
    """
    if now < starts_at:
        raise Conflict(Words("会议尚未开始。", "The meeting has not begun yet."))


def must_be_ahead(starts_at: datetime, now: datetime) -> None:
    """Refuse an answer to an invitation once the meeting has begun.

    Raises:
        Conflict: it is too late.
    """
    if now >= starts_at:
        raise Conflict(Words("会议已开始。", "The meeting has begun already."))


def check_proxy(name: str | None, *, is_proxy: bool, pointer: str) -> None:
    """Refuse a proxy without a name, and a name where nobody is sent.

    Raises:
        Invalid: with the pointer of the name.
    """
    if is_proxy and not name:
        words = Words("须写明由谁代表。", "Say who comes in place.")
        raise Invalid.at(pointer, words, code="missing")
    if name and not is_proxy:
        words = Words("未委派代表。", "Nobody is sent in place.")
        raise Invalid.at(pointer, words, code="no_proxy", allowed=("null",))


def check_attendance(noted: Sequence[UUID], invited: Collection[UUID]) -> None:
    """Refuse a record of attendance that leaves an invited unit out, or names another.

    Both are ids of invitations.

    Raises:
        Invalid: one fault for each.
    """
    faults = []
    for place, one in enumerate(noted):
        if one not in invited or one in noted[:place]:
            words = Words("不是本会议的邀请，或重复。", "No invitation of this meeting, or twice.")
            pointer = f"/attendance/{place}/invitation_id"
            faults.append(Fault(pointer, "unknown_invitation", words))
    left_out = sorted(str(one) for one in set(invited) - set(noted))
    if left_out:
        words = Words("每个受邀单位都须记录。", "Every invited unit is to be noted.")
        faults.append(Fault("/attendance", "incomplete", words, tuple(left_out)))
    if faults:
        raise Invalid(Words("到会记录有误。", "The attendance is not right."), faults=faults)


def check_approver(account_id: UUID, writers: Collection[UUID]) -> None:
    """Refuse that whoever wrote the minutes approves them: four eyes see more than two.

    Raises:
        Forbidden: it is one of the writers.
    """
    if account_id in writers:
        raise Forbidden(
            Words("起草人不能审定自己的纪要。", "Whoever wrote the minutes may not approve them.")
        )


def letter_at(now: datetime, *, opening: datetime, meets_at: datetime) -> datetime:
    """Give when a letter about a meeting goes: at the next opening, or at once if that is late."""
    return opening if opening + SHORT_NOTICE <= meets_at else now
