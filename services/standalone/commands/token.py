"""`tuanzu token`: a bearer token of a log-in, alone on standard output."""

from datetime import timedelta
from typing import Annotated

import typer
from sqlalchemy import select

from services.core.access import actions as access
from services.core.access.models import Account
from services.core.kit.clock import house_now
from services.core.kit.settings import settings
from services.core.kit.words import Words
from services.standalone import inside
from services.standalone.trouble import Trouble


def token(
    login: Annotated[str, typer.Argument(help="Log-in, such as sasac-zj.")],
    name: Annotated[str, typer.Option(help="What it is for; shown in the list of tokens.")] = "",
    days: Annotated[int | None, typer.Option(min=1, max=3650, help="Days it is good for.")] = None,
) -> None:
    """Print a new bearer token, so that $(tuanzu token LOGIN) works."""
    with inside.transaction() as session:
        account = session.scalars(select(Account).where(Account.login == login)).one_or_none()
        if account is None:
            raise Trouble(
                Words(
                    f"没有账户“{login}”；演示账户见 tuanzu up 的输出。",
                    f"There is no log-in '{login}'; tuanzu up lists those of the demo.",
                )
            )
        life = timedelta(days=days) if days else settings().token_life
        _, secret = access.issue_token(
            session, account, name=name or "command-line", now=house_now(session), life=life
        )
    typer.echo(secret)


def app_commands(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(token)
