"""A real mail server, known to the service as an operator would make it known."""

from collections.abc import Generator

import pytest

from services.core.kit.settings import settings
from tests.chasing import Postbox, post_office


@pytest.fixture
def postbox(database: str, monkeypatch: pytest.MonkeyPatch) -> Generator[Postbox]:
    del database  # its address must be in the environment before the settings are read
    with post_office() as box:
        monkeypatch.setenv("TUANZU_SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("TUANZU_SMTP_PORT", str(box.port))
        monkeypatch.setenv("TUANZU_SMTP_TIMEOUT", "PT5S")
        monkeypatch.setenv("TUANZU_PUBLIC_URL", "https://tuanzu.example")
        settings.cache_clear()
        yield box
    settings.cache_clear()
