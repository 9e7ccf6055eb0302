"""How places nest."""

from collections.abc import Sequence

from services.core.kit.errors import Invalid
from services.core.kit.words import Words

LEVELS = ("province", "city", "county", "township")
"""From the top down; a region's parent is of the level before."""


def lineage(code: str, level: str, parent: tuple[str, Sequence[str]] | None) -> list[str]:
    """Give a region's lineage from its parent's level and lineage.

    Raises:
        Invalid: the parent is missing, or not of the level above.
    """
    above = LEVELS.index(level) - 1
    wanted = LEVELS[above] if above >= 0 else None
    if (parent[0] if parent else None) != wanted:
        raise Invalid.at(
            "/parent_code",
            Words("上级区划的层级不对。", "The parent is not of the level above."),
            code="wrong_parent_level",
            allowed=(f"a region of level {wanted}" if wanted else "null",),
        )
    return [*(parent[1] if parent else ()), code]
