"""`tuanzu backup`: the data of one machine in one file."""

import json
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from importlib import metadata
from pathlib import Path
from typing import Annotated

import typer

from services.core.audit.rules import Act
from services.core.kit import cipher
from services.core.kit.clock import machine_now
from services.core.kit.settings import Settings, settings
from services.core.kit.words import Words
from services.standalone import archive, dumps, engines, home, instance, noting, terminal
from services.standalone.archive import DUMP, EVIDENCE, KEY, MEMBERS, SETTINGS, Manifest
from services.standalone.home import Home
from services.standalone.trouble import Trouble

_OF_THE_PLACE = {
    *("home", "database_url", "migration_url", "redis_url", "secret_key_file"),
    "evidence_folder",
}
"""Settings that belong to the machine, not to the data; secrets travel as the key alone."""


def backup(
    file: Annotated[Path, typer.Argument(help="Where to write the backup.")],
) -> None:
    """Write database, secret key, settings and evidence into one file, running or stopped."""
    if file.exists():
        raise Trouble(Words(f"{file} 已存在。", f"{file} exists already."))
    place = home.opened(settings().home)
    with _database(place) as url, tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        noting.note(url, Act.BACKED_UP, file.name)
        migration, rows = dumps.dumped(url, folder / DUMP, place)
        _write_key_and_settings(folder, place)
        # After the dump: bytes are there before the row that says so.
        archive.packed(settings().evidence_folder or place.evidence, folder / EVIDENCE)
        manifest = Manifest(
            made_at=machine_now().isoformat(),
            version=metadata.version("tuanzu"),
            migration=migration,
            rows=rows,
            sha256={name: archive.checksum(folder / name) for name in MEMBERS},
        )
        archive.write(file, manifest, folder)
    total = sum(rows.values())
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


def _write_key_and_settings(folder: Path, place: Home) -> None:
    """Write the master keys, and the settings that are not the default and no secret."""
    chosen = Settings()
    file = chosen.secret_key_file or place.secret_key
    keys = cipher.read_keys(chosen.model_copy(update={"secret_key_file": file}))
    home.write_private(folder / KEY, cipher.written(keys))
    secrets = {name for name, field in Settings.model_fields.items() if not field.repr}
    kept = chosen.model_dump(mode="json", exclude=_OF_THE_PLACE | secrets, exclude_defaults=True)
    (folder / SETTINGS).write_text(json.dumps(kept, indent=2), encoding="utf-8")


def app_commands(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(backup)
