"""`/docs` needs nobody but us."""

import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from services.api.main import create_app
from services.core.kit.settings import settings


@pytest.fixture
def visitor() -> Iterator[TestClient]:
    """A client of the app alone: no engine runs for this."""
    yield TestClient(create_app())
    settings.cache_clear()


def test_the_page_names_no_other_host_and_no_script_of_its_own(visitor: TestClient) -> None:
    page = visitor.get("/docs")
    assert page.status_code == 200
    assert "//" not in page.text
    assert re.findall(r"<script(?![^>]*src=)", page.text) == []
    assert re.findall(r" on\w+=|style=", page.text) == []


def test_every_file_the_page_names_is_served_by_us(visitor: TestClient) -> None:
    named = re.findall(r'(?:src|href)="([^"]+)"', visitor.get("/docs").text)
    assert len(named) == 4
    for name in named:
        assert visitor.get(f"/{name}").status_code == 200, name
    start = visitor.get("/docs/start.js")
    assert start.headers["content-type"].startswith("text/javascript")
    contract = re.findall(r'url: "([^"]+)"', start.text)
    assert visitor.get(f"/{contract[0]}").json()["openapi"].startswith("3.1")


def test_the_page_may_load_from_us_only(visitor: TestClient) -> None:
    policy = visitor.get("/docs").headers["content-security-policy"]
    rules = dict(rule.strip().split(" ", 1) for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["script-src"] == rules["connect-src"] == "'self'"
    assert "http" not in policy


def test_a_validator_elsewhere_is_never_asked(visitor: TestClient) -> None:
    assert "validatorUrl: null" in visitor.get("/docs/start.js").text
