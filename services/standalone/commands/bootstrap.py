"""`tuanzu bootstrap`: the token that makes the first account, while there is none."""

from typing import Annotated

import typer

from services.core.access.actions import bootstrap as access
from services.core.kit.clock import house_now
from services.core.kit.errors import Gone
from services.core.kit.settings import settings
from services.core.kit.words import Words
from services.standalone import inside, terminal


def bootstrap(
    *,
    announce: Annotated[
        bool, typer.Option("--announce", help="With a sentence; silent if there is an account.")
    ] = False,
) -> None:
    """Print a new bootstrap token, good once, for the first account; older ones are void."""
    with inside.transaction() as session:
        try:
            token = access.printable(session, now=house_now(session))
        except Gone:
            if announce:
                return
            raise
    if not announce:
        typer.echo(token)
        return
    hours = settings().invitation_life.total_seconds() / 3600
    terminal.say(
        Words(
            f"还没有账户。引导令牌（{hours:.0f} 小时内用一次，POST /api/v1/bootstrap）：{token}",
            f"There is no account yet. Bootstrap token (good once, within {hours:.0f} h, at "
            f"POST /api/v1/bootstrap): {token}",
        )
    )


def app_commands(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(bootstrap)
