"""What rules look at, and what they answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from services.core.blockers.rules import BlockerLevel
from services.core.calendar.rules import WorkCalendar, day_of
from services.core.guarantees.rules import OpenPromise
from services.core.kit.words import Words
from services.core.policies.pack import Cadence, Dimension, Light, Pack
from services.core.projects.rules import LibraryClass
from services.core.rulings.rules import InForce


@dataclass(frozen=True, slots=True)
class OwedReport:
    """A report that is not accepted yet."""

    report_id: UUID
    period: str
    original_due_at: datetime
    is_handed_in: bool = False
    """Submitted, and waiting for its reviewer."""
    is_late: bool = False
    """Its first submission came after the original due."""
    returned_at: datetime | None = None
    """When it was last sent back, if it is owed again."""


@dataclass(frozen=True, slots=True)
class OpenMilestone:
    """A node that is not reached yet; judged by the day it was first planned for (I-9)."""

    milestone_id: UUID
    name: str
    original_planned_on: date


@dataclass(frozen=True, slots=True)
class OpenBlocker:
    """What is in the way and not solved; judged by its original due and its stopped clock (I-9)."""

    blocker_id: UUID
    title: str
    level: BlockerLevel
    original_due_on: date
    assessed_due_on: date
    """The original due moved by the working days its clock stood still; of a reopened one its new
    due."""
    is_stopped: bool = False
    """Its clock stands still now."""
    owner_organisation_id: UUID | None = None
    """The unit that answers for solving it; None: nobody was named yet."""


@dataclass(frozen=True, slots=True)
class YearPlan:
    """What is planned of one year, to invest or to pay: the whole, and the month-ends, CNY."""

    year: int
    planned: Decimal
    curve: tuple[Decimal, ...]


@dataclass(frozen=True, slots=True)
class MonthLights:
    """How a project stood when a month ended: each dimension that was judged, with its light."""

    period: str
    lights: Mapping[Dimension, Light]


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the rules know of one watched project at one moment."""

    has_started: bool
    is_delivering: bool
    """In a stage in which progress is owed: under construction, or running."""
    owes_reports: bool
    plan_start_on: date | None
    watched_since_on: date | None
    last_progress_on: date | None
    last_accepted_on: date | None
    last_accepted_period: str | None
    next_due_at: datetime | None
    """The original due of the first report after the last accepted one, opened or still to come."""
    cumulative_year: Decimal | None
    owed_reports: tuple[OwedReport, ...]
    open_milestones: tuple[OpenMilestone, ...]
    plans: Mapping[int, YearPlan]
    """Planned investment of each year."""
    open_promises: tuple[OpenPromise, ...] = ()
    open_blockers: tuple[OpenBlocker, ...] = ()
    rulings: tuple[InForce, ...] = ()
    """What people have ruled and is in force now."""
    months: tuple[MonthLights, ...] = ()
    """The months that are over, one after the other, the latest last (MR-21)."""
    paid_year: Decimal | None = None
    """Funds paid in the year of the last accepted report; None: it was not said."""
    payments: Mapping[int, YearPlan] = field(default_factory=dict)
    """Planned payments of each year; a year without them has none."""


@dataclass(frozen=True, slots=True)
class Setting:
    """By what the facts are judged: the pack with its number, the calendar, the moment."""

    pack: Pack
    number: int
    calendar: WorkCalendar
    now: datetime
    library_class: LibraryClass = LibraryClass.IMPLEMENTATION
    """The project's own, by which it may report in another rhythm."""
    today: date = field(init=False)
    """The day it is in Asia/Shanghai."""

    def __post_init__(self) -> None:
        """Look up the day once: every rule asks for it."""
        object.__setattr__(self, "today", day_of(self.now))

    @property
    def cadence(self) -> Cadence:
        """How often the project reports."""
        return self.pack.cadence_of(self.library_class)


@dataclass(frozen=True, slots=True)
class Told:
    """How an answer was found, with everything needed to check it by hand."""

    arithmetic: Words
    inputs: Mapping[str, str] = field(default_factory=dict)
    turns_green: Words | None = None


Tell = Callable[[], Told]
"""Says how an answer was found. Most answers are as they were, and nobody asks."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong: what makes it this one, its light, and since when it is wrong."""

    occurrence: str
    light: Light
    due_at: datetime
    subject_id: UUID | None
    tell: Tell
    organisation_id: UUID | None = None
    """Who answers for it; None: the project's responsible unit."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One rule's answer about one project.

    `light` None: not assessed, and `tell` says why. `next_change_at`: the earliest moment at which
    the clock alone could change the answer.
    """

    rule: str
    dimension: Dimension
    light: Light | None
    tell: Tell
    source: str | None = None
    issues: tuple[Issue, ...] = ()
    next_change_at: datetime | None = None
    waived: InForce | None = None
    """A good reason that was accepted: the light stays to be seen, and counts for nothing."""

    @property
    def counted(self) -> Light | None:
        """Give the light as far as it counts."""
        return None if self.waived else self.light


def told_with(tell: Tell, counts: Mapping[str, str], turns_green: Words | None) -> Told:
    """Tell of a dimension what is told of its worst part, with how many there are."""
    worst = tell()
    return Told(worst.arithmetic, {**worst.inputs, **counts}, turns_green)
