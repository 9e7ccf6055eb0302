"""The backup file: a tar of the database's dump, the secret key, the settings and the evidence.

`manifest.json` comes first and holds the checksum of every other member, the version it was made
by, and how many rows each table had, so that a restore can refuse before and compare afterwards.
"""

import hashlib
import io
import json
import os
import shutil
import tarfile
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from services.core.kit.words import Words
from services.standalone.trouble import Trouble

MANIFEST = "manifest.json"
DUMP = "database.dump"
KEY = "secret.key"
SETTINGS = "settings.json"
EVIDENCE = "evidence.tar"
MEMBERS = (DUMP, KEY, SETTINGS, EVIDENCE)
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says about itself."""

    made_at: str
    version: str
    migration: str
    rows: dict[str, int]
    sha256: dict[str, str]
    format: int = _FORMAT


def checksum(path: Path) -> str:
    """Give a file's SHA-256 in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write(target: Path, manifest: Manifest, folder: Path) -> None:
    """Write the backup of the members in a folder, readable by its owner only, whole or not."""
    draft = target.with_name(target.name + ".new")
    draft.unlink(missing_ok=True)
    with (
        os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file,
        tarfile.open(fileobj=file, mode="w") as tar,
    ):
        text = json.dumps(asdict(manifest), indent=2, ensure_ascii=False).encode()
        about = tarfile.TarInfo(MANIFEST)
        about.size, about.mode = len(text), 0o600
        tar.addfile(about, io.BytesIO(text))
        for name in MEMBERS:
            tar.add(folder / name, arcname=name)
    draft.replace(target)


def unpacked(source: Path, folder: Path) -> Manifest:
    """Write the members into a folder and check every one of them.

    Members are read by name and never by the path the archive gives.

    Raises:
        Trouble: it is no backup, a member is missing, or a checksum differs.
    """
    try:
        with tarfile.open(source) as tar:
            manifest = Manifest(**json.loads(_member(tar, MANIFEST).read()))
            for name in _members(manifest):
                with (folder / name).open("wb") as file:
                    (folder / name).chmod(0o600)
                    shutil.copyfileobj(_member(tar, name), file)
    except (tarfile.TarError, OSError, KeyError, TypeError, ValueError) as error:
        raise Trouble(
            Words(
                f"{source} 不是可用的备份文件（{error}）。",
                f"{source} is no usable backup ({error}).",
            )
        ) from error
    damaged = [
        name for name in _members(manifest) if checksum(folder / name) != manifest.sha256.get(name)
    ]
    if damaged or manifest.format != _FORMAT:
        named = ", ".join(damaged) or MANIFEST
        raise Trouble(
            Words(
                f"备份文件 {source} 已损坏（{named}）；未做任何更改。",
                f"The backup {source} is damaged ({named}); nothing was changed.",
            )
        )
    return manifest


def packed(source: Path, target: Path) -> None:
    """Write the files below a folder into one; what is removed meanwhile is left out."""
    with tarfile.open(target, mode="w") as tar:
        for path in sorted(source.rglob("*")):
            if path.is_file():
                with suppress(FileNotFoundError):
                    tar.add(path, arcname=str(path.relative_to(source)))


def spread(source: Path, target: Path) -> None:
    """Lay the files of `packed` out below a folder, and nothing anywhere else."""
    target.mkdir(mode=0o700)
    with tarfile.open(source) as tar:
        tar.extractall(target, filter="data")


def _members(manifest: Manifest) -> tuple[str, ...]:
    """Name what a backup has to hold; one of an older version holds no evidence."""
    return tuple(name for name in MEMBERS if name != EVIDENCE or name in manifest.sha256)


def _member(tar: tarfile.TarFile, name: str) -> IO[bytes]:
    """Open a member; a folder or link of that name counts as missing."""
    file = tar.extractfile(name)
    if file is None:
        raise KeyError(name)
    return file
