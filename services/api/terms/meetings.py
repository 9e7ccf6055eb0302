"""Labels of meetings: kinds, states, what may be done, in what part, replies, attendance."""

from services.api.terms.term import Term
from services.core.kit.words import Words
from services.core.meetings.rules import (
    Attendance,
    InvitedAs,
    MeetingKind,
    MeetingState,
    MeetingVerb,
    Reply,
)

MEETINGS: tuple[Term, ...] = (
    Term(
        "meeting.kind",
        MeetingKind,
        {
            "onsite_dispatch": Words("现场调度会", "On-site dispatch meeting"),
            "group_meeting": Words("团组会议", "Group meeting"),
            "matchmaking": Words("对接会", "Matchmaking meeting"),
            "consultation": Words("会商", "Consultation"),
            "symposium": Words("座谈会", "Symposium"),
            "joint_conference": Words("联席会议", "Joint conference"),
            "topic": Words("专题协调会", "Coordination on one topic"),
        },
    ),
    Term(
        "meeting.state",
        MeetingState,
        {
            "draft": Words("筹备", "Draft"),
            "scheduled": Words("已通知", "Scheduled"),
            "held": Words("已召开", "Held"),
            "minutes_approved": Words("纪要已审定", "Minutes approved"),
            "closed": Words("已办结", "Closed"),
            "cancelled": Words("已取消", "Cancelled"),
        },
    ),
    Term(
        "meeting.verb",
        MeetingVerb,
        {
            "change": Words("修改", "Change"),
            "schedule": Words("通知", "Schedule"),
            "move": Words("改期", "Move"),
            "reply": Words("回复", "Reply"),
            "cancel": Words("取消", "Cancel"),
            "hold": Words("登记召开", "Hold"),
            "write_minutes": Words("起草纪要", "Write the minutes"),
            "approve_minutes": Words("审定纪要", "Approve the minutes"),
            "close": Words("办结", "Close"),
        },
    ),
    Term(
        "meeting.invited_as",
        InvitedAs,
        {
            "chair": Words("主持单位", "Chair"),
            "convener": Words("召集单位", "Convener"),
            "member": Words("参会单位", "Member"),
            "guest": Words("列席单位", "Guest"),
        },
    ),
    Term(
        "meeting.reply",
        Reply,
        {
            "none": Words("未回复", "No reply"),
            "accepted": Words("参加", "Comes"),
            "declined": Words("不参加", "Does not come"),
            "proxy": Words("委派代表", "Sends somebody in place"),
        },
    ),
    Term(
        "meeting.attendance",
        Attendance,
        {
            "present": Words("到会", "Present"),
            "absent": Words("缺席", "Absent"),
            "proxy": Words("代表到会", "Somebody came in place"),
        },
    ),
)
