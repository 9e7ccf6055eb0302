"""The commands on records, as they are typed."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from typer.testing import CliRunner, Result

from services.core.access import queries as access
from services.core.catalogue import METADATA
from services.core.projects.models import Project
from services.standalone import cli, terminal
from services.standalone.trouble import Trouble

Run = Callable[..., Result]


@pytest.fixture
def run(session: Session, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Let a test type a command; the session keeps it inside the test's transaction."""
    del session
    monkeypatch.setattr(terminal.OUT, "width", 250)  # a console reads COLUMNS when it is made

    def typed(*words: str) -> Result:
        return CliRunner().invoke(cli.built(words[0]), list(words), env={"LANG": "C"})

    return typed


@pytest.fixture
def file(tmp_path: Path, document: dict[str, Any]) -> Path:
    """Give a seed document as a file."""
    path = tmp_path / "trial.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def said(result: Result) -> str:
    """Give the sentence of the trouble a command ended with."""
    assert isinstance(result.exception, Trouble), result.output
    return result.exception.words.en


def rows(session: Session) -> dict[str, int]:
    """Count the rows of every table."""
    return {
        table.name: session.scalar(select(func.count()).select_from(table)) or 0
        for table in METADATA.sorted_tables
    }


def test_seed_prints_a_token_for_each_login_and_token_prints_one_alone(
    session: Session, run: Run, file: Path
) -> None:
    seeded = run("seed", str(file), "--json")
    assert seeded.exit_code == 0, seeded.output
    tokens = json.loads(seeded.stdout)["tokens"]
    assert login_of(session, tokens["reviewer"]) == "reviewer"
    printed = run("token", "reporter", "--days", "1")
    assert printed.exit_code == 0
    assert login_of(session, printed.stdout.removesuffix("\n")) == "reporter"


def login_of(session: Session, token: str) -> str:
    """Give whose token it is; the role and scope it brings end with the savepoint."""
    with session.begin_nested() as entered:
        login = access.caller_of(session, token).login
        entered.rollback()
    return login


def test_a_second_seed_says_that_nothing_was_new(run: Run, file: Path) -> None:
    assert "projects 1" in run("seed", str(file)).stdout
    assert run("seed", str(file)).stdout == "Nothing was new.\n"


def test_a_bad_document_is_refused_with_its_pointers_and_loads_nothing(
    session: Session, run: Run, file: Path, document: dict[str, Any]
) -> None:
    document["projects"][0]["lead"] = "O-NOBODY"
    document["projects"][0]["colour"] = "red"
    file.write_text(json.dumps(document), encoding="utf-8")
    assert "/projects/0/colour: There is no such field." in said(run("seed", str(file)))
    del document["projects"][0]["colour"]
    file.write_text(json.dumps(document), encoding="utf-8")
    assert "/projects/0/lead: 'O-NOBODY' is neither" in said(run("seed", str(file)))
    assert not session.scalar(select(func.count()).select_from(Project))


@pytest.mark.parametrize(
    ("content", "expected"),
    [("{", "is no JSON at 1:"), ("[]", "/: This must be a JSON object."), (None, "cannot be read")],
)
def test_what_is_no_document_is_said_kindly(
    run: Run, file: Path, content: str | None, expected: str
) -> None:
    if content is None:
        file.unlink()
    else:
        file.write_text(content, encoding="utf-8")
    assert expected in said(run("seed", str(file)))


def test_nobody_has_no_token(run: Run) -> None:
    assert "There is no log-in 'nobody'" in said(run("token", "nobody"))


def test_bootstrap_prints_a_token_while_there_is_no_account(run: Run, file: Path) -> None:
    printed = run("bootstrap")
    assert printed.exit_code == 0, printed.output
    assert re.fullmatch(r"tz_b[\w-]{43}\n", printed.stdout)
    announced = run("bootstrap", "--announce").stdout
    assert re.search(r"good once, within 72 h.*tz_b[\w-]{43}", announced)
    run("seed", str(file))
    assert "There are accounts, so this is over" in said(run("bootstrap"))
    silent = run("bootstrap", "--announce")
    assert (silent.exit_code, silent.stdout) == (0, "")


def test_the_demo_goes_only_into_an_empty_database(run: Run, file: Path) -> None:
    run("seed", str(file))
    assert "only into an empty database" in said(run("demo", "load"))


def test_a_dry_sweep_shows_what_would_happen_and_changes_nothing(
    session: Session, run: Run, file: Path
) -> None:
    run("seed", str(file))
    before = rows(session)
    shown = run("sweep", "--at", "2027-01-05", "--dry-run", "--lang", "zh")
    assert shown.exit_code == 0, shown.output
    assert "未作任何更改" in shown.stdout
    assert rows(session) == before


def test_a_real_sweep_at_another_time_needs_the_demo(run: Run, file: Path) -> None:
    run("seed", str(file))
    assert "Only where the demo is loaded" in said(run("sweep", "--at", "2026-12-08"))


def test_a_sweep_of_now_is_what_the_workers_do(run: Run, file: Path) -> None:
    run("seed", str(file))
    swept = run("sweep")
    assert swept.exit_code == 0, swept.output
    assert "A progress report is missing" in swept.stdout


@pytest.mark.parametrize("text", ["soon", "2026-13-01", "2026-12-07T25:00"])
def test_what_is_no_instant_is_said_kindly(run: Run, text: str) -> None:
    assert f"'{text}' is no instant" in said(run("sweep", "--at", text, "--dry-run"))
