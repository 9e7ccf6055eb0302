"""Climbs and supervision orders over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.api.door import Door, Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.escalations import actions, queries, schemas
from services.core.escalations.queries import SoughtOrders, SoughtRuns
from services.core.escalations.rules import OrderState, RunState
from services.core.kit.reading import Found

router = APIRouter(tags=["escalations"])

_Project = Annotated[UUID | None, Field(description="Only of this project.")]
_Group = Annotated[UUID | None, Field(description="Only of this group.")]


class EscalationsQuery(ListQuery):
    """Filters of the list."""

    state: RunState | None = None
    project_id: _Project = None
    group_id: _Group = None


class OrdersQuery(ListQuery):
    """Filters of the list."""

    state: OrderState | None = None
    project_id: _Project = None
    run_id: Annotated[UUID | None, Field(description="Only drafted by this climb.")] = None
    group_id: _Group = None


@router.get("/escalations", response_model=schemas.EscalationPage)
@in_reading
def list_escalations(door: Enter, query: Annotated[EscalationsQuery, Query()]) -> Response:
    """List climbs with the steps they took."""
    sought = SoughtRuns(state=query.state, project=query.project_id, group=query.group_id)
    return door.many(queries.runs(door.session, door.caller, ask=query.ask(), sought=sought))


@router.get("/escalations/{run_id}", response_model=schemas.Escalation)
@in_reading
def get_escalation(door: Enter, run_id: UUID) -> Response:
    """Read one climb with the ladder it keeps and the steps it took."""
    return door.one(queries.run(door.session, door.caller, run_id=run_id))


@router.get("/supervision-orders", response_model=schemas.SupervisionOrderPage)
@in_reading
def list_supervision_orders(door: Enter, query: Annotated[OrdersQuery, Query()]) -> Response:
    """List orders; drafts only for those who may issue them."""
    sought = SoughtOrders(
        state=query.state, project=query.project_id, run=query.run_id, group=query.group_id
    )
    return door.many(queries.orders(door.session, door.caller, ask=query.ask(), sought=sought))


@router.post("/supervision-orders", status_code=201, response_model=schemas.SupervisionOrder)
@in_transaction
def draft_supervision_order(door: Enter, given: schemas.NewSupervisionOrder) -> Response:
    """Draft an order about a project."""
    order = actions.draft(door.session, given=given, by=door.caller)
    return door.created(f"/supervision-orders/{order.id}", _shown(door, order.id))


@router.get("/supervision-orders/{order_id}", response_model=schemas.SupervisionOrder)
@in_reading
def get_supervision_order(door: Enter, order_id: UUID) -> Response:
    """Read one order."""
    return door.one(_shown(door, order_id))


@router.patch("/supervision-orders/{order_id}", response_model=schemas.SupervisionOrder)
@in_transaction
def change_supervision_order(
    door: Enter, order_id: UUID, given: schemas.SupervisionOrderChange
) -> Response:
    """Change a draft (JSON Merge Patch)."""
    door.shows(lambda: _shown(door, order_id))
    actions.change(
        door.session, order_id=order_id, given=given, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/supervision-orders/{order_id}/issue", response_model=schemas.SupervisionOrder)
@in_transaction
def issue_supervision_order(door: Enter, order_id: UUID) -> Response:
    """Issue an order; its addressees are told."""
    door.shows(lambda: _shown(door, order_id))
    actions.issue(door.session, order_id=order_id, expected=door.expected(), by=door.caller)
    return door.changed()


@router.post("/supervision-orders/{order_id}/sign", response_model=schemas.SupervisionOrder)
@in_transaction
def sign_supervision_order(door: Enter, order_id: UUID) -> Response:
    """Sign for an order issued to your unit."""
    door.shows(lambda: _shown(door, order_id))
    actions.sign(door.session, order_id=order_id, expected=door.expected(), by=door.caller)
    return door.changed()


@router.post("/supervision-orders/{order_id}/reply", response_model=schemas.SupervisionOrder)
@in_transaction
def reply_to_supervision_order(door: Enter, order_id: UUID, given: schemas.OrderReply) -> Response:
    """Reply with what was done."""
    door.shows(lambda: _shown(door, order_id))
    actions.reply(
        door.session,
        order_id=order_id,
        text=given.text,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


@router.post("/supervision-orders/{order_id}/return", response_model=schemas.SupervisionOrder)
@in_transaction
def return_supervision_reply(door: Enter, order_id: UUID, given: schemas.OrderReason) -> Response:
    """Send a reply back, to be done again."""
    door.shows(lambda: _shown(door, order_id))
    actions.return_reply(
        door.session,
        order_id=order_id,
        reason=given.reason,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


@router.post("/supervision-orders/{order_id}/close", response_model=schemas.SupervisionOrder)
@in_transaction
def close_supervision_order(door: Enter, order_id: UUID) -> Response:
    """Close an order whose reply your unit, the issuer, has checked."""
    door.shows(lambda: _shown(door, order_id))
    actions.close(door.session, order_id=order_id, expected=door.expected(), by=door.caller)
    return door.changed()


@router.post("/supervision-orders/{order_id}/withdraw", response_model=schemas.SupervisionOrder)
@in_transaction
def withdraw_supervision_order(door: Enter, order_id: UUID, given: schemas.OrderReason) -> Response:
    """Withdraw a draft, or an order nobody replied to yet."""
    door.shows(lambda: _shown(door, order_id))
    actions.withdraw(
        door.session,
        order_id=order_id,
        reason=given.reason,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


def _shown(door: Door, order_id: UUID) -> Found:
    return queries.order(door.session, door.caller, order_id=order_id)
