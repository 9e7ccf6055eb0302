"""For every operation a request that is right in itself: only who asks decides the answer."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from services.api.authority import rule_of
from services.api.relations import Kind, Open
from tests.authority.scene import Place

_WHY = {"reason": "理由充分"}
_PASSWORD = {"password": "zither-Otter-17-lantern"}
_LATER = {"starts_at": "2026-12-09T06:00:00Z", "ends_at": "2026-12-09T08:00:00Z"}
_NOTE = {"note": "请核对"}
_PHOTO = {
    "file_name": "a.jpg",
    "media_type": "image/jpeg",
    "size_bytes": 1,
    "sha256": "0" * 64,
}
_FIGURES = {"project_count": 70, "investment": {"amount": "100.00"}}

BODIES: Mapping[str, Any] = {
    "draftGroup": {"code": "G-NEW", "name": "新团组", "region_code": "331127"},
    "changeGroup": {"charter": "章程"},
    "establishGroup": {},
    "dissolveGroup": _WHY,
    "handOverGroup": {"organisation_id": "{organisation_id}", **_WHY},
    "addGroupMember": {"organisation_id": "{organisation_id}"},
    "endGroupMember": _WHY,
    "assignConvenerDuty": {"kind": "update_list", "every_months": 3},
    "endConvenerDuty": {},
    "admitProject": {
        "code": "P-NEW",
        "name": "新项目",
        "group_id": "{group_id}",
        "region_code": "331127",
        "thrust": "livelihood",
        "domain": "energy",
        "track": "investment",
        "stage": "preparatory",
        "lead_organisation_id": "{organisation_id}",
    },
    "putExternalProject": {
        "code": "P-NEW",
        "name": "新项目",
        "group_id": "{group_id}",
        "region_code": "331127",
        "thrust": "livelihood",
        "domain": "energy",
        "track": "investment",
        "stage": "preparatory",
        "lead_organisation_id": "{organisation_id}",
    },
    "draftAdmission": {
        "code": "P-NEW",
        "name": "新项目",
        "group_id": "{group_id}",
        "region_code": "331127",
        "thrust": "livelihood",
        "domain": "energy",
        "track": "investment",
        "stage": "preparatory",
        "lead_organisation_id": "{organisation_id}",
    },
    "changeAdmission": {"description": "说明"},
    "draftExit": {"exit_reason": "finished", "reason": "合作事项全部完成"},
    "changeExit": {"reason": "合作事项全部完成"},
    "withdrawAdmission": _WHY,
    "returnAdmission": _WHY,
    "changeProject": {"description": "说明"},
    "advanceProject": {"stage": "under_construction"},
    "pauseProject": _WHY,
    "resumeProject": _WHY,
    "terminateProject": _WHY,
    "moveOutProject": _WHY,
    "planMilestone": {"name": "开工", "planned_on": "2026-12-20"},
    "scheduleMilestones": {
        "finish_on": "2026-12-20",
        "steps": [{"name": "封顶", "working_days": 20}],
    },
    "changeMilestone": {"name": "封顶"},
    "reachMilestone": {"actual_on": "2026-11-20", "evidence": "验收单"},
    "putPlan": {"planned_investment": {"amount": "12.00"}, **_WHY},
    "requestPlanChange": {
        "year": 2026,
        "replaces": 1,
        "planned_investment": {"amount": "12.00"},
        **_WHY,
    },
    "approvePlanChange": {},
    "refusePlanChange": _NOTE,
    "saveProgressReport": {"image_progress": "封顶"},
    "declareNoChange": _WHY,
    "returnProgressReport": _NOTE,
    "reopenProgressReport": _NOTE,
    "requestProgressCorrection": {"image_progress": "封顶", **_WHY},
    "refuseProgressCorrection": _NOTE,
    "snoozeReminder": {"working_days": 1},
    "makeRuling": {"dimension": "report", "expires_on": "2026-12-31", **_WHY},
    "assignPolicy": {
        "code": "p",
        "region_code": "331127",
        "effective_on": "2026-12-01",
        **_WHY,
    },
    "simulatePolicy": {
        "policy_id": "{policy_id}",
        "from_period": "2026-09",
        "to_period": "2026-10",
    },
    "draftSupervisionOrder": {
        "project_id": "{project_id}",
        "title": {"zh": "督办", "en": "Order"},
        "body": {"zh": "请办理", "en": "Please act"},
        "issued_to": ["{organisation_id}"],
    },
    "changeSupervisionOrder": {"colour": "red"},
    "replyToSupervisionOrder": {"text": "已办理"},
    "returnSupervisionReply": _WHY,
    "withdrawSupervisionOrder": _WHY,
    "recordAgreementBatch": {
        "code": "B-NEW",
        "name": "签约",
        "signed_month": "2023-06",
        "agreement_count": 1,
    },
    "recordAgreement": {
        "code": "FA-NEW",
        "name": "协议",
        "group_id": "{group_id}",
        "parties": [
            {"organisation_id": "{organisation_id}", "side": "enterprise"},
            {"organisation_id": "{county_id}", "side": "county"},
        ],
    },
    "changeAgreement": {"name": "协议"},
    "signAgreement": {"signed_on": "2026-11-20"},
    "convertAgreement": {"project_id": "{project_id}"},
    "fulfilAgreement": _WHY,
    "expireAgreement": _WHY,
    "terminateAgreement": _WHY,
    "setAnnualTarget": {"region_code": "331127", "year": 2027, **_FIGURES},
    "changeAnnualTarget": {"project_count": 71},
    "stateLibrary": {"region_code": "331127", "as_of_month": "2023-01", **_FIGURES},
    "promiseGuarantee": {
        "kind": "land",
        "description": "用地",
        "promiser_organisation_id": "{organisation_id}",
        "promised_on": "2026-11-01",
        "due_on": "2026-12-01",
    },
    "changeGuarantee": {"description": "说明"},
    "reportGuarantee": {"delivered_on": "2026-11-20", "evidence": "批复"},
    "returnGuarantee": _WHY,
    "withdrawGuarantee": _WHY,
    "proveProgressReport": _PHOTO,
    "proveMilestone": _PHOTO,
    "proveBlocker": _PHOTO,
    "proveGuarantee": _PHOTO,
    "withdrawEvidence": _WHY,
    "defineOutcomeIndicator": {"name": "户数", "unit": "户", "measure": "cumulative"},
    "recordObservation": {"as_of": "2026-11-01", "value": "3300.00"},
    "draftMeeting": {
        "kind": "group_meeting",
        "title": "会议",
        "group_id": "{group_id}",
        **_LATER,
    },
    "changeMeeting": {"title": "新题"},
    "moveMeeting": _LATER | _WHY,
    "cancelMeeting": _WHY,
    "holdMeeting": {"attendance": []},
    "writeMeetingMinutes": {"number": "1", "text": "议定。"},
    "replyToMeetingInvitation": {"reply": "accepted"},
    "raiseBlocker": {
        "project_id": "{project_id}",
        "kind": "blockage",
        "title": "用地",
        "description": "用地未获批复",
        "due_on": "2026-12-18",
    },
    "changeBlocker": {"title": "新题"},
    "triageBlocker": {"level": "county"},
    "assignBlocker": {"owner_organisation_id": "{organisation_id}", "responsible_person": "叶某"},
    "consultOnBlocker": {"on": "2026-12-02"},
    "escalateBlocker": _WHY,
    "suspendBlocker": {"limit_days": 10, **_WHY},
    "resolveBlocker": {"resolution": "已批复"},
    "returnBlocker": _WHY,
    "closeBlocker": {"evidence": "批复文号"},
    "recheckBlocker": {"outcome": "holds"},
    "concludeBlockerConsultation": {
        "convened_by_organisation_id": "{organisation_id}",
        "held_on": "2026-11-23",
        "attendee_ids": ["{organisation_id}"],
        "conclusion": "由市局调剂指标",
        "outcome": "resolved",
    },
    "openSession": {"login": "nobody", "kind": "phone", **_PASSWORD},
    "refreshSession": {"refresh_token": "tzr_nobodys_own_token_of_a_phone"},
    "acceptInvitation": {"token": "tzi_nobodys_own_token_of_a_link", **_PASSWORD},
    "claimInstallation": {
        "token": "tzb_nobodys_own_token_of_a_start",
        "organisation": {
            "code": "SASAC",
            "name": "国资委",
            "regions": [{"code": "330000", "name": "浙江省", "level": "province"}],
        },
        "account": {"login": "first", "name": "甲", **_PASSWORD},
    },
    "changeMyPassword": {"current": "wrong", "new": _PASSWORD["password"]},
    "enrolSecondFactor": _PASSWORD,
    "confirmSecondFactor": {"code": "123456"},
    "removeSecondFactor": {"code": "123456", **_PASSWORD},
    "linkIdentity": {"issuer": "https://provider.example", "subject": "somebody"},
    "issueServiceToken": {"name": "平台"},
    "registerWebhookEndpoint": {"url": "https://receiver.example/new"},
    "changeWebhookEndpoint": {"description": "接收"},
    "sendWebhookTest": {},
    "beginWebhookReplay": {},
    "openAccount": {
        "login": "new-account",
        "name": "新账户",
        "organisation_id": "{organisation_id}",
        "role": "reporter",
    },
    "changeAccount": {"name": "新名"},
    "closeAccount": _WHY,
    "issueToken": {"name": "手机"},
    "enterOrganisation": {
        "code": "O-NEW",
        "name": "新单位",
        "level": "county",
        "kind": "soe_group",
        "region_code": "331127",
    },
    "changeOrganisation": {"name_en": "Unit"},
    "appointOfficer": {"name": "李某", "duty": "liaison"},
    "endOfficer": {},
    "enterRegion": {
        "code": "331128",
        "name": "新县",
        "level": "county",
        "parent_code": "331100",
    },
    "changeRegion": {"name_en": "Jingning"},
    "designateRegion": {"kind": "mountain_26", "valid_from": "2026-01-01"},
    "publishCalendarDays": {
        "source": "通知",
        "days": [{"day": "2026-12-12", "works": True, "name_zh": "补班", "name_en": "Work"}],
    },
    "draftPolicy": {"document": {}},
    "changePolicy": {"source": "省国资委"},
    "adoptPolicy": {"effective_on": "2026-12-01"},
}
"""operationId → the body; a name in braces stands for an id of the place that is asked about."""

QUERIES = {"explainWorkingDays": "?from=2026-12-01&to=2026-12-05"}
QUERIES["getPlanComparison"] = "?before=1&after=1"
QUERIES["listCalendarDays"] = QUERIES["explainWorkingDays"]

LISTS: Mapping[str, str] = {
    "listGroups": "group_id",
    "listProjects": "project_id",
    "listAdmissions": "admission_id",
    "listProgressReports": "report_id",
    "listFindings": "finding_id",
    "listTotalFindings": "total_finding_id",
    "listReminders": "reminder_id",
    "listNotifications": "notification_id",
    "listEscalations": "run_id",
    "listSupervisionOrders": "order_id",
    "listAgreements": "agreement_id",
    "listWebhookEndpoints": "endpoint_id",
    "listMeetings": "meeting_id",
    "listBlockers": "blocker_id",
    "listEvidence": "evidence_id",
    "listJobs": "job_id",
}
"""operationId of a list → the id of the record of each place that may stand in it."""
LISTED: Mapping[str, Kind] = {
    "listGroups": Kind.GROUP,
    "listProjects": Kind.PROJECT,
    "listAdmissions": Kind.ADMISSION,
    "listProgressReports": Kind.REPORT,
    "listFindings": Kind.PROJECT,
    "listTotalFindings": Kind.TOTAL,
    "listReminders": Kind.REMINDER,
    "listNotifications": Kind.MESSAGE,
    "listEscalations": Kind.RUN,
    "listSupervisionOrders": Kind.ORDER,
    "listAgreements": Kind.AGREEMENT,
    "listWebhookEndpoints": Kind.ENDPOINT,
    "listMeetings": Kind.MEETING,
    "listBlockers": Kind.BLOCKER,
    "listEvidence": Kind.EVIDENCE,
    "listJobs": Kind.JOB,
}

HIDDEN = {
    "group_id": "group_id",
    "project_id": "project_id",
    "parent_id": "project_id",
    "responsible_account_id": "account_id",
    "account_id": "account_id",
    "deputy_account_id": "account_id",
    "group": "group_id",
    "project": "project_id",
    "parent": "project_id",
    "run": "run_id",
}
"""Fields of bodies and filters that name something the caller may not know → which id it is."""


PUBLIC = (
    "organisation_id",
    "county_id",
    "region_code",
    "year",
    "day",
    "code",
    "batch_id",
    "target_id",
    "statement_id",
    "policy_id",
    "ladder_code",
    "assignment_id",
)


NO_ITEM = {"items": [{"op": "nothing"}]}
"""The body of a batch whose one item is wrong: who may send one is what is asked."""


def body_of(operation: str) -> Any:
    """Give the body an operation is tried with, if it takes one."""
    return NO_ITEM if operation.startswith("batch") else BODIES.get(operation)


def filled(template: Any, ids: Mapping[str, Any]) -> Any:
    """Put the ids of a place into a body."""
    if isinstance(template, dict):
        return {name: filled(part, ids) for name, part in template.items()}
    if isinstance(template, list):
        return [filled(part, ids) for part in template]
    if isinstance(template, str) and template.startswith("{"):
        return str(ids[template[1:-1]])
    return template


def unknown(place: Place) -> dict[str, Any]:
    """Give ids of records that do not exist, beside those that every account may read."""
    return {name: value if name in PUBLIC else uuid4() for name, value in place.ids.items()}


def is_public(operation: str) -> bool:
    """Say whether an operation needs no account."""
    return rule_of(operation).needs == Open.ANYBODY
