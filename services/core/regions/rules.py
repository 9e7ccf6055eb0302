"""Levels, designations, and how places nest."""

from collections.abc import Sequence
from enum import StrEnum

from services.core.kit.errors import Invalid
from services.core.kit.words import Words


class RegionLevel(StrEnum):
    """The four levels of GB/T 2260 that the programme knows."""

    PROVINCE = "province"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"


class DesignationKind(StrEnum):
    """Lists a county may stand on; they change with time, so a row has dates."""

    MOUNTAIN_26 = "mountain_26"
    MOUNTAIN_ISLAND_25 = "mountain_island_25"
    ETHNIC_AUTONOMOUS = "ethnic_autonomous"
    REVOLUTIONARY_OLD_AREA = "revolutionary_old_area"


LEVELS = tuple(RegionLevel)
"""From the top down; a region's parent is of the level before."""


def lineage(code: str, level: RegionLevel, parent: tuple[str, Sequence[str]] | None) -> list[str]:
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
