"""What comes in: a blocker, what is done to it, a consultation."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.core.blockers.rules import (
    LONGEST_STOP_DAYS,
    BlockerKind,
    BlockerLevel,
    BlockerSeverity,
    ConsultationOutcome,
    RecheckOutcome,
)
from services.core.kit.shapes import Given, Name, OnDay, Paragraph

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
