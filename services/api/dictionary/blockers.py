"""Names of what is in the way: blockers, their dues, consultations, ladders, time to solve."""

from collections.abc import Mapping

from services.api.dictionary.meaning import GAS_COMPANY, OTHER, Meaning, means

BLOCKERS: Mapping[str, Meaning] = {
    "blocker_id": means("Id of the blocker.", OTHER),
    "consultation_id": means("Id of the consultation on a blocker.", OTHER),
    "ladder_code": means("Code of the ladder of coordination.", "yongkang"),
    "severity": means("How much of the project it holds up.", "major"),
    "level_before": means("At which level it was until then.", "county"),
    "owner_organisation_id": means("Id of the unit that is to solve it.", GAS_COMPANY),
    "raised_by_organisation_id": means("Id of the unit that raised it.", GAS_COMPANY),
    "resolved_by_organisation_id": means("Id of the unit that reported it solved.", GAS_COMPANY),
    "original_due_on": means("The due first set; it never moves.", "2026-12-18"),
    "current_due_on": means("By when it is asked for now.", "2026-12-25"),
    "next_consultation_on": means("For which day a consultation is called.", "2026-12-02"),
    "until_on": means("As this day begins its clock runs again by itself.", "2026-12-18"),
    "stopped_working_days": means("Number of working days its clock stood still.", 11),
    "recheck_due_on": means(
        "From which day its re-check (回头看) is due: 90 calendar days after close-out.",
        "2027-03-11",
    ),
    "held_on": means("The day it was held.", "2026-12-02"),
    "outcome": means("What it came to.", "unresolved"),
}
