"""One item of a batch: its route's own function, in a savepoint of the batch's transaction."""

import inspect
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Request, Response
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from services.api import problems, refusals
from services.api.batch.collections import Collection, Operation
from services.api.door import Door, showing_what_is
from services.api.pointers import faults_of, moved_to
from services.api.signatures import BODY, Takes, takes
from services.core.jobs.schemas import BatchItem
from services.core.kit.caller import Caller
from services.core.kit.errors import Fault, Invalid, Refusal
from services.core.kit.words import Words

_MISSING = Words("此项必填。", "This field is required.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one item: the answer of its route, or why not."""

    item: BatchItem
    answer: Response | None = None
    problem: problems.Told | None = None

    @property
    def status(self) -> int:
        """Give the status the single route would have answered."""
        if self.answer is not None:
            return self.answer.status_code
        return self.problem.status if self.problem else 0

    @property
    def faults(self) -> Sequence[Fault]:
        """Give what is wrong with it, each with its place in the batch."""
        return self.problem.faults if self.problem else ()

    @property
    def headers(self) -> Mapping[str, str]:
        """Give the headers of the answer."""
        return self.answer.headers if self.answer is not None else {}


class ItemDoor(Door):
    """The door of one item: the batch's session and caller, the item's own precondition."""

    def __init__(
        self,
        session: Session,
        caller: Caller,
        item: BatchItem,
        operation: Operation,
        parents: Mapping[str, Any],
    ) -> None:
        """Stand where the batch stands; an item has no other header than its If-Match."""
        given = (item.if_match or "").encode("latin-1", "replace")
        super().__init__(
            Request(
                {
                    "type": "http",
                    "method": operation.method,
                    "path": operation.path,
                    "route": operation,
                    "path_params": {**parents, operation.id_parameter or "": item.id},
                    "query_string": b"",
                    "headers": [(b"if-match", given)] if item.if_match else [],
                }
            ),
            b"",
        )
        self.session = session
        self.caller = caller


def run(
    session: Session,
    caller: Caller,
    collection: Collection,
    *,
    parents: Mapping[str, Any],
    items: Iterable[tuple[int, BatchItem]],
) -> list[Outcome]:
    """Do items one after the other; each that fails is undone alone.

    Raises:
        OperationalError, InterfaceError: the database does not answer; nothing is done at all.
    """
    return [_one(session, caller, collection, parents, index, item) for index, item in items]


def _one(
    session: Session,
    caller: Caller,
    collection: Collection,
    parents: Mapping[str, Any],
    index: int,
    item: BatchItem,
) -> Outcome:
    door: Door | None = None
    try:
        operation = _asked(collection, item)
        door = ItemDoor(session, caller, item, operation, parents)
        given = _given(operation, item)
        with session.begin_nested(), showing_what_is(door):
            answer = inspect.unwrap(operation.route)(door=door, **parents, **given)
            session.flush()
    except (OperationalError, InterfaceError):
        raise
    except Exception as error:  # noqa: BLE001 one item's failure is its own; the others go on
        if door and isinstance(error, Refusal):
            refusals.note(door.request, caller, error, writes=True)
        return Outcome(item, problem=_placed(problems.told(error), index))
    return Outcome(item, answer=answer)


def _asked(collection: Collection, item: BatchItem) -> Operation:
    operation = collection.operations.get(item.op)
    if operation is None:
        raise Invalid.at(
            "op:",
            Words(f"此处没有操作“{item.op}”。", f"There is no operation '{item.op}' here."),
            code="unknown_operation",
            allowed=tuple(collection.operations),
        )
    return operation


def _given(operation: Operation, item: BatchItem) -> dict[str, Any]:
    """Check the id and the body as the single route does.

    Raises:
        Invalid: one of them is missing, wrong, or not taken here.
    """
    taken = takes(operation.route)
    given: dict[str, Any] = {}
    faults: list[Fault] = []
    name = operation.id_parameter
    if name:
        faults += _read(taken.plain[name], item.id, "path:id", given, name)
    elif item.id is not None:
        faults.append(_not_taken("path:id"))
    if taken.body is None:
        faults += [_not_taken("body:")] if item.body is not None else []
    elif item.body is not None or not taken.may_lack_body:
        faults += _read(taken.body, item.body, "body:", given, BODY)
    if faults:
        words = Words(f"有 {len(faults)} 处需要改正。", f"{len(faults)} field(s) are not right.")
        raise Invalid(words, faults=faults)
    return given


def _read(
    adapter: TypeAdapter[Any], value: object, pointer: str, given: dict[str, Any], name: str
) -> list[Fault]:
    """Read one value into what the route is given; gives what is wrong with it."""
    if value is None:
        return [Fault(pointer, "missing", _MISSING)]
    try:
        given[name] = adapter.validate_python(value)
    except ValidationError as error:
        where = ("body",) if name == BODY else ("path", "id")
        errors = [{**one, "loc": (*where, *one["loc"])} for one in error.errors()]
        return faults_of(errors, Takes({}, None, adapter, may_lack_body=False))
    return []


def _not_taken(pointer: str) -> Fault:
    words = Words("此操作不需要此项。", "This operation does not take it.")
    return Fault(pointer, "extra_forbidden", words)


def _placed(no: problems.Told, index: int) -> problems.Told:
    """Let each pointer say where in the batch it points."""
    return no.at([moved_to(fault, f"/items/{index}") for fault in no.faults])
