"""The scene of Jingning's group with a policy in force, and how a meeting is made in it."""

import pytest
from sqlalchemy.orm import Session

from tests.chasing import adopt, postbox
from tests.groups.scene import Scene, jingning
from tests.meetings.calling import Calling

__all__ = ("jingning", "postbox")


@pytest.fixture
def calling(session: Session, jingning: Scene) -> Calling:
    """Give the scene with its meetings."""
    adopt(session)
    return Calling(jingning)
