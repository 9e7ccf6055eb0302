"""`tuanzu restore`: a backup back into the data folder, compared before anything is replaced."""

import json
import os
import shutil
import tempfile
from pathlib import Path
from typing import Annotated

import typer
from alembic.config import Config
from alembic.script import ScriptDirectory

from services.core.audit.rules import Act
from services.core.kit.clock import machine_now
from services.core.kit.settings import settings
from services.core.kit.words import Words
from services.standalone import archive, dumps, engines, home, noting, terminal
from services.standalone.archive import DUMP, EVIDENCE, KEY, SETTINGS, Manifest
from services.standalone.home import Home
from services.standalone.supervisor import ROOT
from services.standalone.trouble import Trouble


def restore(
    file: Annotated[Path, typer.Argument(help="A file that `tuanzu backup` wrote.")],
    force: Annotated[bool, typer.Option(help="Replace what the data folder holds.")] = False,  # noqa: FBT002 how typer writes an option
) -> None:
    """Bring a backup into the data folder; former content is set aside, never deleted."""
    if settings().database_url:
        raise Trouble(
            Words(
                "restore 仅用于本机内置的数据库；请取消设置 TUANZU_DATABASE_URL。",
                "restore is for this machine's own engine: unset TUANZU_DATABASE_URL.",
            )
        )
    if settings().evidence_folder:
        raise Trouble(
            Words(
                "restore 将佐证材料恢复到数据目录；请取消设置 TUANZU_EVIDENCE_FOLDER。",
                "restore brings evidence into the data folder: unset TUANZU_EVIDENCE_FOLDER.",
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
            aside = _exchanged(place, _staged(place, manifest, Path(scratch), file))
        _report(manifest, aside, (Path(scratch) / SETTINGS).read_text(encoding="utf-8"))


def _report(manifest: Manifest, aside: Path | None, kept: str) -> None:
    """Say what was restored, where the former data is, and which settings the backup ran with."""
    total = sum(manifest.rows.values())
    terminal.say(
        Words(
            f"已恢复 {total} 行，各表行数一致。", f"Restored {total} rows, the same in each table."
        )
    )
    if aside:
        terminal.say(Words(f"原数据在 {aside}。", f"The former data is in {aside}."))
    for name, value in json.loads(kept).items():
        variable = f"TUANZU_{name.upper()}={value}"
        terminal.say(Words(f"备份时的设置：{variable}", f"It ran with {variable}"))


def _refuse_unknown(manifest: Manifest) -> None:
    """Refuse data that newer code has migrated.

    Raises:
        Trouble: this version does not know the backup's migration.
    """
    scripts = ScriptDirectory.from_config(Config(ROOT / "alembic.ini"))
    if manifest.migration not in {script.revision for script in scripts.walk_revisions()}:
        made = f"{manifest.version}, {manifest.migration}"
        raise Trouble(
            Words(
                f"备份由其他版本创建（{made}），本版本无法读取；请先升级。",
                f"The backup was made by a version ({made}) this one does not know: upgrade first.",
            )
        )


def _staged(place: Home, manifest: Manifest, folder: Path, file: Path) -> Home:
    """Restore into a home inside the home, and compare the rows, before anything is replaced.

    Raises:
        Trouble: a table has another number of rows than the backup says.
    """
    staged = Home(place.root / "restoring")
    if staged.root.exists():  # an earlier restore was killed
        engines.dismiss_leftovers(staged)
        shutil.rmtree(staged.root)
    with engines.running(staged.root, settings()) as urls:
        found = dumps.restored(urls.migration, folder / DUMP, staged)
        noting.note(urls.migration, Act.RESTORED, file.name)
    differing = sorted(name for name, count in manifest.rows.items() if found.get(name) != count)
    if differing:
        named = ", ".join(differing)
        raise Trouble(
            Words(
                f"行数不符：{named}；未做任何更改。",
                f"Rows differ in {named}; nothing was changed.",
            )
        )
    if EVIDENCE in manifest.sha256:
        archive.spread(folder / EVIDENCE, staged.evidence)
    else:
        staged.evidence.mkdir(mode=0o700)
    home.write_private(staged.secret_key, (folder / KEY).read_text(encoding="ascii"))
    staged.demo_loaded.touch(mode=0o600)  # the data is here: nothing is to be loaded over it
    return staged


def _exchanged(place: Home, staged: Home) -> Path | None:
    """Set the former content aside and move the staged one in; gives where the former went."""
    kept = (staged.engines, staged.secret_key, staged.demo_loaded, staged.evidence)
    names = [path.name for path in kept]
    former = [place.root / name for name in names if os.path.lexists(place.root / name)]
    aside = None
    if former:
        aside = place.root / f"replaced-{machine_now():%Y%m%dT%H%M%SZ}"
        aside.mkdir(mode=0o711)
        for path in former:
            path.rename(aside / path.name)
    for name in names:
        (staged.root / name).rename(place.root / name)
    shutil.rmtree(staged.root)
    return aside


def app_commands(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(restore)
