"""The scene of Jingning, on a fixed morning."""

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from tests import given
from tests.groups import scene


@pytest.fixture
def jingning(
    session: Session, client: TestClient, set_clock: Callable[[datetime], None]
) -> scene.Scene:
    """Give the scene, on 2026-11-24 at 09:00 in Asia/Shanghai."""
    set_clock(given.at("2026-11-24 09:00"))
    return scene.built(session, client)
