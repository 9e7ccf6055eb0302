"""What a policy pack can say: its words and its records.

A pack is data: every number stands beside the key of its source, and none is called official.
Boundaries are explicit, because published rules differ in which side they belong to.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from enum import StrEnum

from services.core.calendar.periods import Every, Period
from services.core.kit.words import Words


class Provenance(StrEnum):
    """Where a pack or a number comes from; "official" is not ours to say."""

    PROPOSAL = "proposal"
    PRACTICE = "practice"


class Light(StrEnum):
    """The lights, from best to worst; attention (light green) is what 银川 leaves undefined."""

    GREEN = "green"
    ATTENTION = "attention"
    YELLOW = "yellow"
    RED = "red"


SEVERITY: Mapping[Light, int] = {light: place for place, light in enumerate(Light)}


class Dimension(StrEnum):
    """What is judged on its own; a pack judges each of them once, but funds only if it can.

    All by a scale, but memory: that is judged by what the others were at the ends of months.
    """

    START = "start"
    PROGRESS = "progress"
    FUNDS = "funds"
    REPORT = "report"
    MILESTONE = "milestone"
    BLOCKER = "blocker"
    STALE = "stale"
    MEMORY = "memory"


MEASURED = tuple(dimension for dimension in Dimension if dimension != Dimension.MEMORY)
"""What a scale judges."""

OPTIONAL = frozenset({Dimension.FUNDS})
"""What a pack may leave unjudged, because its source says nothing of it."""


class Metric(StrEnum):
    """The unit of a scale: points below plan, completed ÷ planned, percent missing, or days."""

    GAP_PP = "gap_pp"
    RATIO = "ratio"
    GAP_PERCENT = "gap_percent"
    DAYS = "days"
    WORKING_DAYS = "working_days"


class CutOff(StrEnum):
    """The ways practice fixes a day: by the month, by its working days, by the week."""

    DAY_OF_MONTH = "day_of_month"
    NTH_WORKING_DAY = "nth_working_day"
    WEEKDAY = "weekday"


class ClosedDay(StrEnum):
    """Where a due day goes that turns out to be closed."""

    NEXT = "next"
    PREVIOUS = "previous"


CLASSES = ("planning", "preparatory", "implementation")
"""The library's classes of projects, 规划, 前期, 实施, that may have a cadence of their own."""


class DayUnit(StrEnum):
    """In which days a plan counts."""

    WORKING_DAYS = "working_days"
    DAYS = "days"


class StepKind(StrEnum):
    """提醒, 催办, 催办单, 督办单, 会商, 通报, 约谈, from the mildest to the severest."""

    REMINDER = "reminder"
    URGE = "urge"
    URGE_NOTICE = "urge_notice"
    SUPERVISION_ORDER = "supervision_order"
    CONSULTATION = "consultation"
    CIRCULAR = "circular"
    INTERVIEW = "interview"


class Colour(StrEnum):
    """The colour printed on a notice or order."""

    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"


class Mode(StrEnum):
    """How far the service goes alone: it acts, it drafts for a person, or it only proposes."""

    AUTOMATIC = "automatic"
    DRAFT = "draft"
    HUMAN = "human"


FURTHEST: Mapping[StepKind, Mode] = {
    StepKind.REMINDER: Mode.AUTOMATIC,
    StepKind.URGE: Mode.AUTOMATIC,
    StepKind.URGE_NOTICE: Mode.AUTOMATIC,
    StepKind.SUPERVISION_ORDER: Mode.DRAFT,
    StepKind.CONSULTATION: Mode.AUTOMATIC,
    StepKind.CIRCULAR: Mode.HUMAN,
    StepKind.INTERVIEW: Mode.HUMAN,
}
"""No automatic step goes beyond the draft of a supervision order, whatever a pack says (I-16)."""


class Audience(StrEnum):
    """To whom a step goes; resolved to people when it is taken."""

    REPORTER = "reporter"
    RESPONSIBLE_PERSON = "responsible_person"
    LIAISON = "liaison"
    UNIT_LEADER = "unit_leader"
    CONVENER_UNIT = "convener_unit"
    PARENT_GROUP = "parent_group"
    COUNTY_REGULATOR = "county_regulator"
    GROUP_UNITS = "group_units"
    PROVINCE_REGULATOR = "province_regulator"


@dataclass(frozen=True, slots=True)
class Source:
    """Where numbers come from: the rule in words, and its address where there is one."""

    kind: Provenance
    title: Words
    url: str | None


