"""What is known of a project's past: each record with the moments at which it was written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from services.core.monitoring.rules.verdict import OpenBlocker, YearPlan
from services.core.policies.pack import Light
from services.core.projects.rules import LibraryClass
from services.core.rulings.rules import InForce


@dataclass(frozen=True, slots=True)
class PastReport:
    """A report with the moments at which something of it was recorded."""

    report_id: UUID
    period: str
    opened_at: datetime
    original_due_at: datetime
    extended_to: datetime | None
    submitted_at: datetime | None
    is_late: bool
    returned_at: datetime | None
    """When it was last sent back, if it is owed again."""
    accepted_at: datetime | None
    is_no_change: bool
    cumulative_year: Decimal | None
    paid_year: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PastMilestone:
    """A node, and the day it was reached."""

    milestone_id: UUID
    name: str
    original_planned_on: date
    actual_on: date | None


@dataclass(frozen=True, slots=True)
class PastPlan:
    """One version of a year's plan, and when it was made."""

    number: int
    made_at: datetime
    plan: YearPlan
    payments: YearPlan | None = None


@dataclass(frozen=True, slots=True)
class PastBlocker:
    """What stood in the way: from which day to which, and when its clock stood still."""

    blocker: OpenBlocker
    """As it is known now; how it stood at a moment is worked out."""
    raised_on: date
    resolved_on: date | None
    is_reopened: bool
    stops: Sequence[tuple[date, date | None, int]]
    """Each stop of its clock: began, ended (None: it stands still), working days given back."""


@dataclass(frozen=True, slots=True)
class PastRuling:
    """What a person ruled, and from when to when it counted."""

    made_at: datetime
    ended_at: datetime | None
    ruling: InForce


@dataclass(frozen=True, slots=True)
class Recorded:
    """What was computed when a month ended: the light, and whether rules looked at all."""

    light: Light | None
    is_watched: bool


@dataclass(frozen=True, slots=True)
class Known:
    """Everything that is recorded of one project, to be cut off at any past moment."""

    stands_started: bool
    """Its stage today lies past its start: so it did always, where no day of it is recorded."""
    plan_start_on: date | None
    actual_start_on: date | None
    actual_finish_on: date | None
    reports_from: str | None
    watched_since_on: date | None
    reports: Sequence[PastReport]
    milestones: Sequence[PastMilestone]
    plans: Sequence[PastPlan]
    recorded: Mapping[str, Recorded]
    rulings: Sequence[PastRuling]
    blockers: Sequence[PastBlocker] = ()
    library_class: LibraryClass = LibraryClass.IMPLEMENTATION
    """As it stands today."""

    def class_at(self, day: date) -> LibraryClass:
        """Give the class on a day: before its start a project was in preparation at most."""
        has_started = self.actual_start_on is None or self.actual_start_on <= day
        if self.library_class != LibraryClass.IMPLEMENTATION or has_started:
            return self.library_class
        return LibraryClass.PREPARATORY
