"""Signing in at an identity provider: a real one, over HTTP, on this machine."""

import json
import threading
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey
from oidc_provider_mock import User, run_server_in_thread
from starlette.testclient import TestClient

from services.api.main import create_app
from services.core.access import oidc
from services.core.access.oidc import Start
from services.core.kit.errors import Unauthenticated
from tests.access.entrance import OURS, kept_anywhere
from tests.groups.scene import Scene

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the provider's own

PEOPLE = (
    User(sub="ye", claims={"email": "member@example.test", "email_verified": True}),
    User(sub="false-ye", claims={"email": "member@example.test", "email_verified": False}),
)
CLIENT = "tuanzu"


@dataclass
class Provider:
    """A provider, and a browser that goes back and forth."""

    issuer: str
    browser: TestClient

    def started(self, **query: str) -> str:
        """Begin; gives where the browser is sent."""
        answer = self.browser.get("/api/v1/oidc/start", params=query, follow_redirects=False)
        assert answer.status_code == 303, answer.text
        return str(answer.headers["location"])

    def signed_in_there(self, address: str, sub: str) -> dict[str, str]:
        """Sign in at the provider; gives what it sends the browser back with."""
        answer = httpx2.post(address, data={"sub": sub}, follow_redirects=False)
        assert answer.status_code == 302, answer.text
        back = urlsplit(answer.headers["location"])
        assert back.path == "/api/v1/oidc/callback"
        return {name: values[0] for name, values in parse_qs(back.query).items()}

    def back(self, query: dict[str, str]) -> Any:
        """Come back."""
        return self.browser.get("/api/v1/oidc/callback", params=query, follow_redirects=False)

    def through(self, sub: str, **query: str) -> Any:
        """Go all the way."""
        return self.back(self.signed_in_there(self.started(**query), sub))


@pytest.fixture(scope="module")
def server() -> Generator[str]:
    """Run the provider."""
    with run_server_in_thread(user_claims=PEOPLE) as running:
        yield f"http://127.0.0.1:{running.server_port}"


@pytest.fixture
def provider(jingning: Scene, server: str, turned: Callable[..., None]) -> Generator[Provider]:
    """Give the provider, known to the service, and a browser."""
    del jingning
    turned(oidc_issuer=server, oidc_client_id=CLIENT, oidc_client_secret="between-us")
    with TestClient(create_app(), raise_server_exceptions=False) as browser:
        yield Provider(server, browser)


def linked(scene: Scene, who: str, subject: str) -> Any:
    path = f"/accounts/{scene.accounts[who].id}/identities"
    return scene.post("security_admin", path, {"subject": subject})


