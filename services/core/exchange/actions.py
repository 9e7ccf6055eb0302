"""Loading a document: read and checked as a whole, written in one transaction or not at all."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from services.core.access import actions as access
from services.core.access.models import Account
from services.core.exchange import (
    agreements,
    checks,
    directory,
    groups,
    library,
    meetings,
    queries,
    reports,
    schemas,
)
from services.core.exchange.book import SEED, Book
from services.core.exchange.events import ImportCompleted
from services.core.exchange.models import LoadedDocument
from services.core.kit import ledger
from services.core.kit.events import Subject
from services.core.kit.ids import new_id
from services.core.policies import actions as policies

_DRAFTS: Mapping[str, Callable[[Book, Any], None]] = {
    "policies": directory.policy,
    "regions": directory.region,
    "organisations": directory.organisation,
    "accounts": directory.account,
    "officers": directory.officer,
    "groups": groups.group,
    "projects": library.project,
    "batches": agreements.batch,
    "agreements": agreements.agreement,
    "targets": agreements.target,
    "statements": agreements.statement,
    "meetings": meetings.meeting,
}
"""How a row of each section becomes records, in the order in which they name each other."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load created: how many rows of each section, and the new log-ins' tokens."""

    created: Mapping[str, int]
    tokens: Mapping[str, str]


def load(
    session: Session,
    document: schemas.Document,
    *,
    now: datetime,
    anchored_on: date,
    token_life: timedelta | None = None,
    is_demo: bool = False,
) -> Loaded:
    """Load a document; rows that exist already are left alone, so that twice changes nothing.

    `anchored_on`: the day its relative days were counted from. `token_life`: how long the tokens
    of new log-ins are good for; None makes none.

    Raises:
        Invalid: with a fault, and its JSON pointer, for everything that is wrong.
    """
    policies.ship(session, now=now)
    book = Book(queries.known(session), now)
    book.faults += checks.faults(document, book.known)
    for section, draft in _DRAFTS.items():
        for place, row in _new(document, book, section):
            with book.at(f"/{section}/{place}"):
                draft(book, row)
    owed = _new(document, book, "reports")
    reports.check(book, owed)
    with session.begin_nested():
        book.write(session)
        if owed:
            reports.draft(session, book, owed)
            book.write(session)
        book.record(session)
        _mark(session, document, book, anchored_on, is_demo=is_demo)
        tokens = _tokens(session, document, book, token_life) if token_life else {}
    return Loaded(dict(book.created), tokens)


def _new(document: schemas.Document, book: Book, section: str) -> list[tuple[int, Any]]:
    """Give a section's rows that are not recorded yet, with their places."""
    return [
        (place, row)
        for place, row in checks.in_order(document, section)
        if not book.known.has(section, checks.key_of(section, row))
    ]


def _tokens(
    session: Session, document: schemas.Document, book: Book, life: timedelta
) -> dict[str, str]:
    """Issue a token for each log-in that is new."""
    tokens: dict[str, str] = {}
    for row in document.accounts:
        if not book.known.has("accounts", row.login):
            account = session.get_one(Account, book.id("accounts", row.login))
            _, tokens[row.login] = access.issue_token(
                session, account, name=document.code, now=book.now, life=life, by=SEED
            )
    return tokens


def _mark(
    session: Session, document: schemas.Document, book: Book, anchored_on: date, *, is_demo: bool
) -> None:
    """Note that the document was loaded, and say so if anything of it was new."""
    mark = session.get(LoadedDocument, document.code)
    if mark is None:
        mark = LoadedDocument(
            code=document.code,
            id=new_id(),
            title=document.title,
            is_demo=is_demo,
            anchored_on=anchored_on,
            loaded_at=book.now,
        )
        session.add(mark)
        session.flush()
    if book.created:
        fact = ImportCompleted(import_id=mark.id, code=mark.code, created=dict(book.created))
        about = Subject("import", mark.id, for_everybody=True)
        ledger.record(session, fact, about=about, by=SEED, now=book.now)
