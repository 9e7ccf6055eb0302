"""`tuanzu queues`: what waits, what fails, what was given up; put it back, or let it go."""

import json
from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import typer
from sqlalchemy.orm import Session

from services.core import catalogue
from services.core.kit import backlog, feed, jobs
from services.core.kit.backlog import FACTS, Backlog, Troubled
from services.core.kit.clock import house_now
from services.core.kit.words import Words
from services.standalone import inside, terminal
from services.standalone.trouble import Trouble

_MOMENTS = {jobs.kind_of(moment): moment for moment in catalogue.DUE}
_EVERYTHING = "all"
_Which = Annotated[str, typer.Argument(help="KIND/ID as `tuanzu queues` prints it.")]


def queues(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="For programs.")] = False,
) -> None:
    """Show lags, due rows, what fails and is parked, what was given up, and heartbeats."""
    if context.invoked_subcommand is not None:
        return
    with inside.transaction() as session:
        asked = backlog.statement(catalogue.DUE, catalogue.DELIVERIES)
        found, troubled = backlog.read(session, asked), backlog.troubled(session)
    if as_json:
        typer.echo(
            json.dumps({**asdict(found), "troubled": [asdict(one) for one in troubled]}, indent=2)
        )
        return
    for line in (*_lines(found), *map(_trouble, troubled)):
        terminal.say(line)


def retry(
    what: Annotated[str, typer.Argument(help="KIND/ID as `tuanzu queues` prints it, or `all`.")],
) -> None:
    """Let what fails or is parked be tried again at the next look, from the first time."""
    with inside.transaction() as session:
        wanted = (
            [(one.kind, one.id) for one in backlog.troubled(session)]
            if what == _EVERYTHING
            else [_named(what)]
        )
        for kind, key in wanted:
            if not _put_back(session, kind, key):
                raise _unknown(what)
    terminal.say(Words(f"已重新排队：{len(wanted)}。", f"Put back: {len(wanted)}."))


def forget(what: _Which) -> None:
    """Let a parked fact go: its reader will never have it."""
    kind, key = _named(what)
    with inside.transaction() as session:
        reader = kind.removeprefix(FACTS)
        if reader == kind or not key.isdecimal() or not feed.let_go(session, reader, int(key)):
            raise _unknown(what)
    terminal.say(Words(f"已放弃 {what}。", f"Let go: {what}."))


def _put_back(session: Session, kind: str, key: str) -> bool:
    now = house_now(session)
    if kind.startswith(FACTS):
        reader = kind.removeprefix(FACTS)
        return key.isdecimal() and feed.put_back(session, reader, int(key), now=now)
    if kind not in _MOMENTS:
        return False
    try:
        row_id = UUID(key)
    except ValueError:
        return False
    return jobs.put_back(session, _MOMENTS[kind], row_id, now=now)


def _named(what: str) -> tuple[str, str]:
    kind, _, key = what.partition("/")
    return kind, key


def _unknown(what: str) -> Trouble:
    return Trouble(
        Words(
            f"没有 {what}；请先用 tuanzu queues 查看。", f"There is no {what}; see tuanzu queues."
        )
    )


def _lines(found: Backlog) -> list[Words]:
    lines = [
        Words(
            f"最新序号 {found.newest}，待编号 {found.pending}",
            f"newest {found.newest}, without a number {found.pending}",
        )
    ]
    lines += [
        Words(f"{name}：落后 {lag}", f"{name}: {lag} behind")
        for name, lag in sorted(found.lags.items())
    ]
    lines += [
        Words(
            f"{one.kind}：到期 {one.count}，最久 {one.oldest_seconds:.0f} 秒",
            f"{one.kind}: {one.count} due, the oldest for {one.oldest_seconds:.0f} s",
        )
        for one in found.due
    ]
    lines += [
        Words(f"{kind}：一天内放弃 {count}", f"{kind}: {count} given up within a day")
        for kind, count in sorted(found.dead.items())
    ]
    lines += [
        Words(f"心跳 {name}：{age:.0f} 秒前", f"heartbeat {name}: {age:.0f} s ago")
        for name, age in sorted(found.heartbeats.items())
    ]
    return lines


def _trouble(one: Troubled) -> Words:
    zh, en = ("已搁置", "parked") if one.is_parked else ("将重试", "is tried again")
    return Words(
        f"{one.kind}/{one.id}：失败 {one.attempts} 次，{zh}：{one.error}",
        f"{one.kind}/{one.id}: failed {one.attempts} times, {en}: {one.error}",
    )


def app_commands(app: typer.Typer) -> None:
    """Add the commands to the app."""
    made = typer.Typer(callback=queues, invoke_without_command=True)
    made.command()(retry)
    made.command()(forget)
    app.add_typer(made, name="queues", help="What waits, what fails; put it back, or let it go.")
