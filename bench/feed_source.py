"""Commit facts at a steady rate, and print when each was committed.

Run as a process of its own: a plan as JSON on standard input, `{event id: seconds}` on standard
output. The statement is the ledger's own, without the ORM around it, so that writing costs little;
the tap on the relay's shoulder is the door's own too. `bare` writes one plain row and a NOTIFY.
"""

import json
import sys
import threading
import time
from typing import Any
from uuid import uuid4

import psycopg

from services.core.kit import wake

_HANDS = 4


def _bare(connection: psycopg.Connection[Any], event_id: str) -> None:
    body = json.dumps({"id": event_id, "type": "region.changed", "data": {"pad": "x" * 400}})
    connection.execute("INSERT INTO bench_pending (body) VALUES (%s)", (body,))
    wake.relay()


def run(plan: dict[str, Any]) -> dict[str, float]:
    """Write for some seconds with a few hands, each keeping its own beat."""
    committed: dict[str, float] = {}
    begin = time.monotonic() + 0.3

    def hand(number: int) -> None:
        step = _HANDS / plan["rate"]
        with psycopg.connect(plan["url"], autocommit=True) as connection:
            for count in range(int(plan["rate"] * plan["seconds"] / _HANDS)):
                due = begin + (count + number / _HANDS) * step
                time.sleep(max(due - time.monotonic(), 0))
                event_id = str(uuid4())
                if plan["bare"]:
                    _bare(connection, event_id)
                else:
                    said = {**plan["said"], "event_id": event_id, "subject_id": str(uuid4())}
                    connection.execute(plan["statement"], said)
                    wake.relay()
                committed[event_id] = time.monotonic()

    hands = [threading.Thread(target=hand, args=(number,)) for number in range(_HANDS)]
    for one in hands:
        one.start()
    for one in hands:
        one.join()
    return committed


if __name__ == "__main__":
    json.dump(run(json.load(sys.stdin)), sys.stdout)
