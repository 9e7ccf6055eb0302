"""`tuanzu up`: what `make run` runs."""

import typer

from services.core.kit.settings import settings
from services.core.kit.words import Words
from services.standalone import home, terminal, welcome
from services.standalone.supervisor import Plan, Stopped, Supervisor


def up() -> None:
    """Start everything on this machine, and stop it on Ctrl-C."""
    chosen = settings()
    place = home.opened(chosen.home)
    terminal.say(Words(f"启动中，数据目录 {place.root}", f"Starting, data in {place.root}"))
    supervisor = Supervisor(Plan(place, chosen))
    try:
        with supervisor.running() as seconds:
            welcome.greet(place, chosen, seconds)
            supervisor.watch()
    except Stopped:
        terminal.say(Words("已停止。", "Stopped."))


def app_commands(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(up)
