"""`tuanzu`: every command, loaded when it is asked for.

A command's imports are its own: `tuanzu up` and `tuanzu alive` need no room of the house, and
start in a fraction of the time that importing all of it takes.
"""

import importlib
import sys

import typer
from pydantic import ValidationError

from services.core.kit.words import Words
from services.standalone import terminal
from services.standalone.trouble import Trouble

COMMANDS: dict[str, str] = {
    "up": "services.standalone.commands.up",
    "alive": "services.standalone.commands.alive",
    "migrate": "services.standalone.commands.migrate",
    "doctor": "services.standalone.commands.doctor",
    "backup": "services.standalone.commands.backup",
    "restore": "services.standalone.commands.restore",
    "keys": "services.standalone.commands.keys",
    "demo": "services.standalone.commands.records",
    "seed": "services.standalone.commands.records",
    "bootstrap": "services.standalone.commands.bootstrap",
    "token": "services.standalone.commands.token",
    "calendar": "services.standalone.commands.calendar",
    "sweep": "services.standalone.commands.sweep",
    "audit": "services.standalone.commands.audit",
    "listen": "services.standalone.commands.listen",
    "simulate": "services.standalone.commands.simulate",
    "queues": "services.standalone.commands.queues",
}
"""Where each command lives; the module adds it to the app it is given by `app_commands`."""


def built(word: str = "") -> typer.Typer:
    """Give the app with one command, or with all of them for anything that is none's name."""
    app = typer.Typer(
        callback=_nothing,
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        help="Tuanzu: joint groups, one mechanism, one list.",
    )
    modules = [COMMANDS[word]] if word in COMMANDS else list(dict.fromkeys(COMMANDS.values()))
    for module in modules:
        importlib.import_module(module).app_commands(app)
    return app


def _nothing() -> None:
    """Keep typer from taking a single command for the whole program."""


def main() -> None:
    """Run a command; what an operator can mend is said in one sentence, with exit code 1."""
    try:
        built(sys.argv[1] if len(sys.argv) > 1 else "")()
    except Trouble as trouble:
        terminal.complain(trouble.words)
        sys.exit(1)
    except ValidationError as error:
        terminal.complain(_unreadable(error))
        sys.exit(1)


def _unreadable(error: ValidationError) -> Words:
    """Name the first setting that cannot be read, as the variable it came from."""
    first = error.errors(include_url=False, include_context=False)[0]
    variable = "TUANZU_" + str(first["loc"][0]).upper()
    return Words(
        f"环境变量 {variable} 的值 {first['input']!r} 无效：{first['msg']}",
        f"{variable} cannot be {first['input']!r}: {first['msg']}",
    )


if __name__ == "__main__":
    main()
