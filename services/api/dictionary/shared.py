"""Names that every room uses: identity, provenance, versions, people, places, time."""

from collections.abc import Mapping

from services.api.dictionary.meaning import (
    ACCOUNT,
    AGREEMENT,
    ENERGY,
    GAS_COMPANY,
    GROUP,
    LNG,
    OTHER,
    PROJECT,
    REPORT,
    UNIT,
    Meaning,
    cny,
    means,
)

LNG_EN = "Two LNG stations and about 30 km of medium-pressure pipeline"
GROUP_NAME = "国资国企助力山区海岛县共同富裕联合团组(景宁)"

SHARED: Mapping[str, Meaning] = {
    # identity
    "id": means("UUIDv7 of the record: never changes, sorts by when it was made.", OTHER),
    "code": means(
        "The record's own code, which people write and read; unique of its kind.", "P-07"
    ),
    "name": means("What it is called in Chinese, as the source writes it.", LNG),
    "name_en": means("What it is called in English; null: nobody has translated it.", LNG_EN),
    "name_zh": means("What the day is called in Chinese.", "春节放假"),
    "title": means(
        "The heading a person reads.",
        {"zh": f"待办：“{LNG}”2026年10月进展", "en": f"To do: Oct 2026 update of {LNG_EN}"},
        "Not found",
    ),
    "body": means(
        "The text below the heading.",
        {
            "zh": "原定11月6日17:30，已过12个工作日。",
            "en": "It was due Fri 6 Nov, 17:30; 12 working days ago.",
        },
    ),
    "label": means("What people call the code.", {"zh": "前期", "en": "Preparatory"}),
    "values": means("The codes of the set, in their own order."),
    "zh": means("In Chinese.", "月报应于2026-11-06 17:30前报送"),
    "en": means("In English.", "The report was due 2026-11-06 17:30"),
    "text": means(
        "What is to be said, in the writer's own words.", "用地批复已取得，12月上旬进场。"
    ),
    "number": means("Its place in the row, counted from 1.", 1),
    "items": means("The records of this page, in the order asked for."),
    "kind": means("Which kind it is."),
    "state": means("Where in its life it is; moves by the verbs of its table."),
    "reason": means(
        "Why, in the words of whoever decided it.",
        "等待用地批复",
        {"zh": "项目已暂停。", "en": "The project is paused."},
    ),
    # provenance
    "source": means(
        "Where it comes from: the line of a document, or who decided it; null: nobody said.",
        "团组材料（2023）：拟建设LNG站2座、中压管道约30公里，投资4000余万元",
    ),
    "is_illustrative": means(
        "Made up for a demonstration or a trial, and never to be taken for a real record."
    ),
    "is_placeholder": means("The source counts it and does not name it."),
    "version": means("Row version: the number its ETag begins with; grows with every change.", 1),
    "fields": means("Names of the fields that changed.", ["name", "charter"], "code,name"),
    "change": means("What was done to it."),
    # ids of others
    "account_id": means("Id of the account: the person's or program's log-in.", ACCOUNT),
    "account_ids": means("Ids of the accounts it went to.", [ACCOUNT]),
    "account_name": means("Name of the account's owner.", "叶某（示意）"),
    "agreement_id": means("Id of the framework agreement.", AGREEMENT),
    "batch_id": means("Id of the batch it was announced in; null: of none.", AGREEMENT),
    "cause_id": means("Id of what the message is about, of the kind `cause_kind` names.", OTHER),
    "delivery_id": means("Id of the delivery.", OTHER),
    "deputy_account_id": means("Account asked when the officer's own is closed.", ACCOUNT),
    "duty_id": means("Id of the convener's duty.", OTHER),
    "endpoint_id": means("Id of the webhook endpoint.", OTHER),
    "event_id": means("Id of the event; its `webhook-id` in every attempt.", OTHER),
    "finding_id": means("Id of the finding: one thing a rule found wrong.", OTHER),
    "group_id": means("Id of the joint group; null: of none.", GROUP),
    "import_id": means("Id of the loading of one document.", OTHER),
    "lead_organisation_id": means("Id of the unit that leads the project.", ENERGY),
    "member_id": means("Id of the place in the group.", OTHER),
    "milestone_id": means("Id of the milestone.", OTHER),
    "notification_id": means("Id of the message in its reader's inbox.", OTHER),
    "officer_id": means("Id of the officer's term.", OTHER),
    "order_id": means("Id of the supervision order (督办单, 通报, 约谈); null: none.", OTHER),
    "organisation_id": means("Id of the unit in the directory.", GAS_COMPANY),
    "organisation_ids": means("Ids of the units it went to.", [GAS_COMPANY]),
    "parent_id": means(
        "Id of the record of the same kind above this one; null: it is on top.", None
    ),
    "party_id": means("Id of an organisation that signed.", GAS_COMPANY),
    "plan_id": means("Id of this version of the year's plan.", OTHER),
    "policy_id": means("Id of this version of the policy pack.", OTHER),
    "project_id": means("Id of the project.", PROJECT),
    "project_ids": means("Ids of projects.", [PROJECT]),
    "reminder_id": means("Id of the reminder.", OTHER),
    "report_id": means("Id of the progress report.", REPORT),
    "represents_organisation_id": means(
        "Id of the member unit that the convener speaks for; null: for itself.", ENERGY
    ),
    "responsible_account_id": means("Account of the responsible person, who is reminded.", ACCOUNT),
    "responsible_organisation_id": means(
        "Id of the unit that owes the reports (责任单位).", GAS_COMPANY
    ),
    "run_id": means("Id of the climb of one ladder; null: drafted by a person.", OTHER),
    "statement_id": means("Id of the statement.", OTHER),
    "subject_id": means("Id of what it is about, of the kind `subject_kind` names.", REPORT),
    "subject_kind": means("Kind of record that it is about.", "progress_report"),
    "target_id": means("Id of the annual target.", OTHER),
    "token_id": means("Id of the token; never the token itself.", OTHER),
    # the same, as filters
    "group": means("The joint group; null: of none.", GROUP, {"id": GROUP, "name": GROUP_NAME}),
    "organisation": means("The unit that answers for it.", UNIT),
    "parent": means(
        "What stands directly above; null: it is on top.",
        {"id": ENERGY, "name": "浙江省能源集团"},
        None,
    ),
    "project": means(
        "The project it is about.", PROJECT, {"id": PROJECT, "code": "P-07", "name": LNG}
    ),
    "under": means("Where to begin: this one and all below it."),
    # places
    "region": means(
        "The place, by its GB/T 2260 code.", "331127", {"code": "331127", "name": "景宁畲族自治县"}
    ),
    "region_code": means("GB/T 2260 code of the place: 6 digits, 9 for a township.", "331127"),
    "parent_code": means("Code of the region above; null: it is a province.", "331100"),
    "level": means("Its level: province, city, county (and township, of places)."),
    # time
    "as_of": means("The moment or day whose state is meant.", "2026-11-24"),
    "created_at": means("When it was made.", "2026-11-24T01:00:00+00:00"),
    "computed_at": means("When it was computed.", "2026-11-24T16:12:42+00:00"),
    "day": means("Which day it is.", "2026-10-10"),
    "from": means("The first day.", "2026-10-01"),
    "to": means("The last day.", "2026-10-10"),
    "on": means("The day it was so.", "2026-11-24"),
    "valid_from": means("First day on which it holds.", "2023-03-01"),
    "valid_to": means(
        "First day on which it holds no more; null: no end is known.", None, "2027-03-01"
    ),
    "next_at": means("When it is next looked at or tried; null: it is settled.", None),
    "started_at": means("When it began.", "2026-11-06T09:30:00+00:00"),
    "ended_at": means("When it ended; null: it goes on.", None),
    "year": means("Calendar year.", 2026),
    # money, numbers, texts
    "amount": means(
        "The sum of money, with how exact it is; null: the source gives none.",
        cny("85700000000.00", "at_least"),
    ),
    "currency": means("ISO 4217 code; always Chinese yuan.", "CNY"),
    "qualifier": means("How exact the figure is: bare exact, 超/余 at_least, 约 about.", "exact"),
    "description": means("What it is about, in one paragraph.", "拟建设LNG站2座、中压管道约30公里"),
    # problems
    "type": means("URN of the problem's code; stable.", "urn:tuanzu:problem:unlawful_move"),
    "status": means("HTTP status code; null: there was no answer.", 200),
    "detail": means(
        "What is wrong, in a sentence for a person.",
        "There is no such record.",
        {"zh": "累计数低于上月", "en": "The cumulative figure is below last month's."},
    ),
    "dataschema": means(
        "URN of the data's schema, with its version.", "urn:tuanzu:event:progress.accepted:v1"
    ),
    "errors": means("Every wrong field, each by its pointer."),
    "pointer": means("JSON pointer to the field.", "/cumulative_year"),
    "trace_id": means(
        "W3C trace id of the request: names its lines in the log.",
        "97ba3251441aaaed1ad26345cd6dc45a",
    ),
    # parameters of lists
    "cursor": means("Opaque: `next_cursor` of the page before.", ".eJwdxLkNwCAMAMBd3AZL"),
    "sort": means("Field names, comma-separated; `-` is down.", "-id"),
    "q": means("Part of what it is called.", "LNG"),
}
