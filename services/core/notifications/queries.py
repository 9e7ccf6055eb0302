"""Reads of one's own inbox, of deliveries as proof, and of what a message must say."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, ScalarSelect, bindparam, func, or_, select, update
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.access.queries import Recipient
from services.core.groups import queries as groups
from services.core.groups.models import GroupMembership
from services.core.groups.rules import MemberRole
from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.records import Records
from services.core.kit.scope import ASKED, Ids, among
from services.core.kit.words import Words
from services.core.notifications.models import Notification, NotificationDelivery
from services.core.notifications.rules import Cause, Channel, Claimed, DeliveryState
from services.core.notifications.texts import About
from services.core.organisations.models import Officer, Organisation
from services.core.organisations.rules import Duty
from services.core.projects.models import Project

FIELDS: Fields = Constant(
    {
        "id": Notification.id,
        "cause_kind": Notification.cause_kind,
        "cause_id": Notification.cause_id,
        "project_id": Notification.project_id,
        "title": reading.shaped({"zh": Notification.title_zh, "en": Notification.title_en}),
        "body": reading.shaped({"zh": Notification.body_zh, "en": Notification.body_en}),
        "link": Notification.link,
        "created_at": Notification.created_at,
        "read_at": Notification.read_at,
        "acknowledged_at": Notification.acknowledged_at,
        "version": Notification.version,
    }
)
_SORTS = {"created_at": Notification.created_at, "id": Notification.id}
_DELIVERY_FIELDS: Fields = {
    "id": NotificationDelivery.id,
    "notification_id": NotificationDelivery.notification_id,
    "account_id": Notification.account_id,
    "account_name": Account.name,
    "channel": NotificationDelivery.channel,
    "state": NotificationDelivery.state,
    "attempts": NotificationDelivery.attempts,
    "next_at": NotificationDelivery.next_at,
    "answer": NotificationDelivery.answer,
    "created_at": Notification.created_at,
    "delivered_at": NotificationDelivery.delivered_at,
}
_PROOF = NotificationDelivery.__table__.join(
    Notification.__table__, Notification.id == NotificationDelivery.notification_id
).join(Account.__table__, Account.id == Notification.account_id)
_PROOF_SORTS = {"created_at": Notification.created_at, "id": NotificationDelivery.id}


@dataclass(frozen=True, slots=True)
class Addressee:
    """Whom a notification went to, and the group it concerns: who may know of its fate."""

    account_id: UUID
    organisation_id: UUID
    group_id: UUID | None
    cause: Cause


def visible(caller: Caller) -> ColumnElement[bool]:
    """Write "addressed to the caller": an inbox has one reader."""
    return Notification.account_id == caller.account_id


RECORDS = Records(
    name="notifications",
    kind="notification",
    key=Notification.id,
    version=Notification.version,
    fields=lambda _: FIELDS,
    source=lambda _: Notification.__table__,
    visible=visible,
)


def notification(session: Session, caller: Caller, *, notification_id: UUID) -> Found:
    """Read one of the caller's notifications.

    Raises:
        Missing: there is none, or it is somebody else's.
    """
    return RECORDS.one(session, caller, notification_id)


def notifications(session: Session, caller: Caller, *, ask: Ask, unread: bool | None) -> Page:
    """Read a page of the caller's inbox."""
    where = [visible(caller)]
    if unread is not None:
        is_unread = Notification.read_at.is_(None)
        where.append(is_unread if unread else ~is_unread)
    return reading.page(
        session, FIELDS, source=Notification.__table__, where=where, sorts=_SORTS, ask=ask
    )


def deliveries(session: Session, caller: Caller, *, notification_id: UUID, ask: Ask) -> Page:
    """Read the deliveries of one of the caller's notifications.

    Raises:
        Missing: there is no such notification, or it is somebody else's.
    """
    notification(session, caller, notification_id=notification_id)
    return deliveries_of(session, [Notification.id == notification_id], ask=ask)


def deliveries_of(session: Session, which: Sequence[ColumnElement[bool]], *, ask: Ask) -> Page:
    """Read deliveries of notifications that the asking room found to be in the caller's scope."""
    return reading.page(
        session, _DELIVERY_FIELDS, source=_PROOF, where=which, sorts=_PROOF_SORTS, ask=ask
    )


def for_change(session: Session, caller: Caller, *, notification_id: UUID) -> Notification:
    """Lock one of the caller's notifications."""
    return rows.for_change(
        session, Notification, Notification.id == notification_id, visible(caller)
    )


