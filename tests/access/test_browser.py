"""Browsers: a cookie no script reads, changes from our own pages only, an end when idle."""

from collections.abc import Callable, Generator
from datetime import datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from services.api import usage
from services.api.main import create_app
from tests.access.entrance import NINE, OURS, PASSWORD, knows, tried
from tests.groups.scene import Scene

SECURE = "https://tuanzu.example.cn"


@pytest.fixture
def browser(jingning: Scene) -> Generator[TestClient]:
    """Give a browser in which the member has signed in."""
    knows(jingning, "member")
    with TestClient(create_app(), raise_server_exceptions=False) as opened:
        body = {"login": "member", "password": PASSWORD, "kind": "browser"}
        answer = opened.post("/api/v1/sessions", json=body, headers=OURS)
        assert answer.status_code == 201, answer.text
        assert answer.json()["tokens"] is None
        yield opened


def issue(browser: TestClient, **headers: str) -> Any:
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    return browser.post("/api/v1/tokens", json={"name": "x"}, headers=given)


def test_a_browser_comes_in_with_its_cookie_alone(browser: TestClient) -> None:
    assert browser.get("/api/v1/me").json()["account"]["login"] == "member"
    assert issue(browser, **{"Sec-Fetch-Site": "same-origin"}).status_code == 201


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:8000.evil.example"}, 403),
        ({"Origin": "http://127.0.0.1:8001"}, 403),
        ({"Origin": "https://127.0.0.1:8000"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://[::1"}, 403),
        ({"Referer": "https://evil.example/?http://127.0.0.1:8000/"}, 403),
        ({"Origin": "http://127.0.0.1:8000"}, 201),
        ({"Referer": "http://127.0.0.1:8000/projects?light=red"}, 201),
    ],
    ids=str,
)
def test_nothing_is_changed_from_a_page_of_somebody_else(
    browser: TestClient, headers: dict[str, str], status: int
) -> None:
    answer = issue(browser, **headers)
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["code"] == "cross_site_request"
    assert browser.get("/api/v1/me", headers=headers).status_code == 200


@pytest.mark.parametrize("site", ["cross-site", "same-site", None])
def test_pages_of_the_operators_own_list_may_change_things(
    browser: TestClient, turned: Callable[..., None], site: str | None
) -> None:
    turned(cors_origins='["https://pages.example"]')
    said = {"Sec-Fetch-Site": site} if site else {}
    assert issue(browser, **said, Origin="https://pages.example").status_code == 201
    for other in ("https://pages.example.evil.example", "http://pages.example", "null", ""):
        assert issue(browser, **said, Origin=other).status_code == 403, other


def test_a_bearer_token_needs_no_page_of_ours(jingning: Scene, browser: TestClient) -> None:
    headers = jingning.headers["outsider"] | {"Sec-Fetch-Site": "cross-site"}
    assert browser.get("/api/v1/me", headers=headers).json()["account"]["login"] == "outsider"
    made = browser.post("/api/v1/tokens", json={"name": "x"}, headers=headers)
    assert made.status_code == 201


def test_nobody_is_signed_in_from_a_page_of_somebody_else(jingning: Scene) -> None:
    knows(jingning, "member")
    answer = tried(jingning, "member", kind="browser", headers={"Origin": "https://evil.example"})
    assert (answer.status_code, "set-cookie" in answer.headers) == (403, False)


def test_signing_out_takes_the_cookie_and_ends_the_session(browser: TestClient) -> None:
    cookie = browser.cookies["tuanzu"]
    out = browser.delete("/api/v1/sessions/current", headers=OURS)
    assert out.status_code == 204
    assert 'tuanzu=""' in out.headers["set-cookie"]
    browser.cookies.set("tuanzu", cookie)
    assert browser.get("/api/v1/me").status_code == 401


def test_an_idle_browser_is_signed_out_and_no_browser_stays_longer_than_a_day_of_work(
    browser: TestClient, set_clock: Callable[[datetime], None]
) -> None:
    now = NINE
    while now < NINE + timedelta(hours=12):
        set_clock(now)
        assert browser.get("/api/v1/me").status_code == 200, now
        usage.flush()
        now += timedelta(minutes=29)
    set_clock(NINE + timedelta(hours=12))
    assert browser.get("/api/v1/me").status_code == 401


def test_half_an_hour_without_a_request_is_the_end(
    browser: TestClient, set_clock: Callable[[datetime], None]
) -> None:
    set_clock(NINE + timedelta(minutes=10))
    assert browser.get("/api/v1/me").status_code == 200
    usage.flush()
    set_clock(NINE + timedelta(minutes=40))
    assert browser.get("/api/v1/me").status_code == 401


def test_over_https_the_cookie_is_bound_to_this_host(
    jingning: Scene, turned: Callable[..., None]
) -> None:
    turned(public_url=SECURE)
    knows(jingning, "member")
    made = tried(jingning, "member", kind="browser", headers={"Origin": SECURE})
    name, *parts = made.headers["set-cookie"].split("; ")
    assert name.startswith("__Host-tuanzu=tz_c")
    assert {part.lower() for part in parts} == {
        "httponly",
        "max-age=43200",
        "path=/",
        "samesite=lax",
        "secure",
    }


def test_over_a_network_without_https_no_browser_gets_a_cookie(
    jingning: Scene, turned: Callable[..., None]
) -> None:
    turned(public_url="http://tuanzu.example.cn")
    knows(jingning, "member")
    headers = {"Origin": "http://tuanzu.example.cn"}
    answer = tried(jingning, "member", kind="browser", headers=headers)
    assert (answer.status_code, "set-cookie" in answer.headers) == (409, False)
