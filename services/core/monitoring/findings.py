"""Keeping findings, whatever they are about: opened once, kept true, waived, cleared by itself."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.kit import ledger, rows
from services.core.kit.events import Actor, Fact, Subject
from services.core.monitoring import queries
from services.core.monitoring.models import Finding, FindingState
from services.core.monitoring.rules.verdict import Issue
from services.core.policies.pack import SEVERITY, Light

BY = Actor.part("monitoring")


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing a rule finds wrong now, as it is kept and shown."""

    rule: str
    issue: Issue
    explanation: dict[str, Any]
    waived_until: datetime | None = None
    """A good reason is accepted for it until then."""


class Matter(ABC):
    """What findings are about: a project, a target or a statement; it names itself in its facts."""

    now: datetime
    whose: Mapping[str, UUID | None]
    """The columns of a finding that say which record it is about, and who answers for it."""

    @abstractmethod
    def opening(self, finding: Finding, issue: Issue) -> Fact:
        """Tell that it was opened."""

    @abstractmethod
    def changing(self, finding: Finding, light_before: Light) -> Fact:
        """Tell that its light changed."""

    def waiving(self, finding: Finding, until: datetime) -> Fact:
        """Tell that it rests; nobody accepts a reason where a room does not say how."""
        raise RuntimeError(f"finding {finding.id} cannot rest until {until}")

    @abstractmethod
    def clearing(self, finding: Finding) -> Fact:
        """Tell that its cause is gone."""

    @abstractmethod
    def subject(self, finding: Finding) -> Subject:
        """Say who hears of it."""


def keep(
    session: Session, matter: Matter, wrongs: Iterable[Wrong], known: Sequence[Finding]
) -> None:
    """Open what is new, keep what is known up to date, clear what is gone."""
    is_open = {(finding.rule, finding.occurrence): finding for finding in known}
    for wrong in wrongs:
        finding = is_open.pop((wrong.rule, wrong.issue.occurrence), None)
        if finding is None:
            _open(session, matter, wrong)
        else:
            _update(session, matter, finding, wrong)
    for finding in is_open.values():
        finding.state, finding.cleared_at = FindingState.CLEARED, matter.now
        finding.waived_until = None
        _record(session, matter, finding, matter.clearing(finding))


def _open(session: Session, matter: Matter, wrong: Wrong) -> None:
    """Open a finding, or one that was cleared and is back."""
    issue, whose = wrong.issue, _whose(matter, wrong.issue)
    found = Finding(rule=wrong.rule, occurrence=issue.occurrence, worst_light=issue.light, **whose)
    finding = queries.earlier_finding(session, found)
    if finding is None:
        finding = found
        session.add(finding)
    rows.merged(finding, whose)
    finding.state, finding.cleared_at = FindingState.OPEN, None
    finding.due_at, finding.opened_at = issue.due_at, matter.now
    _say(finding, wrong)
    session.flush()
    _record(session, matter, finding, _told(matter, finding, issue))


def _update(session: Session, matter: Matter, finding: Finding, wrong: Wrong) -> None:
    """Keep an open finding's light and arithmetic true; a changed light is told."""
    was, rested = Light(finding.light), finding.waived_until
    rows.merged(finding, _whose(matter, wrong.issue))
    _say(finding, wrong)
    if finding.waived_until != rested:
        _record(session, matter, finding, _told(matter, finding, wrong.issue))
    elif wrong.issue.light != was:
        _record(session, matter, finding, matter.changing(finding, was))


def _whose(matter: Matter, issue: Issue) -> dict[str, UUID | None]:
    """Give which record a finding is about, and who answers for it now."""
    own = issue.organisation_id
    return {**matter.whose, **({"organisation_id": own} if own else {})}


def _told(matter: Matter, finding: Finding, issue: Issue) -> Fact:
    until = finding.waived_until
    return matter.waiving(finding, until) if until else matter.opening(finding, issue)


def _say(finding: Finding, wrong: Wrong) -> None:
    """Put down how it stands now; while a good reason is accepted it rests with its memory."""
    issue, told = wrong.issue, wrong.issue.tell()
    finding.light = issue.light
    if SEVERITY[issue.light] > SEVERITY[Light(finding.worst_light)]:
        finding.worst_light = issue.light
    finding.waived_until = wrong.waived_until
    finding.state = FindingState.WAIVED if wrong.waived_until else FindingState.OPEN
    finding.explanation = wrong.explanation | {
        "light": issue.light,
        "arithmetic": told.arithmetic.both(),
        "inputs": dict(told.inputs),
    }


def _record(session: Session, matter: Matter, finding: Finding, fact: Fact) -> None:
    ledger.record(session, fact, about=matter.subject(finding), by=BY, now=matter.now)
