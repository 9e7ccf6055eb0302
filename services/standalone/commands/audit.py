"""`tuanzu audit`: is the chain whole, where does it end, write the end down for everybody."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import text
from sqlalchemy.orm import Session

from services.core.audit import actions, queries, rules
from services.core.audit.queries import Verdict
from services.core.audit.rules import Anchor, Break
from services.core.kit.clock import house_now
from services.core.kit.errors import Invalid
from services.core.kit.events import Actor
from services.core.kit.words import Words
from services.standalone import inside, terminal
from services.standalone.trouble import Trouble

_SNAPSHOT = text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
_PATIENT = text("SET LOCAL statement_timeout = 0")
_BY = Actor.part("command-line")


def verify(
    anchor: Annotated[
        list[str] | None, typer.Option(help="A head somebody kept: SEQ:HASH; may be repeated.")
    ] = None,
    archive: Annotated[
        Path | None, typer.Option(help="Folder of archive files to check as well.")
    ] = None,
) -> None:
    """Walk the whole audit and name whatever was altered, removed, moved or inserted; exit 1."""
    try:
        given = rules.anchors(anchor or ())
    except Invalid as wrong:
        raise inside.trouble(wrong) from wrong
    with inside.transaction() as session:
        session.execute(_SNAPSHOT)  # the chain grows meanwhile, and its past may be archived
        session.execute(_PATIENT)
        verdict = _walked(session, given)
        stones = queries.tombstones(session) if archive else ()
    kept = queries.check_folder(archive, stones) if archive else ()
    breaks = [*(found for file in kept for found in file.breaks), *verdict.breaks]
    for file in kept:
        counted = Words(
            f"{file.path.name}：{file.lines} 条", f"{file.path.name}: {file.lines} lines"
        )
        terminal.say(counted)
    _tell(verdict, breaks)


def _walked(session: Session, given: Sequence[Anchor]) -> Verdict:
    """Verify under a progress bar on standard error."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeRemainingColumn(), console=terminal.ERR, transient=True) as bar:
        doing = bar.add_task(terminal.spoken(Words("核验", "verify")), total=queries.count(session))
        return queries.verify(
            session, given=given, progress=lambda lines: bar.advance(doing, lines)
        )


def _tell(verdict: Verdict, breaks: Sequence[Break]) -> None:
    """Say what was found: every break, or where the whole chain ends."""
    for found in breaks:
        terminal.complain(found.words)
    seq, digest = verdict.head.seq, verdict.head.hash.hex()
    terminal.say(
        Words(
            f"已核验第{verdict.first_seq}至{seq}号共 {verdict.lines} 条，相符的锚点 "
            f"{verdict.anchors} 个。",
            f"Checked {verdict.lines} lines, {verdict.first_seq} to {seq}; "
            f"{verdict.anchors} anchors fit.",
        )
    )
    if breaks:
        terminal.complain(
            Words(f"审计链不完整：{len(breaks)} 处。", f"The audit is not whole: {len(breaks)}.")
        )
        raise typer.Exit(1)
    terminal.say(Words(f"完整。链尾：{seq}:{digest}", f"Whole. Head: {seq}:{digest}"))


def head() -> None:
    """Print where the chain ends, as SEQ:HASH: keep it elsewhere, and give it to verify later."""
    with inside.transaction() as session:
        now = queries.head(session)
    typer.echo(f"{now.seq}:{now.hash.hex()}")


def anchor() -> None:
    """Tell the end of the chain to the feed and every webhook now, beside the daily anchor."""
    with inside.transaction() as session:
        told = actions.anchor(session, now=house_now(session), by=_BY)
    if told is None:
        raise Trouble(Words("尚无已封签的记录。", "Nothing is sealed yet."))
    typer.echo(f"{told.seq}:{told.hash.hex()}")


def app_commands(app: typer.Typer) -> None:
    """Add the commands to the app."""
    group = typer.Typer(no_args_is_help=True, help="The audit: whole, or where it is broken.")
    group.command()(verify)
    group.command()(head)
    group.command()(anchor)
    app.add_typer(group, name="audit")
