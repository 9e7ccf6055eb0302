"""What the documents point at exists, and decisions keep their form."""

import re
from pathlib import Path

import pytest

from tests.house.sources import ROOT, committed, named

PAGES = [
    *(page for page in committed("docs", suffix=".md")),
    *(page for page in (ROOT / "README.md", ROOT / "README.zh-CN.md") if page.exists()),
]
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("*.md"))
MOST_LINES_OF_A_DECISION = 60

_PATH = re.compile(r"`((?:services|tests|docs|alembic)/[\w./-]*\w/?|[\w.-]+\.(?:toml|yml|lock))`")
_LINK = re.compile(r"\]\((?!https?:|#)([^)#]+)[^)]*\)")
_FENCE = re.compile(r"```.*?```", re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_path_a_page_names_exists(page: Path) -> None:
    text = _FENCE.sub("", page.read_text(encoding="utf-8"))
    paths = [path for path in _PATH.findall(text) if not (ROOT / path).exists()]
    links = [link for link in _LINK.findall(text) if not (page.parent / link).exists()]
    assert paths + links == []


@pytest.mark.parametrize("page", DECISIONS, ids=named)
def test_a_decision_is_short_and_has_all_its_parts(page: Path) -> None:
    lines = page.read_text(encoding="utf-8").splitlines()
    assert len(lines) <= MOST_LINES_OF_A_DECISION
    assert [line for line in lines if line.startswith("## ")] == [
        "## Context",
        "## Decision",
        "## Consequences",
        "## Alternatives",
        "## References",
    ]


def test_decisions_are_numbered_without_a_gap() -> None:
    numbers = [int(page.name.partition("-")[0]) for page in DECISIONS]
    assert numbers == list(range(1, len(numbers) + 1))


def test_both_readmes_show_the_same_commands() -> None:
    commands = [
        [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith("$ ")]
        for page in (ROOT / "README.md", ROOT / "README.zh-CN.md")
    ]
    assert commands[0] == commands[1]
