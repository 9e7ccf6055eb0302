"""The real supervisor over a table of small real programs: the table is data."""

import os

from services.core.kit.settings import settings
from services.standalone import home, terminal
from services.standalone.commands.up import run
from services.standalone.processes import PYTHON, Process, Site
from services.standalone.supervisor import Plan
from services.standalone.trouble import Trouble

_SLEEP = "import time; time.sleep(600)"
_STUBBORN = f"import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); {_SLEEP}"
_PARENT = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {_STUBBORN!r}])"
_BROKEN = "import sys; print('starting'); sys.exit('there is no spoon')"


def _serve(site: Site) -> tuple[str, ...]:
    where = ("--bind", site.host, "--directory", str(site.scratch / "logs"))
    return (PYTHON, "-m", "http.server", str(site.port), *where)


def _code(name: str, code: str) -> Process:
    return Process(name, "stands in", lambda _: (PYTHON, "-c", code))


_SERVER = Process("serve", "answers", _serve, ready_at="/")
TABLES = {
    "plain": (_SERVER, _code("sleep", _SLEEP)),
    "stubborn": (_SERVER, _code("parent", _PARENT)),
    "broken": (_SERVER, _code("broken", _BROKEN)),
}


def main() -> None:
    """Do what `tuanzu up` does, with the table STAND_IN names."""
    chosen = settings()
    try:
        run(Plan(home.opened(chosen.home), chosen, table=TABLES[os.environ["STAND_IN"]]))
    except Trouble as trouble:
        terminal.complain(trouble.words)
        raise SystemExit(1) from trouble


if __name__ == "__main__":
    main()
