"""`make bench-feed`: how fast a fact is everywhere, beside ceilings measured in the same run.

Writer, sink, ceilings and the house share this machine's cores: read the ratios, and the load
average in the titles.
"""

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import httpx2
import orjson
import psycopg
import redis
from rich.console import Console
from rich.table import Table

from bench import feed_bare, feed_house
from bench.feed_house import API_PORT, SINK_PORT, House
from services.core.kit.settings import settings

RATES, SECONDS = (20, 200, 500), 10.0
DELIVERIES, ENDPOINTS, SLOTS = 2_000, 20, 200
HEALTHY, CALM_RATE, ROUNDS = 5, 20, 3
REPLAYED = 100_000

console = Console(width=120)
_SINK = f"http://127.0.0.1:{SINK_PORT}"


def _loaded(title: str) -> str:
    return f"{title} (load average {os.getloadavg()[0]:.1f})"


def _table(title: str, *columns: str) -> Table:
    table = Table(title=_loaded(title))
    for column in columns:
        table.add_column(column, justify="right" if column else "left")
    return table


def _written(house: House, rate: float, seconds: float, *, bare: bool = False) -> dict[str, float]:
    """Commit facts at a rate from another process; gives when each was committed."""
    statement, said = ("", {}) if bare else feed_house.the_statement()
    plan = {
        "url": house.owner_url,
        "rate": rate,
        "seconds": seconds,
        "bare": bare,
        "statement": statement,
        "said": said,
    }
    done = subprocess.run(
        [sys.executable, "-m", "bench.feed_source"],
        input=json.dumps(plan, default=str).encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    committed: dict[str, float] = json.loads(done.stdout)
    return committed


class Reader:
    """Notes when each entry comes out of a stream, from now on."""

    def __init__(self, name: str) -> None:
        """Begin."""
        self._came: list[tuple[float, bytes]] = []
        self._going = True
        self._thread = threading.Thread(target=self._read, args=(name,), daemon=True)
        self._thread.start()

    def _read(self, name: str) -> None:
        with redis.Redis.from_url(settings().redis_url) as client:
            newest = client.xrevrange(name, count=1)
            last = newest[0][0] if newest else b"0-0"
            while self._going:
                for _, entries in client.xread({name: last}, block=200) or []:
                    at = time.monotonic()
                    last = entries[-1][0]
                    self._came += [(at, fields[b"d"]) for _, fields in entries]

    def stopped(self) -> dict[str, float]:
        """Give when each event came."""
        self._going = False
        self._thread.join()
        return {orjson.loads(body)["id"]: at for at, body in self._came}


def _taken(
    wanted: Sequence[str], each: int, *, patience: float = 20.0, but: str = ""
) -> list[list[Any]]:
    """Ask the sink for what came until it has all, or nothing more comes; one does not count."""
    missing, came, end = len(wanted) * each, [], time.monotonic() + patience
    known = set(wanted)
    with httpx2.Client(trust_env=False, timeout=20) as client:
        while missing > 0 and time.monotonic() < end:
            told = client.get(f"{_SINK}/take").json()
            fresh = [one for one in told if one[0] in known and one[1] != but]
            missing -= len(fresh)
            came += fresh
            end = time.monotonic() + patience if fresh else end
            time.sleep(0.1)
    return came


def _spread(committed: dict[str, float], came: dict[str, float]) -> tuple[float, float]:
    """Give p50 and p99 in ms; what never came counts as the longest wait there is."""
    times = sorted((came.get(one, float("inf")) - at) * 1000 for one, at in committed.items())
    return times[len(times) // 2], times[int(len(times) * 0.99)]


def _both(house: House, rate: float, stream: str, *, bare: bool) -> list[tuple[float, float]]:
    """Write at a rate; gives the spread to the stream and to the sink."""
    _taken([], 0)
    reader = Reader(stream)
    committed = _written(house, rate, SECONDS, bare=bare)
    came: dict[str, float] = {}
    for event_id, _, at in _taken(list(committed), 1):
        came.setdefault(event_id, at)
    return [_spread(committed, reader.stopped()), _spread(committed, came)]


def commit_to_seen(house: House) -> Table:
    """Time commit → stream and commit → webhook at several rates, ours and the ceiling in turn."""
    table = _table(
        f"commit → seen, {SECONDS:.0f} s at each rate; aims: stream 3 / 20 ms, webhook p99 100 ms",
        "",
        "events/s",
        "ours p50 / p99 ms",
        "bare p50 / p99 ms",
        "ratio p50",
    )
    house.execute("CREATE TABLE bench_pending (id bigserial PRIMARY KEY, body text)")
    endpoint = house.endpoint("quick/one")
    ceiling = [sys.executable, "-m", "bench.feed_bare"]
    redis_url = settings().redis_url
    for rate in RATES:
        house.start("bare relay", [*ceiling, "relay", house.owner_url, redis_url])
        house.start("bare sender", [*ceiling, "send", redis_url, f"{_SINK}/quick/bare"])
        time.sleep(1.5)
        theirs = _both(house, rate, feed_bare.STREAM, bare=True)
        house.stop("bare relay", "bare sender")
        _written(house, rate, 1.0)
        house.read_up()
        time.sleep(0.5)
        ours = _both(house, rate, settings().stream_name, bare=False)
        for name, mine, other in zip(("stream", "webhook"), ours, theirs, strict=True):
            table.add_row(
                f"commit → {name}",
                str(rate),
                f"{mine[0]:.1f} / {mine[1]:.1f}",
                f"{other[0]:.1f} / {other[1]:.1f}",
                f"{mine[0] / other[0]:.1f}",
            )
    house.pause(endpoint["id"])
    return table


def many_deliveries(house: House) -> Table:
    """Time 2,000 posts to a sink that takes 50 ms: ours beside a bare loop, in turn."""
    table = _table(
        f"{DELIVERIES:,} deliveries, {ENDPOINTS} endpoints, 50 ms each; aim of first → last ≤ 1.5",
        "",
        "seconds",
        "bare",
        "ratio",
    )
    endpoints = [house.endpoint(f"slow/{number}") for number in range(ENDPOINTS)]
    rows: list[tuple[float, float, float]] = []
    for _ in range(ROUNDS):
        words = ["posts", f"{_SINK}/slow/bare", str(DELIVERIES), str(SLOTS)]
        done = subprocess.run(  # noqa: S603 our own ceiling
            [sys.executable, "-m", "bench.feed_bare", *words], stdout=subprocess.PIPE, check=True
        )
        _taken([], 0)
        committed = _written(house, 100_000, DELIVERIES / ENDPOINTS / 100_000)
        times = [at for _, _, at in _taken(list(committed), ENDPOINTS)]
        if len(times) < DELIVERIES:
            sys.exit(f"only {len(times)} of {DELIVERIES} deliveries came")
        whole = max(times) - max(committed.values())
        rows.append((float(done.stdout), max(times) - min(times) + 0.05, whole))
    bare, sent, whole = (statistics.median(column) for column in zip(*rows, strict=True))
    table.add_row("first → last received", f"{sent:.2f}", f"{bare:.2f}", f"{sent / bare:.2f}")
    table.add_row(
        "last commit → last received", f"{whole:.2f}", f"{bare:.2f}", f"{whole / bare:.2f}"
    )
    for endpoint in endpoints:
        house.pause(endpoint["id"])
    return table


def one_hangs(house: House) -> Table:
    """Time healthy endpoints without and with one that never answers, in turn."""
    table = _table(
        f"{HEALTHY} healthy endpoints at {CALM_RATE} events/s; aim ≤ 1.2 × without the hanging one",
        "commit → received",
        "without ms",
        "one hangs ms",
        "ratio",
    )
    healthy = [house.endpoint(f"quick/{number}") for number in range(HEALTHY)]
    sides: dict[bool, list[tuple[float, float]]] = {False: [], True: []}
    for _ in range(ROUNDS):
        for hangs in (False, True):
            hanging = house.endpoint("hang/one") if hangs else None
            committed = _written(house, CALM_RATE, SECONDS)
            came = _taken(list(committed), HEALTHY, but="one")
            times = sorted((at - committed[one]) * 1000 for one, _, at in came)
            if len(times) < len(committed) * HEALTHY:
                sys.exit(f"only {len(times)} of {len(committed) * HEALTHY} deliveries came")
            sides[hangs].append((times[len(times) // 2], times[int(len(times) * 0.99)]))
            if hanging:
                house.pause(hanging["id"])
    for place, name in enumerate(("p50", "p99")):
        without, with_ = (
            statistics.median(one[place] for one in sides[hangs]) for hangs in (False, True)
        )
        table.add_row(name, f"{without:.1f}", f"{with_:.1f}", f"{with_ / without:.2f}")
    for endpoint in healthy:
        house.pause(endpoint["id"])
    return table


_FILL = """
INSERT INTO event_pending (event_id, type, schema_version, aggregate_kind, aggregate_id,
                           aggregate_version, organisation_ids, actor, occurred_at, data)
SELECT gen_random_uuid(), 'region.changed', 1, 'region', gen_random_uuid(), 1, '{}', 'system:bench',
       now(), '{"region_code": "990000", "change": "changed"}'
FROM generate_series(1, {count})
"""


def replayed(house: House) -> Table:
    """Read 100,000 events page after page, beside PostgreSQL's own COPY of the same rows."""
    table = _table(
        f"{REPLAYED:,} events replayed, one connection",
        "",
        "seconds",
        "events/s",
        "× COPY",
    )
    endpoint = house.endpoint("quick/replayed")
    house.pause(endpoint["id"])
    after = house.ask("SELECT seq FROM feed_head")
    house.execute(_FILL.replace("{count}", str(REPLAYED)))
    house.until("SELECT NOT EXISTS (SELECT FROM event_pending)", "numbered", seconds=300)
    house.read_up()
    house.execute("VACUUM ANALYZE")
    began = time.monotonic()
    copy_out = f"COPY (SELECT seq, body FROM event WHERE seq > {after} ORDER BY seq) TO STDOUT"  # noqa: S608 our own number
    with (
        psycopg.connect(house.owner_url) as connection,
        connection.cursor().copy(copy_out.encode()) as copy,
    ):
        lines = sum(bytes(piece).count(b"\n") for piece in copy)
    copied = time.monotonic() - began
    table.add_row("COPY", f"{copied:.2f}", f"{lines / copied:,.0f}", "1.0")
    paths = {"GET /events, 200 a page": ("/events", 200)}
    messages = f"/webhook-endpoints/{endpoint['id']}/messages"
    with httpx2.Client(headers=house.headers, trust_env=False, timeout=30) as client:
        if client.get(f"{house.base}{messages}", params={"after": after}).is_success:
            paths["GET …/messages, 1,000 a page"] = (messages, 1_000)
        for name, (path, page) in paths.items():
            began, count = time.monotonic(), _paged(client, house.base + path, after, page)
            spent = time.monotonic() - began
            if count < REPLAYED:
                sys.exit(f"{name}: only {count} of {REPLAYED} events")
            table.add_row(name, f"{spent:.1f}", f"{count / spent:,.0f}", f"{spent / copied:.0f}")
    return table


def _paged(client: httpx2.Client, url: str, after: int, limit: int) -> int:
    """Read page after page until there is no more; gives how many events there were."""
    count = 0
    while True:
        answer = client.get(url, params={"after": after, "limit": limit})
        answer.raise_for_status()
        page = orjson.loads(answer.content)
        count += len(page["items"])
        if page["next_after"] == after:
            return count
        after = page["next_after"]


MEASURED = {
    "seen": commit_to_seen,
    "deliveries": many_deliveries,
    "hang": one_hangs,
    "replay": replayed,
}


def main() -> None:
    """Measure everything, or what is named, and print it; a SIGTERM ends what was started too."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with (
        tempfile.TemporaryDirectory(prefix="tuanzu-bench-") as folder,
        feed_house.opened(Path(folder) / "home") as house,
    ):
        house.start("sink", [sys.executable, "-m", "bench.feed_sink", str(SINK_PORT)])
        for name in ("api", "relay", "worker", "beat"):
            house.start(name)
        with httpx2.Client(trust_env=False) as client:
            for _ in range(300):
                try:
                    if client.get(f"http://127.0.0.1:{API_PORT}/readyz").is_success:
                        break
                except httpx2.HTTPError:
                    time.sleep(0.2)
        for name in sys.argv[1:] or MEASURED:
            console.print(MEASURED[name](house))


if __name__ == "__main__":
    main()
