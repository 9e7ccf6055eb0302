"""The scene of a project with something in its way."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from tests.blockers.scene import Scene
from tests.blockers.scene import scene as built


@pytest.fixture
def scene(session: Session, client: TestClient, set_clock: Callable[[datetime], None]) -> Scene:
    """Give the scene, on the Tuesday on which the blocker is raised."""
    return built(session, client, set_clock)
