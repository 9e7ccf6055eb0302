"""Reads of a copy: who holds it, what was written since, and the next records it needs.

What goes into a copy is read as the caller. What has to go out of it lies beyond the caller's
scope by now, so those statements are the service's own, and give nothing but ids.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import orjson
from itsdangerous import BadSignature
from sqlalchemy import (
    ColumnElement,
    DateTime,
    Text,
    and_,
    cast,
    func,
    literal,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.core.kit import db
from services.core.kit.caller import Caller
from services.core.kit.cipher import cursor_signer
from services.core.kit.errors import Invalid
from services.core.kit.reading import Found, written
from services.core.kit.records import Records, ids_of
from services.core.kit.scope import Ids, overlapping
from services.core.kit.words import Words
from services.core.kit.written import RowChange
from services.core.sync import rules
from services.core.sync.models import SyncScope
from services.core.sync.rules import Moment, Position

BATCH = 1000
"""Rows written that one step looks at together."""


@dataclass(frozen=True, slots=True)
class Ends:
    """The first and the last number of the log of written rows, and where the feed was then."""

    oldest: int
    newest: int
    seal: int
    seq: int


@dataclass(slots=True)
class Touched:
    """What a batch of written rows says, by kind of row."""

    upto: int
    seq: int
    ids: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Which records were written."""
    lost: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """Those that belonged to a scope of the copy before they were written."""
    deleted: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    seqs: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Change:
    """One line of an answer, in the order of its key."""

    key: Any
    text: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one step takes of one kind: conditions for what comes in and what goes out."""

    puts: ColumnElement[bool] | None = None
    drops: ColumnElement[bool] | None = None
    deleted: Sequence[str] = ()


def opened(cursor: str) -> Position:
    """Read a cursor of ours.

    Raises:
        Invalid: it is not.
    """
    try:
        return Position.unpacked(cursor_signer().loads(cursor, salt="sync"))
    except (BadSignature, KeyError, TypeError, ValueError) as error:
        words = Words("游标无效。", "The cursor is not one of ours.")
        raise Invalid.at("?cursor", words, code="bad_cursor") from error


def sealed(position: Position) -> str:
    """Write a cursor."""
    return str(cursor_signer().dumps(position.packed(), salt="sync"))


def noted_scope(session: Session, caller: Caller) -> str:
    """Keep the caller's scope if it is new; gives its digest."""
    ids = (caller.group_ids, caller.organisation_ids, caller.own_organisation_ids)
    digest = rules.digest_of(caller.role, caller.permissions, *ids)
    if session.scalar(select(SyncScope.digest).where(SyncScope.digest == digest)) is None:
        values = {
            "digest": digest,
            "role": caller.role,
            "permissions": sorted(caller.permissions),
            "group_ids": list(caller.group_ids),
            "organisation_ids": list(caller.organisation_ids),
            "own_organisation_ids": list(caller.own_organisation_ids),
        }
        session.execute(insert(SyncScope).values(values).on_conflict_do_nothing())
    return digest


def callers_of(session: Session, caller: Caller, digests: Sequence[str]) -> list[Caller]:
    """Give the caller as it was under earlier scopes.

    Raises:
        ResetRequired: one of them is not kept any more.
    """
    if not digests:
        return []
    found = session.scalars(select(SyncScope).where(SyncScope.digest.in_(digests))).all()
    if len(found) < len(set(digests)):
        words = Words(
            "此副本所依据的权限范围已不再保留；请清空本地数据后重新同步。",
            "The scope of this copy is not kept any more; drop it and begin without a cursor.",
        )
        raise rules.ResetRequired(words)
    return [
        replace(
            caller,
            role=scope.role,
            permissions=frozenset(scope.permissions),
            group_ids=Ids.of(f"was_groups_{place}", scope.group_ids),
            organisation_ids=Ids.of(f"was_organisations_{place}", scope.organisation_ids),
            own_organisation_ids=Ids.of(f"was_own_{place}", scope.own_organisation_ids),
        )
        for place, scope in enumerate(found)
    ]


