"""`tuanzu calendar import FILE`: a notice of working days, all or none of it."""

from pathlib import Path
from typing import Annotated

import typer

from services.core.calendar import actions
from services.core.kit.clock import house_now
from services.core.kit.errors import Invalid
from services.core.kit.events import Actor
from services.core.kit.words import Words
from services.core.regions import queries as regions
from services.standalone import inside, notices, terminal

_BY = Actor.part("command-line")


def take(
    file: Annotated[
        Path, typer.Argument(help="A notice: .csv (day,works,name_zh,name_en) or JSON.")
    ],
    *,
    source: Annotated[str, typer.Option(help="Of a table: the notice's title.")] = "",
    year: Annotated[
        int | None, typer.Option(help="Of a table: it is the whole national notice of this year.")
    ] = None,
    region: Annotated[
        str | None, typer.Option(help="Of a table: days of this region alone, by its code.")
    ] = None,
) -> None:
    """Import a notice of working days; what is pending is timed anew, the same again is nothing."""
    also = {"source": source, "notice_year": year, "region_code": region}
    try:
        notice = notices.notice(file, also=also)
    except Invalid as wrong:
        raise inside.trouble(wrong) from wrong
    with inside.transaction() as session:
        if notice.region_code:
            regions.placed(session, code=notice.region_code, pointer="/region_code")
        try:
            changed = actions.take(session, given=notice, by=_BY, now=house_now(session))
        except Invalid as wrong:
            if file.suffix.lower() == ".csv":
                placed = [notices.in_table(fault) for fault in wrong.faults]
                raise Invalid(wrong.words, faults=placed) from wrong
            raise
    counted = len(notice.days)
    terminal.say(
        Words(
            f"通知共 {counted} 天，变更 {changed} 天。", f"{counted} days, {changed} of them new."
        )
    )


def app_commands(app: typer.Typer) -> None:
    """Add the commands to the app."""
    group = typer.Typer(no_args_is_help=True, help="The working calendar.")
    group.callback()(_calendar)
    group.command("import")(take)
    app.add_typer(group, name="calendar")


def _calendar() -> None:
    """Keep `import` a word of its own under `calendar`."""
