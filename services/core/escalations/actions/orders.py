"""What people do with supervision orders: draft, issue, sign, reply, return, close, withdraw."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.access import queries as access
from services.core.access.models import Account
from services.core.access.queries import Recipient
from services.core.calendar.rules import day_of
from services.core.escalations import queries, rules, schemas
from services.core.escalations.actions import papers
from services.core.escalations.events import (
    SupervisionChanged,
    SupervisionClosed,
    SupervisionDrafted,
    SupervisionIssued,
    SupervisionReplied,
    SupervisionReturned,
    SupervisionSigned,
    SupervisionWithdrawn,
)
from services.core.escalations.models import SupervisionOrder
from services.core.escalations.rules import OrderState, OrderVerb
from services.core.kit import rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Forbidden
from services.core.kit.events import Actor, Fact
from services.core.kit.moves import moved
from services.core.kit.words import Words
from services.core.notifications import actions as notifications
from services.core.notifications import texts
from services.core.notifications.rules import Cause
from services.core.organisations.rules import Duty


def draft(session: Session, *, given: schemas.NewSupervisionOrder, by: Caller) -> SupervisionOrder:
    """Draft an order about a project, for oneself or another regulator to issue.

    Raises:
        Invalid: the project is not in scope, or a unit does not exist.
    """
    by.must("supervision.issue")
    project = queries.project_in_scope(session, by, project_id=given.project_id)
    order = SupervisionOrder(
        code=queries.next_code(session, now=by.now),
        project_id=project.id,
        group_id=project.group_id,
        kind=given.kind,
        colour=given.colour,
        state=OrderState.DRAFTED,
        **_texts(title=given.title, body=given.body),
        issued_to=queries.units_named(session, given.issued_to),
        drafted_at=by.now,
        drafted_by=by.account_id,
        source=given.source,
        is_illustrative=given.is_illustrative,
    )
    session.add(order)
    session.flush()
    _record(session, order, SupervisionDrafted, by)
    return order


def change(
    session: Session,
    *,
    order_id: UUID,
    given: schemas.SupervisionOrderChange,
    expected: int,
    by: Caller,
) -> SupervisionOrder:
    """Change a draft.

    Raises:
        Conflict: it is no draft any more; what was issued stays as it was issued.
    """
    order = _held(session, order_id, expected, by, "supervision.issue")
    if order.state != OrderState.DRAFTED:
        raise Conflict(Words("只有拟稿可以修改。", "Only a draft can be changed."))
    values = given.given()
    wanted = {name: values[name] for name in ("colour",) if name in values}
    wanted |= _texts(**{name: getattr(given, name) for name in ("title", "body") if name in values})
    if "issued_to" in values:
        wanted["issued_to"] = queries.units_named(session, given.issued_to)
    if rows.merged(order, wanted):
        _record(session, order, SupervisionChanged, by)
    return order


def issue(session: Session, *, order_id: UUID, expected: int, by: Caller) -> SupervisionOrder:
    """Issue an order: a person decides, and only now its addressees hear of it (I-16)."""
    order = _held(session, order_id, expected, by, "supervision.issue")
    _move(order, OrderVerb.ISSUE)
    order.issued_at, order.issued_by = by.now, by.account_id
    _record(session, order, SupervisionIssued, by)
    title = Words(order.title_zh, order.title_en)
    body = Words(order.body_zh, order.body_en)
    text = texts.order_issued(order.code, title, body, link=papers.link_to(order))
    _tell_leaders(session, order, "supervision_order", text, by)
    return order


def sign(session: Session, *, order_id: UUID, expected: int, by: Caller) -> SupervisionOrder:
    """Sign for an order (签收), for a unit it was issued to."""
    order = _held(session, order_id, expected, by, "supervision.answer")
    by.must_act_for(*order.issued_to)
    _move(order, OrderVerb.SIGN)
    order.signed_at, order.signed_by = by.now, by.account_id
    _record(session, order, SupervisionSigned, by)
    return order


def reply(
    session: Session, *, order_id: UUID, text: str, expected: int, by: Caller
) -> SupervisionOrder:
    """Reply to an order with what was done (反馈), for a unit it was issued to."""
    order = _held(session, order_id, expected, by, "supervision.answer")
    by.must_act_for(*order.issued_to)
    _move(order, OrderVerb.REPLY)
    order.reply, order.replied_at, order.replied_by = text, by.now, by.account_id
    _record(session, order, SupervisionReplied, by)
    return order


def return_reply(
    session: Session, *, order_id: UUID, reason: str, expected: int, by: Caller
) -> SupervisionOrder:
    """Send a reply back, to be done again (退回重办)."""
    order = _checked_by_issuer(session, order_id, expected, by)
    _move(order, OrderVerb.RETURN)
    _record(session, order, SupervisionReturned, by, reason=reason)
    return order


def close(session: Session, *, order_id: UUID, expected: int, by: Caller) -> SupervisionOrder:
    """Close an order whose reply was checked (办结), by four eyes of two units."""
    order = _checked_by_issuer(session, order_id, expected, by)
    _move(order, OrderVerb.CLOSE)
    order.closed_at, order.closed_by = by.now, by.account_id
    _record(session, order, SupervisionClosed, by)
    return order


def withdraw(
    session: Session, *, order_id: UUID, reason: str, expected: int, by: Caller
) -> SupervisionOrder:
    """Withdraw a draft, or an order nobody replied to yet; who got it hears so."""
    order = _held(session, order_id, expected, by, "supervision.issue")
    if order.issued_by:
        _must_be_issuer(session, order, by)
    _move(order, OrderVerb.WITHDRAW)
    order.end_reason = reason
    _record(session, order, SupervisionWithdrawn, by, reason=reason)
    if order.issued_at:
        text = texts.order_withdrawn(
            order.code, Words(order.title_zh, order.title_en), reason, link=papers.link_to(order)
        )
        _tell_leaders(session, order, "supervision_end", text, by)
    return order


def _held(
    session: Session, order_id: UUID, expected: int, by: Caller, permission: str
) -> SupervisionOrder:
    """Lock an order in scope for somebody who may do this."""
    by.must(permission)
    return queries.order_for_change(session, by, order_id=order_id, expected=expected)


def _checked_by_issuer(
    session: Session, order_id: UUID, expected: int, by: Caller
) -> SupervisionOrder:
    """Lock an order whose reply the issuing unit checks.

    Raises:
        Forbidden: it is another unit's order, or one's own unit's reply.
    """
    order = _held(session, order_id, expected, by, "supervision.issue")
    if order.replied_by:
        _must_be_issuer(session, order, by)
        replier = session.get_one(Account, order.replied_by)
        if replier.organisation_id == by.organisation_id:
            raise Forbidden(
                Words("反馈须由另一单位审核。", "A reply is checked by another unit than replied.")
            )
    return order


def _must_be_issuer(session: Session, order: SupervisionOrder, by: Caller) -> None:
    """Refuse whoever is not of the unit that issued the order.

    Raises:
        Forbidden: another unit issued it.
    """
    issuer = session.get_one(Account, order.issued_by)
    if issuer.organisation_id != by.organisation_id:
        raise Forbidden(Words("须由签发单位办理。", "This is for the unit that issued the order."))


def _move(order: SupervisionOrder, verb: OrderVerb) -> None:
    order.state = moved(rules.ORDER_MOVES, OrderState(order.state), verb)


def _tell_leaders(
    session: Session, order: SupervisionOrder, cause: str, text: texts.Text, by: Caller
) -> None:
    """Tell the leaders of the units an order was issued to."""
    leaders: list[Recipient] = []
    for unit in order.issued_to:
        leaders += access.people_for(
            session, organisation_id=unit, duty=Duty.LEADER, on=day_of(by.now)
        )
    notifications.notify(
        session,
        recipients=leaders,
        cause=Cause(cause, order.id, order.project_id),
        text=text,
        now=by.now,
    )


def _texts(
    *, title: schemas.TitleGiven | None = None, body: schemas.TextGiven | None = None
) -> dict[str, Any]:
    """Give the columns of the texts that were given."""
    columns: dict[str, Any] = {}
    if title:
        columns |= {"title_zh": title.zh, "title_en": title.en}
    if body:
        columns |= {"body_zh": body.zh, "body_en": body.en}
    return columns


def _record(
    session: Session,
    order: SupervisionOrder,
    fact: Callable[..., Fact],
    by: Caller,
    **also: str,
) -> None:
    made = fact(**papers.about(order), **also)
    papers.record(session, order, made, by=Actor.person(by), now=by.now)
