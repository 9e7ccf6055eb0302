"""What blockers, consultations and ladders look like from outside."""

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.core.blockers.rules import (
    LONGEST_STOP_DAYS,
    BlockerKind,
    BlockerLevel,
    BlockerSeverity,
    BlockerState,
    ConsultationOutcome,
    RecheckOutcome,
    Rhythmic,
)
from services.core.kit.shapes import BothWords, Given, Name, OnDay, PageOf, Paragraph, Shown
from services.core.organisations.schemas import NamedOrganisation, NamedRegion

_TITLE = "1号站用地未获批复"
_WHY = "用地需市级统筹占补平衡指标，县内已无空间。"
_Reason = Annotated[
    Paragraph, Field(description="Everybody who sees it reads it.", examples=[_WHY])
]
_Ladder = Annotated[
    str, Field(min_length=1, max_length=64, description="Code of the ladder of coordination.")
]


class NewBlocker(Given):
    """What is in a project's way; it begins at its unit, the lowest level."""

    project_id: UUID = Field(description="The project it holds up.")
    kind: BlockerKind = Field(description="堵点, 难点 or 痛点.", examples=["blockage"])
    severity: BlockerSeverity = Field(
        default=BlockerSeverity.MAJOR, description="How much it holds up."
    )
    title: Name = Field(description="In one line.", examples=[_TITLE])
    description: Paragraph = Field(
        description="What is in the way, and what was tried.", examples=[_WHY]
    )
    due_on: OnDay = Field(
        description="By when it must be solved; kept as the original due for ever.",
        examples=["2026-12-18"],
    )
    ladder: _Ladder | None = Field(
        default=None,
        description="Code of the ladder of coordination it follows; null: of none.",
        examples=["yongkang"],
    )
    source: Paragraph | None = Field(default=None, description="The line it comes from.")
    is_illustrative: bool = Field(default=False, description="Made up, and shown as such.")


class BlockerChange(Given):
    """What of an open blocker may change (JSON Merge Patch); level, owner, dues move by verbs."""

    kind: BlockerKind = Field(default=BlockerKind.BLOCKAGE, description="堵点, 难点 or 痛点.")
    severity: BlockerSeverity = Field(
        default=BlockerSeverity.MAJOR, description="How much it holds up."
    )
    title: Name = Field(default="", description="In one line.", examples=[_TITLE])
    description: Paragraph = Field(
        default="", description="What is in the way, and what was tried.", examples=[_WHY]
    )
    ladder: _Ladder | None = Field(
        default=None,
        description="Code of the ladder of coordination it follows; null: of none.",
        examples=["tonglu"],
    )
    source: Paragraph | None = Field(default=None, description="The line it comes from.")


class Triage(Given):
    """Which level can solve it."""

    level: BlockerLevel = Field(description="The lowest that is able.", examples=["county"])
    reason: Paragraph | None = Field(
        default=None,
        description="Needed to go past the next level up, that is beyond the county.",
        examples=[_WHY],
    )


class Assignment(Given):
    """Who answers for solving it."""

    owner_organisation_id: UUID = Field(description="The unit that is to solve it.")
    responsible_person: Name = Field(description="Who of it answers.", examples=["叶某"])
    responsible_account_id: UUID | None = Field(
        default=None, description="That person's account, if there is one."
    )
    due_on: OnDay | None = Field(
        default=None,
        description="By when, at this level; as before if left out. The original due stays.",
        examples=["2026-12-25"],
    )


class Calling(Given):
    """A consultation is called for."""

    on: OnDay | None = Field(
        default=None,
        description="The day; left out, the next consultation day of its ladder.",
        examples=["2026-12-02"],
    )


class Escalation(Given):
    """Why the next level is asked."""

    reason: _Reason
    due_on: OnDay | None = Field(
        default=None,
        description="By when, at the next level; as before if left out. The original due stays.",
        examples=["2027-01-08"],
    )


class Suspension(Given):
    """Why its clock stands still, and for how long at most."""

    reason: _Reason
    limit_days: Annotated[int, Field(ge=1, le=LONGEST_STOP_DAYS)] = Field(
        description="Calendar days after which it runs again by itself.", examples=[15]
    )


class Resolution(Given):
    """How it was solved."""

    resolution: Paragraph = Field(
        description="What was done.", examples=["市局已调剂指标，用地批复于12月9日下达。"]
    )


class Return(Given):
    """Why it is not solved."""

    reason: _Reason


class CloseOut(Given):
    """What proves that it is solved."""

    evidence: Paragraph = Field(
        description="Document numbers, dates, what was seen on site.",
        examples=["景自然资用〔2026〕41号；12月10日现场核实已进场"],
    )


