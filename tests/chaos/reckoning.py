"""The reckoning after the storm: what everybody has, against what was acknowledged."""

import json
import time
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from tests.chaos.house import STREAM, House
from tests.chaos.receivers import Receiver
from tests.chaos.seen import Seen
from tests.chaos.writers import Score


@dataclass
class Heard:
    """Everybody who listened."""

    receivers: list[Receiver]
    in_order: list[Seen]
    """Streams and poller."""
    of_redis: Seen

    def everybody(self) -> list[Seen]:
        """Give what each has seen."""
        return [*(one.seen for one in self.receivers), *self.in_order, self.of_redis]


class Log:
    """The log as PostgreSQL has it."""

    def __init__(self, house: House) -> None:
        """Read it."""
        self.rows = house.ask(
            "SELECT seq, event_id, type, aggregate_id, aggregate_version, data FROM event "
            "ORDER BY seq"
        )
        self.seqs = [row[0] for row in self.rows]
        self.ids = {row[0]: str(row[1]) for row in self.rows}
        self.writes = {row[0]: row[5] for row in self.rows if row[2].startswith("milestone.")}

    def faults(self, score: Score) -> list[str]:
        """Compare with what was acknowledged; gives what is wrong, in sentences."""
        found = []
        if self.seqs != list(range(1, len(self.seqs) + 1)):
            found.append(f"the log has gaps or repeats: {_gaps(self.seqs)}")
        names = Counter(data["milestone_name"] for data in self.writes.values())
        found += _compared("the log, of the writes acknowledged", score.acknowledged, names)
        of_record: dict[str, list[str]] = {}
        for data in self.writes.values():
            of_record.setdefault(data["milestone_id"], []).append(data["milestone_name"])
        wrong = [one for one in score.of_record if of_record.get(one) != score.of_record[one]]
        if wrong:
            found.append(f"{len(wrong)} records have their events in another order: {wrong[:3]}")
        versions: dict[Any, list[int]] = {}
        for _, _, _, record, version, _ in self.rows:
            versions.setdefault(record, []).append(version)
        bad = [one for one, seen in versions.items() if seen != list(range(1, len(seen) + 1))]
        if bad:
            found.append(f"{len(bad)} records have versions out of order: {bad[:3]}")
        return found


def faults(house: House, log: Log, score: Score, heard: Heard) -> list[str]:
    """Give everything that is wrong, in sentences; an empty list is what the feed promises."""
    found = [*log.faults(score), *_of_the_stream(house, log)]
    ordered = (*heard.in_order, heard.of_redis)
    for seen in heard.everybody():
        whole = log.seqs if seen is heard.of_redis else log.writes
        got = Counter(seq for seq in seen.seqs if seq in whole or seq not in log.ids)
        found += _compared(seen.name, whole, got if seen in ordered else Counter(set(got)))
        strangers = [seq for seq, event_id in seen.ids.items() if log.ids.get(seq) != event_id]
        if strangers:
            found.append(f"{seen.name}: other events than the log under {strangers[:5]}")
        if seen in ordered and seen.seqs != sorted(seen.seqs):
            found.append(f"{seen.name}: not in order")
    for receiver in heard.receivers:
        found += _named_once(receiver)
    return found


_FILLED_SECONDS = 15.0
"""So long after the last blow, if that wiped it, the stream may take to be the log's tail again."""


def _of_the_stream(house: House, log: Log) -> list[str]:
    """Look whether Redis holds the end of the log, under the same numbers."""
    until = time.monotonic() + _FILLED_SECONDS
    entries: Any = []
    with house.stream() as client:
        while not entries and time.monotonic() < until:
            entries = client.xrange(STREAM)
            time.sleep(0.2)
        entries = client.xrange(STREAM)
    seqs = [int(key.partition(b"-")[0]) for key, _ in entries]
    keys = [key.decode() for key, _ in entries]
    found = []
    if not seqs or keys != [f"{seq}-0" for seq in log.seqs[-len(seqs) :]]:
        found.append(f"the stream is not the log's tail: {_gaps(seqs)}")
    ids = [json.loads(fields[b"d"])["id"] for _, fields in entries]
    if ids != [log.ids.get(seq) for seq in seqs]:
        found.append("the stream has other events than the log under the same numbers")
    return found


def _named_once(receiver: Receiver) -> list[str]:
    """Look whether what came again came under the same id, with the same bytes."""
    found = [f"{receiver.seen.name} refused {one}" for one in receiver.refused[:3]]
    if many := [one for one, ids in receiver.ids_of.items() if len(ids) > 1]:
        found.append(f"{receiver.seen.name}: {len(many)} events under several webhook-ids")
    if many := [one for one, bodies in receiver.bodies_of.items() if len(bodies) > 1]:
        found.append(f"{receiver.seen.name}: {len(many)} webhook-ids with several bodies")
    return found


def _compared(who: str, wanted: Any, got: Counter[Any]) -> list[str]:
    """Say what is missing, too much, or twice."""
    missing = [one for one in wanted if one not in got]
    strange = [one for one in got if one not in wanted]
    twice = [one for one, count in got.items() if count > 1]
    parts = {"missing": missing, "not known": strange, "more than once": twice}
    return [f"{who}: {len(bad)} {word}: {bad[:8]}" for word, bad in parts.items() if bad]


def _gaps(seqs: list[int]) -> str:
    holes = [(a, b) for a, b in pairwise(seqs) if b != a + 1]
    return f"{len(seqs)} numbers, from {seqs[:1]} to {seqs[-1:]}, {len(holes)} jumps {holes[:5]}"
