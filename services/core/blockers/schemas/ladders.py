"""What is shown of ladders, of what they propose, and of the time blockers take."""

from datetime import date
from uuid import UUID

from pydantic import Field

from services.core.blockers.rules import BlockerLevel, Rhythmic
from services.core.kit.shapes import BothWords, PageOf, Shown


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
