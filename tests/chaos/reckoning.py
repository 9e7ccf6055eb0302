"""The reckoning after the storm: what everybody has, against what was acknowledged."""

import json
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


def faults(house: House, score: Score, heard: Heard) -> list[str]:
    """Give everything that is wrong, in sentences; an empty list is what the feed promises."""
    log = Log(house)
    found = log.faults(score)
    with house.stream() as client:
        entries = client.xrange(STREAM)
    keys = [key.decode() for key, _ in entries]
    if keys != [f"{seq}-0" for seq in log.seqs[-len(keys) :]] or not keys:
        found.append(f"the stream differs from the log's tail: {_gaps(_numbers(keys))}")
    if any(json.loads(fields[b"d"])["id"] != log.ids[_number(key)] for key, fields in entries):
        found.append("the stream has another event under a number of the log")
    for seen in heard.everybody():
        whole = log.seqs if seen is heard.of_redis else log.writes
        got = Counter(s for s in seen.seqs if s in log.writes or seen is heard.of_redis)
        once = got if seen in heard.in_order or seen is heard.of_redis else Counter(set(got))
        found += _compared(seen.name, whole, once)
        strangers = [s for s, event_id in seen.ids.items() if log.ids.get(s) != event_id]
        if strangers:
            found.append(f"{seen.name}: other events than the log under {strangers[:5]}")
        if seen in (*heard.in_order, heard.of_redis) and seen.seqs != sorted(set(seen.seqs)):
            found.append(f"{seen.name}: not in order, or twice")
    for receiver in heard.receivers:
        found += _named_once(receiver)
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


def _number(key: bytes | str) -> int:
    return int((key.decode() if isinstance(key, bytes) else key).partition("-")[0])


def _numbers(keys: list[str]) -> list[int]:
    return [_number(key) for key in keys]


def _gaps(seqs: list[int]) -> str:
    holes = [(a, b) for a, b in pairwise(seqs) if b != a + 1]
    return f"{len(seqs)} numbers, from {seqs[:1]} to {seqs[-1:]}, {len(holes)} jumps {holes[:5]}"
