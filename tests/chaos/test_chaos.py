"""Everything is killed, wiped and hung while sixteen write; nobody misses anything after it."""

import secrets
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

from tests.chaos import trial
from tests.chaos.telling import told

pytestmark = [pytest.mark.story, pytest.mark.timeout(420)]

_SECONDS = 35.0


@pytest.fixture
def home() -> Generator[Path]:
    """Give a home that the engines' own account may enter; pytest's own folder it may not."""
    with tempfile.TemporaryDirectory(prefix="chaos-") as folder:
        Path(folder).chmod(0o711)
        yield Path(folder) / "home"


def test_after_a_storm_everybody_has_what_was_acknowledged_and_nothing_twice(home: Path) -> None:
    made = trial.run(home, _SECONDS, secrets.randbelow(2**31))
    print(told(made))  # noqa: T201 the counts, with `pytest -s`, and in every failure
    assert made.faults == []
    assert made.score.acknowledged
    assert made.score.asked == len(made.score.acknowledged)
