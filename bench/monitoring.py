"""`make bench-monitoring`: a million projects under watch, with five million reports.

All through the very functions the workers call, in one process, one connection: a first check (all
is new), a check with nothing to tell, one project after something was written about it, the nightly
proof; then a simulation over the library of 291. Beside them `count(*)` over the tables that rules
look at, in the same run. The machine's other work moves every figure: read the ratios.
"""

import argparse
import resource
import statistics
import tempfile
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table
from sqlalchemy import delete, select, text

from bench import watched
from bench.timing import milliseconds
from bench.world import engines_at
from services.core.access import queries as access
from services.core.access.models import Account
from services.core.kit import db
from services.core.kit.clock import house_now
from services.core.monitoring import actions
from services.core.monitoring.models import Proof
from services.core.monitoring.rules.months import period_of, shifted
from services.core.policies import actions as policies
from services.core.policies.models import PolicyPack
from services.core.simulations import queries as simulations
from services.core.simulations.schemas import Simulation
from services.standalone import demo, library, postgres

PROJECTS, LIT, DUE = 1_000_000, 20_000, 1_000
ROUNDS, SINGLES = 5, 30
_TABLES = ("project", "project_watch", "progress_report", "annual_plan", "milestone", "finding")
_LIBRARY_MONTHS = 12

console = Console(width=120)


def due(count: int) -> None:
    """Let the first projects of the library be due, as an event does."""
    with db.unit_of_work() as session:
        session.execute(
            text(
                "UPDATE project_watch SET next_check_at = house_now() WHERE project_id IN "
                "(SELECT project_id FROM project_watch ORDER BY project_id LIMIT :count)"
            ),
            {"count": count},
        )


def check(count: int) -> None:
    """Do what a worker does with that many due projects, in one transaction."""
    with db.unit_of_work() as session:
        looked = actions.check_due(session, now=house_now(session), limit=count)
    if looked != count:
        raise RuntimeError(f"{looked} projects were due instead of {count}")


def checked(count: int) -> float:
    """Let so many be due, and time their check."""
    due(count)
    return milliseconds(lambda: check(count))


def counted() -> dict[str, float]:
    """Time `count(*)` over each table that rules look at, once warmed."""
    found = {}
    with db.unit_of_work() as session:
        session.execute(text("SET LOCAL statement_timeout = 0"))
        for table in _TABLES:
            ask = text(f"SELECT count(*) FROM {table}")  # noqa: S608 a name from above
            spent = [milliseconds(partial(session.execute, ask)) for _ in range(4)]
            found[table] = statistics.median(spent[1:])
    return found


def proven(count: int) -> tuple[float, int]:
    """Time a night's proof of the first so many projects; gives also how many differ."""
    with db.unit_of_work() as session:
        session.execute(delete(Proof))
    spent, looked, differing = 0.0, 0, 0
    while looked < count:
        spent += milliseconds(_prove)
        with db.unit_of_work() as session:
            looked, differing = session.execute(select(Proof.projects, Proof.differences)).one()
    return spent, differing


def _prove() -> None:
    with db.unit_of_work() as session:
        actions.prove_some(session, now=house_now(session), limit=500)


def watching(projects: int) -> Table:
    """Measure the watch over that many projects."""
    table = Table(title=f"{projects:,} projects, {projects * watched.MONTHS:,} reports")
    for column in ("", "measured", "aim"):
        table.add_column(column, justify="right" if column else "left")
    counts, lit = counted(), min(LIT, projects)
    whole = sum(counts.values())
    table.add_row(f"count(*) over {', '.join(counts)}", f"{whole:.0f} ms", "–")
    first = checked(DUE)
    table.add_row(f"first check of {DUE:,}, all lights new", f"{first:.0f} ms", "–")
    for _ in range(lit // DUE - 1):
        _light_more()
    quiet = [checked(DUE) for _ in range(ROUNDS)]
    table.add_row(f"{DUE:,} due, nothing to tell", f"{statistics.median(quiet):.0f} ms", "60 ms")
    singles = [checked(1) for _ in range(SINGLES)]
    table.add_row("one project after its event", f"{statistics.median(singles):.1f} ms", "20 ms")
    spent, differing = proven(lit)
    each = spent / lit
    table.add_row(f"proof of {lit:,} ({differing} differ)", f"{spent / 1000:.1f} s", "–")
    table.add_row(
        f"the same for {projects:,}, by their number",
        f"{each * projects / 1000:.0f} s = {each * projects / whole:.0f} × count(*)",
        "6 ×",
    )
    weight = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    table.add_row("most memory of this process", f"{weight:.0f} MiB", "300 MiB")
    return table


def _light_more() -> None:
    """Light the next projects that were never looked at."""
    with db.unit_of_work() as session:
        session.execute(
            text(
                "UPDATE project_watch SET next_check_at = house_now() WHERE project_id IN "
                "(SELECT project_id FROM project_watch AS w WHERE NOT EXISTS (SELECT FROM "
                "health_assessment AS h WHERE h.project_id = w.project_id) "
                "ORDER BY project_id LIMIT :count)"
            ),
            {"count": DUE},
        )
    check(DUE)


def simulating() -> Table:
    """Measure what another policy would have said of the library's last twelve months."""
    with db.unit_of_work() as session:
        now = house_now(session)
        demo.load(session, now=now)
        library.load(session, now=now)
        regulator = session.scalars(select(Account.id).where(Account.login == "sasac-zj")).one()
    spent = [milliseconds(lambda: _simulate(regulator)) for _ in range(ROUNDS)]
    table = Table(title="the library of 291, twelve months, by yinchuan-2025")
    for column in ("", "measured", "aim"):
        table.add_column(column, justify="right" if column else "left")
    table.add_row("one simulation", f"{statistics.median(spent) / 1000:.2f} s", "5 s")
    return table


def _simulate(account_id: Any) -> None:
    with db.unit_of_work() as session:
        now = house_now(session)
        caller = access.caller_for(session, account_id)
        if caller is None:
            raise RuntimeError("the regulator of the demonstration is not known")
        pack = session.scalars(
            select(PolicyPack.id).where(PolicyPack.code == "yinchuan-2025")
        ).one()
        this = period_of(now.date())
        asked = Simulation(
            policy_id=pack,
            from_period=shifted(this, -_LIBRARY_MONTHS),
            to_period=shifted(this, -1),
        )
        simulations.simulation(session, replace(caller, now=now), given=asked)


def main() -> None:
    """Fill, measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--projects", type=int, default=PROJECTS)
    projects = parser.parse_args().projects
    with tempfile.TemporaryDirectory(prefix="tuanzu-bench-") as folder:
        with engines_at(Path(folder) / "watch") as urls:
            with db.make_engine(urls.migration, size=1).begin() as connection:
                watched.fill(connection, projects)
            with db.unit_of_work() as session:
                policies.ship(session, now=house_now(session))
            with psycopg.connect(postgres.plain(urls.migration), autocommit=True) as plain:
                plain.execute("VACUUM ANALYZE")
            console.print(watching(projects))
        with engines_at(Path(folder) / "library"):
            console.print(simulating())


if __name__ == "__main__":
    main()
