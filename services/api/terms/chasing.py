"""Labels of what watches and reminds: policies, reports, lights, ladders, orders, deliveries."""

from services.api.terms.term import Term
from services.core.calendar.periods import Every
from services.core.escalations.rules import (
    OrderState,
    OrderVerb,
    RunState,
    RunVerb,
    StopReason,
)
from services.core.kit.words import Words
from services.core.monitoring.models import FindingState, TotalKind
from services.core.notifications import rules as notifications
from services.core.policies.pack import (
    Audience,
    ClosedDay,
    Colour,
    CutOff,
    DayUnit,
    Dimension,
    Light,
    Metric,
    Mode,
    Provenance,
    StepKind,
)
from services.core.policies.rules import PackState, PackVerb
from services.core.progress.rules import (
    CorrectionState,
    CorrectionVerb,
    ReportState,
    ReportVerb,
)
from services.core.reminders.rules import ReminderState, ReminderVerb, Silence
from services.core.rulings.rules import RulingState

CHASING: tuple[Term, ...] = (
    Term(
        "pack.state",
        PackState,
        {
            "draft": Words("草案", "Draft"),
            "adopted": Words("已采用", "Adopted"),
            "retired": Words("已停用", "Retired"),
        },
    ),
    Term(
        "pack.verb",
        PackVerb,
        {
            "edit": Words("修改", "Edit"),
            "adopt": Words("采用", "Adopt"),
            "retire": Words("停用", "Retire"),
        },
    ),
    Term(
        "pack.provenance",
        Provenance,
        {
            "proposal": Words("本产品建议", "Proposed by this product"),
            "practice": Words("参照公开做法", "After published practice"),
        },
    ),
    Term(
        "policy.dimension",
        Dimension,
        {
            "start": Words("开工", "Start"),
            "progress": Words("投资进度", "Investment"),
            "report": Words("填报", "Reporting"),
            "funds": Words("资金支付", "Funds paid"),
            "milestone": Words("节点", "Milestones"),
            "blocker": Words("堵点", "Blockers"),
            "stale": Words("停滞", "Standstill"),
            "memory": Words("连续亮灯", "Repeated lights"),
        },
    ),
    Term(
        "policy.metric",
        Metric,
        {
            "gap_pp": Words("低于计划的百分点", "Percentage points below plan"),
            "gap_percent": Words("缺口百分比", "Percent missing"),
            "ratio": Words("完成与计划之比", "Completed over planned"),
            "days": Words("自然日", "Calendar days"),
            "working_days": Words("工作日", "Working days"),
        },
    ),
    Term(
        "policy.cut_off",
        CutOff,
        {
            "day_of_month": Words("每月固定日", "Day of the month"),
            "nth_working_day": Words("每月第几个工作日", "Nth working day of the month"),
            "weekday": Words("每周固定日", "Day of the week"),
        },
    ),
    Term(
        "policy.closed_day",
        ClosedDay,
        {
            "next": Words("顺延至下一工作日", "The next working day"),
            "previous": Words("提前至上一工作日", "The previous working day"),
        },
    ),
    Term(
        "progress.every",
        Every,
        {
            "week": Words("每周", "Every week"),
            "half_month": Words("每半月", "Twice a month"),
            "month": Words("每月", "Every month"),
            "quarter": Words("每季度", "Every quarter"),
        },
    ),
    Term(
        "policy.day_unit",
        DayUnit,
        {
            "working_days": Words("工作日", "Working days"),
            "days": Words("自然日", "Calendar days"),
        },
    ),
    Term(
        "ladder.step",
        StepKind,
        {
            "reminder": Words("提醒", "Reminder"),
            "urge": Words("催办", "Urging"),
            "urge_notice": Words("催办单", "Urging notice"),
            "supervision_order": Words("督办单", "Supervision order"),
            "consultation": Words("会商", "Consultation"),
            "circular": Words("通报", "Circular"),
            "interview": Words("约谈", "Interview"),
        },
    ),
    Term(
        "ladder.colour",
        Colour,
        {
            "blue": Words("蓝色", "Blue"),
            "yellow": Words("黄色", "Yellow"),
            "red": Words("红色", "Red"),
        },
    ),
    Term(
        "ladder.mode",
        Mode,
        {
            "automatic": Words("系统自动", "Done by the service"),
            "draft": Words("系统拟稿、人工签发", "Drafted by the service, issued by a person"),
            "human": Words("人工决定", "Decided by a person"),
        },
    ),
    Term(
        "ladder.audience",
        Audience,
        {
            "reporter": Words("填报人", "Reporter"),
            "responsible_person": Words("责任人", "Responsible person"),
            "liaison": Words("联络员", "Liaison officer"),
            "unit_leader": Words("单位分管领导", "Leader of the unit"),
            "convener_unit": Words("召集单位", "Convener unit"),
            "parent_group": Words("上级集团", "Parent group"),
            "county_regulator": Words("县级国资监管机构", "County regulator"),
            "group_units": Words("团组单位", "Units of the group"),
            "province_regulator": Words("省级国资监管机构", "Province regulator"),
        },
    ),
    Term(
        "ladder.state",
        RunState,
        {
            "climbing": Words("升级中", "Climbing"),
            "stopped": Words("已停止", "Stopped"),
            "finished": Words("已到顶", "At its end"),
        },
    ),
    Term(
        "ladder.verb",
        RunVerb,
        {
            "stop": Words("停止", "Stop"),
            "finish": Words("走完", "Finish"),
        },
    ),
    Term(
        "ladder.stop_reason",
        StopReason,
        {
            "resolved": Words("已解决", "Resolved"),
            "closed": Words("已结束", "Closed"),
            "suspended": Words("已暂停", "Suspended"),
            "clock_stopped": Words("堵点已停表", "The blocker's clock was stopped"),
            "plan_accepted": Words("整改计划已认可", "A plan to catch up was accepted"),
            "extended": Words("已延期", "Extended"),
            "waived": Words("已豁免", "Waived"),
        },
    ),
    Term(
        "order.state",
        OrderState,
        {
            "drafted": Words("已拟稿", "Drafted"),
            "issued": Words("已签发", "Issued"),
            "signed": Words("已签收", "Signed for"),
            "replied": Words("已反馈", "Replied"),
            "closed": Words("已办结", "Closed"),
            "withdrawn": Words("已撤回", "Withdrawn"),
        },
    ),
    Term(
        "order.verb",
        OrderVerb,
        {
            "issue": Words("签发", "Issue"),
            "sign": Words("签收", "Sign for"),
            "reply": Words("反馈", "Reply"),
            "close": Words("办结", "Close"),
            "return": Words("退回重办", "Return"),
            "withdraw": Words("撤回", "Withdraw"),
        },
    ),
    Term(
        "report.state",
        ReportState,
        {
            "due": Words("待报", "Due"),
            "draft": Words("草稿", "Draft"),
            "submitted": Words("已报送", "Submitted"),
            "returned": Words("已退回", "Returned"),
            "accepted": Words("已审核", "Accepted"),
        },
    ),
    Term(
        "report.verb",
        ReportVerb,
        {
            "save": Words("保存", "Save"),
            "submit": Words("报送", "Submit"),
            "accept": Words("审核通过", "Accept"),
            "return": Words("退回", "Return"),
            "reopen": Words("重新打开", "Reopen"),
        },
    ),
    Term(
        "correction.state",
        CorrectionState,
        {
            "requested": Words("待审核", "Requested"),
            "accepted": Words("已审核", "Accepted"),
            "refused": Words("未通过", "Refused"),
        },
    ),
    Term(
        "correction.verb",
        CorrectionVerb,
        {
            "accept": Words("审核通过", "Accept"),
            "refuse": Words("不予通过", "Refuse"),
        },
    ),
    Term(
        "health.light",
        Light,
        {
            "green": Words("绿灯", "Green"),
            "attention": Words("浅绿灯（关注）", "Light green: attention"),
            "yellow": Words("黄灯", "Yellow"),
            "red": Words("红灯", "Red"),
        },
    ),
    Term(
        "ruling.state",
        RulingState,
        {
            "in_force": Words("生效", "In force"),
            "expired": Words("已到期", "Expired"),
            "ended": Words("已终止", "Ended"),
        },
    ),
    Term(
        "finding.state",
        FindingState,
        {
            "open": Words("未消除", "Open"),
            "waived": Words("理由已批准，暂免", "Waived for a good reason"),
            "cleared": Words("已消除", "Cleared"),
        },
    ),
    Term(
        "total.kind",
        TotalKind,
        {
            "target": Words("年度目标", "A year's target"),
            "statement": Words("项目库规模公布数", "A statement of the library's size"),
        },
    ),
    Term(
        "reminder.state",
        ReminderState,
        {
            "planned": Words("已计划", "Planned"),
            "sent": Words("已发送", "Sent"),
            "superseded": Words("已由后一次代替", "Superseded"),
            "withdrawn": Words("已取消", "Withdrawn"),
        },
    ),
    Term(
        "reminder.verb",
        ReminderVerb,
        {
            "send": Words("发送", "Send"),
            "supersede": Words("由后一次代替", "Supersede"),
            "withdraw": Words("取消", "Withdraw"),
        },
    ),
    Term(
        "reminder.silence",
        Silence,
        {
            "done": Words("已完成", "Done"),
            "closed": Words("已结束", "Closed"),
            "suspended": Words("已暂停", "Suspended"),
            "not_started": Words("尚未开始", "Not started"),
        },
    ),
    Term(
        "notification.channel",
        notifications.Channel,
        {
            "inbox": Words("收件箱", "Inbox"),
            "email": Words("电子邮件", "E-mail"),
        },
    ),
    Term(
        "notification.delivery_state",
        notifications.DeliveryState,
        {
            "due": Words("待发", "Due"),
            "delivered": Words("已送达", "Delivered"),
            "failed": Words("发送失败", "Failed"),
        },
    ),
)
