"""Personal and service tokens: never more than who issued them, and never for longer."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.core.access.rules import Permission, granted
from tests.access.entrance import NINE, PASSWORD, bearer, knows, phone
from tests.groups.scene import Scene


def issue(scene: Scene, headers: dict[str, str], **body: Any) -> Any:
    return scene.client.post("/api/v1/tokens", json={"name": "x", **body}, headers=headers)


def permissions(scene: Scene, token: str) -> list[str]:
    found: list[str] = scene.client.get("/api/v1/me", headers=bearer(token)).json()["permissions"]
    return found


def test_scopes_take_away_and_never_add(jingning: Scene) -> None:
    mine = jingning.headers["convener"]
    some = issue(jingning, mine, scopes=["webhooks.keep", "projects.keep"]).json()
    assert permissions(jingning, some["token"]) == ["projects.keep", "webhooks.keep"]
    beyond = issue(jingning, mine, scopes=["webhooks.keep", "accounts.keep"])
    assert beyond.status_code == 422
    assert beyond.json()["errors"][0]["pointer"] == "/scopes"
    assert issue(jingning, mine, scopes=["everything"]).status_code == 422


def test_a_token_loses_what_its_role_loses(jingning: Scene) -> None:
    some = issue(jingning, jingning.headers["convener"], scopes=["webhooks.keep"]).json()
    path = f"/accounts/{jingning.accounts['convener'].id}"
    assert jingning.patch("security_admin", path, {"role": "observer"}).status_code == 200
    assert permissions(jingning, some["token"]) == []


def test_a_token_with_scopes_issues_none_that_is_wider(jingning: Scene) -> None:
    narrow = issue(jingning, jingning.headers["convener"], scopes=["webhooks.keep"]).json()
    mine = bearer(narrow["token"])
    assert issue(jingning, mine, scopes=["projects.keep"]).status_code == 422
    inherited = issue(jingning, mine).json()
    assert inherited["scopes"] == ["webhooks.keep"]
    assert permissions(jingning, inherited["token"]) == ["webhooks.keep"]


def test_what_a_token_issues_does_not_outlive_it(jingning: Scene) -> None:
    short = issue(jingning, jingning.headers["convener"], expires_in_days=2).json()
    longer = issue(jingning, bearer(short["token"]), expires_in_days=300).json()
    assert longer["expires_at"] == short["expires_at"]
    assert datetime.fromisoformat(short["expires_at"]) == NINE + timedelta(days=2)
    knows(jingning, "convener")
    own = issue(jingning, phone(jingning, "convener"), expires_in_days=300).json()
    assert datetime.fromisoformat(own["expires_at"]) == NINE + timedelta(days=300)


def test_a_token_without_scopes_reads_and_changes_nothing(jingning: Scene) -> None:
    made = issue(jingning, jingning.headers["convener"], scopes=[]).json()
    mine = bearer(made["token"])
    assert jingning.client.get("/api/v1/projects", headers=mine).status_code == 200
    refused = issue(jingning, mine)
    assert refused.status_code == 403
    assert permissions(jingning, made["token"]) == []


def test_a_token_with_scopes_leaves_the_account_alone(jingning: Scene) -> None:
    knows(jingning, "convener")
    phone(jingning, "convener")
    narrow = issue(jingning, jingning.headers["convener"], scopes=["webhooks.keep"]).json()
    mine = bearer(narrow["token"])
    (session,) = jingning.client.get("/api/v1/sessions", headers=mine).json()["items"]
    for method, path, body in (
        ("PUT", "/me/password", {"current": PASSWORD, "new": "whatever-Else-77"}),
        ("POST", "/me/second-factor", {"password": PASSWORD}),
        ("DELETE", f"/sessions/{session['id']}", None),
    ):
        answer = jingning.client.request(method, f"/api/v1{path}", json=body, headers=mine)
        assert answer.status_code == 403, (path, answer.text)


def test_a_token_is_known_by_its_kind_wherever_it_is_found(jingning: Scene) -> None:
    person = issue(jingning, jingning.headers["convener"]).json()
    program = issue(jingning, jingning.headers["integrator"]).json()
    assert (person["kind"], person["token"][:4]) == ("personal", "tz_p")
    assert (program["kind"], program["token"][:4]) == ("service", "tz_s")
    assert len(person["token"]) == 4 + 43


def test_who_keeps_accounts_issues_service_tokens_and_nobody_elses(jingning: Scene) -> None:
    def asked(who: str, account: str, **body: Any) -> Any:
        path = f"/accounts/{jingning.accounts[account].id}/tokens"
        return jingning.post(who, path, {"name": "erp", **body})

    made = asked("security_admin", "integrator", scopes=["webhooks.keep"])
    assert made.status_code == 201, made.text
    assert permissions(jingning, made.json()["token"]) == ["webhooks.keep"]
    assert asked("security_admin", "convener").status_code == 422
    assert asked("security_admin", "integrator", scopes=["accounts.keep"]).status_code == 422
    for who in ("system_admin", "convener", "county"):
        assert asked(who, "integrator").status_code == 403


def test_tokens_of_sessions_are_listed_as_sessions_only(jingning: Scene) -> None:
    knows(jingning, "convener")
    phone(jingning, "convener")
    kinds = {item["kind"] for item in jingning.get("convener", "/tokens").json()["items"]}
    assert kinds == {"personal"}


@pytest.mark.parametrize(
    ("scopes", "left"),
    [
        (None, {"projects.keep", "webhooks.keep"}),
        ([], set()),
        (["webhooks.keep", "accounts.keep"], {"webhooks.keep"}),
    ],
)
def test_what_a_token_may_is_what_role_and_scopes_both_name(
    scopes: list[str] | None, left: set[str]
) -> None:
    role = {Permission.KEEP_PROJECTS, Permission.KEEP_WEBHOOKS}
    assert granted(role, scopes) == left
