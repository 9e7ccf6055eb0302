"""What a transaction has changed so far, row by row, so that no audit line can forget it.

Every flush of a session is looked at: which rows are new, changed or gone, and what their columns
held before and hold now. `ledger.record` takes what belongs to its subject. Statements that pass
the session by (bulk updates) are not seen: an action that uses one says what changed itself.
"""

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import LargeBinary, event, inspect
from sqlalchemy.orm import InstanceState, Session
from sqlalchemy.orm.base import LoaderCallableStatus

from services.core.kit.db import Base

WITHHELD = "[secret]"
_SECRET = re.compile(r"secret|hash|passw|token|totp|otp_|seed|recovery|credential|nonce")
_SILENT = frozenset({"id", "version"})
"""The id is the subject, the version moves with every change: neither tells anything."""
_POOL = "changes"
_Key = tuple[str, tuple[Any, ...]]


@dataclass(slots=True, eq=False)
class _Touched:
    """One row of one table: its columns before (none: it is new) and after (none: it is gone)."""

    room: str
    name: str
    id: UUID | None
    is_record: bool
    """Whether it has a version of its own, and with it lines of its own; other rows are parts."""
    before: dict[str, Any] = field(default_factory=dict)
    after: dict[str, Any] = field(default_factory=dict)
    is_new: bool = False
    is_gone: bool = False
    told: set[UUID] = field(default_factory=set)
    """Subjects whose lines have told it."""


@dataclass(slots=True)
class _Pool:
    """Every touched row, and where each id occurs in them."""

    rows: dict[_Key, _Touched] = field(default_factory=dict)
    holding: dict[UUID, dict[_Key, _Touched]] = field(default_factory=dict)

    def of(self, state: InstanceState[Any]) -> _Touched:
        """Give the note of one row, made at its first change."""
        mapper = state.mapper
        key = (mapper.local_table.description, tuple(mapper.primary_key_from_instance(state.obj())))
        touched = self.rows.get(key)
        if touched is None:
            name = f"{key[0]}/{'/'.join(str(part) for part in key[1])}"
            is_record = mapper.version_id_col is not None
            touched = _Touched(room_of(mapper.class_), name, state.dict.get("id"), is_record)
            self.rows[key] = touched
        for value in state.dict.values():
            if isinstance(value, UUID):
                self.holding.setdefault(value, {})[key] = touched
        return touched


def room_of(of: type[Any]) -> str:
    """Give the room a class of the core belongs to."""
    return of.__module__.removeprefix("services.core.").partition(".")[0]


def is_secret(name: str, kind: object) -> bool:
    """Say whether a column's value must never be seen in the audit: bytes, or named like one."""
    return isinstance(kind, LargeBinary) or bool(_SECRET.search(name))


def taken(session: Session, *, room: str, subject_id: UUID) -> dict[str, list[Any]]:
    """Give `{field: [before, after]}` of one record, and take it: the next line tells the rest.

    Rows of the same room that name the record and have no version (members of a group, parties of
    an agreement) are its parts: `table/key: [before, after]`, null where the row was not there.
    """
    pool = session.info.get(_POOL)
    told: dict[str, list[Any]] = {}
    if not isinstance(pool, _Pool):
        return told
    for touched in pool.holding.get(subject_id, {}).values():
        if touched.room != room or subject_id in touched.told:
            continue
        if touched.id == subject_id:
            told.update(_fields(touched))
        elif not touched.is_record:
            touched.told.add(subject_id)
            before = None if touched.is_new else touched.before
            after = None if touched.is_gone else touched.after
            if before or after:
                told[touched.name] = [before, after]
    return told


def of_new(row: Base) -> dict[str, list[Any]]:
    """Give `{field: [null, value]}` of a row that a statement inserted past the session."""
    return {name: [None, value] for name, value in _shown(row, vars(row), empty=False).items()}


def _fields(touched: _Touched) -> dict[str, list[Any]]:
    """Give the record's own fields, and begin anew: it may change again before the commit."""
    names = dict.fromkeys((*touched.before, *touched.after))
    pairs = {name: [touched.before.get(name), touched.after.get(name)] for name in names}
    touched.before, touched.after, touched.is_new = {}, {}, False
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1] or pair[0] == WITHHELD}


def _seen(session: Session, _: object) -> None:
    """Look at what one flush has written; the rows still remember what they held before."""
    pool = session.info.setdefault(_POOL, _Pool())
    for row in session.new:
        if _is_kept(row):
            touched = pool.of(inspect(row))
            touched.is_new = True
            touched.after.update(_shown(row, inspect(row).dict, empty=False))
    for row in session.deleted:
        if _is_kept(row):
            touched = pool.of(inspect(row))
            touched.is_gone = True
            touched.before.update(_shown(row, inspect(row).dict, empty=False))
    for row in session.dirty:
        if _is_kept(row):
            _moved(pool, inspect(row))


def _moved(pool: _Pool, state: InstanceState[Any]) -> None:
    """Note the columns of a row whose values really differ."""
    now = state.dict
    was = {
        name: None if isinstance(value, LoaderCallableStatus) else value
        for name, value in state.committed_state.items()
        if name in now and value != now[name]
    }
    before = _shown(state.obj(), was, empty=True)
    if before:
        touched = pool.of(state)
        touched.before = {**before, **touched.before}
        touched.after.update(_shown(state.obj(), {name: now[name] for name in was}, empty=True))


def _is_kept(row: object) -> bool:
    """Say whether a row is a record of some room; what the kit keeps for itself is none."""
    return isinstance(row, Base) and room_of(type(row)) != "kit"


def _shown(row: object, values: dict[str, Any], *, empty: bool) -> dict[str, Any]:
    """Give what may be shown of a row's columns; of a secret only that there is one."""
    columns = inspect(type(row)).columns
    return {
        name: WITHHELD if value is not None and is_secret(name, columns[name].type) else value
        for name, value in values.items()
        if name in columns and name not in _SILENT and (empty or value is not None)
    }


def _undone(session: Session, _: object) -> None:
    """Forget what a rollback has undone."""
    session.info.pop(_POOL, None)


event.listen(Session, "after_flush", _seen)
event.listen(Session, "after_soft_rollback", _undone)