def test_who_is_linked_comes_in_by_the_provider(jingning: Scene, provider: Provider) -> None:
    assert linked(jingning, "member", "ye").status_code == 201
    asked = parse_qs(urlsplit(provider.started()).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert asked["redirect_uri"] == ["http://127.0.0.1:8000/api/v1/oidc/callback"]
    came = provider.through("ye", return_to="/projects?light=red")
    assert (came.status_code, came.headers["location"]) == (303, "/projects?light=red")
    me = provider.browser.get("/api/v1/me").json()
    assert me["account"]["login"] == "member"
    (item,) = provider.browser.get("/api/v1/sessions").json()["items"]
    assert (item["kind"], item["method"]) == ("browser", "oidc")
    assert kept_anywhere(jingning.session, provider.browser.cookies["tuanzu"]) == []


def test_an_administrator_who_proved_it_there_needs_no_second_factor_here(
    jingning: Scene, provider: Provider
) -> None:
    assert linked(jingning, "audit_admin", "ye").status_code == 201
    assert provider.through("ye").status_code == 303
    assert provider.browser.get("/api/v1/me").json()["limited_to"] is None


@pytest.mark.parametrize("sub", ["ye", "false-ye", "stranger"])
def test_who_is_not_linked_stays_outside(jingning: Scene, provider: Provider, sub: str) -> None:
    answer = provider.through(sub)
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
    assert provider.browser.get("/api/v1/me").status_code == 401
    assert jingning.facts() == []


def test_a_verified_address_links_only_where_the_operator_says_so(
    jingning: Scene, provider: Provider, turned: Callable[..., None]
) -> None:
    turned(oidc_match_email="1", oidc_scopes="openid email")
    assert provider.through("false-ye").status_code == 401
    assert provider.through("ye").status_code == 303
    assert jingning.facts() == ["identity.linked"]
    assert jingning.fact("identity.linked").data["by_email"] is True
    assert "example.test" not in str(jingning.fact("identity.linked").data)


def test_a_closed_account_does_not_come_in_by_the_provider(
    jingning: Scene, provider: Provider
) -> None:
    linked(jingning, "member", "ye")
    path = f"/accounts/{jingning.accounts['member'].id}"
    jingning.post("security_admin", f"{path}/close", {}, of=path)
    assert provider.through("ye").status_code == 401


def test_a_browser_that_brings_another_state_or_no_start_is_refused(
    jingning: Scene, provider: Provider
) -> None:
    linked(jingning, "member", "ye")
    query = provider.signed_in_there(provider.started(), "ye")
    assert provider.back(query | {"state": "another"}).status_code == 401
    assert provider.back({"state": query["state"]}).status_code == 401
    provider.browser.cookies.clear()
    assert provider.back(query).status_code == 401
    theirs = provider.signed_in_there(provider.started(), "ye")
    provider.started()
    assert provider.back(theirs).status_code == 401  # a start of somebody else's choosing
    assert provider.browser.get("/api/v1/me").status_code == 401


def test_a_code_is_good_once(jingning: Scene, provider: Provider) -> None:
    linked(jingning, "member", "ye")
    address = provider.started()
    cookie = provider.browser.cookies["tuanzu-oidc"]
    query = provider.signed_in_there(address, "ye")
    assert provider.back(query).status_code == 303
    assert "tuanzu-oidc" not in provider.browser.cookies
    provider.browser.cookies.set("tuanzu-oidc", cookie)
    assert provider.back(query).status_code == 401


@pytest.mark.parametrize("return_to", ["https://evil.example", "//evil.example", "/\\evil", ""])
def test_nobody_is_sent_elsewhere_afterwards(provider: Provider, return_to: str) -> None:
    answer = provider.browser.get("/api/v1/oidc/start", params={"return_to": return_to})
    assert answer.status_code == 422


def test_a_token_for_another_nonce_is_refused(provider: Provider) -> None:
    start = oidc.begun(return_to="/", now=time.time(), life=60)
    back = "http://127.0.0.1:8000/api/v1/oidc/callback"
    query = provider.signed_in_there(oidc.address_of(start, redirect_uri=back), "ye")
    other = start.model_copy(update={"nonce": "another"})
    with pytest.raises(Unauthenticated):
        oidc.identified(other, code=query["code"], redirect_uri=back)


KEYS = {name: RSAKey.generate_key(2048, {"kid": name}) for name in ("known", "strange")}


def token(issuer: str, *, key: str = "known", **also: Any) -> str:
    """A token as the provider would sign it, but for what a test changes."""
    now = int(time.time())
    claims = {
        "iss": issuer,
        "aud": CLIENT,
        "sub": "ye",
        "nonce": "n",
        "iat": now,
        "exp": now + 60,
        **also,
    }
    kept = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": "RS256", "kid": key}, kept, KEYS[key])


class Published(BaseHTTPRequestHandler):
    """A provider of which only the keys are asked: the tokens are made by the test."""

    def do_GET(self) -> None:
        """Answer with what a provider says of itself, or with its keys."""
        issuer = f"http://{self.headers['Host']}"
        said = {
            "issuer": issuer,
            "authorization_endpoint": f"{issuer}/authorize",
            "token_endpoint": f"{issuer}/token",
            "jwks_uri": f"{issuer}/keys",
        }
        keys = {"keys": [KEYS["known"].as_dict(private=False)]}
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(keys if self.path == "/keys" else said).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def published() -> Generator[str]:
    """Run that provider."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Published) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.fixture
def judged(published: str, turned: Callable[..., None]) -> Callable[..., Any]:
    """Judge a token that this provider might have signed."""
    turned(oidc_issuer=published, oidc_client_id=CLIENT)
    start = Start(state="s", nonce="n", verifier="v", return_to="/", until=0)

    def judge(text: str = "", **also: Any) -> Any:
        return oidc.judged(text or token(published, **also), start)

    return judge


def test_a_token_made_for_us_is_taken(judged: Callable[..., Any]) -> None:
    assert judged().subject == "ye"
    assert judged(aud=[CLIENT, "another"], azp=CLIENT).subject == "ye"
    assert judged(email="a@b", email_verified=True).email == "a@b"
    assert judged(email="a@b", email_verified="true").email is None


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"aud": [CLIENT, "another"]},
        {"aud": None},
        {"azp": "another"},
        {"nonce": "another"},
        {"nonce": None},
        {"exp": 1},
        {"exp": None},
        {"sub": None},
        {"key": "strange"},
    ],
    ids=str,
)
def test_a_token_for_somebody_else_or_some_other_time_is_refused(
    judged: Callable[..., Any], change: dict[str, Any]
) -> None:
    with pytest.raises(Unauthenticated):
        judged(**change)


def test_a_token_nobody_or_anybody_could_sign_is_refused(judged: Callable[..., Any]) -> None:
    assert {"HS256", "none"}.isdisjoint(oidc.ALGORITHMS)
    with pytest.raises(Unauthenticated):
        judged("eyJhbGciOiJub25lIn0.eyJzdWIiOiJ5ZSJ9.")
    with pytest.raises(Unauthenticated):
        judged("no token at all")
    assert judged().subject == "ye"


def test_a_silent_provider_is_said_to_be_silent(
    provider: Provider, turned: Callable[..., None]
) -> None:
    turned(oidc_issuer="http://127.0.0.1:9")
    assert provider.browser.get("/api/v1/oidc/start").status_code == 503
    turned(oidc_issuer="")
    assert provider.browser.get("/api/v1/oidc/start").status_code == 404


def test_links_are_kept_by_who_keeps_accounts(jingning: Scene, provider: Provider) -> None:
    made = linked(jingning, "member", "ye")
    assert linked(jingning, "observer", "ye").status_code == 409
    own = f"/accounts/{jingning.accounts['security_admin'].id}/identities"
    assert jingning.post("security_admin", own, {"subject": "me"}).status_code == 403
    path = f"/identities/{made.json()['id']}"
    for who in ("member", "county", "system_admin"):
        listed = jingning.get(who, f"/accounts/{jingning.accounts['member'].id}/identities")
        assert (listed.status_code, jingning.get(who, path).status_code) == (403, 403)
    assert provider.through("ye").status_code == 303
    headers = jingning.headers["security_admin"] | {
        "If-Match": jingning.get("security_admin", path).headers["etag"]
    }
    assert jingning.client.delete(f"/api/v1{path}", headers=headers).status_code == 204
    assert provider.browser.get("/api/v1/me", headers=OURS).status_code == 401
    assert provider.through("ye").status_code == 401
