"""The words of blockers."""

from enum import StrEnum


class BlockerKind(StrEnum):
    """堵点, 难点, 痛点: the way is closed, it is hard to go, it hurts those concerned."""

    BLOCKAGE = "blockage"
    HARD_POINT = "hard_point"
    PAIN_POINT = "pain_point"


class BlockerSeverity(StrEnum):
    """How much of the project it holds up."""

    MINOR = "minor"
    MAJOR = "major"
    CRITICAL = "critical"


class BlockerLevel(StrEnum):
    """Who can solve it, from the lowest level to the highest."""

    UNIT = "unit"
    COUNTY = "county"
    CITY = "city"
    PROVINCE = "province"


class BlockerState(StrEnum):
    """From raised to closed."""

    RAISED = "raised"
    TRIAGED = "triaged"
    ASSIGNED = "assigned"
    CONSULTING = "consulting"
    SUSPENDED = "suspended"
    RESOLVED = "resolved"
    VERIFIED = "verified"
    CLOSED = "closed"


class BlockerVerb(StrEnum):
    """What may be done to a blocker."""

    CHANGE = "change"
    TRIAGE = "triage"
    ASSIGN = "assign"
    CONSULT = "consult"
    CONCLUDE = "conclude"
    ESCALATE = "escalate"
    SUSPEND = "suspend"
    RESUME = "resume"
    RESOLVE = "resolve"
    RETURN = "return"
    VERIFY = "verify"
    CLOSE = "close"
    RECHECK = "recheck"
    REOPEN = "reopen"


class ConsultationOutcome(StrEnum):
    """What a consultation (会商) came to: a way was found, or the next level is asked."""

    RESOLVED = "resolved"
    UNRESOLVED = "unresolved"


class RecheckOutcome(StrEnum):
    """What the re-check (回头看) found: it stays solved, or it is back."""

    HOLDS = "holds"
    REOPENS = "reopens"


class Rhythmic(StrEnum):
    """What a ladder does on a fixed day of the week."""

    COLLECT = "collect"
    CONSULT = "consult"
    REPORT = "report"
