"""A stretch of the log owed to one endpoint again: a durable job, done in bounded pieces.

Its row is the job and says how far it has got. What there is a delivery of is made due again
under its own id; what was never planned is planned, if the owner might see it the day it happened
and may see it now. So no event ever has two deliveries to one endpoint.
"""

from datetime import datetime
from uuid import UUID

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from services.core.audit.rules import Act
from services.core.kit import jobs, listening
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Invalid
from services.core.kit.events import Subject
from services.core.kit.feed import SEEN, ConsumerCursor, FeedEvent, Seen
from services.core.kit.moves import moved
from services.core.kit.scope import among
from services.core.kit.settings import settings
from services.core.kit.words import Words
from services.core.webhooks import messages, queries, rules, schemas
from services.core.webhooks.actions import owing, planning, repair
from services.core.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookReplay
from services.core.webhooks.rules import (
    REPLAY_MOVES,
    DeliveryState,
    EndpointState,
    ReplayMode,
    ReplayState,
    ReplayVerb,
)

STRETCH = 10_000
"""Numbers of the feed one piece looks at, however few of them concern the replay (some 10 ms)."""
PIECE = 500
"""Events one piece may owe again; the next goes on behind them."""


def begin(
    session: Session, *, endpoint_id: UUID, given: schemas.NewReplay, by: Caller
) -> WebhookReplay:
    """Begin to owe a stretch of the log to an endpoint again.

    Raises:
        Missing: the endpoint is not in scope. Invalid: the stretch ends before it begins.
        Conflict: the endpoint is switched off or over, or a replay of it runs.
    """
    by.must("webhooks.keep")
    endpoint = queries.for_change(session, by, endpoint_id=endpoint_id, expected=None)
    owing.must_be_kept(endpoint)
    since, until = given.since or endpoint.created_at, given.until or by.now
    if since >= until:
        words = Words("起始须早于结束。", "It must begin before it ends.")
        raise Invalid.at("/since", words, code="empty_stretch")
    if endpoint.state == EndpointState.DISABLED:
        raise Conflict(
            Words("此订阅已停用，请先恢复。", "The endpoint is disabled: resume it first.")
        )
    if queries.is_replaying(session, endpoint_id):
        raise Conflict(Words("已有补发正在进行。", "A replay of this endpoint runs already."))
    before = listening.ends(session).oldest - 1
    planned = session.scalar(
        select(ConsumerCursor.seq).where(ConsumerCursor.name == messages.PLANNER)
    )
    made = WebhookReplay(
        endpoint_id=endpoint.id,
        account_id=by.account_id,
        mode=given.mode,
        event_types=given.event_types,
        since=since,
        until=until,
        state=ReplayState.RUNNING,
        first_seq=before + 1,
        at_seq=before,
        last_seq=max(planned or 0, before),
        next_at=by.now,
        created_at=by.now,
    )
    session.add(made)
    session.flush()
    details = {"replay_id": [None, made.id], "mode": [None, made.mode]}
    repair.note(session, Act.REPLAYED, _subject(made, endpoint), by=by, details=details)
    return made


def cancel(
    session: Session, *, endpoint_id: UUID, replay_id: UUID, expected: int, by: Caller
) -> None:
    """Let a replay end here; what it has made due stays due.

    Raises:
        Missing: there is none of an endpoint in scope. Stale; UnlawfulMove: it is over already.
    """
    by.must("webhooks.keep")
    endpoint = queries.for_change(session, by, endpoint_id=endpoint_id, expected=None)
    found = queries.replay_for_change(
        session, endpoint_id=endpoint_id, replay_id=replay_id, expected=expected
    )
    _end(found, ReplayVerb.CANCEL, now=by.now)
    details = {"replay_id": [found.id, None]}
    repair.note(session, Act.REPLAY_CANCELLED, _subject(found, endpoint), by=by, details=details)


def do_due(session: Session, *, now: datetime, limit: int) -> int:
    """Do a piece of each replay that runs; gives how many there were."""
    return jobs.each_due(session, WebhookReplay, _piece, now=now, limit=limit)


def _piece(session: Session, running: WebhookReplay, now: datetime) -> None:
    """Owe again what a bounded stretch of the log holds; the next piece goes on behind it."""
    endpoint = session.get_one(WebhookEndpoint, running.endpoint_id)
    if endpoint.state not in rules.OWED:
        _end(running, ReplayVerb.CANCEL, now=now)
        return
    upto = min(running.at_seq + STRETCH, running.last_seq)
    found = _told(session, running, upto)
    memory = planning.Memory()
    again: list[UUID] = []
    new: list[Seen] = []
    for seen, delivery_id, state in found:
        if (
            rules.owes_again(ReplayMode(running.mode), state)
            and rules.wants(running.event_types, seen.type)
            and planning.is_for(session, memory, endpoint, seen)
            and planning.sees(session, memory, endpoint, seen, on=None)
        ):
            if delivery_id is None:
                new.append(seen)
            else:
                again.append(delivery_id)
    planning.owe(session, [(endpoint, seen) for seen in new], now=now)
    running.owed += len(new) + _hurry(session, again, now=now)
    running.at_seq = found[-1][0].seq if len(found) == PIECE else upto
    if running.at_seq >= running.last_seq:
        _end(running, ReplayVerb.FINISH, now=now)
        return
    running.next_at = now


def _subject(replay: WebhookReplay, endpoint: WebhookEndpoint) -> Subject:
    return repair.part("webhook_replay", replay.id, endpoint)


def _end(running: WebhookReplay, verb: ReplayVerb, *, now: datetime) -> None:
    running.state = moved(REPLAY_MOVES, ReplayState(running.state), verb)
    running.next_at, running.finished_at = None, now


def _told(
    session: Session, running: WebhookReplay, upto: int
) -> list[tuple[Seen, UUID | None, DeliveryState | None]]:
    """Read facts of a stretch, each with the delivery there is of it and its state."""
    rows = session.execute(
        select(
            WebhookDelivery.id,
            WebhookDelivery.state,
            *SEEN,
        )
        .outerjoin(
            WebhookDelivery,
            (WebhookDelivery.event_id == FeedEvent.event_id)
            & (WebhookDelivery.endpoint_id == running.endpoint_id),
        )
        .where(
            FeedEvent.seq > running.at_seq,
            FeedEvent.seq <= upto,
            FeedEvent.occurred_at >= running.since,
            FeedEvent.occurred_at < running.until,
        )
        .order_by(FeedEvent.seq)
        .limit(PIECE)
    )
    return [
        (Seen(*fact), delivery_id, DeliveryState(state) if state else None)
        for delivery_id, state, *fact in rows
    ]


def _hurry(session: Session, delivery_ids: list[UUID], *, now: datetime) -> int:
    """Make deliveries due at once, with their schedules begun anew; gives how many.

    One that is due already is hurried only if it waits for longer than a claim lasts: whatever is
    due sooner is being sent, or about to be.
    """
    if not delivery_ids:
        return 0
    waits = WebhookDelivery.next_at > now + settings().claim_lease
    hurried = session.execute(
        update(WebhookDelivery)
        .where(
            among(WebhookDelivery.id, delivery_ids),
            or_(WebhookDelivery.state != DeliveryState.DUE, waits),
        )
        .values(state=DeliveryState.DUE, next_at=now, tries=0)
        .returning(WebhookDelivery.id)
        .execution_options(synchronize_session=False)
    )
    return len(hurried.all())
