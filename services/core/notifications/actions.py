"""Writes of notifications: telling people once, and delivering with proof."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.core.access.queries import Recipient
from services.core.kit import ledger
from services.core.kit.caller import Caller
from services.core.kit.events import Actor, Fact, Subject
from services.core.kit.ids import new_id
from services.core.kit.settings import settings
from services.core.notifications import queries, rules
from services.core.notifications.events import ReminderAcknowledged, ReminderFailed
from services.core.notifications.models import Notification, NotificationDelivery
from services.core.notifications.rules import Cause, Channel, Claimed, DeliveryState, Outcome
from services.core.notifications.texts import Text


def notify(
    session: Session,
    *,
    recipients: Sequence[Recipient],
    cause: Cause,
    text: Text,
    now: datetime,
    mail_at: datetime | None = None,
) -> dict[UUID, UUID]:
    """Tell each of these people of one cause, once; gives their notifications by account.

    The inbox has it at once. A letter is owed to whoever has an address, from `mail_at` (None:
    now) on, where a mail server is known.
    """
    people = {recipient.account_id: recipient for recipient in recipients}
    if not people:
        return {}
    made = session.execute(
        insert(Notification)
        .values([_row(account_id, cause, text, now) for account_id in people])
        .on_conflict_do_nothing(index_elements=["account_id", "cause_kind", "cause_id"])
        .returning(Notification.id, Notification.account_id)
    ).all()
    if settings().smtp_host:
        letters = [
            _letter(notification_id, people[account_id].email, mail_at or now)
            for notification_id, account_id in made
            if people[account_id].email
        ]
        if letters:
            session.execute(insert(NotificationDelivery).values(letters))
    return queries.told(session, cause, list(people))


def read(session: Session, *, notification_id: UUID, by: Caller) -> Notification:
    """Note that the caller has opened a notification; nobody else learns of it."""
    notification = queries.for_change(session, by, notification_id=notification_id)
    if notification.read_at is None:
        notification.read_at = by.now
    return notification


def acknowledge(session: Session, *, notification_id: UUID, by: Caller) -> Notification:
    """Note that the caller knows; who acknowledges has read. Twice is once."""
    notification = queries.for_change(session, by, notification_id=notification_id)
    if notification.acknowledged_at is None:
        notification.acknowledged_at = by.now
        notification.read_at = notification.read_at or by.now
        fact = ReminderAcknowledged(
            notification_id=notification.id,
            account_id=by.account_id,
            cause_kind=notification.cause_kind,
            cause_id=notification.cause_id,
        )
        _record(session, notification.id, fact, by=Actor.person(by), now=by.now)
    return notification


def claim_due(session: Session, *, now: datetime, limit: int) -> list[Claimed]:
    """Take due letters for one attempt each; commit before sending them.

    No more than can be sent and settled inside the lease, however slow the server is.
    """
    chosen = settings()
    batch = rules.batch_within(chosen.claim_lease, timeout=chosen.smtp_timeout, limit=limit)
    return queries.claimed_letters(session, now=now, limit=batch, lease=chosen.claim_lease)


def settle(session: Session, claimed: Claimed, outcome: Outcome, *, now: datetime) -> None:
    """Write down what came of an attempt; one whose lease ran out has nothing to say any more."""
    delivery = queries.delivery_in_hand(session, claimed)
    if delivery is None:
        return
    chosen = settings()
    verdict = rules.verdict(
        outcome,
        claimed.attempt,
        now=now,
        base=chosen.mail_retry_base,
        limit=chosen.mail_retry_limit,
    )
    delivery.state, delivery.next_at = verdict.state, verdict.next_at
    delivery.answer = outcome.answer.replace("\0", "")
    if verdict.state == DeliveryState.DELIVERED:
        delivery.delivered_at = now
    if verdict.state == DeliveryState.FAILED:
        addressee = queries.addressee(session, notification_id=claimed.notification_id)
        fact = ReminderFailed(
            notification_id=claimed.notification_id,
            account_id=addressee.account_id,
            cause_kind=addressee.cause.kind,
            cause_id=addressee.cause.id,
            channel=delivery.channel,
            attempts=claimed.attempt,
        )
        _record(session, claimed.notification_id, fact, by=Actor.part("mail"), now=now)


def _row(account_id: UUID, cause: Cause, text: Text, now: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "account_id": account_id,
        "cause_kind": cause.kind,
        "cause_id": cause.id,
        "project_id": cause.project_id,
        "title_zh": text.title.zh,
        "title_en": text.title.en,
        "body_zh": text.body.zh,
        "body_en": text.body.en,
        "link": text.link,
        "created_at": now,
        "version": 1,
    }


def _letter(notification_id: UUID, address: str | None, due_at: datetime) -> dict[str, object]:
    return {
        "id": new_id(),
        "notification_id": notification_id,
        "channel": Channel.EMAIL,
        "address": address,
        "state": DeliveryState.DUE,
        "next_at": due_at,
        "attempts": 0,
    }


def _record(
    session: Session, notification_id: UUID, fact: Fact, *, by: Actor, now: datetime
) -> None:
    """Write a fact that the person's organisation and the project's group may see."""
    addressee = queries.addressee(session, notification_id=notification_id)
    about = Subject(
        "notification",
        notification_id,
        group_id=addressee.group_id,
        organisation_ids=(addressee.organisation_id,),
    )
    ledger.record(session, fact, about=about, by=by, now=now)
