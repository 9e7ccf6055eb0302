"""One set of codes with what each means."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.core.kit.words import Words


@dataclass(frozen=True, slots=True)
class Term:
    """The name clients look a code up by, the codes, and a label for each of them."""

    name: str
    codes: type[StrEnum]
    labels: Mapping[str, Words]

    def shown(self) -> dict[str, Any]:
        """Give it as the API does, codes in their own order."""
        values = [{"code": code.value, "label": self.labels[code].both()} for code in self.codes]
        return {"name": self.name, "values": values}
