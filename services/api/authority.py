"""Who may do what, as data: every operation with the permission it needs and whose record it is.

Nothing is decided here: rooms refuse by their own conditions. This is what they promise, in one
table; `docs/authorisation.md` and `x-permission` are written from it, and a test tries every role
and relation against every operation. An operation that is not named here fails that test.
"""

import re
from collections.abc import Mapping

from services.api.relations import (
    ADDRESSEE,
    ANY_REGULATOR,
    ISSUER,
    KEEPERS,
    REGULATORS,
    UNITS,
    Kind,
    Open,
    Relation,
    Rule,
)
from services.core.access.rules import Permission

_R = Relation
_P = Permission
_ANYBODY = Rule(Open.ANYBODY)
_SIGNED_IN = Rule(Open.ACCOUNT)
_PROOF = Rule(_P.READ_PROOF, Kind.REMINDER, REGULATORS | {_R.CONVENER})
_DRAFTED = Rule(_P.ISSUE_ORDERS, Kind.ORDER)
_ISSUED = Rule(_P.ISSUE_ORDERS, Kind.ORDER, ISSUER)
_ANSWERED = Rule(_P.ANSWER_ORDERS, Kind.ORDER, UNITS)
_GROUP_BEGUN = Rule(_P.ESTABLISH_GROUPS, Kind.GROUP, REGULATORS)
_GROUP_KEPT = Rule(_P.KEEP_GROUPS, Kind.GROUP, REGULATORS | {_R.CONVENER})
_PROJECT_KEPT = Rule(_P.KEEP_PROJECTS, Kind.PROJECT, KEEPERS)
_REPORTED = Rule(_P.REPORT_PROGRESS, Kind.REPORT, UNITS)
_REVIEWED = Rule(_P.REVIEW_PROGRESS, Kind.REPORT, UNITS | {_R.CONVENER})
_AGREED = Rule(_P.KEEP_AGREEMENTS, Kind.AGREEMENT, KEEPERS)
_UNIT_KEPT = Rule(_P.KEEP_ORGANISATIONS, Kind.UNIT, REGULATORS)
_OFFICERS_KEPT = Rule(_P.KEEP_OFFICERS, Kind.UNIT, UNITS | REGULATORS)
_OFFICES_KEPT = Rule(_P.KEEP_TARGETS, Kind.UNIT, REGULATORS)
_HOOK_KEPT = Rule(_P.KEEP_WEBHOOKS, Kind.ENDPOINT)
_ACCOUNTS_KEPT = Rule(_P.KEEP_ACCOUNTS)
_PLACE_KEPT = Rule(_P.KEEP_REGIONS, Kind.PLACE, REGULATORS | {_R.ADMINISTRATOR})
_PLACE_ENTERED = Rule(
    _P.KEEP_REGIONS, Kind.PLACE, frozenset({_R.REGULATOR_ABOVE, _R.ADMINISTRATOR})
)
_CALENDAR_KEPT = Rule(_P.KEEP_CALENDAR, Kind.EVERYWHERE, frozenset({_R.PROVINCE, _R.ADMINISTRATOR}))
_POLICIES_KEPT = Rule(_P.KEEP_POLICIES, Kind.EVERYWHERE, frozenset({_R.PROVINCE}))
_POLICY_ASSIGNED = Rule(_P.KEEP_POLICIES, Kind.PLACE, REGULATORS)
_AUDITED = Rule(_P.READ_AUDIT)
_MEETING_KEPT = Rule(_P.KEEP_MEETINGS, Kind.MEETING, frozenset({_R.CONVENER}))

_BLOCKER_COORDINATED = Rule(_P.COORDINATE_BLOCKERS, Kind.BLOCKER, REGULATORS | {_R.CONVENER})
_BLOCKER_JUDGED = Rule(_P.REVIEW_BLOCKERS, Kind.BLOCKER, KEEPERS)


def _seen(kind: Kind) -> Rule:
    return Rule(Open.ACCOUNT, kind)


