"""`tuanzu up`: what `make run` runs."""

import typer

from services.core.kit.settings import settings
from services.core.kit.words import Words
from services.standalone import home, terminal, welcome
from services.standalone.supervisor import Plan, Stopped, Supervisor


def up() -> None:
    """Start everything on this machine, and stop it on Ctrl-C."""
    chosen = settings()
    run(Plan(home.opened(chosen.home), chosen))


def run(plan: Plan) -> None:
    """Carry a plan out until somebody stops it.

    Raises:
        Trouble: it cannot start, or a process died again and again.
    """
    root = plan.home.root
    terminal.say(Words(f"启动中，数据目录 {root}", f"Starting, data in {root}"))
    supervisor = Supervisor(plan)
    try:
        with supervisor.running() as seconds:
            welcome.greet(plan.home, plan.chosen, seconds)
            supervisor.watch()
    except Stopped:
        terminal.say(Words("已停止。", "Stopped."))


def app_commands(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(up)
