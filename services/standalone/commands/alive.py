"""`tuanzu alive NAME`: the health check of one process, for containers."""

import psycopg
import typer

from services.core.kit.settings import Settings
from services.core.kit.words import Words
from services.standalone import instance, postgres, probe, terminal
from services.standalone.trouble import Trouble

_MARKS = {"relay": "relay", "worker": "watch", "beat": "watch"}
"""Which heartbeat shows it: a worker looks when beat says so, so the one proves the other."""
_LAST = "SELECT at > clock_timestamp() - %s FROM heartbeat WHERE name = %s"


def alive(name: str) -> None:
    """Exit 0 if the api answers, or the relay, the worker or the beat was lately seen at work."""
    chosen = Settings()
    if name == "api":
        seen = probe.answers(chosen.host, chosen.port, "/readyz")
    elif name in _MARKS:
        seen = _seen_lately(name)
    else:
        known = ", ".join(("api", *_MARKS))
        raise Trouble(
            Words(f"未知进程 {name}；可选：{known}。", f"No such process: {name}; {known}.")
        )
    if not seen:
        raise Trouble(Words(f"{name} 没有响应。", f"{name} is not at work."))
    terminal.say(Words(f"{name} 正常。", f"{name} is at work."))


def _seen_lately(name: str) -> bool:
    """Ask PostgreSQL when the process was last seen, by PostgreSQL's own clock."""
    instance.connect_environment()
    chosen = Settings()
    with psycopg.connect(postgres.plain(chosen.database_url), connect_timeout=3) as connection:
        row = connection.execute(_LAST, (chosen.heartbeat_stale, _MARKS[name])).fetchone()
    return bool(row and row[0])


def app_commands(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(alive)
