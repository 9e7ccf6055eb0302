"""What happens to regions."""

from typing import ClassVar, Literal

from services.core.kit.events import Fact
from services.core.kit.words import Words


class RegionChanged(Fact):
    """A place was entered, changed, or put on a list such as the mountain and island counties."""

    NAME: ClassVar[str] = "region.changed"
    TITLE: ClassVar[Words] = Words("区划变更", "A region changed")

    region_code: str
    change: Literal["entered", "changed", "designated"]
