"""Writes of policy packs."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import orjson
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of
from services.core.kit import ledger, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Invalid
from services.core.kit.events import Actor, Fact, Subject
from services.core.kit.moves import moved
from services.core.kit.words import Words
from services.core.policies import queries, rules, schemas
from services.core.policies.events import PolicyAdopted, PolicyDrafted, PolicyRetired
from services.core.policies.models import PolicyPack
from services.core.policies.rules import MOVES, PackState, PackVerb

_PACKS = Path(__file__).with_name("packs")
_FROM_THE_BEGINNING = date(2000, 1, 1)
"""A shipped pack counts for whatever was recorded before the service was installed."""


def ship(session: Session, *, now: datetime) -> None:
    """Adopt each shipped pack as number 1, unless its code is known already; safe to repeat."""
    for document in _shipped():
        code = rules.checked_pack(document).code
        if _next_number(session, code) == 1:
            policy = PolicyPack(
                code=code,
                number=1,
                state=PackState.ADOPTED,
                document=document,
                effective_on=_FROM_THE_BEGINNING,
            )
            session.add(policy)
            session.flush()
            _record(session, policy, _adopted(policy), by=Actor.part("policies"), now=now)


def draft(session: Session, *, given: schemas.NewPolicy, by: Caller) -> PolicyPack:
    """Draft the next version of the pack its document names.

    Raises:
        Invalid: one fault per wrong place of the document.
    """
    by.must("policies.keep")
    by.must_supervise(None)
    pack = rules.given_pack(given.document)
    policy = PolicyPack(
        code=pack.code,
        number=_next_number(session, pack.code),
        state=PackState.DRAFT,
        document=given.document,
        source=given.source,
    )
    session.add(policy)
    session.flush()
    _record(session, policy, _drafted(policy, "drafted"), by=Actor.person(by), now=by.now)
    return policy


def change(
    session: Session, *, policy_id: UUID, given: schemas.PolicyChange, expected: int, by: Caller
) -> None:
    """Change a draft; it stays the version of the pack it was drafted as.

    Raises:
        UnlawfulMove: it is no draft any more. Invalid: its document is wrong, or another pack's.
    """
    by.must("policies.keep")
    by.must_supervise(None)
    policy = queries.for_change(session, by, policy_id=policy_id, expected=expected)
    moved(MOVES, PackState(policy.state), PackVerb.EDIT)
    said = given.given()
    if "document" in said and rules.given_pack(given.document).code != policy.code:
        raise Invalid.at(
            "/document/code",
            Words("不能改为另一套参数。", "A draft cannot become another pack."),
            code="other_pack",
            allowed=(policy.code,),
        )
    if rows.merged(policy, said):
        _record(session, policy, _drafted(policy, "changed"), by=Actor.person(by), now=by.now)


def adopt(
    session: Session, *, policy_id: UUID, given: schemas.Adoption, expected: int, by: Caller
) -> None:
    """Let a draft count from one day on; it never changes again.

    Raises:
        UnlawfulMove: it is no draft. Invalid: the day is past.
    """
    by.must("policies.keep")
    by.must_supervise(None)
    policy = queries.for_change(session, by, policy_id=policy_id, expected=expected)
    policy.state = moved(MOVES, PackState(policy.state), PackVerb.ADOPT)
    rules.check_effective(given.effective_on, day_of(by.now))
    policy.effective_on = given.effective_on
    policy.adopted_by = by.account_id
    _record(session, policy, _adopted(policy), by=Actor.person(by), now=by.now)


def retire(session: Session, *, policy_id: UUID, expected: int, by: Caller) -> None:
    """Let a version no longer count.

    Raises:
        UnlawfulMove: it is retired. Conflict: the pack would have no version left to judge by.
    """
    by.must("policies.keep")
    by.must_supervise(None)
    policy = queries.for_change(session, by, policy_id=policy_id, expected=expected)
    was = PackState(policy.state)
    policy.state = moved(MOVES, was, PackVerb.RETIRE)
    if was == PackState.ADOPTED and not queries.has_another(session, policy, on=day_of(by.now)):
        raise Conflict(
            Words(
                "这是唯一生效的版本；请先启用新版本。",
                "This is the only version in effect; adopt another first.",
            )
        )
    fact = PolicyRetired(policy_id=policy.id, code=policy.code, number=policy.number)
    _record(session, policy, fact, by=Actor.person(by), now=by.now)


def _shipped() -> Iterator[dict[str, Any]]:
    for path in sorted(_PACKS.glob("*.json")):
        document: dict[str, Any] = orjson.loads(path.read_bytes())
        yield document


def _next_number(session: Session, code: str) -> int:
    """Give the number a pack's next version gets; no other transaction gets it meanwhile."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"policy:{code}", 0))))
    last = session.scalar(select(func.max(PolicyPack.number)).where(PolicyPack.code == code))
    return (last or 0) + 1


def _drafted(policy: PolicyPack, what: Literal["drafted", "changed"]) -> PolicyDrafted:
    return PolicyDrafted(policy_id=policy.id, code=policy.code, number=policy.number, change=what)


def _adopted(policy: PolicyPack) -> PolicyAdopted:
    return PolicyAdopted(
        policy_id=policy.id,
        code=policy.code,
        number=policy.number,
        effective_on=policy.effective_on or _FROM_THE_BEGINNING,
    )


def _record(session: Session, policy: PolicyPack, fact: Fact, *, by: Actor, now: datetime) -> None:
    about = Subject("policy", policy.id, for_everybody=True)
    ledger.record(session, fact, about=about, by=by, now=now)
