"""What `tuanzu doctor` looks at: each check says what it found and, if need be, what to do."""

from dataclasses import dataclass
from enum import StrEnum

from services.core.kit.words import Words


class State(StrEnum):
    """How a part is; only what is broken makes the doctor exit 1."""

    WELL = "well"
    WEAK = "weak"
    BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report."""

    part: Words
    state: State
    found: Words
    remedy: Words | None = None


def well(part: Words, found: str) -> Finding:
    """Report a part that is as it should be; what was found is a plain figure or name."""
    return Finding(part, State.WELL, Words(found, found))


def weak(part: Words, found: Words, remedy: Words) -> Finding:
    """Report a part that works and should be looked after."""
    return Finding(part, State.WEAK, found, remedy)


def broken(part: Words, found: Words, remedy: Words) -> Finding:
    """Report a part that does not do its work."""
    return Finding(part, State.BROKEN, found, remedy)
