"""Reminders over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.api.door import Door, Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.kit.reading import Found
from services.core.notifications.schemas import DeliveryPage
from services.core.reminders import actions, queries, schemas
from services.core.reminders.queries import Sought
from services.core.reminders.rules import ReminderState

router = APIRouter(tags=["reminders"])


class RemindersQuery(ListQuery):
    """Filters of the list."""

    state: ReminderState | None = None
    project_id: Annotated[UUID | None, Field(description="Only of this project.")] = None
    group_id: Annotated[UUID | None, Field(description="Only of this group.")] = None


@router.get("/reminders", response_model=schemas.ReminderPage)
@in_reading
def list_reminders(door: Enter, query: Annotated[RemindersQuery, Query()]) -> Response:
    """List reminders, planned and past."""
    sought = Sought(state=query.state, project=query.project_id, group=query.group_id)
    return door.many(queries.reminders(door.session, door.caller, ask=query.ask(), sought=sought))


@router.get("/reminders/{reminder_id}", response_model=schemas.Reminder)
@in_reading
def get_reminder(door: Enter, reminder_id: UUID) -> Response:
    """Read one reminder with whom it reached."""
    return door.one(_shown(door, reminder_id))


@router.get("/reminders/{reminder_id}/deliveries", response_model=DeliveryPage)
@in_reading
def list_reminder_deliveries(
    door: Enter, reminder_id: UUID, query: Annotated[ListQuery, Query()]
) -> Response:
    """List how a reminder was delivered, with each platform's own answer: the proof."""
    return door.many(
        queries.deliveries(door.session, door.caller, reminder_id=reminder_id, ask=query.ask())
    )


@router.post("/reminders/{reminder_id}/acknowledge", response_model=schemas.Reminder)
@in_transaction
def acknowledge_reminder(door: Enter, reminder_id: UUID) -> Response:
    """Say that you know of a reminder you got; that is not yet "done"."""
    door.shows(lambda: _shown(door, reminder_id))
    actions.acknowledge(door.session, reminder_id=reminder_id, by=door.caller)
    return door.changed()


@router.post("/reminders/{reminder_id}/snooze", status_code=201, response_model=schemas.Reminder)
@in_transaction
def snooze_reminder(door: Enter, reminder_id: UUID, given: schemas.Snooze) -> Response:
    """Be reminded again in so many working days and not before; gives the new reminder."""
    later = actions.snooze(
        door.session, reminder_id=reminder_id, working_days=given.working_days, by=door.caller
    )
    return door.created(f"/reminders/{later.id}", _shown(door, later.id))


def _shown(door: Door, reminder_id: UUID) -> Found:
    return queries.reminder(door.session, door.caller, reminder_id=reminder_id)
