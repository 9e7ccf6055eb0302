"""A state moves only along its room's table; what is not written there is refused aloud."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from services.core.kit.errors import UnlawfulMove

State = TypeVar("State", bound=StrEnum)
Verb = TypeVar("Verb", bound=StrEnum)


def moved(table: Mapping[tuple[State, Verb], State], state: State, verb: Verb) -> State:
    """Give the state after a move.

    Raises:
        UnlawfulMove: the table has no such move; it names the lawful ones.
    """
    try:
        return table[state, verb]
    except KeyError:
        lawful = [lawful for known, lawful in table if known == state]
        raise UnlawfulMove(state, verb, lawful) from None
