"""The scene of the tests of webhooks."""

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from tests.webhooks.scene import Scene


@pytest.fixture
def scene(session: Session, client: TestClient) -> Scene:
    """Give a group in Jingning with a project, and an integrator of a member."""
    return Scene(session, client)
