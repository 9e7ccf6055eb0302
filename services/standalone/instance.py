"""The note by which commands find the instance that runs from a home."""

import json
import os
from pathlib import Path

from services.core.kit.settings import Settings, settings
from services.core.kit.words import Words
from services.standalone import home
from services.standalone.home import Home
from services.standalone.trouble import Trouble


def write(place: Home, variables: dict[str, str]) -> None:
    """Note the running instance's variables, for its owner's eyes only."""
    home.write_private(place.instance, json.dumps(variables, indent=2) + "\n")


def forget(place: Home) -> None:
    """Remove the note of an instance that has stopped."""
    place.instance.unlink(missing_ok=True)


def read(place: Home) -> dict[str, str]:
    """Give the variables of the instance that runs from this home.

    Raises:
        Trouble: nothing runs from it.
    """
    if home.is_locked(place) and place.instance.exists():
        variables: dict[str, str] = json.loads(place.instance.read_text(encoding="utf-8"))
        return variables
    raise Trouble(
        Words(
            f"数据目录 {place.root} 没有正在运行的实例；请先启动（make run），"
            "或设置 TUANZU_DATABASE_URL。",
            f"Nothing runs from {place.root}; start it (make run), or set TUANZU_DATABASE_URL.",
        )
    )


def connect_environment() -> None:
    """Let this process speak to the running instance, unless TUANZU_DATABASE_URL says to whom.

    Fills os.environ with what is not set there, and reads the settings anew.

    Raises:
        Trouble: no address is given and nothing runs from the home.
    """
    if not Settings().database_url:
        for name, value in read(Home(_resolved(Settings().home))).items():
            os.environ.setdefault(name, value)
    settings.cache_clear()


def _resolved(path: Path) -> Path:
    return path.expanduser().resolve()
