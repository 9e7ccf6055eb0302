"""Who may write what of a group, and how it is told."""

from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of
from services.core.groups import queries, rules
from services.core.groups.models import JointGroup
from services.core.groups.rules import GroupState
from services.core.kit import ledger
from services.core.kit.caller import Caller
from services.core.kit.errors import Forbidden
from services.core.kit.events import Actor, Fact, Subject
from services.core.kit.words import Words
from services.core.organisations import queries as organisations


def regulated(session: Session, group_id: UUID, expected: int, by: Caller) -> JointGroup:
    """Lock a group for the regulator of its county; only that one begins and ends a group.

    Raises:
        Missing: it is out of scope. Forbidden: the caller does not regulate the county.
    """
    group = queries.for_change(session, by, group_id=group_id, expected=expected)
    by.must("groups.establish")
    must_regulate(session, group.region_code, by)
    return group


def kept(session: Session, group_id: UUID, expected: int | None, by: Caller) -> JointGroup:
    """Lock a group that is not dissolved for its regulator or its convener.

    Raises:
        Missing: it is out of scope. Forbidden: the caller neither convenes nor regulates it.
        Frozen: it is dissolved.
    """
    group = queries.for_change(session, by, group_id=group_id, expected=expected)
    by.must("groups.keep")
    if not _regulates(session, group.region_code, by):
        by.must_act_for(queries.convener_of(session, group.id, day_of(by.now)))
    rules.must_be_open(GroupState(group.state))
    return group


def must_regulate(session: Session, region_code: str, by: Caller) -> None:
    """Refuse a place the caller does not regulate.

    Raises:
        Forbidden: the place lies elsewhere.
    """
    if not _regulates(session, region_code, by):
        raise Forbidden(
            Words("该县不在您监管的区划内。", "The county does not lie in the region you regulate.")
        )


def _regulates(session: Session, region_code: str, by: Caller) -> bool:
    return "groups.establish" in by.permissions and organisations.regulates(
        session, by, region_code=region_code
    )


def tell(
    session: Session,
    group: JointGroup,
    fact: Fact,
    by: Caller,
    *,
    heard: tuple[UUID, ...] = (),
    changes: dict[str, Any] | None = None,
) -> None:
    """Record a fact about a group; units in `heard` hear it too, unless it is still a draft."""
    about = Subject(
        "group",
        group.id,
        group_id=group.id,
        organisation_ids=() if group.state == GroupState.DRAFT else heard,
    )
    ledger.record(session, fact, about=about, by=Actor.person(by), now=by.now, changes=changes)
