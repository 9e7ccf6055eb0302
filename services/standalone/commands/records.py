"""`tuanzu demo load` and `tuanzu seed FILE.json`: records from documents."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import orjson
import typer
from rich import box
from rich.table import Table
from sqlalchemy.orm import Session

from services.core.exchange import actions, queries
from services.core.exchange.actions import Loaded
from services.core.exchange.schemas import Document
from services.core.kit.clock import house_now
from services.core.kit.errors import Invalid
from services.core.kit.settings import settings
from services.core.kit.words import Words
from services.core.policies import actions as policies
from services.standalone import demo, home, inside, library, papers, terminal
from services.standalone.home import Home


def load(
    *,
    with_library: Annotated[
        bool,
        typer.Option("--library", help="And the library of 291 projects, with its twelve months."),
    ] = False,
) -> None:
    """Load the demonstration into an empty database; a second time changes nothing."""
    password = ""
    with inside.transaction() as session:
        now = house_now(session)
        loaded = demo.load(session, now=now)
        if loaded is not None:
            password = demo.give_password(session, now=now)
        if with_library:
            terminal.say(
                Words(
                    "正在载入项目库，并逐日推演十二个月，约需几分钟。",
                    "The library lives through its twelve months; that takes some minutes.",
                )
            )
        filled = library.load(session, now=now) if with_library else None
    if filled is not None:
        terminal.say(_counted(filled.created))
    if loaded is None:
        terminal.say(Words("演示数据已在库中。", "The demonstration is loaded already."))
        return
    terminal.say(Words("演示数据已载入。", "The demonstration is loaded."))
    terminal.say(_counted(loaded.created))
    _hand_over(password)


def _hand_over(password: str) -> None:
    """Keep the demo's password where `up` shows it; print it where there is no such place."""
    place = Home(settings().home.expanduser().resolve())
    if os.access(place.root, os.W_OK):
        home.write_private(place.demo_password, password + "\n")
    else:
        terminal.say(
            Words(f"演示账户的密码：{password}", f"Password of the demo log-ins: {password}")
        )


def seed(
    file: Annotated[Path, typer.Argument(help="A seed document: docs/how-to/seed.md.")],
    *,
    json: Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")] = False,
) -> None:
    """Load a document in one transaction, or nothing of it; print a token for each new log-in."""
    raw = _read(file)
    with inside.transaction() as session:
        loaded = _seeded(session, raw)
    if json:
        typer.echo(orjson.dumps({"created": loaded.created, "tokens": loaded.tokens}))
        return
    terminal.say(_counted(loaded.created))
    if loaded.tokens:
        table = Table("login", "token", box=box.SIMPLE)
        for login, secret in loaded.tokens.items():
            table.add_row(login, secret)
        terminal.OUT.print(table)
        terminal.say(Words("令牌只显示这一次。", "These tokens are shown this once."))


def _seeded(session: Session, raw: object) -> Loaded:
    now = house_now(session)
    policies.ship(session, now=now)
    code = raw.get("code") if isinstance(raw, dict) else None
    anchors = queries.anchors(session, code=str(code), now=now)
    document = papers.read(Document, raw, anchors)
    return actions.load(
        session,
        document,
        now=now,
        anchored_on=anchors.today,
        token_life=settings().token_life,
    )


def _read(file: Path) -> object:
    """Read a file before any transaction is opened.

    Raises:
        Trouble: it cannot be read, or is no JSON.
    """
    try:
        return papers.opened(file)
    except Invalid as wrong:
        raise inside.trouble(wrong) from wrong


def _counted(created: Mapping[str, int]) -> Words:
    if not created:
        return Words("没有新的记录。", "Nothing was new.")
    parts = ", ".join(f"{section} {number}" for section, number in created.items())
    return Words(f"新增：{parts}", f"New: {parts}")


def app_commands(app: typer.Typer) -> None:
    """Add the commands to the app."""
    group = typer.Typer(no_args_is_help=True, help="The demonstration records.")
    group.callback()(_demonstration)
    group.command("load")(load)
    app.add_typer(group, name="demo")
    app.command()(seed)


def _demonstration() -> None:
    """Keep `load` a word of its own under `demo`."""