class Recheck(Given):
    """What the re-check found."""

    outcome: RecheckOutcome = Field(description="Whether it stays solved.", examples=["holds"])
    reason: Paragraph | None = Field(
        default=None, description="What came back; needed if it reopens.", examples=[_WHY]
    )
    due_on: OnDay | None = Field(
        default=None,
        description="By when it must be solved this time; needed if it reopens.",
        examples=["2027-04-16"],
    )


class Commitment(Given):
    """What one unit promised in a consultation."""

    organisation_id: UUID = Field(description="The unit.")
    text: Paragraph = Field(description="What it does.", examples=["12月9日前下达用地批复"])
    due_on: OnDay = Field(description="By when.", examples=["2026-12-09"])


class NewConsultation(Given):
    """A consultation that was held."""

    convened_by_organisation_id: UUID = Field(description="Who called the units together.")
    held_on: OnDay = Field(description="The day it was held.", examples=["2026-12-02"])
    attendee_ids: tuple[UUID, ...] = Field(
        min_length=1, max_length=100, description="Units that were there, each once."
    )
    conclusion: Paragraph = Field(
        description="What was concluded.", examples=["由市局调剂指标，县里补齐报件。"]
    )
    commitments: tuple[Commitment, ...] = Field(
        default=(), max_length=50, description="What was promised, by whom, by when."
    )
    outcome: ConsultationOutcome = Field(
        description="`unresolved` takes it to the next level, unless it is at the province."
    )


class BlockerProject(Shown):
    """The project a blocker holds up."""

    id: UUID
    code: str
    name: str


class NamedAccount(Shown):
    """A person that another record names."""

    id: UUID = Field(description="The account.")
    name: str = Field(description="The person's name.", examples=["叶某"])


class SuspensionShown(Shown):
    """A clock that stands still."""

    reason: str = Field(description="Why.", examples=[_WHY])
    began_on: date = Field(description="Since which day.", examples=["2026-12-03"])
    until_on: date = Field(
        description="As this day begins it runs again by itself.", examples=["2026-12-18"]
    )


class Blocker(Shown):
    """One blocker, whole."""

    id: UUID
    project: BlockerProject
    group_id: UUID | None
    region: NamedRegion = Field(description="Where the project stands.")
    kind: BlockerKind = Field(description="堵点, 难点 or 痛点.")
    severity: BlockerSeverity = Field(description="How much it holds up.")
    level: BlockerLevel = Field(description="Which level is to solve it now.")
    state: BlockerState
    title: str = Field(description="In one line.", examples=[_TITLE])
    description: str = Field(description="What is in the way.", examples=[_WHY])
    ladder: str | None = Field(
        description="Code of the ladder of coordination it follows; null: of none.",
        examples=["yongkang"],
    )
    raised_by: NamedAccount = Field(description="Who raised it.")
    raised_by_organisation: NamedOrganisation = Field(description="For which unit.")
    raised_on: date = Field(description="When it was raised.", examples=["2026-11-24"])
    owner_organisation: NamedOrganisation | None = Field(
        description="The unit that is to solve it; null before it is assigned."
    )
    responsible_person: str | None
    responsible_account_id: UUID | None
    original_due_on: date = Field(
        description="The due first set; it never moves.", examples=["2026-12-18"]
    )
    current_due_on: date = Field(
        description="By when it is asked for now.", examples=["2026-12-25"]
    )
    assessed_due_on: date = Field(
        description="The original due moved by the working days its clock stood still, and never "
        "by an extension; of a reopened one its new due.",
        examples=["2026-12-18"],
    )
    is_overdue: bool = Field(
        description="Open, its clock running, and past 17:30 of `assessed_due_on`."
    )
    suspension: SuspensionShown | None = Field(description="Its stopped clock, if it is stopped.")
    consultation_count: int = Field(description="Number of consultations held on it.", examples=[2])
    next_consultation_on: date | None = Field(
        description="For which day one is called; null: for none.", examples=["2026-12-02"]
    )
    resolution: str | None = Field(
        description="How it was solved, as reported; null before.", examples=["用地批复已下达。"]
    )
    resolved_by: NamedAccount | None = Field(description="Who reported it solved.")
    resolved_by_organisation: NamedOrganisation | None = Field(description="For which unit.")
    resolved_on: date | None = Field(
        description="When it was reported solved.", examples=["2026-12-10"]
    )
    verified_by: NamedAccount | None = Field(description="Who has seen that it is.")
    verified_on: date | None = Field(description="When that was.", examples=["2026-12-11"])
    closed_by: NamedAccount | None = Field(description="Who struck it off (销号).")
    closed_on: date | None = Field(description="When that was.", examples=["2026-12-11"])
    evidence: str | None = Field(
        description="What proves it; null before it is closed.", examples=["景自然资用〔2026〕41号"]
    )
    recheck_due_on: date | None = Field(
        description="From which day its re-check (回头看) is due: 90 calendar days after "
        "close-out; null: none is to come.",
        examples=["2027-03-11"],
    )
    rechecked_on: date | None = Field(
        description="When it was last re-checked; null: never.", examples=[None]
    )
    reopened_count: int = Field(description="Number of times it came back.", examples=[0])
    source: str | None
    is_illustrative: bool
    version: int


