"""`tuanzu listen --forward URL`: try a webhook on one's own machine."""

import signal
from pathlib import Path
from typing import Annotated

import typer

from services.core.kit.words import Words
from services.core.webhooks.rules import wants
from services.standalone import hooks, outside, terminal
from services.standalone.hooks import Event, Hook
from services.standalone.outside import Feed


def listen(
    forward: Annotated[str, typer.Option(help="Where to POST: http://127.0.0.1:9000/, say.")],
    *,
    after: Annotated[
        int | None, typer.Option(min=0, help="Begin behind this number; else with what comes next.")
    ] = None,
    types: Annotated[
        str, typer.Option(help="Only these, comma-separated: progress.*,project.changed")
    ] = "*",
    server: Annotated[str, typer.Option(help="The service; else the one of this machine.")] = "",
    token_file: Annotated[
        Path | None, typer.Option(help="A file that holds the token; else TUANZU_TOKEN does.")
    ] = None,
    secret_file: Annotated[
        Path | None, typer.Option(help="A file that holds the secret; made if it is not there.")
    ] = None,
) -> None:
    """Follow the feed and POST every event to a receiver here, signed as a webhook is."""
    feed = Feed(server, outside.token(token_file))
    newest = feed.newest()
    feed.seq = newest if after is None else after
    wanted = [name.strip() for name in types.split(",")]
    first_refused: int | None = None
    for number in (signal.SIGINT, signal.SIGTERM):  # a shell's background ignores the first
        signal.signal(number, signal.default_int_handler)
    with Hook(forward, hooks.key(secret_file)) as hook:
        _begin(feed, forward)
        try:
            for event in feed.follow():
                if wants(wanted, event.type) and not _sent(hook, event):
                    first_refused = first_refused or event.seq
        except KeyboardInterrupt:
            _end(feed.seq, first_refused)


def _sent(hook: Hook, event: Event) -> bool:
    """Send one event, print its line; gives whether it was taken."""
    answer = hook.post(event)
    typer.echo(hooks.line(event, answer))
    return answer.is_taken


def _begin(feed: Feed, forward: str) -> None:
    terminal.say(
        Words(
            f"{feed.server}（自 {feed.seq} 之后）→ {forward}；按 Ctrl-C 结束。",
            f"{feed.server}, behind {feed.seq} → {forward}; Ctrl-C ends it.",
        )
    )


def _end(seq: int, first_refused: int | None) -> None:
    """Say how to go on."""
    terminal.say(Words(f"\n继续请用 --after {seq}", f"\nGo on with --after {seq}"))
    if first_refused is not None:
        behind = first_refused - 1
        terminal.say(
            Words(
                f"有事件未被接收；从其中第一条起重发：--after {behind}",
                f"Some were not taken; --after {behind} sends again from the first of them on.",
            )
        )


def app_commands(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(listen)
