"""The rules of progress: a report's life, its periods, its figures, and what is asked of them."""

from services.core.progress.rules.answers import Answer, Kept, Unanswered, answered, check_answered
from services.core.progress.rules.figures import (
    CARRIED,
    CUMULATIVE,
    FIGURES,
    Figures,
    Previous,
    carried,
    check_complete,
    check_no_change,
    check_possible,
    check_unmoved,
    corrected,
)
from services.core.progress.rules.life import (
    CORRECTION_MOVES,
    MOVES,
    CorrectionState,
    CorrectionVerb,
    ReportState,
    ReportVerb,
    check_correctable,
    check_reviewer,
    is_late,
)
from services.core.progress.rules.periods import due_at, next_period, opens_at
from services.core.progress.rules.questions import Question, Reported, asked, fallen

__all__ = (
    "CARRIED",
    "CORRECTION_MOVES",
    "CUMULATIVE",
    "FIGURES",
    "MOVES",
    "Answer",
    "CorrectionState",
    "CorrectionVerb",
    "Figures",
    "Kept",
    "Previous",
    "Question",
    "ReportState",
    "ReportVerb",
    "Reported",
    "Unanswered",
    "answered",
    "asked",
    "carried",
    "check_answered",
    "check_complete",
    "check_correctable",
    "check_no_change",
    "check_possible",
    "check_reviewer",
    "check_unmoved",
    "corrected",
    "due_at",
    "fallen",
    "is_late",
    "next_period",
    "opens_at",
)
