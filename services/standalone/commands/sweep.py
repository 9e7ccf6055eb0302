"""`tuanzu sweep`: what falls due up to an instant, done or (with --dry-run) only shown."""

from contextlib import suppress
from datetime import UTC, date, datetime, time
from typing import Annotated

import typer
from rich import box
from rich.markup import escape
from rich.table import Table
from sqlalchemy.orm import Session

from services.core.calendar.rules import SHANGHAI, instant_of
from services.core.exchange import queries as exchange
from services.core.kit.clock import house_now
from services.core.kit.words import Words
from services.standalone import happenings, inside, terminal
from services.standalone.happenings import Happening
from services.standalone.sweep import number, walk
from services.standalone.trouble import Trouble

_DAY_ENDS = time(18, 0)
"""A day without a time means its evening: everything of that day's sending hours is over."""


class _Undone(Exception):
    """Leaves a transaction so that nothing of it stays."""


def sweep(
    at: Annotated[
        str, typer.Option(help="Instant (2026-12-07T09:00+08:00) or day (its 18:00); else now.")
    ] = "",
    *,
    dry_run: Annotated[bool, typer.Option(help="Show what would happen; change nothing.")] = False,
    lang: Annotated[str, typer.Option(help="zh or en; else the terminal's.")] = "",
) -> None:
    """Run every due check, reminder and ladder step as of an instant, in time order."""
    language = lang or terminal.language()
    upto = _instant(at) if at else None
    with suppress(_Undone), inside.transaction() as session:
        now = house_now(session)
        if upto is not None and not dry_run and not exchange.is_demo(session):
            raise Trouble(
                Words(
                    "只有演示数据才能按其他时间实际执行；请加 --dry-run 预演，或去掉 --at。",
                    "Only where the demo is loaded may a real sweep run at another time; add "
                    "--dry-run to see what would happen, or leave --at out.",
                )
            )
        _show(_happened(session, upto or now), upto or now, dry_run=dry_run, language=language)
        if dry_run:
            raise _Undone


def _happened(session: Session, upto: datetime) -> list[Happening]:
    """Walk, and give what came of it; facts that were waiting for their number are not of it."""
    number(session)
    before = happenings.head(session)
    walk(session, upto=upto)
    return happenings.since(session, before)


def _show(found: list[Happening], upto: datetime, *, dry_run: bool, language: str) -> None:
    """Print one line for each thing that happened, in time order, and how many there were."""
    table = Table(box=box.SIMPLE)
    heads = (Words("时间", "when"), Words("事项", "what"), Words("项目", "project"))
    for head in (*heads, Words("说明", "more"), Words("对象", "to whom")):
        table.add_column(head.spoken(language), overflow="fold")
    for one in found:
        moment = f"{one.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        what, more = one.what.spoken(language), one.more.spoken(language)
        table.add_row(*(escape(text) for text in (moment, what, one.project, more, one.whom)))
    if found:
        terminal.OUT.print(table)
    local = f"{upto.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    counted = Words(f"截至 {local} 共 {len(found)} 项", f"{len(found)} things up to {local}")
    ending = Words("；未作任何更改。", "; nothing was changed.") if dry_run else Words("。", ".")
    terminal.OUT.print(counted.spoken(language) + ending.spoken(language))


def _instant(text: str) -> datetime:
    """Read an instant, or a day as its evening in Asia/Shanghai.

    Raises:
        Trouble: it is neither.
    """
    try:
        if len(text) == len("2026-12-07"):
            return instant_of(date.fromisoformat(text), _DAY_ENDS)
        read = datetime.fromisoformat(text)
    except ValueError:
        read = None
    if read is None:
        raise Trouble(
            Words(
                f"“{text}”不是时间；例如 2026-12-07 或 2026-12-07T09:00+08:00。",
                f"'{text}' is no instant; write 2026-12-07 or 2026-12-07T09:00+08:00.",
            )
        )
    return (read if read.tzinfo else read.replace(tzinfo=SHANGHAI)).astimezone(UTC)


def app_commands(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(sweep)
