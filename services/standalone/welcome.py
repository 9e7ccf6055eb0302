"""What a newcomer sees when everything is up: where it is, who to be, what to try."""

import os
import sys
from pathlib import Path

from rich import box
from rich.panel import Panel
from rich.table import Table

from services.core.kit.settings import Settings
from services.core.kit.words import Words
from services.standalone.home import Home
from services.standalone.terminal import OUT, spoken

LOGINS: tuple[tuple[str, Words], ...] = (
    ("sasac-zj", Words("省国资委", "the province's regulator")),
    ("sasac-ls", Words("丽水市国资委", "the city's regulator")),
    ("sasac-jn", Words("景宁县国资办", "the county's regulator")),
    ("convener-jn", Words("景宁团组召集单位", "the convener of the Jingning group")),
    ("reporter-energy", Words("成员单位填报人", "reports for a member unit")),
    ("reviewer-energy", Words("成员单位审核人", "reviews for the same unit")),
    (
        "convener-ts",
        Words("泰顺团组召集单位（与景宁无关）", "the convener of Taishun: an outsider"),
    ),
    ("integrator", Words("系统对接方", "a program that subscribes to events")),
    (
        "security-admin",
        Words(
            "安全管理员：管理账户，须先启用二次验证", "keeps accounts, once a second factor is on"
        ),
    ),
)


def _ask(login: str, path: str) -> str:
    """Give a line to type; the command and the address are filled in when it is printed."""
    bearer = f'-H "Authorization: Bearer $({{tuanzu}} token {login})"'
    return f"curl -s {bearer} '{{address}}/api/v1/{path}'"


_TRIES: tuple[tuple[Words, str], ...] = (
    (
        Words("召集单位收到了哪些提醒？", "What was the convener reminded of?"),
        _ask("convener-jn", "notifications"),
    ),
    (
        Words("哪些项目亮红灯？", "Which projects are red?"),
        _ask("sasac-jn", "projects?light=red"),
    ),
    (
        Words("正在催办谁，已到哪一级？", "Who is being chased, and how far has it climbed?"),
        _ask("sasac-zj", "escalations"),
    ),
)


def greet(place: Home, chosen: Settings, seconds: float) -> None:
    """Print the address, the demo's log-ins and three things to try."""
    address, command = chosen.address(), _command(place)
    ready = Words(f"团组已就绪（{seconds:.1f} 秒）", f"Tuanzu is ready ({seconds:.1f} s)")
    docs = Words("接口文档", "API documentation")
    stop = Words("按 Ctrl-C 停止", "Ctrl-C stops it")
    logs = Words("日志", "logs")
    lines = (
        f"[bold green]{spoken(ready)}[/]: [bold]{address}[/]",
        f"{spoken(docs)}: {address}/docs",
        f"{spoken(logs)}: {place.logs}",
        spoken(stop),
    )
    OUT.print(Panel.fit("\n".join(lines), box=box.ROUNDED))
    if not chosen.demo:
        return
    OUT.print(_logins(command))
    if place.demo_password.exists():
        password = place.demo_password.read_text(encoding="ascii").strip()
        said = Words(f"演示账户的密码：{password}", f"Password of the demo log-ins: {password}")
        OUT.print(spoken(said), markup=False)
    for question, line in _TRIES:
        OUT.print(f"[bold]{spoken(question)}[/]")
        OUT.print("  " + line.format(tuanzu=command, address=address), markup=False)


def _logins(command: str) -> Table:
    title = Words(f"演示账户（{command} token 账户名）", f"Demo log-ins ({command} token LOGIN)")
    table = Table(title=spoken(title), title_justify="left", box=box.SIMPLE, show_header=False)
    for login, who in LOGINS:
        table.add_row(login, spoken(who))
    return table


def _command(place: Home) -> str:
    """Give `tuanzu` as it can be typed where `up` was, with the home if that is not the usual."""
    script = Path(sys.executable).with_name("tuanzu")
    typed = os.path.relpath(script) if script.is_relative_to(Path.cwd()) else str(script)
    default = Settings.model_fields["home"].get_default()
    if place.root == Path(default).resolve():
        return typed
    return f"TUANZU_HOME='{place.root}' {typed}"
