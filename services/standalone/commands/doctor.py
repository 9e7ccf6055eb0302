"""`tuanzu doctor`: looks at every part and says what is wrong and what to do."""

import os
from collections.abc import Iterator

import typer
from rich import box
from rich.markup import escape
from rich.table import Table

from services.core.kit.settings import Settings
from services.core.kit.words import Words
from services.standalone import instance, terminal
from services.standalone.checkup.accelerator import accelerator
from services.standalone.checkup.database import database
from services.standalone.checkup.findings import Finding, State, broken, well
from services.standalone.checkup.machine import machine
from services.standalone.terminal import OUT, spoken
from services.standalone.trouble import Trouble

_INSTANCE = Words("实例", "instance")
_MARKS = {State.WELL: "[green]✓[/]", State.WEAK: "[yellow]![/]", State.BROKEN: "[red]✗[/]"}


def doctor() -> None:
    """Check every part; exit 1 when one is broken."""
    found = list(_findings())
    table = Table(box=box.SIMPLE)
    heads = (Words("部件", "part"), Words("情况", "found"), Words("处理办法", "what to do"))
    for head in (Words("", ""), *heads):
        table.add_column(spoken(head), overflow="fold")
    for finding in found:
        remedy = escape(spoken(finding.remedy)) if finding.remedy else ""
        texts = (escape(spoken(finding.part)), escape(spoken(finding.found)), remedy)
        table.add_row(_MARKS[finding.state], *texts)
    OUT.print(table)
    worst = [finding for finding in found if finding.state is State.BROKEN]
    if worst:
        terminal.complain(Words(f"{len(worst)} 项有故障。", f"{len(worst)} broken."))
        raise typer.Exit(1)
    terminal.say(Words("没有故障。", "Nothing is broken."))


def _findings() -> Iterator[Finding]:
    given = dict(os.environ)
    try:
        instance.connect_environment()
    except Trouble as trouble:
        remedy = Words("先启动，再运行 doctor。", "Start it, then run the doctor again.")
        yield broken(_INSTANCE, trouble.words, remedy)
        yield from machine(Settings(), given)
        return
    chosen = Settings()
    yield well(_INSTANCE, chosen.address())
    yield from machine(chosen, given)
    yield from database(chosen)
    yield from accelerator(chosen)


def app_commands(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(doctor)
