"""Every answer is cautious; other origins and proxies count only as the operator says."""

from collections.abc import Callable, Generator
from contextlib import ExitStack

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from services.api.main import create_app
from services.core.kit.settings import Settings, settings
from services.core.kit.trace import ADDRESS
from tests.groups.scene import Scene, jingning

__all__ = ["jingning"]  # a fixture
WEB = "https://web.example"
Built = Callable[..., TestClient]


@pytest.fixture
def built(connection: object, monkeypatch: pytest.MonkeyPatch) -> Generator[Built]:
    """Give a maker of clients of an app with other settings."""
    del connection
    with ExitStack() as stack:

        def made(client: tuple[str, int] = ("testclient", 1), **variables: str) -> TestClient:
            for name, value in variables.items():
                monkeypatch.setenv(name, value)
            settings.cache_clear()
            return stack.enter_context(TestClient(create_app(), client=client))

        yield made
    settings.cache_clear()


@pytest.mark.parametrize(
    ("path", "status"),
    [("/livez", 200), ("/nowhere", 404), ("/api/v1/me", 401), ("/api/v1/projects?q=%00", 400)],
)
def test_every_answer_is_cautious(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.headers["cache-control"] == "no-store"
    assert "server" not in answer.headers
    assert "strict-transport-security" not in answer.headers, "it is reached by http"


def test_a_page_of_ours_runs_only_what_is_ours(client: TestClient) -> None:
    policy = client.get("/docs").headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "http" not in policy


def test_https_is_kept_once_it_is_there(built: Built) -> None:
    answer = built(TUANZU_PUBLIC_URL="https://tuanzu.example").get("/nowhere")
    assert answer.headers["strict-transport-security"].startswith("max-age=31536000")


def test_without_a_list_no_other_origin_is_let_in(client: TestClient) -> None:
    asked = {"Origin": WEB, "Access-Control-Request-Method": "GET"}
    for answer in (
        client.options("/api/v1/me", headers=asked),
        client.get("/livez", headers=asked),
    ):
        assert not [name for name in answer.headers if name.startswith("access-control-")]


def test_an_origin_of_the_list_is_let_in_and_no_other(built: Built) -> None:
    client = built(TUANZU_CORS_ORIGINS=f'["{WEB}"]')
    asked = {
        "Origin": WEB,
        "Access-Control-Request-Method": "PATCH",
        "Access-Control-Request-Headers": "authorization, if-match, idempotency-key",
    }
    allowed = client.options("/api/v1/me", headers=asked)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == WEB
    assert allowed.headers["access-control-allow-credentials"] == "true"
    read = client.get("/api/v1/me", headers={"Origin": WEB})
    assert read.status_code == 401
    assert {"ETag", "Link", "Location", "RateLimit", "Idempotent-Replayed"} <= set(
        read.headers["access-control-expose-headers"].split(", ")
    )
    assert {"Origin", "Authorization"} <= set(read.headers["vary"].split(", "))
    for origin in ("https://evil.example", "null", WEB + ".evil.example", "http://web.example"):
        other = client.options("/api/v1/me", headers={**asked, "Origin": origin})
        assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize("origin", ["*", "https://a.example/path", "a.example", "null"])
def test_an_origin_is_written_out(origin: str) -> None:
    with pytest.raises(ValueError, match="cors_origins"):
        Settings(cors_origins=(origin,))


@pytest.mark.parametrize(
    ("trusted", "peer", "forwarded", "seen"),
    [
        ("", "203.0.113.9", "198.51.100.7", "203.0.113.9"),
        ("10.0.0.0/8", "10.1.2.3", "198.51.100.7", "198.51.100.7"),
        ("10.0.0.0/8", "10.1.2.3", "1.1.1.1, 198.51.100.7", "198.51.100.7"),
        ("10.0.0.0/8", "203.0.113.9", "198.51.100.7", "203.0.113.9"),
    ],
)
def test_a_client_cannot_forge_its_address(
    built: Built, trusted: str, peer: str, forwarded: str, seen: str
) -> None:
    variables = {"TUANZU_TRUSTED_PROXIES": f'["{trusted}"]'} if trusted else {}
    client = built(client=(peer, 1), **variables)
    addresses: list[str] = []

    def address() -> None:
        addresses.append(str(ADDRESS.get()))

    assert isinstance(client.app, FastAPI)
    client.app.add_api_route("/address", address)
    client.get("/address", headers={"X-Forwarded-For": forwarded})
    assert addresses == [seen]


@pytest.mark.parametrize("host", ["evil.example", "evil.example/a?b", "a@evil.example", "", "[::"])
def test_a_link_never_names_a_host(jingning: Scene, host: str) -> None:
    headers = {**jingning.headers["province"], "Host": host}
    for path in ("/api/v1/organisations?limit=1", "/api/v1/organisations?limit=1&sort=-name"):
        link = jingning.client.get(path, headers=headers).headers["link"]
        assert link.startswith("</api/v1/organisations?")
        assert "evil" not in link
