"""The caller's inbox over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.api.door import Door, Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.kit.reading import Found
from services.core.notifications import actions, queries, schemas

router = APIRouter(tags=["notifications"])


class NotificationsQuery(ListQuery):
    """Filters of the list."""

    unread: Annotated[
        bool | None, Field(description="Only what you have not opened, or only what you have.")
    ] = None


@router.get("/notifications", response_model=schemas.NotificationPage)
@in_reading
def list_notifications(door: Enter, query: Annotated[NotificationsQuery, Query()]) -> Response:
    """List your notifications."""
    return door.many(
        queries.notifications(door.session, door.caller, ask=query.ask(), unread=query.unread)
    )


@router.get("/notifications/{notification_id}", response_model=schemas.Notification)
@in_reading
def get_notification(door: Enter, notification_id: UUID) -> Response:
    """Read one of your notifications; reading it here does not mark it as read."""
    return door.one(_shown(door, notification_id))


@router.post("/notifications/{notification_id}/read", response_model=schemas.Notification)
@in_transaction
def read_notification(door: Enter, notification_id: UUID) -> Response:
    """Mark one of your notifications as read; nobody else sees that you did."""
    door.shows(lambda: _shown(door, notification_id))
    actions.read(door.session, notification_id=notification_id, by=door.caller)
    return door.changed()


@router.post("/notifications/{notification_id}/acknowledge", response_model=schemas.Notification)
@in_transaction
def acknowledge_notification(door: Enter, notification_id: UUID) -> Response:
    """Say that you know; that is not yet "done"."""
    door.shows(lambda: _shown(door, notification_id))
    actions.acknowledge(door.session, notification_id=notification_id, by=door.caller)
    return door.changed()


@router.get("/notifications/{notification_id}/deliveries", response_model=schemas.DeliveryPage)
@in_reading
def list_notification_deliveries(
    door: Enter, notification_id: UUID, query: Annotated[ListQuery, Query()]
) -> Response:
    """List how one of your notifications was delivered, with each platform's own answer."""
    return door.many(
        queries.deliveries(
            door.session, door.caller, notification_id=notification_id, ask=query.ask()
        )
    )


def _shown(door: Door, notification_id: UUID) -> Found:
    return queries.notification(door.session, door.caller, notification_id=notification_id)
