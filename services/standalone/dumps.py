"""The wheel's pg_dump and pg_restore, and the row counts by which the two are compared."""

from pathlib import Path
from typing import LiteralString

import psycopg
from psycopg import sql

from services.standalone import children, postgres
from services.standalone.children import Program
from services.standalone.home import Home


def dumped(url: str, file: Path, place: Home) -> tuple[str, dict[str, int]]:
    """Dump a database; gives its migration and the rows of each table.

    All three come from one snapshot, so that they agree while others write.
    """
    with psycopg.connect(postgres.plain(url), connect_timeout=5) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot = _one(connection, "SELECT pg_export_snapshot()")
        run(place, "pg_dump", url, "-Fc", f"--snapshot={snapshot}", f"--file={file}")
        return _one(connection, "SELECT version_num FROM alembic_version"), rows(connection)


def restored(url: str, file: Path, place: Home) -> dict[str, int]:
    """Fill an empty database from a dump, whole or not at all; gives the rows of each table.

    Owners and grants are left out: the next migration gives the application its rights.
    """
    wanted = ("--no-owner", "--no-privileges", "--single-transaction", str(file))
    run(place, "pg_restore", url, *wanted)
    with psycopg.connect(postgres.plain(url), connect_timeout=5) as connection:
        return rows(connection)


def rows(connection: psycopg.Connection) -> dict[str, int]:
    """Count the rows of every table of the house."""
    names = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    ).fetchall()
    counts = {}
    for (name,) in names:
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", name))
        row = connection.execute(query).fetchone()
        counts[name] = row[0] if row else 0
    return counts


def run(place: Home, tool: str, url: str, *arguments: str) -> None:
    """Run one of the wheel's programs as ourselves; its words go to the log of that name.

    Raises:
        Trouble: it failed.
    """
    path = postgres.wheel_programs() / "bin" / tool
    argv = (str(path), *arguments, f"--dbname={postgres.plain(url)}")
    children.run_to_end(Program(tool, argv, place.root, place.log(tool), {"LC_ALL": "C"}))


def _one(connection: psycopg.Connection, query: LiteralString) -> str:
    row = connection.execute(query).fetchone()
    return str(row[0]) if row else ""
