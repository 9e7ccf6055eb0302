"""A report's life: from owed to accepted, and by whom it may be accepted.

Source: a named reporter fills it in, another person approves it (专人填报、领导审核).
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from services.core.kit.errors import Forbidden, UnlawfulMove
from services.core.kit.words import Words


class ReportState(StrEnum):
    """From owed to accepted."""

    DUE = "due"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    ACCEPTED = "accepted"


class ReportVerb(StrEnum):
    """What the reporter and the reviewer may do; reopening lets an accepted figure be corrected."""

    SAVE = "save"
    SUBMIT = "submit"
    ACCEPT = "accept"
    RETURN = "return"
    REOPEN = "reopen"


MOVES: Mapping[tuple[ReportState, ReportVerb], ReportState] = {
    (ReportState.DUE, ReportVerb.SAVE): ReportState.DRAFT,
    (ReportState.DUE, ReportVerb.SUBMIT): ReportState.SUBMITTED,
    (ReportState.DRAFT, ReportVerb.SAVE): ReportState.DRAFT,
    (ReportState.DRAFT, ReportVerb.SUBMIT): ReportState.SUBMITTED,
    (ReportState.SUBMITTED, ReportVerb.ACCEPT): ReportState.ACCEPTED,
    (ReportState.SUBMITTED, ReportVerb.RETURN): ReportState.RETURNED,
    (ReportState.RETURNED, ReportVerb.SAVE): ReportState.RETURNED,
    (ReportState.RETURNED, ReportVerb.SUBMIT): ReportState.SUBMITTED,
    (ReportState.ACCEPTED, ReportVerb.REOPEN): ReportState.RETURNED,
}
"""A returned report stays returned while it is edited, so that nobody mistakes it for a draft."""


def is_late(submitted_at: datetime, original_due_at: datetime) -> bool:
    """Say whether the first submission came after the original due, whatever was extended (I-9)."""
    return submitted_at > original_due_at


class CorrectionState(StrEnum):
    """From asked to decided."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class CorrectionVerb(StrEnum):
    """What the reviewer may do with a correction."""

    ACCEPT = "accept"
    REFUSE = "refuse"


CORRECTION_MOVES: Mapping[tuple[CorrectionState, CorrectionVerb], CorrectionState] = {
    (CorrectionState.REQUESTED, CorrectionVerb.ACCEPT): CorrectionState.ACCEPTED,
    (CorrectionState.REQUESTED, CorrectionVerb.REFUSE): CorrectionState.REFUSED,
}


def check_correctable(state: ReportState) -> None:
    """Refuse to correct what is not accepted yet: it is changed or returned instead.

    Raises:
        UnlawfulMove: it is not accepted.
    """
    if state != ReportState.ACCEPTED:
        raise UnlawfulMove(state, "correct", [verb for known, verb in MOVES if known == state])


def check_reviewer(reviewer: UUID, reporter: UUID) -> None:
    """Refuse a reviewer who is the reporter: four eyes see more than two.

    Raises:
        Forbidden: they are the same person.
    """
    if reviewer == reporter:
        raise Forbidden(
            Words("填报人不能审核自己的报告。", "Who reported may not review the same report.")
        )
