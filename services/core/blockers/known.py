"""The shipped ladders, read once for a process."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import orjson

from services.core.blockers.rules import Ladder
from services.core.kit.errors import Invalid
from services.core.kit.words import Words
from services.core.policies.documents import read

_LADDERS = Path(__file__).with_name("ladders")


@cache
def ladders() -> Mapping[str, Ladder]:
    """Give every ladder by its code."""
    documents = (orjson.loads(path.read_bytes()) for path in sorted(_LADDERS.glob("*.json")))
    every = [read(Ladder, document) for document in documents]
    return {ladder.code: ladder for ladder in every}


def named(code: str | None, *, pointer: str) -> Ladder | None:
    """Give the ladder a request names, or None if it names none.

    Raises:
        Invalid: there is no such ladder.
    """
    if code is None:
        return None
    found = ladders().get(code)
    if found is None:
        words = Words("没有这个协调阶梯。", "There is no such ladder of coordination.")
        raise Invalid.at(pointer, words, code="unknown_ladder", allowed=tuple(ladders()))
    return found
