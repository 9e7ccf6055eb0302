"""How projects stand by what is kept of them, and by the rules asked anew."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.kit.scope import Ids
from services.core.kit.words import Words
from services.core.monitoring import rules
from services.core.monitoring.models import Finding, FindingState
from services.core.monitoring.queries.facts import Batch, Watched
from services.core.monitoring.queries.shown import last_lights, open_findings
from services.core.monitoring.rules import proof
from services.core.monitoring.rules.proof import Said, Standing
from services.core.monitoring.rules.verdict import Verdict
from services.core.policies.pack import Light
from services.core.progress.queries import Owing
from services.core.projects.models import ProjectWatch


@dataclass
class Stood:
    """One project, as it is kept and as the rules would have it; they are asked when it is read."""

    watch: ProjectWatch
    owing: Owing
    batch: Batch
    opened: Sequence[Finding]
    said: Said | None
    """What each rule said last; None: it was never checked."""

    @property
    def known(self) -> list[Finding]:
        """What the rules found and is still open; not what the proof found."""
        return [finding for finding in self.opened if finding.rule != proof.RULE]

    @property
    def doubt(self) -> Finding | None:
        """The open finding of an earlier night's proof."""
        return next((each for each in self.opened if each.rule == proof.RULE), None)

    @cached_property
    def seen(self) -> Watched:
        """What the rules look at."""
        return self.batch.watched(self.watch, self.owing)

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What the rules say now."""
        return self.seen.verdicts

    @cached_property
    def aside(self) -> tuple[Verdict, ...]:
        """What the rules about others say now."""
        return self.seen.aside

    @property
    def kept(self) -> Standing:
        """How it stands by what is kept."""
        found = {
            (each.rule, each.occurrence, each.light, each.state == FindingState.WAIVED)
            for each in self.known
        }
        light = Light(self.watch.light) if self.watch.light else None
        return Standing(light, self.said or {}, found, self.watch.next_check_at)

    @cached_property
    def anew(self) -> Standing:
        """How it stands by the rules."""
        return proof.standing(rules.overall(self.verdicts), self.verdicts, self.aside)

    @property
    def is_quiet(self) -> bool:
        """Say whether a check has nothing to tell: nothing is or was found, no light is another."""
        found = self.known or self.anew.found
        return not found and self.says_the_same and self.watch.light == self.anew.light

    @property
    def says_the_same(self) -> bool:
        """Say whether every rule's light, and whether it counts, is the same as last time."""
        return self.said is not None and self.said == self.anew.lights

    @property
    def differences(self) -> tuple[Words, ...]:
        """Say in which respects the two are not the same."""
        return proof.differences(self.kept, self.anew)


def standings(
    session: Session, found: Sequence[tuple[ProjectWatch, Owing]], *, now: datetime
) -> Iterator[Stood]:
    """Read what is kept of some projects and what the rules look at, in a few statements."""
    project_ids = Ids.asked(watch.project_id for watch, _ in found)
    batch = Batch(session, [owing for _, owing in found], now=now)
    opened, said = open_findings(session, project_ids), last_lights(session, project_ids)
    for watch, owing in found:
        project_id: UUID = watch.project_id
        yield Stood(watch, owing, batch, opened[project_id], said.get(project_id))
