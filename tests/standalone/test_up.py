"""`tuanzu up` as it is: the real table on the real engines."""

import os
import signal
from pathlib import Path

import pytest

from services.standalone import probe
from tests.standalone.runs import Run, eventually, left_over, tuanzu


@pytest.mark.story
def test_everything_starts_is_well_survives_kills_and_stops(lived_in: Path) -> None:
    run = Run(lived_in, "real", {"TUANZU_SWEEP_EVERY": "PT1S", "TUANZU_STEADY_AFTER": "PT3S"})
    run.ready()
    assert probe.answers("127.0.0.1", run.port, "/readyz")
    assert eventually(lambda: tuanzu(lived_in, "doctor").returncode == 0, 30)
    killed = {name: run.pid(name) for name in ("api", "relay", "worker", "beat")}
    for pid in killed.values():
        os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not probe.answers("127.0.0.1", run.port, "/livez"), 5)
    assert eventually(lambda: probe.answers("127.0.0.1", run.port, "/readyz"), 30)
    assert eventually(lambda: tuanzu(lived_in, "doctor").returncode == 0, 30)
    assert all(run.pid(name) != pid for name, pid in killed.items())
    assert run.stop() < 10
    assert left_over(lived_in) == []
