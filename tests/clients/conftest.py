"""The service that generated clients talk to."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.clients.service import Service, running


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    """Give a service of this test's own, with the demonstration loaded."""
    with running(tmp_path) as found:
        yield found
