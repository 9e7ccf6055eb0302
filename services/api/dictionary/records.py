"""Names of what is kept: accounts, units, groups, projects, plans, agreements, targets."""

from collections.abc import Mapping

from services.api.dictionary.meaning import (
    ACCOUNT,
    ENERGY,
    GAS_COMPANY,
    OTHER,
    PERSON,
    UNIT,
    Meaning,
    cny,
    means,
)

_CURVE = [str(3_333_333 * month) + ".00" for month in range(1, 12)] + ["40000000.00"]

RECORDS: Mapping[str, Meaning] = {
    # accounts and tokens
    "login": means("The account's log-in; lower case, so that no two look alike.", "convener-jn"),
    "role": means("What it may do, or the part it takes."),
    "email": means("Where its letters go; null: to the inbox only.", "convener@jn-gas.example"),
    "language": means("In which language it is written to.", "zh"),
    "is_active": means("Whether the account is open: a closed one lets nobody in."),
    "account": means("The account itself."),
    "permissions": means("What the role may do."),
    "scope": means("What the caller sees."),
    "group_count": means("Number of groups in the caller's scope.", 1),
    "token": means(
        "The token itself, shown once and never again.", "tz_Zk3v0nEXAMPLEONLYq8sF2yW7uB5dT1hJ9cL"
    ),
    "expires_at": means("When it lets nobody in any more.", "2027-11-24T00:00:00+00:00"),
    "revoked_at": means("When its owner or an administrator revoked it; null: it holds.", None),
    # organisations
    "short_names": means("Other names under which it is found.", ["景宁天然气"]),
    "credit_code": means(
        "统一社会信用代码 (GB 32100), 18 characters; null: not known.", "91331127MA2E0A0A0X"
    ),
    "duty": means("What the person answers for.", "liaison"),
    "phone": means("Telephone number; shown to who has the unit in scope.", "0578-5080000"),
    # regions
    "designations": means("Lists the place stands on, each from one day until another."),
    # groups
    "charter": means(
        "What the group is for, as its founding paper says.",
        "一县一团组：召集单位牵头，各成员单位按分工结对帮扶。",
    ),
    "expected_member_count": means(
        "Number of member units that the source counts; null: it says none.", 11
    ),
    "policy_code": means("Code of the pack of thresholds that counts for it.", "zj-default"),
    "established_on": means("The day the group was established.", "2023-03-01"),
    "dissolved_on": means("The day the group ended; null: it goes on.", None, "2027-03-01"),
    "convener": means("The unit in the chair (召集单位); null while the group is drafted."),
    "represents": means(
        "The member unit that the convener speaks for; null: for itself.",
        {"id": ENERGY, "name": "浙江省能源集团"},
    ),
    "warnings": means("What should not be so and forbids nothing; null: not looked at yet."),
    "every_months": means("Owed every so many months.", 1),
    "began_on": means("First day it is owed.", "2026-01-01"),
    "ended_on": means("First day it is owed no longer; null: it still is.", None, "2027-01-01"),
    "handed_over_on": means("First day of the new convener.", "2026-12-01"),
    "duties": means("The duties that went along with the chair.", ["hold_meeting"]),
    "convener_organisation_id": means("Id of the unit in the chair.", GAS_COMPANY),
    "member_organisation_ids": means("Ids of the member units.", [ENERGY]),
    "from_organisation_id": means("Id of the unit that gave up the chair.", ENERGY),
    "to_organisation_id": means("Id of the unit that took the chair.", GAS_COMPANY),
    # projects
    "project_code": means("The project's code.", "P-07"),
    "project_name": means("The project's name.", "LNG站2座+中压管道约30公里"),
    "thrust": means("One of the three thrusts of the help (产业, 民生, 国资监管).", "livelihood"),
    "domain": means("The field it belongs to.", "energy"),
    "track": means("Which row of stages it goes through.", "investment"),
    "stage": means("Where on its track it stands.", "preparatory"),
    "stage_before": means("Where on its track it stood until then.", "preparatory"),
    "side_state": means("Paused, terminated or moved out; null: none of them.", None),
    "side_state_before": means("Its side state until then; null: none.", None),
    "library_class": means(
        "规划, 前期, 实施: derived from the stage.", "preparation", "preparatory"
    ),
    "lead_organisation": means(
        "The unit that leads the project.", {"id": ENERGY, "name": "浙江省能源集团"}
    ),
    "responsible_organisation": means("The unit that owes the reports (责任单位).", UNIT),
    "responsible_person": means("Who answers for it, by name.", "叶某（示意）"),
    "partners": means("Other units that take part."),
    "share_percent": means("The unit's share of the investment, in %; null: not known.", 40),
    "total_investment": means(
        "What the whole project is to cost (CNY); null: no source says.",
        cny("40000000.00", "at_least"),
    ),
    "plan_start_on": means("The day work is to start.", "2026-03-01"),
    "plan_finish_on": means("The day it is to be finished.", "2027-12-31"),
    "actual_start_on": means("The day work did start; null: it has not.", None),
    "actual_finish_on": means("The day it was finished; null: it is not.", None),
    "reports_from": means("First month a report is owed for; null: none is owed.", "2026-08"),
    "watch": means("What monitoring last saw of it."),
    "last_accepted_period": means("Of the last accepted report; null: none yet.", "2026-09"),
    "source_id": means("Code of another system that keeps projects.", "erp-zjny"),
    "external_id": means("By which it knows the project.", "2026-0417"),
    "happened_on": means("The day the stage changed.", "2026-11-20"),
    "finished_on": means("The day it was completed.", "2027-12-31"),
    # milestones and plans
    "milestone_name": means("What is to be reached.", "主体结构封顶"),
    "gate": means("Which approval or node of the procedure it is; null: none of the usual.", None),
    "weight": means("Its share of the project's progress, in %; all together up to 100.", 20),
    "planned_on": means("The day it is planned for now.", "2026-11-10"),
    "original_planned_on": means("The day it was first planned for; never moves.", "2026-10-20"),
    "forecast_on": means("The day it is now expected; null: as planned.", None),
    "actual_on": means("The day it was reached; null: not yet.", None, "2026-11-20"),
    "evidence": means("What shows that it was reached.", "竣工验收备案表 2026-11-20"),
    "days_late": means("Calendar days after its first planned day; negative: before it.", 12),
    "planned_investment": means(
        "What is to be invested in the year (CNY).", cny("40000000.00", "at_least"), "40000000.00"
    ),
    "planned_investment_before": means("CNY planned for the year until then.", "30000000.00"),
    "investment_qualifier": means("How exact the investment is.", "at_least"),
    "curve": means("Cumulative CNY at the end of each of the 12 months.", _CURVE),
    "is_spread": means("No curve was given: the year's sum is spread over its months."),
    "spread_by": means("By what it was spread; null: a curve was given.", "working_days"),
    "planned_payments": means("CNY of funds to be paid in the year; null: none.", "38000000.00"),
    "payments": means(
        "Funds to be paid in the year (CNY); null: none are planned.", cny("38000000.00")
    ),
    "payment_curve": means(
        "Cumulative CNY to be paid at the end of each of the 12 months; null: none.", _CURVE
    ),
    "payments_spread_by": means("By what the payments were spread; null: they were given.", None),
    "change_id": means("Id of the request to change the plan; null: there was none.", OTHER),
    "replaces": means("Number of the version in force that it was made from.", 1),
    "requested_at": means("When it was asked for.", "2026-11-23T02:00:00+00:00"),
    "requested_by": means("Who asked for it.", PERSON),
    "decided_at": means("When it was decided; null: it waits.", None),
    "decided_by": means("Who decided, a second person; null: it waits.", None),
    "decision_note": means("What the second person said to it; null: nothing.", "资金来源未落实"),
    "is_current": means("Whether this version is in force."),
    "image_target": means("What is to be seen on the site by the year's end.", "中压管道贯通"),
    "made_at": means("When this version was made.", "2026-01-05T02:00:00+00:00"),
    "made_by": means("Who made this version; null: it was loaded from a document.", PERSON),
    # progress
    "period": means("What it is about: 2026-11, 2026-11-H1, 2026-W48, 2026-Q4.", "2026-10"),
    "invested_period": means("CNY invested in this period; null: not said.", cny("1800000.00")),
    "cumulative_year": means(
        "CNY invested since the year's first day; null: not said.",
        cny("14000000.00"),
        "14000000.00",
    ),
    "cumulative_all": means(
        "CNY invested since the project began; null: not said.", cny("14000000.00"), "14000000.00"
    ),
    "paid_year": means(
        "CNY of funds paid since the year's first day; null: not said.",
        cny("12000000.00"),
        "12000000.00",
    ),
    "paid_all": means(
        "CNY of funds paid since the project began; null: not said.",
        cny("12000000.00"),
        "12000000.00",
    ),
    "physical_percent": means("How much of the work is done, in %; null: not said.", 35),
    "image_progress": means("形象进度: what is to be seen on the site.", "1号站储罐基础完成"),
    "problems": means("What is in the way; null: nothing was said.", "用地批复未到"),
    "next_steps": means("What comes next; null: nothing was said.", "下月完成设备招标"),
    "help_needed": means("What others would have to do; null: nothing.", "请县自然资源局协调用地"),
    "note": means("What the reviewer found.", "本年累计与合同支付凭证不符，请核对"),
    "review_note": means("What the reviewer found; null: nothing was returned.", None),
    "is_no_change": means('"Nothing changed", with a reason: a report too.'),
    "no_change_reason": means("Why nothing changed; null: something did.", None),
    "correction_reason": means("Why a figure is below the last accepted one; null: none is.", None),
    "is_corrected": means("Its figures were corrected after it was accepted."),
    "correction_id": means("Id of the correction.", OTHER),
    "is_late": means("Its first submission came after the original due."),
    "is_overdue": means("It is past its due and not handed in."),
    # agreements
    "agreement_code": means("The agreement's code.", "FA-20"),
    "batch_code": means("The batch's code.", "FA-B1"),
    "side": means("On which side it signs.", "enterprise"),
    "parties": means("Who signs, on either side."),
    "signed_on": means("The day it was signed; null: the source gives no day.", None, "2022-10-26"),
    "signed_month": means("The month it was signed, YYYY-MM.", "2022-10"),
    "agreement_count": means("Number of agreements signed on the occasion.", 19),
    "enterprise_count": means("Number of enterprises that signed; null: not announced.", 15),
    "county_count": means("Number of counties that signed; null: not announced.", 19),
    # admissions
    "admission_id": means("Id of the proposal to enter or leave the library.", OTHER),
    "admission_kind": means("Which way it goes: into the library or out of it.", "exit"),
    "admission_state": means("Where the proposal stands now.", "at_city"),
    "exit_reason": means("What kind of reason it leaves for.", "finished"),
    "merged_into_id": means("The project it is merged into; null: it is not merged.", None),
    "gate_level": means("The level whose check it was at.", "county"),
    "return_count": means("Number of times it was returned.", 1),
    # guarantees
    "guarantee_id": means("Id of the promise.", OTHER),
    "guarantee_kind": means("What kind of resource was promised.", "land"),
    "promiser": means("The organisation that promised it, and answers for it.", UNIT),
    "promiser_organisation_id": means("Id of the organisation that promised it.", OTHER),
    "promised_amount": means("How much was promised; null: it is no amount.", "12.00"),
    "unit": means("In which unit the amounts or values are; null: there is none.", "亩"),
    "promised_on": means("The day it was promised.", "2026-03-02"),
    "due_on": means("The day it is due on now.", "2026-06-30"),
    "original_due_on": means("The day it was first due on; never moves.", "2026-06-30"),
    "delivered_amount": means("All that came so far, in the unit; null: nothing yet.", "8.00"),
    "delivered_on": means("The day it came; null: nothing yet.", "2026-06-25"),
    "is_whole": means("Whether that is all that was promised."),
    "reported_by": means("Account of whoever said that it came; null: nobody yet.", ACCOUNT),
    "confirmed_by": means("Account of the second person, who confirmed it; null: nobody.", OTHER),
    "confirmed_at": means("When it was confirmed; null: not yet.", "2026-06-26T02:00:00+00:00"),
    # outcomes
    "indicator_id": means("Id of the indicator.", OTHER),
    "indicator_name": means("What is observed.", "累计发放贷款"),
    "observation_id": means("Id of the observation.", OTHER),
    "measure": means("Whether values add up from the beginning, or are of one period each."),
    "latest": means("The newest value; null: nothing was observed yet."),
    "value": means("What was observed, in the indicator's unit.", "7109.00"),
    "qualifier": means("How exact it is.", "exact"),
    "is_verified": means("Whether a second person verified it."),
    "observed_at": means("When it was recorded.", "2023-01-10T02:00:00+00:00"),
    "observed_by": means("Account of whoever recorded it; null: a document did.", ACCOUNT),
    "verified_at": means("When it was verified; null: not yet.", "2023-01-11T02:00:00+00:00"),
    "verified_by": means("Account of the second person, who verified it; null: nobody.", OTHER),
    # meetings
    "meeting_id": means("Id of the meeting.", OTHER),
    "meeting_code": means("The meeting's code.", "M-02"),
    "invitation_id": means("Id of one unit's invitation to the meeting.", OTHER),
    "starts_at": means("When it begins, as announced last.", "2026-12-07T06:00:00Z"),
    "ends_at": means("When it is to end, as announced last.", "2026-12-07T08:00:00Z"),
    "from_starts_at": means("When it was to begin until then.", "2026-12-04T06:00:00Z"),
    "original_starts_at": means(
        "When it was to begin as first announced; never moves.", "2026-12-04T06:00:00Z"
    ),
    "present": means("Number of units that came themselves.", 8),
    "proxy": means("Number of units that sent somebody in their place.", 2),
    "absent": means("Number of units that did not come.", 1),
    "prepared_by": means("Account of whoever wrote the minutes, or wrote at them last.", ACCOUNT),
    "approved_by": means("Account of the second person, who approved the minutes.", OTHER),
    # targets and statements
    "as_of_month": means("The month it is true of, YYYY-MM.", "2022-10"),
    "project_count": means("Number of projects.", 291),
    "project_qualifier": means("How exact the number of projects is.", "exact"),
    "investment": means(
        "The investment of all of them together (CNY).",
        cny("280000000000.00", "at_least"),
        "280000000000.00",
    ),
    "reported": means("What was said."),
    "recorded": means("What the records in the caller's scope hold."),
    "gap": means("What the records lack of what was said."),
    # documents
    "document": means("The whole pack, as JSON."),
    "created": means("How many records of each section were new.", {"projects": 18}),
    "policy": means("The pack that judged, and its version."),
    "adopted_by": means("Account of whoever adopted it; null: not adopted, or shipped.", OTHER),
    "effective_on": means("First day on which it counts; null: a draft.", "2026-01-01"),
}