class BlockerPage(PageOf):
    """One page of blockers."""

    items: list[Blocker] = Field(description="The blockers of this page.")


class CommitmentShown(Shown):
    """What one unit promised in a consultation."""

    organisation_id: UUID
    text: str = Field(description="What it does.", examples=["12月9日前下达用地批复"])
    due_on: date = Field(description="By when.", examples=["2026-12-09"])


class Consultation(Shown):
    """One consultation (会商) on a blocker."""

    id: UUID
    blocker_id: UUID
    number: int = Field(description="Its place among those on the blocker, from 1.", examples=[1])
    level: BlockerLevel = Field(description="At which level it was held.")
    convened_by: NamedOrganisation = Field(description="Who called the units together.")
    held_on: date = Field(description="The day it was held.", examples=["2026-12-02"])
    attendees: list[NamedOrganisation] = Field(description="Units that were there.")
    conclusion: str = Field(
        description="What was concluded.", examples=["由市局调剂指标，县里补齐报件。"]
    )
    commitments: list[CommitmentShown] = Field(description="What was promised, in order.")
    outcome: ConsultationOutcome = Field(description="Whether a way was found.")
    recorded_by: NamedAccount = Field(description="Who wrote it down.")


class ConsultationPage(PageOf):
    """One page of consultations."""

    items: list[Consultation] = Field(description="The consultations of this page.")


class LadderSource(BothWords):
    """Where a ladder comes from; never called official."""

    url: str | None


class RungShown(Shown):
    """One step of a ladder."""

    number: int
    level: BlockerLevel = Field(description="At which level it coordinates.")
    title: BothWords = Field(description="Who coordinates.")
    detail: BothWords = Field(description="How, and what comes to it.")


class RhythmShown(Shown):
    """What a ladder does on a day of every week."""

    does: Rhythmic = Field(description="What is done that day.")
    weekday: int = Field(
        description="Place of the day in the week: 1 is Monday, 7 is Sunday.", examples=[3]
    )
    title: BothWords = Field(description="In words.")


class Ladder(Shown):
    """How one place coordinates what blocks its projects."""

    code: str = Field(description="The ladder's code.", examples=["yongkang"])
    title: BothWords = Field(description="What it is called.")
    source: LadderSource = Field(description="The practice it was taken from.")
    rungs: list[RungShown] = Field(description="Its steps, the first one first.")
    rhythms: list[RhythmShown] = Field(description="What it does every week.")


class LadderPage(PageOf):
    """All ladders."""

    items: list[Ladder] = Field(description="The ladders that are shipped.")


class ProposedDay(Shown):
    """The next day of a ladder's rhythm."""

    does: Rhythmic = Field(description="What is done that day.")
    on: date = Field(
        description="The day; a closed one lends its next open one.", examples=["2026-12-02"]
    )
    title: BothWords = Field(description="In words.")


class BlockerProposal(Shown):
    """What could come next for a blocker: proposed by its ladder, decided by a person."""

    blocker_id: UUID
    level: BlockerLevel = Field(description="Where it is now.")
    next_level: BlockerLevel | None = Field(
        description="The next level up; null: it is at the province, or solved."
    )
    rung: RungShown | None = Field(description="The ladder's first step at the next level.")
    next_consultation_on: date | None = Field(
        description="The ladder's next consultation day; null: it names none.",
        examples=["2026-12-02"],
    )
    days: list[ProposedDay] = Field(description="The next days of the ladder's rhythm.")


class LevelStatistics(Shown):
    """How blockers are solved at one level."""

    level: BlockerLevel = Field(description="The level they are at, or were solved at.")
    solved_count: int = Field(
        description="Number of blockers reported solved, verified or closed.", examples=[12]
    )
    median_days: float | None = Field(
        description="Half of the solved ones took so many calendar days or fewer, from the day "
        "they were raised to the day they were reported solved; null: none is solved.",
        examples=[21.5],
    )
    p90_days: float | None = Field(
        description="Nine in ten took so many calendar days or fewer; null: none is solved.",
        examples=[64.0],
    )
    open_count: int = Field(
        description="Number of blockers not solved, stopped clocks too.", examples=[5]
    )
    suspended_count: int = Field(
        description="Number of open ones whose clock is stopped.", examples=[1]
    )
    overdue_count: int = Field(
        description="Number of open ones past their due, as MR-11 counts.", examples=[2]
    )


class BlockerStatistics(Shown):
    """Time to solve, by level, over the blockers the caller sees."""

    as_of: date = Field(description="The day it was counted.", examples=["2026-11-24"])
    levels: list[LevelStatistics] = Field(description="The lowest level first; every level.")
