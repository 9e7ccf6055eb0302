"""`tuanzu backup` and `tuanzu restore`: the data of one machine in one file, and back."""

import base64
import json
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from importlib import metadata
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from alembic.config import Config
from alembic.script import ScriptDirectory
from psycopg import sql

from services.core.kit import cipher
from services.core.kit.clock import machine_now
from services.core.kit.settings import Settings, settings
from services.core.kit.words import Words
from services.standalone import archive, children, engines, home, instance, postgres, terminal
from services.standalone.archive import DUMP, KEY, SETTINGS, Manifest
from services.standalone.children import Program
from services.standalone.home import Home
from services.standalone.supervisor import ROOT
from services.standalone.trouble import Trouble

_NOT_KEPT = ("home", "database_url", "migration_url", "redis_url", "secret_key", "secret_key_file")
"""Settings that belong to the place, not to the data; secrets travel as the key file only."""
_REPLACED = ("engines", "secret.key", "demo.loaded")


def backup(
    file: Annotated[Path, typer.Argument(help="Where to write the backup.")],
) -> None:
    """Write the database, the secret key and the settings into one file; works while it runs."""
    if file.exists():
        raise Trouble(Words(f"{file} 已存在。", f"{file} exists already."))
    place = Home(settings().home.expanduser().resolve())
    with _database(place) as url, tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        manifest = _dumped(url, folder, place)
        chosen = Settings()
        key = chosen.secret_key_file or place.secret_key
        secret = cipher.read_key(chosen.model_copy(update={"secret_key_file": key}))
        home.write_private(folder / KEY, base64.b64encode(secret).decode() + "\n")
        kept = chosen.model_dump(mode="json", exclude=set(_NOT_KEPT), exclude_defaults=True)
        (folder / SETTINGS).write_text(json.dumps(kept, indent=2), encoding="utf-8")
        sums = {name: archive.checksum(folder / name) for name in (DUMP, KEY, SETTINGS)}
        archive.write(file, replace(manifest, sha256=sums), folder)
    total = sum(manifest.rows.values())
    terminal.say(
        Words(
            f"已备份到 {file}（{total} 行）。该文件含有密钥，请妥善保管。",
            f"Backed up to {file} ({total} rows). It holds the secret key: keep it safe.",
        )
    )


@contextmanager
def _database(place: Home) -> Generator[str]:
    """Give the owner's address: of what runs, or of the home's engine, started for the while."""
    if settings().database_url or home.is_locked(place):
        instance.connect_environment()
        yield settings().migration_url or settings().database_url
    elif place.engines.exists():
        with engines.running(place.root, settings()) as urls:
            yield urls.migration
    else:
        raise Trouble(
            Words(f"{place.root} 中没有数据。", f"There is no data in {place.root} to back up.")
        )


def _dumped(url: str, folder: Path, place: Home) -> Manifest:
    """Dump and count in one snapshot, so that the two agree while others write."""
    with psycopg.connect(postgres.plain(url), connect_timeout=5) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        snapshot = connection.execute("SELECT pg_export_snapshot()").fetchone()
        migration = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        _run(
            place,
            "pg_dump",
            url,
            "-Fc",
            f"--snapshot={(snapshot or ('',))[0]}",
            f"--file={folder / DUMP}",
        )
        return Manifest(
            made_at=machine_now().isoformat(),
            version=metadata.version("tuanzu"),
            migration=migration[0] if migration else "",
            rows=_rows(connection),
            sha256={},
        )


def _rows(connection: psycopg.Connection) -> dict[str, int]:
    """Count every table of the house."""
    names = connection.execute(
        "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename"
    ).fetchall()
    counts = {}
    for (name,) in names:
        query = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier("public", name))
        row = connection.execute(query).fetchone()
        counts[name] = row[0] if row else 0
    return counts


