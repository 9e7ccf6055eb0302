"""What is shown of blockers and of the consultations on them."""

from datetime import date
from uuid import UUID

from pydantic import Field

from services.core.blockers.rules import (
    BlockerKind,
    BlockerLevel,
    BlockerSeverity,
    BlockerState,
    ConsultationOutcome,
)
from services.core.kit.shapes import PageOf, Shown
from services.core.organisations.schemas import NamedOrganisation, NamedRegion

_TITLE = "1号站用地未获批复"
_WHY = "用地需市级统筹占补平衡指标，县内已无空间。"


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
