"""`make bench`: the api beside a hand-written handler with the same SQL, and the rest of the house.

Prints requests/s, p50 and p99 (ms), and ratios against the ceiling measured in the same run. The
machine's load generator, servers and PostgreSQL share its cores: read the ratios.
"""

import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import house, world
from bench.http import load, served

ROUNDS = 3
_API_PORT, _CEILING_PORT = 18431, 18432

console = Console(width=110)


def _median(rounds: list[dict[str, Any]]) -> dict[str, Any]:
    """Give the round with the median rate."""
    return sorted(rounds, key=lambda figures: figures["rate"])[len(rounds) // 2]


def measure(prepared: world.World) -> Table:
    """Run api and ceiling in turn, so that a drifting machine drifts for both."""
    table = Table(title="one uvicorn process each, 8 connections")
    for column in (
        "",
        "api req/s",
        "p50 / p99 ms",
        "ceiling req/s",
        "p50 / p99 ms",
        "ratio",
        "SQL",
    ):
        table.add_column(column, justify="right" if column else "left")
    script = prepared.write_script()
    with (
        served("services.api.main:create_app", _API_PORT, "--factory"),
        served("bench.ceiling:app", _CEILING_PORT, BENCH_SCRIPT=str(script)),
    ):
        for name in ("one", "list", "submit"):
            ours, theirs = [], []
            load(_API_PORT, prepared.requests(name, 200), seconds=1.5)
            load(_CEILING_PORT, prepared.requests(name, 200), seconds=1.5)
            for _ in range(ROUNDS):
                ours.append(load(_API_PORT, prepared.requests(name, 3000)))
                theirs.append(load(_CEILING_PORT, prepared.requests(name, 3000)))
            _row(table, name, ours, theirs, prepared.pgbench(name))
    return table


def _row(
    table: Table,
    name: str,
    ours: list[dict[str, Any]],
    theirs: list[dict[str, Any]],
    tps: str,
) -> None:
    failed = [figures["first_error"] for figures in ours + theirs if figures["errors"]]
    if failed:
        sys.exit(f"{name}: a request failed, so nothing was measured: {failed[0]}")
    a, b = _median(ours), _median(theirs)
    ratio = statistics.median(
        mine["rate"] / other["rate"] for mine, other in zip(ours, theirs, strict=True)
    )
    table.add_row(
        world.TITLES[name],
        f"{a['rate']:.0f}",
        f"{a['p50_ms']} / {a['p99_ms']}",
        f"{b['rate']:.0f}",
        f"{b['p50_ms']} / {b['p99_ms']}",
        f"{ratio:.2f}",
        tps,
    )


def main() -> None:
    """Measure everything and print it."""
    with tempfile.TemporaryDirectory(prefix="tuanzu-bench-") as folder:
        with world.prepared(Path(folder) / "engines") as prepared:
            console.print(measure(prepared))
            console.print(house.latency(prepared.database_url))
        console.print(house.whole(Path(folder) / "home"))


if __name__ == "__main__":
    main()
