"""Reads of policy packs; adopted ones are public, drafts are for those who keep policies."""

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from uuid import UUID

import orjson
from sqlalchemy import ColumnElement, Date, Text, and_, bindparam, cast, exists, select
from sqlalchemy.orm import Session, aliased

from services.core.kit import reading, rows
from services.core.kit.caller import Caller
from services.core.kit.errors import Conflict, Missing
from services.core.kit.reading import Ask, Constant, Fields, Found, Page
from services.core.kit.words import Words
from services.core.policies.models import PolicyPack
from services.core.policies.pack import Pack
from services.core.policies.rules import DEFAULT_CODE, PackState, checked_pack

_SUMMARY: Fields = Constant(
    {
        "id": PolicyPack.id,
        "code": PolicyPack.code,
        "number": PolicyPack.number,
        "state": PolicyPack.state,
        "title": PolicyPack.document["title"],
        "effective_on": PolicyPack.effective_on,
        "adopted_by": PolicyPack.adopted_by,
        "source": PolicyPack.source,
        "version": PolicyPack.version,
    }
)
FIELDS: Fields = Constant({**_SUMMARY, "document": PolicyPack.document})
_SORTS = {"code": PolicyPack.code, "number": PolicyPack.number, "id": PolicyPack.id}


@dataclass(frozen=True, slots=True)
class Current:
    """A pack as it counts, with the number of its version."""

    pack: Pack
    number: int


def _in_effect(on: ColumnElement[date] | date) -> ColumnElement[bool]:
    return and_(PolicyPack.state == PackState.ADOPTED, PolicyPack.effective_on <= on)


_CURRENT = (
    select(PolicyPack.number, cast(PolicyPack.document, Text))
    .where(_in_effect(bindparam("on", type_=Date())), PolicyPack.code == bindparam("code"))
    .order_by(PolicyPack.number.desc())
    .limit(1)
)


def current(session: Session, *, code: str | None, on: date) -> Current:
    """Give the policy that counts on a day: adopted, in effect, the highest number.

    No code means the default policy.

    Raises:
        Conflict: no version of this policy is in effect on that day.
    """
    asked = code or DEFAULT_CODE
    row = session.execute(_CURRENT, {"on": on, "code": asked}).one_or_none()
    if row is None:
        raise Conflict(
            Words(f"{on}没有生效的“{asked}”。", f"No version of '{asked}' is in effect on {on}.")
        )
    return Current(_read(row[1]), row[0])


def version(session: Session, caller: Caller, *, policy_id: UUID) -> Current:
    """Give one version of a pack, whatever its state, to be tried out.

    Raises:
        Missing: there is none the caller may see.
    """
    row = session.execute(
        select(PolicyPack.number, cast(PolicyPack.document, Text)).where(
            PolicyPack.id == policy_id, visible(caller)
        )
    ).one_or_none()
    if row is None:
        raise Missing
    return Current(_read(row[1]), row[0])


@lru_cache(maxsize=64)
def _read(document: str) -> Pack:
    """Read a document once per process: the text itself is the key, so it cannot be stale."""
    return checked_pack(orjson.loads(document))


def visible(caller: Caller) -> ColumnElement[bool]:
    """Write "not a draft, or the caller keeps policies"."""
    if "policies.keep" in caller.permissions:
        return PolicyPack.id.is_not(None)
    return PolicyPack.state != PackState.DRAFT


def policy(session: Session, caller: Caller, *, policy_id: UUID) -> Found:
    """Read one version of a pack.

    Raises:
        Missing: there is none the caller may see.
    """
    return reading.found(
        session,
        FIELDS,
        version=PolicyPack.version,
        source=PolicyPack.__table__,
        where=[PolicyPack.id == policy_id, visible(caller)],
    )


def policies(
    session: Session,
    caller: Caller,
    *,
    ask: Ask,
    code: str | None,
    state: str | None,
    as_of: date | None,
) -> Page:
    """Read a page of versions, of one code, in one state, or those that count on a day."""
    where = [visible(caller)]
    if code:
        where.append(PolicyPack.code == code)
    if state:
        where.append(PolicyPack.state == state)
    if as_of:
        newer = aliased(PolicyPack)
        replaced = exists().where(
            newer.code == PolicyPack.code,
            newer.number > PolicyPack.number,
            newer.state == PackState.ADOPTED,
            newer.effective_on <= as_of,
        )
        where += [_in_effect(as_of), ~replaced]
    return reading.page(
        session, _SUMMARY, source=PolicyPack.__table__, where=where, sorts=_SORTS, ask=ask
    )


def for_change(session: Session, caller: Caller, *, policy_id: UUID, expected: int) -> PolicyPack:
    """Lock one version at the row version the caller has seen."""
    return rows.for_change(
        session, PolicyPack, PolicyPack.id == policy_id, visible(caller), expected=expected
    )


def has_another(session: Session, policy: PolicyPack, *, on: date) -> bool:
    """Say whether a pack still counts on a day without this version of it."""
    other = aliased(PolicyPack)
    return bool(
        session.scalar(
            select(
                exists().where(
                    other.code == policy.code,
                    other.id != policy.id,
                    other.state == PackState.ADOPTED,
                    other.effective_on <= on,
                )
            )
        )
    )