def told(session: Session, cause: Cause, account_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """Give the notification each of these people has for a cause."""
    found = session.execute(
        select(Notification.account_id, Notification.id).where(
            Notification.cause_kind == cause.kind,
            Notification.cause_id == cause.id,
            Notification.account_id.in_(account_ids),
        )
    )
    return dict(found.all())


def addressee(session: Session, *, notification_id: UUID) -> Addressee:
    """Give whom a notification went to and what for."""
    row = session.execute(
        select(
            Notification.account_id,
            Account.organisation_id,
            Project.group_id,
            Notification.cause_kind,
            Notification.cause_id,
        )
        .join(Account, Account.id == Notification.account_id)
        .outerjoin(Project, Project.id == Notification.project_id)
        .where(Notification.id == notification_id)
    ).one()
    return Addressee(row[0], row[1], row[2], Cause(row[3], row[4]))


def claimed_letters(
    session: Session, *, now: datetime, limit: int, lease: timedelta
) -> list[Claimed]:
    """Take due e-mails for one attempt each: the lease is written into `next_at`, oldest first."""
    due = (
        select(NotificationDelivery.id)
        .where(NotificationDelivery.next_at <= now, NotificationDelivery.channel == Channel.EMAIL)
        .order_by(NotificationDelivery.next_at, NotificationDelivery.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    taken = session.execute(
        update(NotificationDelivery)
        .where(
            NotificationDelivery.id == due.c.id,
            Notification.id == NotificationDelivery.notification_id,
            Account.id == Notification.account_id,
        )
        .values(next_at=now + lease, attempts=NotificationDelivery.attempts + 1)
        .returning(
            NotificationDelivery.id,
            Notification.id,
            NotificationDelivery.attempts,
            NotificationDelivery.address,
            Account.language,
            Notification.title_zh,
            Notification.title_en,
            Notification.body_zh,
            Notification.body_en,
        )
        .execution_options(synchronize_session=False)
    )
    return [
        Claimed(
            delivery_id=row[0],
            notification_id=row[1],
            attempt=row[2],
            address=row[3] or "",
            language=row[4],
            title=Words(row[5], row[6]).spoken(row[4]),
            body=Words(row[7], row[8]).spoken(row[4]),
            claimed_at=now,
        )
        for row in taken
    ]


def delivery_in_hand(session: Session, claimed: Claimed) -> NotificationDelivery | None:
    """Lock a claimed delivery, or None if the lease ran out and somebody else took it."""
    return session.scalars(
        select(NotificationDelivery)
        .where(
            NotificationDelivery.id == claimed.delivery_id,
            NotificationDelivery.attempts == claimed.attempt,
            NotificationDelivery.state == DeliveryState.DUE,
        )
        .with_for_update()
    ).one_or_none()


def people(session: Session, account_ids: Collection[UUID]) -> list[Recipient]:
    """Give those of these accounts that are still open, as somebody to be told."""
    found = session.execute(
        select(Account.id, Account.name, Account.email, Account.language)
        .where(Account.id.in_(account_ids), Account.is_active)
        .order_by(Account.id)
    )
    return [Recipient(*row) for row in found]


def abouts(session: Session, project_ids: Collection[UUID], *, on: date) -> dict[UUID, About]:
    """Give what messages say of these projects: who answers, the name, whom to phone that day."""
    found = session.execute(_abouts(), {**Ids.asked(project_ids).given, "on": on})
    return {
        row[0]: About(
            owner=_owner(Words(row[4], row[5] or row[4]), row[3]),
            project=Words(row[1], row[2] or row[1]),
            contact=row[6],
        )
        for row in found
    }


@cache
def _abouts() -> Any:  # noqa: ANN401 a Select of what messages say
    return (
        select(
            Project.id,
            Project.name,
            Project.name_en,
            Project.responsible_person,
            Organisation.name,
            Organisation.name_en,
            _contact(bindparam("on", type_=Date())),
        )
        .join(Organisation, Organisation.id == Project.responsible_organisation_id)
        .where(among(Project.id, ASKED))
    )


def _owner(unit: Words, person: str | None) -> Words:
    return Words(f"{unit.zh} · {person}", f"{unit.en}, {person}") if person else unit


def _contact(on: ColumnElement[date]) -> ScalarSelect[str]:
    """Find name and number of the convener's liaison officer, or of another officer it has."""
    return (
        select(func.concat(Officer.name, " ", Officer.phone))
        .join(GroupMembership, GroupMembership.organisation_id == Officer.organisation_id)
        .where(
            GroupMembership.group_id == Project.group_id,
            GroupMembership.role == MemberRole.CONVENER,
            groups.in_force(on),
            Officer.phone.is_not(None),
            Officer.valid_from <= on,
            or_(Officer.valid_to.is_(None), Officer.valid_to > on),
        )
        .order_by((Officer.duty == Duty.LIAISON).desc(), Officer.valid_from, Officer.id)
        .limit(1)
        .correlate(Project)
        .scalar_subquery()
    )