_ENDS = text(
    """
    SELECT coalesce((SELECT min(number) FROM row_change), 1),
           coalesce((SELECT max(number) FROM row_change), 0),
           (SELECT noted_at FROM row_change WHERE number = (SELECT max(number) FROM row_change)),
           (SELECT seq FROM feed_head WHERE shard = 0)
    """
)


def ends(session: Session) -> Ends:
    """Read how far the log of written rows goes."""
    oldest, newest, noted_at, seq = session.execute(_ENDS).one()
    return Ends(oldest, newest, rules.micros(noted_at) if noted_at else 0, seq)


def seal_of(session: Session, number: int) -> int | None:
    """Give when a number was noted, if it is kept."""
    noted_at = session.scalar(select(RowChange.noted_at).where(RowChange.number == number))
    return rules.micros(noted_at) if noted_at else None


def moment(session: Session, found: Ends) -> Moment:
    """Give the moment by the clock that notes carry."""
    now = select(func.clock_timestamp(type_=DateTime(timezone=True)))
    return Moment(session.execute(now).scalar_one().isoformat(), found.newest)


def last_of_batch(session: Session, after: int) -> int:
    """Give the last number of the next batch; the caller knows that there is one."""
    batch = (
        select(RowChange.number)
        .where(RowChange.number > after)
        .order_by(RowChange.number)
        .limit(BATCH)
        .subquery()
    )
    return int(session.execute(select(func.max(batch.c.number))).scalar_one())


def touched(session: Session, after: int, upto: int, scopes: Sequence[Caller]) -> Touched:
    """Read a batch of written rows, each record once."""
    ids = [one for scope in scopes for one in (*scope.group_ids, *scope.organisation_ids)]
    found = session.execute(
        select(
            RowChange.kind,
            RowChange.record_id,
            func.max(RowChange.seq),
            func.bool_or(overlapping(RowChange.audience, ids)),
            func.bool_or(RowChange.operation == "D"),
        )
        .where(RowChange.number > after, RowChange.number <= upto)
        .group_by(RowChange.kind, RowChange.record_id)
    )
    batch = Touched(upto, 0)
    for kind, record_id, seq, was_ours, is_deleted in found:
        batch.ids[kind].append(record_id)
        batch.seqs[kind, record_id] = seq or 0
        batch.seq = max(batch.seq, seq or 0)
        if was_ours:
            batch.lost[kind].append(record_id)
            if is_deleted:
                batch.deleted[kind].append(record_id)
    return batch


def puts_of(records: Records, batch: Touched) -> ColumnElement[bool] | None:
    """Write "one that the batch touched", or None if it touched none of this kind."""
    ways = [
        how(batch.ids[kind])
        for kind, how in ((records.kind, _own(records)), *records.follows.items())
        if kind in batch.ids
    ]
    return _one_of(records, ways)


def drops_of(records: Records, batch: Touched, told: Moment) -> ColumnElement[bool] | None:
    """Write "one that the batch took out of the copy's scope", or None if it can be none.

    What was merely seen under an earlier scope is found when the copy is settled.
    """
    lost = _one_of(
        records,
        [
            how(batch.lost[kind])
            for kind, how in ((records.kind, _own(records)), *records.follows.items())
            if kind in batch.lost and (kind == records.kind or kind in records.seen_by)
        ],
    )
    ways = [] if lost is None else [lost]
    touches = puts_of(records, batch)
    if touches is not None and records.once_public is not None:
        ways.append(and_(touches, records.once_public))
    return and_(or_(*ways), is_older(records, told)) if ways else None


def _own(records: Records) -> Any:  # noqa: ANN401 a Touched of kit.records
    return lambda ids: records.key == ids_of(ids, records.key).any_()


def _one_of(records: Records, ways: Sequence[ColumnElement[bool]]) -> ColumnElement[bool] | None:
    """Find by any of several ways, each by its own index."""
    if not ways:
        return None
    table = records.key.class_.__table__
    found = [select(records.key).select_from(table).where(way) for way in ways]
    return records.key.in_(found[0] if len(found) == 1 else found[0].union(*found[1:]))


