"""Labels of blockers: kinds, severities, levels, states, verbs, outcomes, rhythms."""

from services.api.terms.term import Term
from services.core.blockers.rules import (
    BlockerKind,
    BlockerLevel,
    BlockerSeverity,
    BlockerState,
    BlockerVerb,
    ConsultationOutcome,
    RecheckOutcome,
    Rhythmic,
)
from services.core.kit.words import Words

BLOCKERS: tuple[Term, ...] = (
    Term(
        "blocker.kind",
        BlockerKind,
        {
            "blockage": Words("堵点", "Blockage"),
            "hard_point": Words("难点", "Hard point"),
            "pain_point": Words("痛点", "Pain point"),
        },
    ),
    Term(
        "blocker.severity",
        BlockerSeverity,
        {
            "minor": Words("一般", "Minor"),
            "major": Words("较重", "Major"),
            "critical": Words("严重", "Critical"),
        },
    ),
    Term(
        "blocker.level",
        BlockerLevel,
        {
            "unit": Words("单位级", "The unit itself"),
            "county": Words("县级", "County"),
            "city": Words("市级", "City"),
            "province": Words("省级", "Province"),
        },
    ),
    Term(
        "blocker.state",
        BlockerState,
        {
            "raised": Words("已提出", "Raised"),
            "triaged": Words("已分级", "Triaged"),
            "assigned": Words("已交办", "Assigned"),
            "consulting": Words("会商中", "Consulting"),
            "suspended": Words("停表", "Suspended"),
            "resolved": Words("已报结", "Reported solved"),
            "verified": Words("已核验", "Verified"),
            "closed": Words("已销号", "Closed"),
        },
    ),
    Term(
        "blocker.verb",
        BlockerVerb,
        {
            "change": Words("修改", "Change"),
            "triage": Words("分级", "Triage"),
            "assign": Words("交办", "Assign"),
            "consult": Words("提请会商", "Call for a consultation"),
            "conclude": Words("登记会商", "Conclude a consultation"),
            "escalate": Words("提级", "Escalate"),
            "suspend": Words("停表", "Suspend"),
            "resume": Words("恢复计时", "Resume"),
            "resolve": Words("报结", "Report solved"),
            "return": Words("退回", "Send back"),
            "verify": Words("核验", "Verify"),
            "close": Words("销号", "Close"),
            "recheck": Words("回头看", "Re-check"),
            "reopen": Words("重新打开", "Reopen"),
        },
    ),
    Term(
        "consultation.outcome",
        ConsultationOutcome,
        {
            "resolved": Words("已议定解决办法", "A way was found"),
            "unresolved": Words("未能解决", "No way was found"),
        },
    ),
    Term(
        "blocker.recheck",
        RecheckOutcome,
        {
            "holds": Words("成效保持", "It stays solved"),
            "reopens": Words("问题反弹", "It is back"),
        },
    ),
    Term(
        "ladder.does",
        Rhythmic,
        {
            "collect": Words("收集", "Collect"),
            "consult": Words("会商", "Consult"),
            "report": Words("报告", "Report"),
        },
    ),
)
