"""What the tests of the house look at: every file that is or would be committed."""

import ast
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parents[2]
CORE = ROOT / "services" / "core"
ROUTES = ROOT / "services" / "api" / "routes"
TASKS = ROOT / "services" / "worker" / "tasks"

_IGNORED = (".git", *(line.rstrip("/") for line in (ROOT / ".gitignore").read_text().split()))


def committed(*folders: str, suffix: str = "") -> Iterator[Path]:
    """Give the files below these folders (all of them if none is named), ignored ones left out."""
    for start in [ROOT / folder for folder in folders] or [ROOT]:
        yield from (path for path in sorted(_below(start)) if path.name.endswith(suffix))


def _below(folder: Path) -> Iterator[Path]:
    for entry in folder.iterdir() if folder.is_dir() else ():
        if any(fnmatch(entry.name, pattern) for pattern in _IGNORED):
            continue
        if entry.is_dir():
            yield from _below(entry)
        else:
            yield entry


def parsed(path: Path) -> ast.Module:
    """Give the syntax tree of a Python file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


def named(path: Path) -> str:
    """Give a path as the repository says it."""
    return path.relative_to(ROOT).as_posix()


def rooms() -> list[str]:
    """Give the names of all rooms: the folders of core."""
    return sorted(path.name for path in CORE.iterdir() if any(path.glob("*.py")))
