"""Authenticators: enrolled, asked for, taken once, removed; and roles that must have one."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from inspect import signature, unwrap
from typing import Any
from uuid import uuid4

import pytest
from fastapi.routing import iter_route_contexts

from services.api.door import Enter, EnterLimited
from services.api.main import create_app
from tests.access.entrance import (
    NINE,
    OTHER,
    PASSWORD,
    bearer,
    code_at,
    enrolled,
    kept_anywhere,
    knows,
    phone,
    signed_in,
    tried,
    wrong,
)
from tests.groups.scene import Scene

ALLOWED = {
    ("GET", "/me"),
    ("PUT", "/me/password"),
    ("GET", "/me/second-factor"),
    ("POST", "/me/second-factor"),
    ("POST", "/me/second-factor/confirm"),
    ("DELETE", "/sessions/current"),
}
"""All that a session may do that has one thing to do first."""
PUBLIC = {("GET", "/terms")}
"""Names a door to answer with, and asks nobody who they are."""


def send(scene: Scene, headers: dict[str, str], path: str, **body: Any) -> Any:
    return scene.client.post(f"/api/v1{path}", json=body, headers=headers)


def test_an_account_with_an_authenticator_signs_in_with_its_code(jingning: Scene) -> None:
    knows(jingning, "member")
    secret, _ = enrolled(jingning, phone(jingning, "member"))
    asked = tried(jingning, "member")
    assert (asked.status_code, asked.json()["code"]) == (401, "second_factor_code_required")
    assert tried(jingning, "member", OTHER).json()["code"] == "sign_in_refused"
    refused = tried(jingning, "member", code=wrong(code_at(secret)))
    assert refused.json()["code"] == "sign_in_refused"
    signed_in(jingning, "member", code=code_at(secret))


def test_a_code_is_taken_once_and_only_around_its_half_minute(
    jingning: Scene, set_clock: Callable[[datetime], None]
) -> None:
    knows(jingning, "member")
    secret, _ = enrolled(jingning, phone(jingning, "member"))
    signed_in(jingning, "member", code=code_at(secret))
    for old in (0, -30, -60, 60):
        assert tried(jingning, "member", code=code_at(secret, old)).status_code == 401
    set_clock(NINE + timedelta(seconds=60))
    signed_in(jingning, "member", code=code_at(secret, 30))  # a phone half a minute behind


def test_wrong_codes_are_failures_like_wrong_passwords(jingning: Scene) -> None:
    knows(jingning, "member")
    secret, _ = enrolled(jingning, phone(jingning, "member"))
    for _ in range(5):
        assert tried(jingning, "member").status_code == 401  # no code is no failure
        assert tried(jingning, "member", code=wrong(code_at(secret))).status_code == 401
    assert tried(jingning, "member", code=code_at(secret)).status_code == 429
    assert tried(jingning, "member").status_code == 429


def test_a_recovery_code_is_good_once(jingning: Scene) -> None:
    knows(jingning, "member")
    _, codes = enrolled(jingning, phone(jingning, "member"))
    assert len(set(codes)) == 10
    mine = phone(jingning, "member", code=codes[3].upper())
    assert tried(jingning, "member", code=codes[3]).status_code == 401
    shown = jingning.client.get("/api/v1/me/second-factor", headers=mine).json()
    assert (shown["is_enrolled"], shown["recovery_codes_left"]) == (True, 9)


def test_secrets_and_codes_are_kept_nowhere_as_they_are(jingning: Scene) -> None:
    knows(jingning, "member")
    mine = phone(jingning, "member") | {"Idempotency-Key": "once"}
    secret, codes = enrolled(jingning, mine)
    for text in (secret, *codes, PASSWORD):
        assert kept_anywhere(jingning.session, text) == []


def test_enrolling_and_removing_want_the_password_again_and_end_other_sessions(
    jingning: Scene,
) -> None:
    knows(jingning, "member")
    other, mine = phone(jingning, "member"), phone(jingning, "member")
    wrongly = send(jingning, mine, "/me/second-factor", password=OTHER)
    assert wrongly.json()["errors"][0]["code"] == "wrong_password"
    secret, codes = enrolled(jingning, mine)
    assert jingning.client.get("/api/v1/me", headers=other).status_code == 401
    assert send(jingning, mine, "/me/second-factor", password=PASSWORD).status_code == 409
    body = {"password": PASSWORD, "code": wrong(code_at(secret))}
    assert send(jingning, mine, "/me/second-factor/remove", **body).status_code == 422
    body = {"password": PASSWORD, "code": codes[0]}
    assert send(jingning, mine, "/me/second-factor/remove", **body).status_code == 204
    signed_in(jingning, "member")
    assert jingning.facts() == ["second_factor.enrolled", "second_factor.removed"]


def test_who_has_lost_it_is_helped_by_who_keeps_accounts_and_by_nobody_else(
    jingning: Scene,
) -> None:
    account = knows(jingning, "member")
    mine = phone(jingning, "member")
    enrolled(jingning, mine)
    path = f"/accounts/{account.id}"
    for who in ("system_admin", "county", "member"):
        answer = jingning.post(who, f"{path}/second-factor/reset", {}, of=path)
        assert answer.status_code == 403
    reset = jingning.post("security_admin", f"{path}/second-factor/reset", {}, of=path)
    assert reset.status_code == 200, reset.text
    assert jingning.client.get("/api/v1/me", headers=mine).status_code == 401
    signed_in(jingning, "member")


def doors() -> dict[tuple[str, str], Any]:
    """Give how each route of the API is entered, by method and path."""
    return {
        (method, context.path_format.removeprefix("/api/v1")): parameters["door"].annotation
        for context in iter_route_contexts(create_app().routes)
        if context.path_format
        and context.endpoint
        and (parameters := signature(unwrap(context.endpoint)).parameters).keys() >= {"door"}
        for method in context.methods or ()
    }


def test_only_these_routes_let_a_session_in_that_has_one_thing_to_do_first() -> None:
    found = doors()
    assert len(found) > 100
    assert set(found.values()) == {Enter, EnterLimited}
    assert {route for route, door in found.items() if door == EnterLimited} == ALLOWED


def test_a_session_that_must_enrol_first_can_do_nothing_else(jingning: Scene) -> None:
    knows(jingning, "security_admin")
    made = signed_in(jingning, "security-admin")
    assert made["limited_to"] == "second_factor"
    mine = bearer(made["tokens"]["access_token"])
    me = jingning.client.get("/api/v1/me", headers=mine).json()
    assert (me["limited_to"], me["permissions"]) == ("second_factor", [])
    reads = [path for method, path in doors().keys() - ALLOWED - PUBLIC if method == "GET"]
    refused = 0
    for path in reads:
        filled = re.sub(r"{[a-z_]+}", str(uuid4()), path)
        answer = jingning.client.get(f"/api/v1{filled}", headers=mine)
        if answer.status_code != 422:  # a parameter of its own, looked at before anybody enters
            assert answer.status_code == 403, path
            assert answer.json()["code"] == "second_factor_required", path
            refused += 1
    assert refused > len(reads) * 0.8
    assert send(jingning, mine, "/tokens", name="x").json()["code"] == "second_factor_required"
    enrolled(jingning, mine)
    assert jingning.client.get("/api/v1/accounts", headers=mine).status_code == 200


@pytest.mark.parametrize("who", ["system_admin", "security_admin", "audit_admin"])
def test_the_three_administrators_need_a_second_factor(jingning: Scene, who: str) -> None:
    knows(jingning, who)
    assert signed_in(jingning, who.replace("_", "-"))["limited_to"] == "second_factor"


def test_the_operator_says_which_roles_need_one_and_phones_hear_of_it_at_their_next_refresh(
    jingning: Scene, turned: Callable[..., None]
) -> None:
    knows(jingning, "convener")
    tokens = signed_in(jingning, "convener")["tokens"]
    turned(second_factor_roles='["convener"]')
    body = {"refresh_token": tokens["refresh_token"]}
    after = jingning.client.post("/api/v1/sessions/refresh", json=body).json()
    answer = jingning.client.get("/api/v1/projects", headers=bearer(after["access_token"]))
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_required")
