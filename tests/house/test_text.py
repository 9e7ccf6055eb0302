"""What may stand in a committed file, and what may not."""

import ast
from pathlib import Path

import pytest

from tests.house.sources import ROOT, committed, named, parsed

PYTHON = list(committed("services", "tests", "alembic", "bench", suffix=".py"))
TEXTS = [path for path in committed() if path.suffix not in (".png", ".ico", ".woff2")]

UNFINISHED = ("TO" + "DO", "FIX" + "ME", "XX" + "X")
"""Written in halves, so that this file may be looked at too."""
MACHINE_PATHS = ("/wo" + "rk/", "/ro" + "ot/", "/ho" + "me/")


@pytest.mark.parametrize("path", PYTHON, ids=named)
def test_every_import_stands_at_the_top(path: Path) -> None:
    hidden = [
        f"line {inner.lineno}"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.If)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


@pytest.mark.parametrize("path", PYTHON, ids=named)
def test_nothing_is_left_unwritten(path: Path) -> None:
    stubs = [
        f"line {node.lineno}"
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.Raise)
        and node.exc is not None
        and ast.unparse(node.exc).startswith("NotImplementedError")
    ]
    assert stubs == []


@pytest.mark.parametrize("path", TEXTS, ids=named)
def test_no_file_promises_work_or_names_one_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [word for word in (*UNFINISHED, *MACHINE_PATHS) if word in text] == []


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_a_lock_carries_hashes_and_no_host(name: str) -> None:
    lock = (ROOT / name).read_text(encoding="utf-8")
    assert "://" not in lock
    assert "--index" not in lock
    assert "--hash=sha256:" in lock


def test_the_migrations_folder_does_not_shadow_the_library() -> None:
    assert not (ROOT / "alembic" / "__init__.py").exists()
