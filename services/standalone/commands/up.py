"""`tuanzu up`: what `make run` runs."""

import os
import subprocess
import sys
from collections.abc import Callable

import typer

from services.core.kit.settings import settings
from services.core.kit.words import Words
from services.standalone import home, terminal, welcome
from services.standalone.supervisor import ROOT, Plan, Stopped, Supervisor


def up() -> None:
    """Start everything on this machine, and stop it on Ctrl-C."""
    chosen = settings()
    run(Plan(home.opened(chosen.home), chosen), greeted=_claim)


def _claim(plan: Plan) -> None:
    """Print the token of the first account while there is none; in a process of its own.

    It needs the rooms of the house, which `up` does without; its output is no log.
    """
    if not plan.chosen.demo:
        subprocess.run(
            [sys.executable, "-m", "services.standalone.cli", "bootstrap", "--announce"],
            env={**os.environ, "TUANZU_HOME": str(plan.home.root)},
            cwd=ROOT,
            check=False,
        )


def run(plan: Plan, *, greeted: Callable[[Plan], None] = lambda _: None) -> None:
    """Carry a plan out until somebody stops it; `greeted` is done when all is up.

    Raises:
        Trouble: it cannot start, or a process died again and again.
    """
    root = plan.home.root
    terminal.say(Words(f"启动中，数据目录 {root}", f"Starting, data in {root}"))
    supervisor = Supervisor(plan)
    try:
        with supervisor.running() as seconds:
            welcome.greet(plan.home, plan.chosen, seconds)
            greeted(plan)
            supervisor.watch()
    except Stopped:
        terminal.say(Words("已停止。", "Stopped."))


def app_commands(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(up)
