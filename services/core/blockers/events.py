"""What happens to blockers and in the consultations on them."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from services.core.blockers.rules import (
    BlockerKind,
    BlockerLevel,
    BlockerSeverity,
    BlockerState,
    ConsultationOutcome,
)
from services.core.kit.events import Fact
from services.core.kit.words import Words


class _AboutBlocker(Fact):
    """What every fact of a blocker says first."""

    blocker_id: UUID
    project_id: UUID
    kind: BlockerKind
    severity: BlockerSeverity
    level: BlockerLevel
    state: BlockerState


class BlockerRaised(_AboutBlocker):
    """Somebody said what is in a project's way; its first due is kept for ever."""

    NAME: ClassVar[str] = "blocker.raised"
    TITLE: ClassVar[Words] = Words("堵点难点提出", "A blocker was raised")

    original_due_on: date
    raised_by_organisation_id: UUID


class BlockerChanged(_AboutBlocker):
    """What is recorded of an open blocker changed; its dues, level and owner move by verbs."""

    NAME: ClassVar[str] = "blocker.changed"
    TITLE: ClassVar[Words] = Words("堵点难点信息变更", "A blocker changed")

    fields: tuple[str, ...]


class BlockerTriaged(_AboutBlocker):
    """It was said which level can solve it, the lowest that is able."""

    NAME: ClassVar[str] = "blocker.triaged"
    TITLE: ClassVar[Words] = Words("堵点难点分级", "A blocker was triaged")

    reason: str | None


class BlockerAssigned(_AboutBlocker):
    """A unit and a person answer for solving it, by a day."""

    NAME: ClassVar[str] = "blocker.assigned"
    TITLE: ClassVar[Words] = Words("堵点难点交办", "A blocker was assigned")

    owner_organisation_id: UUID
    current_due_on: date


class BlockerConsultationCalled(_AboutBlocker):
    """A consultation was called for on a day."""

    NAME: ClassVar[str] = "blocker.consultation_called"
    TITLE: ClassVar[Words] = Words("提请会商", "A consultation was called for")

    next_consultation_on: date


class BlockerEscalated(_AboutBlocker):
    """A person took it to the next level, or a consultation found no solution at the one before."""

    NAME: ClassVar[str] = "blocker.escalated"
    TITLE: ClassVar[Words] = Words("堵点难点提级", "A blocker was escalated")

    level_before: BlockerLevel
    current_due_on: date
    reason: str


class BlockerSuspended(_AboutBlocker):
    """Its clock was stopped, with the reason, until a day at most."""

    NAME: ClassVar[str] = "blocker.suspended"
    TITLE: ClassVar[Words] = Words("堵点难点停表", "A blocker's clock was stopped")

    until_on: date
    reason: str


class BlockerResumed(_AboutBlocker):
    """Its clock runs again, and its due moved by the working days it stood still."""

    NAME: ClassVar[str] = "blocker.resumed"
    TITLE: ClassVar[Words] = Words("堵点难点恢复计时", "A blocker's clock runs again")

    stopped_working_days: int
    current_due_on: date


class BlockerResolved(_AboutBlocker):
    """It was reported solved; another person judges whether it is."""

    NAME: ClassVar[str] = "blocker.resolved"
    TITLE: ClassVar[Words] = Words("堵点难点报结", "A blocker was reported solved")

    resolved_by_organisation_id: UUID


class BlockerReturned(_AboutBlocker):
    """It is not solved yet, and goes back to its owner."""

    NAME: ClassVar[str] = "blocker.returned"
    TITLE: ClassVar[Words] = Words("堵点难点退回", "A blocker was sent back")

    reason: str


class BlockerVerified(_AboutBlocker):
    """Another person, from the county level up of another unit, has seen that it is solved."""

    NAME: ClassVar[str] = "blocker.verified"
    TITLE: ClassVar[Words] = Words("堵点难点核验", "A blocker was verified")


class BlockerClosed(_AboutBlocker):
    """It was struck off (销号) with evidence; it is looked at again on a day."""

    NAME: ClassVar[str] = "blocker.closed"
    TITLE: ClassVar[Words] = Words("堵点难点销号", "A blocker was closed")

    recheck_due_on: date


class BlockerRechecked(_AboutBlocker):
    """The re-check (回头看) found that it stays solved."""

    NAME: ClassVar[str] = "blocker.rechecked"
    TITLE: ClassVar[Words] = Words("堵点难点回头看", "A blocker was re-checked")


class BlockerReopened(_AboutBlocker):
    """It is back after it was closed, and has a new due; the original one stays."""

    NAME: ClassVar[str] = "blocker.reopened"
    TITLE: ClassVar[Words] = Words("堵点难点重新打开", "A blocker was reopened")

    current_due_on: date
    reason: str


class ConsultationConcluded(Fact):
    """A consultation (会商) on a blocker was held, and came to a conclusion."""

    NAME: ClassVar[str] = "consultation.concluded"
    TITLE: ClassVar[Words] = Words("会商结束", "A consultation was concluded")

    consultation_id: UUID
    blocker_id: UUID
    project_id: UUID
    number: int
    level: BlockerLevel
    held_on: date
    outcome: ConsultationOutcome