RULES: Mapping[str, Rule] = {
    # groups
    "listGroups": _SIGNED_IN,
    "draftGroup": Rule(_P.ESTABLISH_GROUPS, Kind.UNIT, REGULATORS),
    "getGroup": _seen(Kind.GROUP),
    "changeGroup": _GROUP_KEPT,
    "establishGroup": _GROUP_BEGUN,
    "dissolveGroup": _GROUP_BEGUN,
    "handOverGroup": _GROUP_KEPT,
    "listGroupMembers": _seen(Kind.GROUP),
    "addGroupMember": _GROUP_KEPT,
    "endGroupMember": _GROUP_KEPT,
    "listConvenerDuties": _seen(Kind.GROUP),
    "assignConvenerDuty": _GROUP_KEPT,
    "getConvenerDuty": _seen(Kind.GROUP),
    "endConvenerDuty": _GROUP_KEPT,
    # projects
    "listProjects": _SIGNED_IN,
    "admitProject": Rule(_P.ADMIT_PROJECTS, Kind.GROUP, frozenset({_R.PROVINCE})),
    "getProject": _seen(Kind.PROJECT),
    "changeProject": _PROJECT_KEPT,
    "getExternalProject": _seen(Kind.PROJECT),
    "putExternalProject": Rule(_P.UPSERT_PROJECTS, Kind.PROJECT, UNITS | {_R.CONVENER}),
    "advanceProject": _PROJECT_KEPT,
    "pauseProject": _PROJECT_KEPT,
    "resumeProject": _PROJECT_KEPT,
    "terminateProject": _PROJECT_KEPT,
    "moveOutProject": Rule(_P.KEEP_PROJECTS, Kind.PROJECT, frozenset({_R.PROVINCE})),
    "listMilestones": _seen(Kind.PROJECT),
    "planMilestone": _PROJECT_KEPT,
    "scheduleMilestones": _seen(Kind.PROJECT),
    "getMilestone": _seen(Kind.PROJECT),
    "changeMilestone": _PROJECT_KEPT,
    "reachMilestone": _PROJECT_KEPT,
    "listPlans": _seen(Kind.PROJECT),
    "getPlan": _seen(Kind.PROJECT),
    "putPlan": _PROJECT_KEPT,
    "getPlanComparison": _seen(Kind.PROJECT),
    "listPlanChanges": _seen(Kind.PROJECT),
    "requestPlanChange": _PROJECT_KEPT,
    "getPlanChange": _seen(Kind.PROJECT),
    "approvePlanChange": _PROJECT_KEPT,
    "refusePlanChange": _PROJECT_KEPT,
    "getProjectHealth": _seen(Kind.PROJECT),
    "listProjectHealth": _seen(Kind.PROJECT),
    "listFindings": _SIGNED_IN,
    "listMonitorRuns": _SIGNED_IN,
    "getMonitorRun": _SIGNED_IN,
    "getMonitorCheck": _SIGNED_IN,
    "listTotalFindings": _SIGNED_IN,
    "listRulings": _seen(Kind.PROJECT),
    "makeRuling": Rule(_P.ISSUE_ORDERS, Kind.PROJECT),
    "getRuling": _seen(Kind.PROJECT),
    "endRuling": Rule(_P.ISSUE_ORDERS, Kind.PROJECT),
    # admissions: at each gate the regulator of just that region
    "listAdmissions": _SIGNED_IN,
    "draftAdmission": Rule(_P.KEEP_PROJECTS, Kind.GROUP, KEEPERS),
    "getAdmission": _seen(Kind.ADMISSION),
    "changeAdmission": Rule(_P.KEEP_PROJECTS, Kind.ADMISSION, KEEPERS),
    "draftExit": _PROJECT_KEPT,
    "changeExit": Rule(_P.KEEP_PROJECTS, Kind.ADMISSION, KEEPERS),
    "submitAdmission": Rule(_P.KEEP_PROJECTS, Kind.ADMISSION, KEEPERS),
    "withdrawAdmission": Rule(_P.KEEP_PROJECTS, Kind.ADMISSION, UNITS),
    "checkAdmission": Rule(_P.ADMIT_PROJECTS, Kind.ADMISSION, ISSUER),
    "returnAdmission": Rule(_P.ADMIT_PROJECTS, Kind.ADMISSION, ISSUER),
    # progress
    "listProgressReports": _SIGNED_IN,
    "getProgressReport": _seen(Kind.REPORT),
    "saveProgressReport": _REPORTED,
    "submitProgressReport": _REPORTED,
    "declareNoChange": _REPORTED,
    "acceptProgressReport": _REVIEWED,
    "returnProgressReport": _REVIEWED,
    "reopenProgressReport": _REVIEWED,
    "listProgressCorrections": _seen(Kind.REPORT),
    "requestProgressCorrection": _REPORTED,
    "getProgressCorrection": _seen(Kind.REPORT),
    "acceptProgressCorrection": _REVIEWED,
    "refuseProgressCorrection": _REVIEWED,
    # reminders and notifications
    "listReminders": _SIGNED_IN,
    "getReminder": _seen(Kind.REMINDER),
    "listReminderDeliveries": _PROOF,
    "acknowledgeReminder": Rule(Open.ACCOUNT, Kind.REMINDER, ADDRESSEE),
    "snoozeReminder": Rule(Open.ACCOUNT, Kind.REMINDER, ADDRESSEE),
    "listNotifications": _SIGNED_IN,
    "getNotification": _seen(Kind.MESSAGE),
    "readNotification": _seen(Kind.MESSAGE),
    "acknowledgeNotification": _seen(Kind.MESSAGE),
    "listNotificationDeliveries": _seen(Kind.MESSAGE),
    # escalations
    "listEscalations": _SIGNED_IN,
    "getEscalation": _seen(Kind.RUN),
    "listSupervisionOrders": _SIGNED_IN,
    "draftSupervisionOrder": Rule(_P.ISSUE_ORDERS, Kind.PROJECT),
    "getSupervisionOrder": _seen(Kind.ORDER),
    "changeSupervisionOrder": _DRAFTED,
    "issueSupervisionOrder": _DRAFTED,
    "signSupervisionOrder": _ANSWERED,
    "replyToSupervisionOrder": _ANSWERED,
    "returnSupervisionReply": _ISSUED,
    "closeSupervisionOrder": _ISSUED,
    "withdrawSupervisionOrder": _ISSUED,
    # agreements
    "listAgreementBatches": _SIGNED_IN,
    "recordAgreementBatch": Rule(_P.KEEP_AGREEMENTS, Kind.UNIT, ANY_REGULATOR),
    "getAgreementBatch": _SIGNED_IN,
    "listAgreements": _SIGNED_IN,
    "recordAgreement": Rule(_P.KEEP_AGREEMENTS, Kind.GROUP, KEEPERS),
    "getAgreement": _seen(Kind.AGREEMENT),
    "changeAgreement": _AGREED,
    "signAgreement": _AGREED,
    "convertAgreement": _AGREED,
    "fulfilAgreement": _AGREED,
    "expireAgreement": _AGREED,
    "terminateAgreement": _AGREED,
    # targets: what was announced is public
    "listAnnualTargets": _SIGNED_IN,
    "setAnnualTarget": _OFFICES_KEPT,
    "getAnnualTarget": _SIGNED_IN,
    "changeAnnualTarget": _OFFICES_KEPT,
    "listLibraryStatements": _SIGNED_IN,
    "stateLibrary": _OFFICES_KEPT,
    "getLibraryStatement": _SIGNED_IN,
    # guarantees: whoever keeps the project; a promiser who sees it also says that it has come
    "listGuarantees": _SIGNED_IN,
    "promiseGuarantee": _PROJECT_KEPT,
    "getGuarantee": _seen(Kind.PROJECT),
    "changeGuarantee": _PROJECT_KEPT,
    "reportGuarantee": _PROJECT_KEPT,
    "confirmGuarantee": _PROJECT_KEPT,
    "returnGuarantee": _PROJECT_KEPT,
    "withdrawGuarantee": _PROJECT_KEPT,
    # outcomes: whoever keeps the project
    "listOutcomeIndicators": _SIGNED_IN,
    "defineOutcomeIndicator": _PROJECT_KEPT,
    "getOutcomeIndicator": _seen(Kind.PROJECT),
    "listObservations": _seen(Kind.PROJECT),
    "recordObservation": _PROJECT_KEPT,
    "getObservation": _seen(Kind.PROJECT),
    "verifyObservation": _PROJECT_KEPT,
    # evidence: of a record, whoever may say what it shows; its upload has a signed address
    "listEvidence": _SIGNED_IN,
    "proveProgressReport": _REPORTED,
    "proveMilestone": _PROJECT_KEPT,
    "proveBlocker": Rule(_P.REPORT_BLOCKERS, Kind.BLOCKER, KEEPERS),
    "proveGuarantee": _PROJECT_KEPT,
    "getEvidence": _seen(Kind.EVIDENCE),
    "getEvidenceContent": _seen(Kind.EVIDENCE),
    "withdrawEvidence": Rule(_P.KEEP_PROJECTS, Kind.EVIDENCE, UNITS),
    "getEvidenceUpload": _ANYBODY,
    "putEvidencePart": _ANYBODY,
    # meetings
    "listMeetings": _SIGNED_IN,
    # a group's; a region's own are its regulator's
    "draftMeeting": Rule(_P.KEEP_MEETINGS, Kind.GROUP, frozenset({_R.CONVENER})),
    "getMeeting": _seen(Kind.MEETING),
    "changeMeeting": _MEETING_KEPT,
    "scheduleMeeting": _MEETING_KEPT,
    "moveMeeting": _MEETING_KEPT,
    "cancelMeeting": _MEETING_KEPT,
    "holdMeeting": _MEETING_KEPT,
    "writeMeetingMinutes": _MEETING_KEPT,
    "approveMeetingMinutes": Rule(_P.KEEP_MEETINGS, Kind.MEETING, REGULATORS | {_R.CONVENER}),
    "closeMeeting": _MEETING_KEPT,
    "listMeetingInvitations": _seen(Kind.MEETING),
    "getMeetingInvitation": _seen(Kind.MEETING),
    "replyToMeetingInvitation": Rule(_P.ANSWER_MEETINGS, Kind.MEETING, UNITS),
    # blockers: whoever sees a project may say what is in its way
    "listBlockers": _SIGNED_IN,
    "raiseBlocker": Rule(_P.REPORT_BLOCKERS, Kind.PROJECT),
    "getBlocker": _seen(Kind.BLOCKER),
    "changeBlocker": Rule(_P.REPORT_BLOCKERS, Kind.BLOCKER, KEEPERS),
    "triageBlocker": _BLOCKER_COORDINATED,
    "assignBlocker": _BLOCKER_COORDINATED,
    "consultOnBlocker": _BLOCKER_COORDINATED,
    "escalateBlocker": _BLOCKER_COORDINATED,
    "suspendBlocker": _BLOCKER_COORDINATED,
    "resumeBlocker": _BLOCKER_COORDINATED,
    "resolveBlocker": Rule(_P.REPORT_BLOCKERS, Kind.BLOCKER, UNITS | {_R.CONVENER}),
    "returnBlocker": _BLOCKER_JUDGED,
    "verifyBlocker": _BLOCKER_JUDGED,
    "closeBlocker": _BLOCKER_JUDGED,
    "recheckBlocker": _BLOCKER_JUDGED,
    "getBlockerProposal": _seen(Kind.BLOCKER),
    "listBlockerConsultations": _seen(Kind.BLOCKER),
    "concludeBlockerConsultation": _BLOCKER_COORDINATED,
    "getBlockerConsultation": _seen(Kind.BLOCKER),
    "getBlockerStatistics": _SIGNED_IN,
    "listCoordinationLadders": _SIGNED_IN,
    "getCoordinationLadder": _SIGNED_IN,
    # webhooks
    "listWebhookEndpoints": _SIGNED_IN,
    "registerWebhookEndpoint": Rule(_P.KEEP_WEBHOOKS),
    "getWebhookEndpoint": _seen(Kind.ENDPOINT),
    "changeWebhookEndpoint": _HOOK_KEPT,
    "pauseWebhookEndpoint": _HOOK_KEPT,
    "resumeWebhookEndpoint": _HOOK_KEPT,
    "rotateWebhookSecret": _HOOK_KEPT,
    "listWebhookDeliveries": _seen(Kind.ENDPOINT),
    "getWebhookDelivery": _seen(Kind.ENDPOINT),
    "resendWebhookDelivery": _HOOK_KEPT,
    "retireWebhookEndpoint": _HOOK_KEPT,
    "verifyWebhookEndpoint": _HOOK_KEPT,
    "sendWebhookTest": _HOOK_KEPT,
    "listWebhookAttempts": _seen(Kind.ENDPOINT),
    "listWebhookMessages": _seen(Kind.ENDPOINT),
    "listWebhookReplays": _seen(Kind.ENDPOINT),
    "beginWebhookReplay": _HOOK_KEPT,
    "getWebhookReplay": _seen(Kind.ENDPOINT),
    "cancelWebhookReplay": _HOOK_KEPT,
    # oneself, accounts, tokens
    "getMe": _SIGNED_IN,
    "listAccounts": _ACCOUNTS_KEPT,
    "openAccount": _ACCOUNTS_KEPT,
    "getAccount": _ACCOUNTS_KEPT,
    "changeAccount": _ACCOUNTS_KEPT,
    "closeAccount": _ACCOUNTS_KEPT,
    "listTokens": _SIGNED_IN,
    "issueToken": _SIGNED_IN,
    "getToken": _seen(Kind.TOKEN),
    "revokeToken": _seen(Kind.TOKEN),
    "issueServiceToken": _ACCOUNTS_KEPT,
    "inviteAccount": _ACCOUNTS_KEPT,
    "resetSecondFactor": _ACCOUNTS_KEPT,
    "listIdentities": _ACCOUNTS_KEPT,
    "linkIdentity": _ACCOUNTS_KEPT,
    "getIdentity": _ACCOUNTS_KEPT,
    "unlinkIdentity": _ACCOUNTS_KEPT,
    # coming in: whoever is nobody yet proves it in the body; then one's own sessions and secrets
    "getWaysIn": _ANYBODY,
    "openSession": _ANYBODY,
    "refreshSession": _ANYBODY,
    "acceptInvitation": _ANYBODY,
    "startOidc": _ANYBODY,
    "finishOidc": _ANYBODY,
    "claimInstallation": _ANYBODY,
    "listSessions": _SIGNED_IN,
    "signOut": _SIGNED_IN,
    "getSession": _seen(Kind.SESSION),
    "endSession": _seen(Kind.SESSION),
    "changeMyPassword": _SIGNED_IN,
    "getMySecondFactor": _SIGNED_IN,
    "enrolSecondFactor": _SIGNED_IN,
    "confirmSecondFactor": _SIGNED_IN,
    "removeSecondFactor": _SIGNED_IN,
    # what is one's own to read on: facts, copies, the phone's home, jobs
    "listEvents": _SIGNED_IN,
    "getEventsHead": _SIGNED_IN,
    "sync": _SIGNED_IN,
    "getHome": _SIGNED_IN,
    "getTotals": _SIGNED_IN,
    "listJobs": _SIGNED_IN,
    "getJob": _seen(Kind.JOB),
    "listJobItems": _seen(Kind.JOB),
    "cancelJob": _seen(Kind.JOB),
    # the audit; a regulator reads what was done to the records of its region
    "listAudit": _AUDITED,
    "getAuditHead": _AUDITED,
    # the directory, places, days, policies, terms: public to every account
    "listOrganisations": _SIGNED_IN,
    "enterOrganisation": _UNIT_KEPT,
    "getOrganisation": _SIGNED_IN,
    "changeOrganisation": _UNIT_KEPT,
    "listOfficers": _SIGNED_IN,
    "appointOfficer": _OFFICERS_KEPT,
    "getOfficer": _SIGNED_IN,
    "endOfficer": _OFFICERS_KEPT,
    "listRegions": _SIGNED_IN,
    "enterRegion": _PLACE_ENTERED,
    "getRegion": _SIGNED_IN,
    "changeRegion": _PLACE_KEPT,
    "designateRegion": _PLACE_KEPT,
    "listCalendarDays": _SIGNED_IN,
    "publishCalendarDays": _CALENDAR_KEPT,
    "getCalendarDay": _SIGNED_IN,
    "withdrawCalendarDay": _CALENDAR_KEPT,
    "explainWorkingDays": _SIGNED_IN,
    "listPolicies": _SIGNED_IN,
    "draftPolicy": _POLICIES_KEPT,
    "getPolicy": _SIGNED_IN,
    "changePolicy": _POLICIES_KEPT,
    "adoptPolicy": _POLICIES_KEPT,
    "retirePolicy": _POLICIES_KEPT,
    "listPolicyAssignments": _SIGNED_IN,
    "assignPolicy": _POLICY_ASSIGNED,
    "getPolicyAssignment": _SIGNED_IN,
    "endPolicyAssignment": _POLICY_ASSIGNED,
    "simulatePolicy": Rule(_P.KEEP_POLICIES),
    "listTerms": _ANYBODY,
}
"""operationId → what it asks for. A list asks for an account: its rows say who sees each."""

_HISTORY = re.compile(r"list(\w+)History")
_BATCH = re.compile(r"batch[A-Z]\w+")


def rule_of(operation: str) -> Rule:
    """Give what an operation asks for; those that are made from others ask for what these do.

    Who reads a record reads its history. Who is signed in may send a batch: each of its items is
    answered as the single route answers.

    Raises:
        KeyError: nobody has said who may do it.
    """
    history = _HISTORY.fullmatch(operation)
    if history:
        return RULES[f"get{history[1]}"]
    return _SIGNED_IN if _BATCH.fullmatch(operation) else RULES[operation]
