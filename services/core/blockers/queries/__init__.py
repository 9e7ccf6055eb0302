"""Reads of blockers; who sees the project sees them, and so does the unit that is to solve one."""

from services.core.blockers.queries.blockers import (
    RECORDS,
    Sought,
    blocker,
    blockers,
    visible,
)
from services.core.blockers.queries.change import (
    Place,
    at_hand,
    for_change,
    next_number,
    open_suspension,
    placed,
    project_of,
    standing_on,
)
from services.core.blockers.queries.consultations import (
    CONSULTATIONS,
    consultation,
    consultations,
)
from services.core.blockers.queries.proposals import ladder, ladders, proposal
from services.core.blockers.queries.statistics import statistics

__all__ = (
    "CONSULTATIONS",
    "RECORDS",
    "Place",
    "Sought",
    "at_hand",
    "blocker",
    "blockers",
    "consultation",
    "consultations",
    "for_change",
    "ladder",
    "ladders",
    "next_number",
    "open_suspension",
    "placed",
    "project_of",
    "proposal",
    "standing_on",
    "statistics",
    "visible",
)
