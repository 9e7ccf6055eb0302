"""The scene of Jingning and everybody around it, and settings that a test may turn."""

from collections.abc import Callable, Generator

import pytest

from services.core.kit.settings import settings
from tests.groups.scene import jingning

__all__ = ("jingning", "turned")


@pytest.fixture
def turned() -> Generator[Callable[..., None]]:
    """Let a test turn settings; they are as before when it is over."""
    with pytest.MonkeyPatch.context() as patched:

        def turn(**values: str) -> None:
            for name, value in values.items():
                patched.setenv(f"TUANZU_{name.upper()}", value)
            settings.cache_clear()

        yield turn
    settings.cache_clear()
