"""Names of the chasing: lights, findings, reminders, ladders, orders, deliveries, the calendar."""

from collections.abc import Mapping

from services.api.dictionary.meaning import GAS_COMPANY, GROUP, OTHER, PROJECT, UNIT, Meaning, means

CHASING: Mapping[str, Meaning] = {
    # lights and findings
    "light": means("How it stands: green, attention, yellow, red; null: not assessed.", "red"),
    "light_before": means("The light until then; null: it was not assessed.", "yellow"),
    "light_since": means("Since when it has this light.", "2026-11-12T16:00:00+00:00"),
    "worst_light": means("The worst light this finding has had.", "red"),
    "dimension": means("What is looked at.", "report"),
    "dimensions": means("Every rule's answer, each with its arithmetic."),
    "rule": means("Which rule it is, of MR-01 to MR-24.", "MR-03"),
    "reasons": means("Codes of the rules behind the new light.", ["MR-03"]),
    "occurrence": means("Which time it is, unique below its rule and subject.", "2026-10"),
    "arithmetic": means(
        "How the light comes about, so that it can be computed again by hand.",
        {
            "zh": "2026-10 月报应于 2026-11-06 17:30 前报送；已过 13 个工作日 ⇒ red。",
            "en": "The report of 2026-10 was due 2026-11-06 17:30; that is 13 working days ⇒ red.",
        },
    ),
    "turns_green": means(
        "What would turn it green; null: it is green, or nothing would.",
        {
            "zh": "报送并经审核通过后转绿。",
            "en": "It turns green when the report is in and accepted.",
        },
    ),
    "explanation": means(
        "The rule's answer as it was found, with its figures and units.",
        {"rule": "MR-03", "inputs": {"working_days_late": "13"}},
    ),
    "original_due_at": means("When it was first due; never moves.", "2026-11-06T09:30:00+00:00"),
    "next_check_at": means("When the clock alone could change it.", "2026-12-06T16:00:00+00:00"),
    "due_at": means("When it was due.", "2026-11-06T09:30:00+00:00"),
    "due_before": means("When it had been due until then.", "2026-11-05T09:30:00+00:00"),
    "current_due_at": means("When it is due now.", "2026-11-06T09:30:00+00:00"),
    "opened_at": means("When it was opened.", "2026-10-31T16:00:00+00:00"),
    "cleared_at": means("When its cause was gone; null: it is still there.", None),
    "submitted_at": means("When it was last handed in; null: not yet.", None),
    "submitted_by": means("Who handed it in; null: nobody yet.", None),
    "reviewed_at": means("When a second person reviewed it; null: not yet.", None),
    "reviewed_by": means("The second person; null: nobody yet.", None),
    "ruling_id": means("Id of the ruling.", OTHER),
    "waived": means("An accepted reason; null: there is none."),
    "waived_until": means("Until when a good reason is accepted; null: there is none.", None),
    "declared": means("The light a person has declared; null: nobody has.", None),
    "expires_on": means("The last day on which it counts.", "2026-12-31"),
    # simulations
    "from_period": means("The first month, YYYY-MM.", "2025-11"),
    "to_period": means("The last month, YYYY-MM; it is over.", "2026-10"),
    "project_ids": means("Only these projects; empty: all you see.", []),
    "counts": means("How much was looked at."),
    "project_months": means("Month-ends whose light was recorded.", 3600),
    "different": means("Of those, how many would have had another light.", 41),
    "unrecorded": means("Month-ends of which no light is recorded: left out.", 12),
    "matrix": means("For each month: how many projects had which light, and would have had."),
    "computed": means("The light as it was computed then; null: it was not assessed.", "yellow"),
    "simulated": means("The light it would have had; null: not assessed.", "red"),
    "months": means("Month-ends with another light."),
    "taken": means("Steps that were really taken.", 3),
    "simulated_steps": means("Steps that would have been taken.", 2),
    # reminders and notifications
    "planned_at": means("The moment it was planned for.", "2026-11-10T01:00:00+00:00"),
    "sent_at": means("When it was sent; null: not sent.", "2026-11-10T01:00:00+00:00"),
    "ended_reason": means("Why it ended; null: it goes on.", None),
    "recipients": means("The people it went to."),
    "acknowledged_at": means('When its reader said "I know"; null: not yet.', None),
    "read_at": means("When its reader opened it; nobody else can see this.", None),
    "cause_kind": means("Kind of what the message is about.", "reminder"),
    "link": means("Path of what it is about, below the service's address.", "/progress-reports"),
    "channel": means("By which way it was sent.", "email"),
    "attempts": means("Number of attempts so far.", 1),
    "answer": means("What the other side answered, in its own words; null: nothing.", "250 taken"),
    "delivered_at": means("When it was taken; null: not yet.", None),
    "until": means("When it comes again.", "2026-11-12T01:00:00+00:00"),
    "working_days": means("So many working days.", 2),
    # ladders
    "policy_number": means("Version number of the policy pack.", 1),
    "climbed": means("Number of steps taken so far.", 3),
    "steps": means("The steps taken so far, in order."),
    "taken_at": means("When the step was taken.", "2026-11-13T01:00:00+00:00"),
    "is_last": means("No step is left after this one."),
    "colour": means("Colour of the paper: blue, yellow, red; null: it has none.", "red"),
    # supervision orders
    "order_code": means("The order's code.", "DB-2026-0004"),
    "issued_to": means("The units it goes to.", [GAS_COMPANY], [UNIT]),
    "drafted_at": means("When it was drafted.", "2026-11-13T01:00:00+00:00"),
    "issued_at": means("When a person issued it (交办); null: a draft.", None),
    "issued_by": means("Who issued it; null: a draft.", None),
    "signed_at": means("When the unit signed for it (签收); null: not yet.", None),
    "signed_by": means("Who signed for it; null: nobody yet.", None),
    "reply": means("What was done about it (反馈); null: no reply yet.", None),
    "replied_at": means("When the unit replied; null: not yet.", None),
    "replied_by": means("Who replied; null: nobody yet.", None),
    "closed_at": means("When it was closed (办结); null: it is open.", None),
    "closed_by": means("Who closed it; null: it is open.", None),
    "end_reason": means("Why it was returned or withdrawn; null: it was not.", None),
    # webhooks
    "url": means("Where it is.", "https://receiver.example/tuanzu"),
    "event_types": means(
        "Event names, `progress.*`, or `*`: what the endpoint takes.", ["progress.*"]
    ),
    "group_ids": means("Only facts of these groups; none: of all.", [GROUP]),
    "region_codes": means(
        "Only facts about these places and those within them; none: about all.", ["331127"]
    ),
    "record_ids": means(
        "Only facts about these records, or about parts of these projects; none: about all.",
        [PROJECT],
    ),
    "labels": means("What its owner wants to remember with it.", {"system": "erp"}),
    "headers": means("Sent with every attempt.", {"x-tenant": "331127"}),
    "secret_header_names": means(
        "Names of the headers whose values nobody reads again.", ["authorization"]
    ),
    "api_version": means("Version of the events it gets, whatever comes after it."),
    "rate_per_minute": means(
        "Number of attempts a minute at most; null: no limit of its own.", 600
    ),
    "ordering": means("Whether each message waits until the one before it was taken."),
    "payload": means("Whether messages carry the event's data, or only say what to read."),
    "content_type": means("What a message says it is; the body is the same."),
    "mode": means("Whether messages are sent, or fetched by whoever they are for.", "push"),
    "public_key": means(
        "Verifies the Ed25519 signatures (`v1a`): whpk_ and base64; empty until the first rotation "
        "of an old endpoint.",
        "whpk_+5BZZkXHkzOWvDQUgmFXDcGzPBIFPwJSUeCrzpGEa7k=",
    ),
    "verified_at": means("When its receiver gave the challenge back; null: not yet.", None),
    "failures": means("Number of attempts that failed since one succeeded.", 0),
    "quiet_until": means("Sent nothing until then, after failing; null: sent at once.", None),
    "first_seq": means("Place in the feed where it begins.", 1),
    "at_seq": means("It has looked as far as this place.", 4000),
    "last_seq": means("Place in the feed where it ends.", 4711),
    "owed": means("Number of deliveries it has made due.", 12),
    "replay_id": means("Id of the replay.", OTHER),
    "event_type": means("What happened, `noun.past_tense`.", "progress.accepted"),
    "failing_since": means("Since when no attempt succeeded; null: all is well.", None),
    "disabled_reason": means("Why it was switched off; null: it was not.", None),
    "seq": means("The event's place in the feed: no gaps, the same order for everybody.", 4711),
    "log": means("Every attempt with its answer, in order."),
    "attempted_at": means("When it was tried.", "2026-11-24T01:00:02+00:00"),
    "duration_ms": means("How long the attempt took, in milliseconds.", 84),
    "error": means("What went wrong on the way; null: there was an answer.", None),
    "data": means("What happened, as the event's own schema says."),
    "specversion": means("Version of CloudEvents.", "1.0"),
    "datacontenttype": means("Media type of `data`.", "application/json"),
    # the calendar
    "works": means("Whether people work, even on a Sunday (补班)."),
    "notice_year": means("Calendar year of the notice that named the day; null: none.", 2026),
    "days": means("Each day by itself."),
    "provisional_years": means("Calendar years whose notice is not out yet.", [2027]),
    "first_on": means("The first of the days.", "2027-02-05"),
    "last_on": means("The last of the days.", "2027-02-11"),
}
