"""Amounts with their qualifier: 超 and 余 are at_least, 约 is about, a bare number is exact."""

from collections.abc import Iterable
from enum import StrEnum


class Qualifier(StrEnum):
    """How far a figure can be trusted."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    ABOUT = "about"


def summed(parts: Iterable[Qualifier]) -> Qualifier:
    """Give the qualifier of a sum: any about makes it about, else any at_least at_least (T-6)."""
    found = set(parts)
    if Qualifier.ABOUT in found:
        return Qualifier.ABOUT
    return Qualifier.AT_LEAST if Qualifier.AT_LEAST in found else Qualifier.EXACT
