"""What a load has drafted so far: rows and their facts, or what is wrong with the document."""

import re
from collections import Counter
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.calendar.rules import day_of
from services.core.exchange.queries import Key, Known
from services.core.kit import ledger
from services.core.kit.db import Base
from services.core.kit.errors import Fault, Invalid, Refusal
from services.core.kit.events import Actor, Fact, Subject
from services.core.kit.ids import new_id
from services.core.kit.words import Words

SEED = Actor.part("seed")
"""Who wrote what a document brought in."""

_BY_ID = re.compile(r"(_organisation)?_(id|code)(?=/|$)")


Wanted = TypeVar("Wanted")


class Unmade(Exception):
    """A row names another one of the document that could not be drafted."""


@dataclass(frozen=True, slots=True)
class Unit:
    """What other rows must know of an organisation."""

    id: UUID
    lineage: Sequence[UUID]
    kind: str
    is_placeholder: bool


@dataclass
class Book:
    """One load: what it knows, and what it means to write."""

    known: Known
    now: datetime
    ids: dict[str, dict[Key, UUID]] = field(default_factory=dict)
    regions: dict[str, tuple[str, list[str]]] = field(default_factory=dict)
    units: dict[str, Unit] = field(default_factory=dict)
    homes: dict[str, Unit] = field(default_factory=dict)
    """The unit of an account, by its log-in."""
    active_groups: dict[str, str] = field(default_factory=dict)
    rows: list[Base] = field(default_factory=list)
    facts: list[tuple[Fact, Subject]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    created: Counter[str] = field(default_factory=Counter)
    here: str = ""
    """Where in the document the row stands that is being drafted (JSON pointer)."""

    def __post_init__(self) -> None:
        """Begin with what is recorded."""
        self.ids = {section: dict(keys) for section, keys in self.known.ids.items()}
        self.regions = dict(self.known.regions)
        self.active_groups = dict(self.known.active_groups)
        self.units = {
            code: Unit(unit.id, unit.lineage, unit.kind, unit.is_placeholder)
            for code, unit in self.known.organisations.items()
        }
        by_id = {unit.id: unit for unit in self.units.values()}
        self.homes = {login: by_id[home] for login, home in self.known.homes.items()}

    @property
    def today(self) -> date:
        """Give the day of the load in Asia/Shanghai."""
        return day_of(self.now)

    def make(self, section: str, key: Key) -> UUID:
        """Give a new row its id, by which later rows find it."""
        made = self.ids[section][key] = new_id()
        self.created[section] += 1
        return made

    def id(self, section: str, key: Key) -> UUID:
        """Give the id behind a code."""
        return _made(self.ids[section], key)

    def maybe(self, section: str, key: Key | None) -> UUID | None:
        """Give the id behind a code; None for no code."""
        return None if key is None else self.id(section, key)

    def region(self, code: str) -> tuple[str, list[str]]:
        """Give a place's level and lineage."""
        return _made(self.regions, code)

    def unit(self, code: str) -> Unit:
        """Give what is known of an organisation."""
        return _made(self.units, code)

    def must_work_for(self, unit: Unit, pointer: str, login: str | None) -> None:
        """Refuse a log-in that is neither of a unit nor of one above or below it.

        Raises:
            Invalid: the account belongs to strangers.
        """
        home = None if login is None else _made(self.homes, login)
        if home and home.id not in unit.lineage and unit.id not in home.lineage:
            words = Words(
                "须为本单位或其上下级单位的账户。",
                "This must be an account of the unit, or of one above or below it.",
            )
            raise Invalid.at(pointer, words, code="unknown_account")

    def draft(self, *rows: Base) -> None:
        """Mean to write these rows; those of one table in this order."""
        self.rows.extend(rows)

    def note(self, fact: Fact, about: Subject) -> None:
        """Mean to record this fact."""
        self.facts.append((fact, about))

    @contextmanager
    def at(self, pointer: str) -> Generator[None]:
        """Turn a refusal within one row into faults that name their place in the document."""
        outer, self.here = self.here, self.here + pointer
        try:
            yield
        except Unmade:
            pass  # it names a row that has a fault of its own
        except Refusal as refusal:
            faults = refusal.faults or (Fault("", refusal.code, refusal.words),)
            self.faults += [
                replace(fault, pointer=self.here + _BY_ID.sub("", fault.pointer))
                for fault in faults
            ]
        finally:
            self.here = outer

    def write(self, session: Session) -> None:
        """Write the rows drafted so far, referred-to tables first.

        Raises:
            Invalid: there are faults; the door's transaction keeps nothing.
        """
        refuse(self.faults)
        place = {table.name: n for n, table in enumerate(Base.metadata.sorted_tables)}
        for _, alike in groupby(sorted(self.rows, key=lambda row: place[row.__tablename__]), type):
            session.add_all(alike)
            session.flush()
        self.rows.clear()

    def record(self, session: Session) -> None:
        """Record the facts of everything that was written."""
        for fact, about in self.facts:
            ledger.record(session, fact, about=about, by=SEED, now=self.now)


def _made(rows: Mapping[Any, Wanted], key: Key) -> Wanted:
    if key not in rows:
        raise Unmade
    return rows[key]


def refuse(faults: Iterable[Fault]) -> None:
    """Refuse a document that has faults; one without passes.

    Raises:
        Invalid: with every fault.
    """
    found = tuple(faults)
    if found:
        raise Invalid(
            Words(f"文件有{len(found)}处错误，未导入任何数据。", _counted(len(found))), faults=found
        )


def _counted(faults: int) -> str:
    return f"The document has {faults} fault{'s' if faults > 1 else ''}; nothing was loaded."