def is_older(records: Records, told: Moment) -> ColumnElement[bool]:
    """Write "one that was there when the copy was given what it has".

    What was made since then is no loss: nobody is told of what they cannot have had. A record may
    be in the copy before it is numbered, so its number alone does not say.
    """
    made = select(RowChange.record_id).where(
        RowChange.kind == records.kind,
        RowChange.operation == "I",
        RowChange.number > told.number,
        RowChange.noted_at > datetime.fromisoformat(told.at),
    )
    return cast(records.key, Text).not_in(made)


def throughout(records: Records, scopes: Sequence[Caller]) -> ColumnElement[bool]:
    """Write "one that was seen under every earlier scope"."""
    return and_(true(), *(records.visible(scope) for scope in scopes))


def read(  # noqa: PLR0913 the parts of one step
    session: Session,
    caller: Caller,
    records: Records,
    wanted: Wanted,
    *,
    after: str,
    limit: int,
    seqs: tuple[dict[tuple[str, str], int], int],
) -> list[Change]:
    """Give the next changes of one kind, in the order of its keys."""
    beyond = records.key > cast(literal(after), records.key.type) if after else true()
    found: list[Change] = []
    if wanted.puts is not None:
        found += _puts(session, caller, records, and_(wanted.puts, beyond), limit, seqs)
    gone: list[tuple[Any, str]] = []
    if wanted.drops is not None or wanted.deleted:
        with db.as_the_service(session):
            if wanted.drops is not None:
                unseen = and_(wanted.drops, records.visible(caller).is_not(true()), beyond)
                lost = _keys(session, caller, records, unseen, limit)
                gone += [(key, "out_of_scope") for key in lost]
            gone += [(key, "deleted") for key in _deleted(session, records, wanted.deleted, after)]
    for key, reason in gone:
        seq = seqs[0].get((records.kind, str(key)), seqs[1])
        found.append(
            Change(
                key,
                f'{{"seq":{seq},"type":"{records.name}","id":"{key}","op":"remove",'
                f'"reason":"{reason}","etag":null,"data":null}}',
            )
        )
    return sorted(found, key=lambda change: change.key)


def _puts(
    session: Session,
    caller: Caller,
    records: Records,
    where: ColumnElement[bool],
    limit: int,
    seqs: tuple[dict[tuple[str, str], int], int],
) -> list[Change]:
    source = records.source(caller)
    item = written(records.fields(caller), source)
    found = session.execute(
        select(records.key, records.version, cast(item, Text))
        .select_from(source)
        .where(where, records.visible(caller))
        .order_by(records.key)
        .limit(limit)
    )
    changes = []
    for key, version, body in found:
        seq = seqs[0].get((records.kind, str(key)), seqs[1])
        etag = orjson.dumps(Found(str(body), version).etag).decode()
        changes.append(
            Change(
                key,
                f'{{"seq":{seq},"type":"{records.name}","id":"{key}","op":"upsert",'
                f'"reason":null,"etag":{etag},"data":{body}}}',
            )
        )
    return changes


def _keys(
    session: Session, caller: Caller, records: Records, where: ColumnElement[bool], limit: int
) -> Sequence[Any]:
    return session.scalars(
        select(records.key)
        .select_from(records.source(caller))
        .where(where)
        .order_by(records.key)
        .limit(limit)
    ).all()


def _deleted(session: Session, records: Records, ids: Sequence[str], after: str) -> list[Any]:
    """Give those of these records that are really gone."""
    if not ids:
        return []
    keys = select(func.unnest(ids_of(ids, records.key)).label("key")).subquery()
    still = select(records.key).where(records.key == keys.c.key).exists()
    beyond = keys.c.key > cast(literal(after), records.key.type) if after else true()
    return list(session.scalars(select(keys.c.key).where(~still, beyond)))
