"""What one consumer has seen, in the order it saw it, and when."""

import time
from typing import Any


class Seen:
    """The numbers a consumer got, and the names of the writes among them."""

    def __init__(self, name: str) -> None:
        """See nothing yet."""
        self.name = name
        self.seqs: list[int] = []
        self.ids: dict[int, str] = {}
        self.at: dict[str, float] = {}
        """When each write's event was first seen, by the write's name."""
        self.reconnects = 0

    def take(self, seq: int, event: dict[str, Any]) -> None:
        """Note one event."""
        self.seqs.append(seq)
        former = self.ids.setdefault(seq, event["id"])
        assert former == event["id"], f"{self.name}: {seq} is {former} and {event['id']}"
        name = event["data"].get("milestone_name")
        if name:
            self.at.setdefault(name, time.monotonic())

    @property
    def again(self) -> int:
        """How often something came that had come before."""
        return len(self.seqs) - len(self.ids)
