"""What happened between two numbers of the feed, as a person reads it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import SQLColumnExpression, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from services.api.terms.chasing import CHASING
from services.core.access.models import Account
from services.core.catalogue import BY_NAME
from services.core.kit.feed import FeedEvent
from services.core.kit.words import Words
from services.core.organisations.models import Organisation
from services.core.projects.models import Project

_ID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SAID = ("period", "occurrence", "rule", "kind", "light_before", "light", "order_code", "reason")
"""What of a fact's data is worth a word, in this order."""
_LABELS = {
    str(code): label
    for term in CHASING
    if term.name in {"health.light", "ladder.step", "ladder.stop_reason"}
    for code, label in term.labels.items()
}


@dataclass(frozen=True, slots=True)
class Happening:
    """One fact: when, what, about which project, and to whom it went."""

    at: datetime
    what: Words
    project: str
    more: Words
    whom: str


def head(session: Session) -> int:
    """Give the number of the latest fact."""
    return session.scalar(select(func.max(FeedEvent.seq))) or 0


def since(session: Session, seq: int) -> list[Happening]:
    """Give what was numbered after `seq`, in that order."""
    facts = session.execute(
        select(FeedEvent.occurred_at, FeedEvent.type, FeedEvent.data)
        .where(FeedEvent.seq > seq)
        .order_by(FeedEvent.seq)
    ).all()
    projects = _names(
        session, Project.id, Project.code + " " + Project.name, _ids(facts, "project_id")
    )
    people = _names(session, Account.id, Account.name, _ids(facts, "account_ids"))
    units = _names(
        session,
        Organisation.id,
        Organisation.name,
        _ids(facts, "issued_to") | _ids(facts, "organisation_ids"),
    )
    return [
        Happening(
            at=at,
            what=BY_NAME[name].TITLE if name in BY_NAME else Words(name, name),
            project=projects.get(str(data.get("project_id")), ""),
            more=_worded(data),
            whom=_joined(people, data, "account_ids")
            or _joined(units, data, "issued_to")
            or _joined(units, data, "organisation_ids"),
        )
        for at, name, data in facts
    ]


def _worded(data: Mapping[str, Any]) -> Words:
    """Say what of a fact's data a person can read: codes by their labels, and no ids."""
    values = dict.fromkeys(str(data[field]) for field in _SAID if data.get(field))
    words = [_LABELS.get(value, Words(value, value)) for value in values if not _ID.match(value)]
    return Words(" ".join(each.zh for each in words), " ".join(each.en for each in words))


def _ids(facts: Iterable[Any], field: str) -> set[UUID]:
    """Collect the ids that facts name in one field, alone or in a list."""
    found: set[UUID] = set()
    for fact in facts:
        value = fact.data.get(field)
        found.update(UUID(one) for one in (value if isinstance(value, list) else [value]) if one)
    return found


def _names(
    session: Session,
    id_: InstrumentedAttribute[UUID],
    name: SQLColumnExpression[str],
    ids: set[UUID],
) -> dict[str, str]:
    rows = session.execute(select(id_, name).where(id_.in_(ids)))
    return {str(row[0]): row[1] for row in rows}


def _joined(names: Mapping[str, str], data: Mapping[str, Any], field: str) -> str:
    return "、".join(names[one] for one in data.get(field) or () if one in names)