def _run(place: Home, tool: str, url: str, *arguments: str) -> None:
    """Run one of the wheel's programs as ourselves; its words go to the log of that name."""
    path = postgres.wheel_programs() / "bin" / tool
    argv = (str(path), *arguments, f"--dbname={postgres.plain(url)}")
    place.logs.mkdir(parents=True, exist_ok=True)
    children.run_to_end(Program(tool, argv, place.root, place.log(tool), {"LC_ALL": "C"}))


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `tuanzu backup` wrote.")],
    force: Annotated[bool, typer.Option(help="Replace what the data folder holds.")] = False,  # noqa: FBT002 typer's way to write an option
) -> None:
    """Bring a backup into the data folder; the former content is set aside, never deleted."""
    if settings().database_url:
        raise Trouble(
            Words(
                "restore 仅用于本机内置的数据库；请取消设置 TUANZU_DATABASE_URL。",
                "restore is for this machine's own engine: unset TUANZU_DATABASE_URL.",
            )
        )
    with tempfile.TemporaryDirectory() as scratch:
        manifest = archive.unpacked(file, Path(scratch))
        _refuse_unknown(manifest)
        place = home.opened(settings().home)
        if not place.is_empty and not force:
            raise Trouble(
                Words(
                    f"{place.root} 中已有数据；加 --force 可替换（原数据会另存）。",
                    f"{place.root} holds data; --force replaces it (and sets the former aside).",
                )
            )
        with home.locked(place):
            engines.dismiss_leftovers(place)
            aside = _exchanged(place, _staged(place, manifest, Path(scratch)))
    total = sum(manifest.rows.values())
    terminal.say(
        Words(f"已恢复 {total} 行。", f"Restored {total} rows; every table has its count.")
    )
    if aside:
        terminal.say(Words(f"原数据在 {aside}。", f"The former data is in {aside}."))


def _refuse_unknown(manifest: Manifest) -> None:
    """Refuse data that newer code has migrated.

    Raises:
        Trouble: this version does not know the backup's migration.
    """
    scripts = ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))
    if manifest.migration not in {script.revision for script in scripts.walk_revisions()}:
        raise Trouble(
            Words(
                f"备份由版本 {manifest.version} 创建（{manifest.migration}），本版本无法读取；请先升级。",
                f"The backup was made by version {manifest.version} ({manifest.migration}), which "
                "this version does not know: upgrade first.",
            )
        )


def _staged(place: Home, manifest: Manifest, folder: Path) -> Home:
    """Restore into a home inside the home, and compare the rows, before anything is replaced.

    Raises:
        Trouble: a table has another number of rows than the backup says.
    """
    root = place.root / "restoring"
    if root.exists():
        shutil.rmtree(root)
    with engines.running(root, settings()) as urls:
        staged = Home(root)
        wanted = ("--no-owner", "--no-privileges", "--single-transaction", str(folder / DUMP))
        _run(staged, "pg_restore", urls.migration, *wanted)
        with psycopg.connect(postgres.plain(urls.migration)) as connection:
            found = _rows(connection)
    differing = sorted(name for name, count in manifest.rows.items() if found.get(name) != count)
    if differing:
        named = ", ".join(differing)
        raise Trouble(
            Words(
                f"行数不符：{named}；未做任何更改。",
                f"Rows differ in {named}; nothing was changed.",
            )
        )
    home.write_private(staged.secret_key, (folder / KEY).read_text(encoding="ascii"))
    staged.demo_loaded.touch(mode=0o600)
    return staged


def _exchanged(place: Home, staged: Home) -> Path | None:
    """Set the former content aside and move the staged one in; gives where the former went."""
    former = [place.root / name for name in _REPLACED if (place.root / name).is_symlink()]
    former = [place.root / name for name in _REPLACED if (place.root / name).exists()]
    aside = None
    if former:
        aside = place.root / f"replaced-{machine_now():%Y%m%dT%H%M%SZ}"
        aside.mkdir(mode=0o711)
        for path in former:
            path.rename(aside / path.name)
    for name in _REPLACED:
        (staged.root / name).rename(place.root / name)
    shutil.rmtree(staged.root)
    return aside


def app_commands(app: typer.Typer) -> None:
    """Add both commands to the app."""
    app.command()(backup)
    app.command()(restore)
