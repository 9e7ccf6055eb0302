"""Labels of what stands beside the library's projects: totals, outcomes, promises."""

from services.api.terms.term import Term
from services.core.admissions.rules import (
    AdmissionKind,
    AdmissionState,
    AdmissionVerb,
    ExitReason,
)
from services.core.guarantees.rules import GuaranteeKind, GuaranteeState, GuaranteeVerb
from services.core.kit.words import Words
from services.core.outcomes.rules import Measure
from services.core.overview.rules import By

LIBRARY: tuple[Term, ...] = (
    Term(
        "totals.by",
        By,
        {
            "city": Words("设区市", "City"),
            "county": Words("县（市、区）", "County"),
            "level": Words("牵头单位层级", "Level of the lead unit"),
            "organisation": Words("牵头单位", "Lead unit"),
            "group": Words("团组", "Group"),
            "domain": Words("领域", "Domain"),
            "thrust": Words("方向", "Thrust"),
            "track": Words("项目类型", "Track"),
            "stage": Words("阶段", "Stage"),
            "library_class": Words("库类别", "Library class"),
            "year": Words("计划年度", "Plan year"),
            "light": Words("亮灯", "Light"),
        },
    ),
    Term(
        "outcome.measure",
        Measure,
        {
            "cumulative": Words("累计", "Cumulative"),
            "per_period": Words("当期", "Per period"),
        },
    ),
    Term(
        "admission.kind",
        AdmissionKind,
        {
            "entry": Words("入库", "Into the library"),
            "exit": Words("出库", "Out of the library"),
        },
    ),
    Term(
        "admission.exit_reason",
        ExitReason,
        {
            "finished": Words("完成退出", "Finished"),
            "merged": Words("合并", "Merged into another"),
            "terminated": Words("终止", "Terminated"),
            "transferred": Words("转出", "Transferred elsewhere"),
            "ineligible": Words("不再符合条件", "No longer eligible"),
        },
    ),
    Term(
        "admission.state",
        AdmissionState,
        {
            "draft": Words("草稿", "Draft"),
            "at_county": Words("待县级审核", "At the county"),
            "at_city": Words("待市级审核", "At the city"),
            "at_province": Words("待省级审核", "At the province"),
            "returned": Words("已退回", "Returned"),
            "admitted": Words("已入库", "Admitted"),
            "exited": Words("已出库", "Left the library"),
            "withdrawn": Words("已撤回", "Withdrawn"),
        },
    ),
    Term(
        "admission.verb",
        AdmissionVerb,
        {
            "submit": Words("申报", "Submit"),
            "check": Words("审核通过", "Let it pass"),
            "return": Words("退回", "Return it"),
            "withdraw": Words("撤回", "Withdraw it"),
        },
    ),
    Term(
        "guarantee.kind",
        GuaranteeKind,
        {
            "land": Words("用地", "Land"),
            "funds": Words("资金", "Funds"),
            "permit": Words("审批许可", "Permits"),
            "energy": Words("用能", "Energy quota"),
            "staff": Words("人员", "Staff"),
            "technology": Words("技术", "Technology"),
            "policy": Words("政策", "Policy"),
        },
    ),
    Term(
        "guarantee.state",
        GuaranteeState,
        {
            "promised": Words("已承诺", "Promised"),
            "reported": Words("已报到位", "Reported as delivered"),
            "delivered": Words("已到位", "Delivered"),
            "withdrawn": Words("已撤销", "Withdrawn"),
        },
    ),
    Term(
        "guarantee.verb",
        GuaranteeVerb,
        {
            "report": Words("报告到位", "Report a delivery"),
            "confirm": Words("确认到位", "Confirm the delivery"),
            "return": Words("退回", "Return it"),
            "withdraw": Words("撤销", "Withdraw it"),
        },
    ),
)