@dataclass(frozen=True, slots=True)
class Band:
    """One light of a scale, between two bounds; a bound of None is open-ended."""

    light: Light
    low: Decimal | None
    low_inclusive: bool
    high: Decimal | None
    high_inclusive: bool
    source: str

    def holds(self, value: Decimal) -> bool:
        """Say whether a value lies in this band."""
        above = self.low is None or value > self.low or (self.low_inclusive and value == self.low)
        below = (
            self.high is None or value < self.high or (self.high_inclusive and value == self.high)
        )
        return above and below


@dataclass(frozen=True, slots=True)
class Scale:
    """How one dimension is measured and judged; bands lie in the order of their values."""

    dimension: Dimension
    metric: Metric
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Measure:
    """How something that is no dimension of a project is judged; bands in the order of values."""

    metric: Metric
    bands: tuple[Band, ...]


@dataclass(frozen=True, slots=True)
class Totals:
    """How totals of a place are judged: the forecast of a year's target, and what was stated."""

    target: Measure
    statement: Measure


@dataclass(frozen=True, slots=True)
class Memory:
    """So many months running with one light, or a worse one, make it another (MR-21)."""

    light: Light
    periods: int
    becomes: Light
    source: str
    dimension: Dimension | None = None
    """Whose light is remembered; None: the worst of all."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A day fixed for each period: in a month by day number or working day, or a day of a week.

    `months_after` the period's last month, or `weeks_after` its week; a weekday is 1 to 7 from
    Monday on.
    """

    kind: CutOff
    n: int
    months_after: int = field(default=0, kw_only=True)
    weeks_after: int = field(default=0, kw_only=True)
    closed: ClosedDay = field(default=ClosedDay.NEXT, kw_only=True)
    """Of a due day. The next working day is the law's rule for the last day of a term (民法典
    art. 203); the previous one is practice where a meeting waits for the report."""
    source: str


@dataclass(frozen=True, slots=True)
class Marks:
    """When a report can first be filled in, and when it is due."""

    opens: Mark
    due: Mark


@dataclass(frozen=True, slots=True)
class Cadence(Marks):
    """How often a report is owed, with its marks; the first half of a month has its own."""

    every: Every = Every.MONTH
    first_half: Marks | None = None

    def marks(self, period: Period) -> Marks:
        """Give the marks of one period."""
        return self.first_half if period.is_first_half and self.first_half else self


@dataclass(frozen=True, slots=True)
class ReminderPlan:
    """Reminders so many days before the due day (0: on it), then every so many until it is in."""

    before: tuple[int, ...]
    unit: DayUnit
    at: time
    then_every: int | None
    source: str


@dataclass(frozen=True, slots=True)
class Sending:
    """When people may be disturbed, and how often outside escalation."""

    opens: time
    closes: time
    per_person_per_day: int
    source: str


@dataclass(frozen=True, slots=True)
class Step:
    """One step: `after` working days from the due day, or after so many red periods running."""

    number: int
    after: int | None
    red_periods: int | None
    kind: StepKind
    colour: Colour | None
    audience: tuple[Audience, ...]
    mode: Mode
    title: Words
    source: str


@dataclass(frozen=True, slots=True)
class Ladder:
    """The steps in order, and the time of day at which a step counted in days is taken."""

    at: time
    steps: tuple[Step, ...]
    source: str


@dataclass(frozen=True, slots=True)
class ZeroReport:
    """To whom in a group it is said, after each daily run, that nothing was found (零报告)."""

    audience: tuple[Audience, ...]
    source: str


TOLD_OF_NOTHING = (Audience.CONVENER_UNIT, Audience.COUNTY_REGULATOR)
"""Who may hear of nothing: those who would otherwise wonder whether the watch ran."""


@dataclass(frozen=True, slots=True)
class Pack:
    """One whole policy: lights, cadences, reminder plans by duty, sending hours, ladder."""

    code: str
    title: Words
    provenance: Provenance
    note: Words
    sources: Mapping[str, Source]
    lights: tuple[Scale, ...]
    memory: Memory
    cadence: Cadence
    reminder_plans: Mapping[str, ReminderPlan]
    sending: Sending
    ladder: Ladder
    cadences: Mapping[str, Cadence] = field(default_factory=dict)
    """Of classes of projects that report in another rhythm than the rest."""
    zero_report: ZeroReport | None = None
    totals: Totals | None = None
    """None: a pack from before totals were judged, and one that judges none."""

    def cadence_of(self, library_class: str) -> Cadence:
        """Give how often a project of a class reports."""
        return self.cadences.get(library_class, self.cadence)

    def scale(self, dimension: Dimension) -> Scale:
        """Give the scale of a dimension that every pack judges; a checked pack has exactly one."""
        return next(scale for scale in self.lights if scale.dimension == dimension)

    def scale_if_any(self, dimension: Dimension) -> Scale | None:
        """Give the scale of a dimension that a pack may leave unjudged; None: it does."""
        return next((scale for scale in self.lights if scale.dimension == dimension), None)
