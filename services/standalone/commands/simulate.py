"""`tuanzu simulate`: a recorded day of events, sent to a receiver as often as one likes."""

import heapq
import random
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from services.core.kit.words import Words
from services.standalone import hooks, outside, recording, terminal
from services.standalone.hooks import Hook
from services.standalone.outside import Feed
from services.standalone.recording import Mischief, Sending
from services.standalone.trouble import Trouble

_WAITS = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Seconds before what a receiver did not take is sent to it again."""


def record(
    file: Annotated[Path, typer.Argument(help="Where to write it, one event a line.")],
    day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="A day in Asia/Shanghai.")],
    *,
    server: Annotated[str, typer.Option(help="The service; else the one of this machine.")] = "",
    token_file: Annotated[
        Path | None, typer.Option(help="A file that holds the token; else TUANZU_TOKEN does.")
    ] = None,
) -> None:
    """Write down the events of a day, as far as the token may hear them."""
    feed = Feed(server, outside.token(token_file))
    events = [
        event for page in feed.pages() for event in page if recording.is_of(event, day.date())
    ]
    file.write_bytes(b"".join(event.body + b"\n" for event in events))
    counted = Words(
        f"{day:%Y-%m-%d}：{len(events)} 个事件，已写入 {file}",
        f"{day:%Y-%m-%d}: {len(events)} events, written to {file}",
    )
    terminal.say(counted)


def play(  # noqa: PLR0913 each is an option of the command
    file: Annotated[Path, typer.Argument(help="A recorded day.")],
    to: Annotated[str, typer.Option(help="Where to POST: http://127.0.0.1:9000/, say.")],
    *,
    speed: Annotated[float, typer.Option(min=0.001, help="How many seconds pass in one.")] = 60.0,
    duplicates: Annotated[
        float, typer.Option(min=0, max=1, help="Share of events that is sent twice.")
    ] = 0.0,
    failures: Annotated[
        float, typer.Option(min=0, max=1, help="Share that fails and is sent again, later.")
    ] = 0.0,
    seed: Annotated[int, typer.Option(help="The same seed does the same mischief.")] = 0,
    secret_file: Annotated[
        Path | None, typer.Option(help="A file that holds the secret; made if it is not there.")
    ] = None,
) -> None:
    """Send a recorded day to a receiver, signed, with its own spacing divided by the speed."""
    events = recording.read(file)
    planned = recording.plan(
        events,
        speed=speed,
        mischief=Mischief(duplicates, failures),
        chance=random.Random(seed),  # noqa: S311 repeatable on purpose
    )
    with Hook(to, hooks.key(secret_file)) as hook:
        missing = _play(hook, planned)
    if missing:
        raise Trouble(
            Words(f"{missing} 个事件始终未被接收。", f"{missing} events were not taken in the end.")
        )
    terminal.say(
        Words(
            f"{len(events)} 个事件，共发送 {len(planned)} 次，均被接收。",
            f"{len(events)} events in {len(planned)} attempts, all of them taken.",
        )
    )


def _play(hook: Hook, planned: Sequence[Sending]) -> int:
    """Make every attempt at its time, again where it was not taken; gives how many never were."""
    began, missing = time.monotonic(), 0
    waiting = [(sending.at, number, 0, sending) for number, sending in enumerate(planned)]
    while waiting:
        at, number, tries, sending = heapq.heappop(waiting)
        time.sleep(max(0.0, began + at - time.monotonic()))
        if sending.is_lost:
            lost = terminal.spoken(Words("途中丢失", "lost on the way"))
            typer.echo(hooks.line(sending.event, lost))
            continue
        answer = hook.post(sending.event)
        typer.echo(hooks.line(sending.event, answer))
        if answer.is_taken:
            continue
        if tries < len(_WAITS):
            again = time.monotonic() - began + _WAITS[tries]
            heapq.heappush(waiting, (again, number, tries + 1, sending))
        else:
            missing += 1
    return missing


def app_commands(app: typer.Typer) -> None:
    """Add the commands to the app."""
    group = typer.Typer(no_args_is_help=True, help="A recorded day, sent to a receiver.")
    group.command()(record)
    group.command()(play)
    app.add_typer(group, name="simulate")
