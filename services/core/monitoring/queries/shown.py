"""Findings, and health with its explanation: what was found, what is shown, what was recorded."""

from collections import defaultdict
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from services.core.assignments.queries import choices
from services.core.assignments.rules import why
from services.core.kit import reading
from services.core.kit.caller import Caller
from services.core.kit.errors import Missing
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records, by
from services.core.kit.scope import ASKED, Ids, among
from services.core.monitoring import rules
from services.core.monitoring.models import Finding, FindingState, HealthAssessment
from services.core.monitoring.queries.facts import Batch
from services.core.monitoring.rules.proof import Said
from services.core.organisations.models import Organisation
from services.core.progress.queries import watched
from services.core.projects import queries as projects
from services.core.projects.models import Project
from services.core.projects.rules import Stage

_FINDING_FIELDS: Fields = Constant(
    {
        "id": Finding.id,
        "rule": Finding.rule,
        "project": reading.shaped({"id": Project.id, "code": Project.code, "name": Project.name}),
        "organisation": reading.shaped({"id": Organisation.id, "name": Organisation.name}),
        "group_id": Finding.group_id,
        "occurrence": Finding.occurrence,
        "state": Finding.state,
        "light": Finding.light,
        "worst_light": Finding.worst_light,
        "due_at": Finding.due_at,
        "opened_at": Finding.opened_at,
        "cleared_at": Finding.cleared_at,
        "waived_until": Finding.waived_until,
        "explanation": Finding.explanation,
        "version": Finding.version,
    }
)


_OPEN_FINDINGS = (
    select(Finding)
    .where(among(Finding.project_id, ASKED), Finding.state != FindingState.CLEARED)
    .execution_options(populate_existing=True)
)


def open_findings(session: Session, wanted: Ids) -> dict[UUID, list[Finding]]:
    """Give the findings of some projects that are not cleared; waived ones too."""
    found: dict[UUID, list[Finding]] = defaultdict(list)
    for finding in session.scalars(_OPEN_FINDINGS, wanted.given):
        if finding.project_id is not None:
            found[finding.project_id].append(finding)
    return found


def earlier_finding(session: Session, like: Finding) -> Finding | None:
    """Give what a rule found before of the same record and occurrence, if it did."""
    of = {
        Finding.project_id: like.project_id,
        Finding.target_id: like.target_id,
        Finding.statement_id: like.statement_id,
    }
    return session.scalars(
        select(Finding).where(
            Finding.rule == like.rule,
            Finding.occurrence == like.occurrence,
            *(column == value for column, value in of.items() if value is not None),
        )
    ).one_or_none()


_LAST_LIGHTS = (
    select(HealthAssessment.project_id, HealthAssessment.lights)
    .where(among(HealthAssessment.project_id, ASKED))
    .ext(distinct_on(HealthAssessment.project_id))
    .order_by(HealthAssessment.project_id, HealthAssessment.id.desc())
)


def last_lights(session: Session, wanted: Ids) -> dict[UUID, Said]:
    """Give what each rule last said of some projects: its light, and whether it was waived."""
    return {
        project_id: {rule: (light, waived) for rule, _, light, waived in lights}
        for project_id, lights in session.execute(_LAST_LIGHTS, wanted.given)
    }


def visible(caller: Caller) -> ColumnElement[bool]:
    """Write "of a project the caller may see"."""
    return projects.visible(caller)


_FINDING_SOURCE = Finding.__table__.join(Project.__table__, Project.id == Finding.project_id).join(
    Organisation.__table__, Organisation.id == Finding.organisation_id
)
RECORDS = Records(
    name="findings",
    kind="finding",
    key=Finding.id,
    version=Finding.version,
    fields=lambda _: _FINDING_FIELDS,
    source=lambda _: _FINDING_SOURCE,
    visible=visible,
    follows={
        "project": by(Finding.project_id),
        "project_partner": by(Finding.project_id),
        "organisation": by(Finding.organisation_id),
    },
    seen_by=frozenset({"project", "project_partner"}),
)


def findings(session: Session, caller: Caller, *, ask: Ask, **filters: object) -> Page:
    """Read a page of findings; filters: project_id, group_id, rule, state, light."""
    where = [visible(caller)]
    where += [
        getattr(Finding, name) == value for name, value in filters.items() if value is not None
    ]
    return reading.page(
        session,
        _FINDING_FIELDS,
        source=_FINDING_SOURCE,
        where=where,
        sorts={"due_at": Finding.due_at, "opened_at": Finding.opened_at, "id": Finding.id},
        ask=ask,
    )


def health(session: Session, caller: Caller, *, project_id: UUID) -> Found:
    """Explain a project's light as of this moment: every rule with its arithmetic.

    The rules are asked anew, so that day counts are today's; `light_since` is what was recorded.

    Raises:
        Missing: there is no such project in scope. Conflict: its policy is not in effect.
    """
    found = watched(session, Project.id == project_id, visible(caller))
    if not found:
        raise Missing
    watch, owing = found[0]
    project, seen = owing.project, Batch(session, [owing], now=caller.now).watched(*found[0])
    verdicts = seen.verdicts
    reason = rules.why_unlit(Stage(project.stage), owing.side_state, verdicts)
    body = {
        "project_id": project_id,
        "project_code": project.code,
        "computed_at": caller.now,
        "is_watched": owing.is_watched,
        "light": rules.overall(verdicts),
        "reason": reason.both() if reason else None,
        "light_since": watch.light_since,
        "next_check_at": watch.next_check_at,
        "dimensions": [rules.explained(verdict, seen.setting) for verdict in verdicts],
        "declared": rules.declared(seen.facts),
        "policy": {
            "code": seen.setting.pack.code,
            "number": seen.setting.number,
            "because": why(choices(session, project_id, Stage(project.stage))).both(),
        },
    }
    timeless = orjson.dumps({**body, "computed_at": None}).decode()
    return Found(orjson.dumps(body).decode(), project.version, essence=timeless)
