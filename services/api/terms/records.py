"""Labels of what is kept: places, units, accounts, groups, projects, agreements."""

from services.api.terms.term import Term
from services.core.access.rules import Permission, Role
from services.core.agreements.rules import AgreementState, AgreementVerb, Side
from services.core.groups.rules import DutyKind, GroupState, GroupVerb, MemberRole
from services.core.kit.money import Qualifier
from services.core.kit.words import Words
from services.core.organisations.rules import Duty, OrganisationKind, OrganisationLevel
from services.core.projects.rules import (
    Domain,
    Gate,
    LibraryClass,
    PartnerRole,
    PlanChangeState,
    PlanChangeVerb,
    ProjectVerb,
    SideState,
    Spread,
    Stage,
    Thrust,
    Track,
)
from services.core.regions.rules import DesignationKind, RegionLevel

RECORDS: tuple[Term, ...] = (
    Term(
        "money.qualifier",
        Qualifier,
        {
            "exact": Words("确数", "exactly"),
            "at_least": Words("超、余（不少于）", "at least"),
            "about": Words("约", "about"),
        },
    ),
    Term(
        "region.level",
        RegionLevel,
        {
            "province": Words("省级", "Province"),
            "city": Words("市级", "City"),
            "county": Words("县级", "County"),
            "township": Words("乡级", "Township"),
        },
    ),
    Term(
        "region.designation",
        DesignationKind,
        {
            "mountain_26": Words("山区26县", "One of the 26 mountain counties"),
            "mountain_island_25": Words(
                "山区海岛25县", "One of the 25 mountain and island counties"
            ),
            "ethnic_autonomous": Words("民族自治地方", "Ethnic autonomous area"),
            "revolutionary_old_area": Words("革命老区", "Old revolutionary area"),
        },
    ),
    Term(
        "organisation.level",
        OrganisationLevel,
        {
            "province": Words("省属", "Provincial"),
            "city": Words("市属", "Municipal"),
            "county": Words("县属", "County"),
        },
    ),
    Term(
        "organisation.kind",
        OrganisationKind,
        {
            "sasac": Words("国资监管机构", "State-assets regulator"),
            "soe_group": Words("国有企业集团", "State-owned group"),
            "soe_subsidiary": Words("国有企业下属公司", "Subsidiary of a state-owned group"),
            "gov": Words("政府", "Government"),
            "gov_dept": Words("政府部门", "Government department"),
            "school": Words("学校", "School"),
            "bank": Words("银行", "Bank"),
            "company": Words("其他企业", "Other company"),
        },
    ),
    Term(
        "officer.duty",
        Duty,
        {
            "leader": Words("分管领导", "Leader in charge"),
            "liaison": Words("联络员", "Liaison officer"),
            "reporter": Words("填报人", "Reporter"),
            "reviewer": Words("审核人", "Reviewer"),
        },
    ),
    Term(
        "account.role",
        Role,
        {
            "reporter": Words("填报人", "Reporter"),
            "reviewer": Words("审核人", "Reviewer"),
            "liaison": Words("联络员", "Liaison officer"),
            "convener": Words("召集单位", "Convener unit"),
            "regulator": Words("国资监管人员", "Regulator"),
            "observer": Words("观察员", "Observer"),
            "integrator": Words("集成方", "Integrator"),
            "system_admin": Words("系统管理员", "System administrator"),
            "security_admin": Words("安全管理员", "Security administrator"),
            "audit_admin": Words("审计管理员", "Audit administrator"),
        },
    ),
    Term(
        "account.permission",
        Permission,
        {
            "regions.keep": Words("维护区划", "Keep regions"),
            "calendar.keep": Words("维护工作日历", "Keep the working calendar"),
            "organisations.keep": Words("维护单位", "Keep organisations"),
            "officers.keep": Words("维护联络人员", "Keep officers"),
            "policies.keep": Words("维护机制参数", "Keep policy packs"),
            "groups.establish": Words("组建团组", "Establish groups"),
            "groups.keep": Words("维护团组", "Keep groups"),
            "projects.keep": Words("维护项目", "Keep projects"),
            "projects.admit": Words("审核项目入库", "Check and admit projects"),
            "projects.upsert": Words("按外部编号对接项目", "Upsert projects by their source's id"),
            "agreements.keep": Words("维护框架协议", "Keep agreements"),
            "targets.keep": Words("维护年度目标", "Keep targets"),
            "meetings.keep": Words("召开会议", "Hold meetings"),
            "meetings.answer": Words("回复会议邀请", "Answer invitations"),
            "blockers.report": Words("提出和报结堵点难点", "Raise blockers, report them solved"),
            "blockers.coordinate": Words("协调堵点难点", "Coordinate blockers"),
            "blockers.review": Words("核验和销号堵点难点", "Verify and close blockers"),
            "progress.report": Words("填报进展", "Report progress"),
            "progress.review": Words("审核进展", "Review progress"),
            "supervision.issue": Words("签发督办单", "Issue supervision orders"),
            "supervision.answer": Words("签收并反馈督办单", "Answer supervision orders"),
            "webhooks.keep": Words("维护事件订阅", "Keep webhooks"),
            "proof.read": Words("查看送达记录", "Read proof of delivery"),
            "accounts.keep": Words("维护账号", "Keep accounts"),
            "audit.read": Words("查阅审计记录", "Read the audit"),
        },
    ),
    Term(
        "group.state",
        GroupState,
        {
            "draft": Words("筹建", "Draft"),
            "active": Words("运行", "Active"),
            "dissolved": Words("已撤销", "Dissolved"),
        },
    ),
    Term(
        "group.verb",
        GroupVerb,
        {
            "establish": Words("组建", "Establish"),
            "dissolve": Words("撤销", "Dissolve"),
            "hand_over": Words("移交召集职责", "Hand over the chair"),
        },
    ),
    Term(
        "member.role",
        MemberRole,
        {
            "convener": Words("召集单位", "Convener unit"),
            "member": Words("团组单位", "Member unit"),
            "observer": Words("观察单位", "Observer"),
        },
    ),
    Term(
        "duty.kind",
        DutyKind,
        {
            "hold_meeting": Words("召开团组会议", "Hold the group meeting"),
            "organise_activity": Words("组织团组活动", "Organise a group activity"),
            "update_list": Words("更新清单", "Update the list"),
            "submit_report": Words("报送团组报告", "Submit the group's report"),
        },
    ),
    Term(
        "project.thrust",
        Thrust,
        {
            "industry": Words("产业动能", "Industry"),
            "livelihood": Words("民生共享", "Livelihood"),
            "soe_supervision": Words("国资国企监管", "Supervision of state-owned enterprises"),
        },
    ),
    Term(
        "project.domain",
        Domain,
        {
            "major_infrastructure": Words("重大基础设施", "Major infrastructure"),
            "energy": Words("能源", "Energy"),
            "culture_tourism": Words("文旅", "Culture and tourism"),
            "manufacturing": Words("制造", "Manufacturing"),
            "service": Words("服务", "Services"),
            "geology_service": Words("地质技术服务", "Geological services"),
            "agriculture": Words("农业", "Agriculture"),
            "finance": Words("金融", "Finance"),
            "rural_vitalisation": Words("乡村振兴", "Rural vitalisation"),
            "elderly_care": Words("养老", "Care for the elderly"),
            "education": Words("教育", "Education"),
            "talent": Words("人才", "Talent"),
            "new_energy": Words("新能源", "New energy"),
            "environment": Words("环保", "Environment"),
            "biomedicine": Words("生物医药", "Biomedicine"),
            "digital_economy": Words("数字经济", "Digital economy"),
            "soe_reform": Words("国企改革", "Reform of state-owned enterprises"),
        },
    ),
    Term(
        "project.track",
        Track,
        {
            "investment": Words("投资类", "Investment"),
            "service": Words("服务类", "Service"),
        },
    ),
    Term(
        "project.stage",
        Stage,
        {
            "idea": Words("谋划", "Idea"),
            "reserve": Words("储备", "Reserve"),
            "signed": Words("签约", "Signed"),
            "preparatory": Words("前期", "Preparatory"),
            "under_construction": Words("在建", "Under construction"),
            "completed": Words("竣工", "Completed"),
            "operating": Words("投产运营", "Operating"),
            "archived": Words("归档", "Archived"),
            "proposed": Words("拟议", "Proposed"),
            "agreed": Words("商定", "Agreed"),
            "running": Words("实施", "Running"),
            "delivered": Words("交付", "Delivered"),
            "evaluated": Words("评价", "Evaluated"),
        },
    ),
    Term(
        "project.side_state",
        SideState,
        {
            "paused": Words("暂停", "Paused"),
            "terminated": Words("终止", "Terminated"),
            "moved_out": Words("调出", "Moved out"),
        },
    ),
    Term(
        "project.verb",
        ProjectVerb,
        {
            "pause": Words("暂停", "Pause"),
            "resume": Words("恢复", "Resume"),
            "terminate": Words("终止", "Terminate"),
            "move_out": Words("调出", "Move out"),
        },
    ),
    Term(
        "project.library_class",
        LibraryClass,
        {
            "planning": Words("规划", "Planning"),
            "preparatory": Words("前期", "Preparatory"),
            "implementation": Words("实施", "Implementation"),
        },
    ),
    Term(
        "project.partner_role",
        PartnerRole,
        {
            "partner": Words("合作方", "Partner"),
            "owner": Words("业主", "Owner"),
            "county_side": Words("县方", "County side"),
        },
    ),
    Term(
        "plan.spread",
        Spread,
        {
            "even": Words("按月平均", "Alike each month"),
            "working_days": Words("按工作日分摊", "Alike each working day"),
        },
    ),
    Term(
        "plan.change_state",
        PlanChangeState,
        {
            "requested": Words("待审批", "Requested"),
            "approved": Words("已批准", "Approved"),
            "refused": Words("未批准", "Refused"),
        },
    ),
    Term(
        "plan.change_verb",
        PlanChangeVerb,
        {
            "approve": Words("批准", "Approve"),
            "refuse": Words("不批准", "Refuse"),
        },
    ),
    Term(
        "milestone.gate",
        Gate,
        {
            "approval": Words("立项", "Approval"),
            "feasibility": Words("可研", "Feasibility study"),
            "land": Words("用地", "Land"),
            "environment": Words("环评", "Environmental assessment"),
            "permit": Words("施工许可", "Construction permit"),
            "start": Words("开工", "Start of construction"),
            "main_structure": Words("主体", "Main structure"),
            "completion": Words("竣工", "Completion"),
            "production": Words("投产", "Start of operation"),
        },
    ),
    Term(
        "agreement.side",
        Side,
        {
            "enterprise": Words("企业方", "Enterprise side"),
            "county": Words("县方", "County side"),
        },
    ),
    Term(
        "agreement.state",
        AgreementState,
        {
            "negotiating": Words("洽谈", "Negotiating"),
            "signed": Words("已签约", "Signed"),
            "converting": Words("转化中", "Converting"),
            "fulfilled": Words("已履行", "Fulfilled"),
            "expired": Words("已到期", "Expired"),
            "terminated": Words("已终止", "Terminated"),
        },
    ),
    Term(
        "agreement.verb",
        AgreementVerb,
        {
            "sign": Words("签约", "Sign"),
            "convert": Words("转化为项目", "Convert to a project"),
            "fulfil": Words("履行完毕", "Fulfil"),
            "expire": Words("到期", "Expire"),
            "terminate": Words("终止", "Terminate"),
        },
    ),
)
