"""Papers of the ladder: drafted for a person to decide on, fallen when their climb stops."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of
from services.core.escalations import queries, rules
from services.core.escalations.events import SupervisionDrafted, SupervisionWithdrawn
from services.core.escalations.models import EscalationRun, SupervisionOrder
from services.core.escalations.queries import Addressed, Case
from services.core.escalations.rules import OrderState, OrderVerb, StopReason
from services.core.kit import ledger
from services.core.kit.events import Actor, Fact, Subject
from services.core.kit.moves import moved
from services.core.kit.settings import settings
from services.core.notifications import texts
from services.core.policies.pack import Audience, Colour, Step, StepKind

_BY = Actor.part("escalations")


@dataclass(frozen=True, slots=True)
class Paper:
    """A draft, who may decide on it, and the matter with a link to the draft."""

    order_id: UUID
    code: str
    deciders: Addressed
    matter: texts.Matter


def drafted(session: Session, run: EscalationRun, case: Case, step: Step, now: datetime) -> Paper:
    """Draft the order, circular or proposal of a step; its addressees hear nothing yet (I-16).

    The county's regulator decides, for an interview the office the step names; an interview is
    with the unit that answers for the matter.
    """

    def of(*audience: Audience) -> Addressed:
        return queries.addressed(
            session,
            audience,
            project=case.project,
            organisation_id=run.organisation_id,
            on=day_of(now),
        )

    is_interview = step.kind == StepKind.INTERVIEW
    named = of(*step.audience)
    deciders = named if is_interview else of(Audience.COUNTY_REGULATOR)
    issued_to = [run.organisation_id] if is_interview else list(named.organisation_ids)
    text = texts.order_drafted(step.kind, case.matter)
    order = SupervisionOrder(
        code=queries.next_code(session, now=now),
        run_id=run.id,
        project_id=run.project_id,
        group_id=run.group_id,
        kind=step.kind,
        colour=step.colour or Colour.RED,
        state=OrderState.DRAFTED,
        title_zh=text.title.zh,
        title_en=text.title.en,
        body_zh=text.body.zh,
        body_en=text.body.en,
        issued_to=issued_to,
        drafted_at=now,
    )
    session.add(order)
    session.flush()
    record(session, order, SupervisionDrafted(**about(order)), by=_BY, now=now)
    return Paper(order.id, order.code, deciders, replace(case.matter, link=link_to(order)))


def let_fall(session: Session, run: EscalationRun, reason: StopReason, now: datetime) -> None:
    """Withdraw the drafts of a climb whose cause is gone; what a person issued stays issued."""
    for order in queries.drafts_of(session, run_id=run.id):
        order.state = moved(rules.ORDER_MOVES, OrderState(order.state), OrderVerb.WITHDRAW)
        order.end_reason = reason
        fact = SupervisionWithdrawn(**about(order), reason=reason)
        record(session, order, fact, by=_BY, now=now)


def link_to(order: SupervisionOrder) -> str:
    """Give where an order can be read."""
    return f"{settings().address()}/api/v1/supervision-orders/{order.id}"


def about(order: SupervisionOrder) -> dict[str, Any]:
    """Give what every fact of an order says first."""
    return {
        "order_id": order.id,
        "order_code": order.code,
        "project_id": order.project_id,
        "run_id": order.run_id,
        "kind": order.kind,
        "issued_to": tuple(order.issued_to),
    }


def record(
    session: Session, order: SupervisionOrder, fact: Fact, *, by: Actor, now: datetime
) -> None:
    """Write a fact of an order: of a draft for regulators alone, of an issued one for all."""
    if order.issued_at is None:
        regulators = queries.regulators(session, project_id=order.project_id)
        group_id, units = None, regulators or (order.id,)  # an id that is nobody's: seen by none
    else:
        group_id, units = order.group_id, tuple(order.issued_to)
    seen_by = Subject("supervision_order", order.id, group_id=group_id, organisation_ids=units)
    ledger.record(session, fact, about=seen_by, by=by, now=now)
