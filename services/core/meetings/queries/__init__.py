"""Reads of meetings; scope is one condition, `visible`."""

from services.core.meetings.queries.audience import (
    contact_of,
    outside_the_group,
    regulators_of,
    timetable,
)
from services.core.meetings.queries.change import (
    as_it_is,
    for_change,
    has_code,
    invitation_for_change,
    invited,
    minutes_of,
    planned,
    unended,
)
from services.core.meetings.queries.meetings import (
    RECORDS,
    Sought,
    invitation,
    invitations,
    meeting,
    meetings,
)
from services.core.meetings.queries.scope import mine, units_of, visible

__all__ = (
    "RECORDS",
    "Sought",
    "as_it_is",
    "contact_of",
    "for_change",
    "has_code",
    "invitation",
    "invitation_for_change",
    "invitations",
    "invited",
    "meeting",
    "meetings",
    "mine",
    "minutes_of",
    "outside_the_group",
    "planned",
    "regulators_of",
    "timetable",
    "unended",
    "units_of",
    "visible",
)
