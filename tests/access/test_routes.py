"""Oneself, accounts and tokens over HTTP."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.core.access import actions, queries
from services.core.access.models import AccessToken
from services.core.access.rules import PERMISSIONS, Role
from services.core.kit.errors import Conflict
from services.core.kit.feed import PendingEvent
from tests import given
from tests.groups.scene import Scene

ADMIN = "security_admin"
EVERYTHING_KEPT = text(
    """
    SELECT CAST(kept AS text) FROM access_token kept
    UNION ALL SELECT CAST(kept AS text) FROM event_pending kept
    UNION ALL SELECT CAST(kept AS text) FROM audit_entry kept
    UNION ALL SELECT CAST(kept AS text) FROM idempotency_record kept
    """
)


def new(scene: Scene, unit: str = "jngas", **also: Any) -> dict[str, Any]:
    return {
        "login": "reporter-jn",
        "name": "叶某",
        "organisation_id": str(scene.units[unit].id),
        "role": "reporter",
        "email": "ye@example.test",
        **also,
    }


def opened(scene: Scene, **also: Any) -> str:
    answer = scene.post(ADMIN, "/accounts", new(scene, **also))
    assert answer.status_code == 201, answer.text
    return f"/accounts/{answer.json()['id']}"


def issued(scene: Scene, who: str, **body: Any) -> dict[str, Any]:
    answer = scene.post(who, "/tokens", {"name": "phone", **body})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def bearer(scene: Scene, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return int(scene.client.get("/api/v1/me", headers=headers).status_code)


def revoked(scene: Scene, who: str, token_id: str) -> Any:
    path = f"/tokens/{token_id}"
    etag = scene.get(who, path).headers.get("etag", '"1-0"')
    headers = {**scene.headers[who], "If-Match": etag}
    return scene.client.delete(f"/api/v1{path}", headers=headers)


@pytest.mark.parametrize("who", ["county", "convener", "member", "outsider", "security_admin"])
def test_i_read_who_i_am_and_what_i_see(jingning: Scene, who: str) -> None:
    me = jingning.get(who, "/me").json()
    account = jingning.accounts[who]
    assert me["account"]["login"] == account.login
    assert me["organisation"]["id"] == str(account.organisation_id)
    assert me["permissions"] == sorted(PERMISSIONS[Role(account.role)])
    groups = {
        "county": {"G-331127"},
        "convener": {"G-331127"},
        "member": {"G-331127"},
        "outsider": {"G-330329"},
        "security_admin": set(),
    }[who]
    assert {group["code"] for group in me["scope"]["groups"]} == groups
    assert me["scope"]["group_count"] == len(groups)
    own = {"county": 2, "convener": 1, "member": 1, "outsider": 1, "security_admin": 0}[who]
    assert me["scope"]["organisation_count"] == own


def test_who_i_am_changes_with_my_scope(jingning: Scene) -> None:
    before = jingning.get("removed", "/me")
    body = {"organisation_id": str(jingning.units["left"].id)}
    jingning.post("county", f"/groups/{jingning.jingning.id}/members", body)
    after = jingning.client.get(
        "/api/v1/me",
        headers={**jingning.headers["removed"], "If-None-Match": before.headers["etag"]},
    )
    assert (after.status_code, after.json()["scope"]["group_count"]) == (200, 1)


def test_an_account_is_opened_changed_and_closed(jingning: Scene) -> None:
    path = opened(jingning)
    shown = jingning.get(ADMIN, path).json()
    assert shown["organisation"]["name"] == "jngas"
    changed = jingning.patch(ADMIN, path, {"role": "reviewer", "email": None})
    assert (changed.json()["role"], changed.json()["email"]) == ("reviewer", None)
    closed = jingning.post(ADMIN, f"{path}/close", {"reason": "离职"}, of=path)
    assert closed.json()["is_active"] is False
    assert jingning.patch(ADMIN, path, {"name": "x"}).status_code == 409
    assert jingning.post(ADMIN, f"{path}/close", {}, of=path).status_code == 409
    assert jingning.facts() == ["account.opened", "account.changed", "account.closed"]
    fact = jingning.fact("account.changed")
    assert fact.data["fields"] == ["email", "role"]
    assert fact.organisation_ids == [jingning.units["jngas"].id]
    assert "ye@example.test" not in str(fact.data)


@pytest.mark.parametrize("who", ["province", "convener", "system_admin", "audit_admin"])
def test_only_the_security_administrator_keeps_accounts(jingning: Scene, who: str) -> None:
    other = f"/accounts/{jingning.accounts['member'].id}"
    assert jingning.get(who, "/accounts").status_code == 403
    for path in (other, f"/accounts/{uuid4()}"):
        assert jingning.get(who, path).status_code == 403
    assert jingning.post(who, "/accounts", new(jingning)).status_code == 403
    assert jingning.patch(who, other, {"name": "x"}).status_code == 403
    assert jingning.post(who, f"{other}/close", {}, of=other).status_code == 403
    assert jingning.facts() == []


def test_nobody_grants_themselves_anything(jingning: Scene) -> None:
    own = f"/accounts/{jingning.accounts[ADMIN].id}"
    assert jingning.patch(ADMIN, own, {"role": "regulator"}).status_code == 403
    assert jingning.post(ADMIN, f"{own}/close", {}, of=own).status_code == 403
    assert jingning.get(ADMIN, own).json()["role"] == ADMIN


@pytest.mark.parametrize(
    ("change", "status", "pointer"),
    [
        ({"login": "Reporter"}, 422, "/login"),
        ({"login": "member"}, 409, "/login"),
        ({"email": "nobody"}, 422, "/email"),
        ({"email": "a@b\r\nBcc: c@d"}, 422, "/email"),
        ({"role": "king"}, 422, "/role"),
        ({"role": "regulator"}, 422, "/role"),
        ({"language": "fr"}, 422, "/language"),
        ({"organisation_id": str(uuid4())}, 422, "/organisation_id"),
        ({"is_active": True}, 422, "/is_active"),
    ],
)
def test_an_account_is_opened_from_whole_input(
    jingning: Scene, change: dict[str, Any], status: int, pointer: str
) -> None:
    answer = jingning.post(ADMIN, "/accounts", {**new(jingning), **change})
    assert answer.status_code == status, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert jingning.facts() == []


def test_a_regulator_cannot_move_into_a_company(jingning: Scene) -> None:
    path = f"/accounts/{jingning.accounts['county'].id}"
    body = {"organisation_id": str(jingning.units["jngas"].id)}
    refused = jingning.patch(ADMIN, path, body)
    assert refused.status_code == 422
    assert jingning.get("county", "/me").json()["organisation"]["name"] == "sasac_jn"


def test_accounts_are_listed_and_sought(jingning: Scene) -> None:
    def found(query: str) -> list[str]:
        answer = jingning.get(ADMIN, f"/accounts?{query}")
        assert answer.status_code == 200, answer.text
        return [item["login"] for item in answer.json()["items"]]

    assert found(f"organisation_id={jingning.units['lsci'].id}&sort=login") == [
        "integrator",
        "member",
    ]
    assert found("role=convener&sort=login") == ["convener", "outsider"]
    assert found("q=ADMIN&sort=login") == ["audit-admin", "security-admin", "system-admin"]
    assert found("q=%25") == []
    path = opened(jingning)
    jingning.post(ADMIN, f"{path}/close", {}, of=path)
    assert found("is_active=false") == ["reporter-jn"]


def test_a_changed_account_has_its_new_scope_with_the_next_request(jingning: Scene) -> None:
    group = f"/groups/{jingning.jingning.id}"
    assert jingning.get("outsider", group).status_code == 404
    path = f"/accounts/{jingning.accounts['outsider'].id}"
    body = {"organisation_id": str(jingning.units["lsci"].id)}
    assert jingning.patch(ADMIN, path, body).status_code == 200
    assert jingning.get("outsider", group).status_code == 200
    assert jingning.patch(ADMIN, path, {"role": "system_admin"}).status_code == 200
    assert jingning.get("outsider", group).status_code == 404


def test_a_token_is_shown_once_and_kept_as_a_hash(jingning: Scene) -> None:
    jingning.headers["member"]["Idempotency-Key"] = "phone-1"
    made = issued(jingning, "member")
    assert issued(jingning, "member") == made
    assert made["token"].startswith("tz_")
    assert made["hint"] == made["token"][:8]
    assert bearer(jingning, made["token"]) == 200
    without = {name: value for name, value in made.items() if name != "token"}
    assert jingning.get("member", f"/tokens/{made['id']}").json() == without
    listed = jingning.get("member", "/tokens").json()["items"]
    assert without in listed
    kept = jingning.session.scalars(EVERYTHING_KEPT).all()
    assert len(kept) >= 4
    assert not any(made["token"] in row for row in kept)


def test_a_token_lives_as_long_as_asked_or_as_usual(
    jingning: Scene, set_clock: Callable[[datetime], None]
) -> None:
    short, usual = issued(jingning, "member", expires_in_days=1), issued(jingning, "member")
    now = datetime.fromisoformat("2026-11-24T01:00:00+00:00")
    assert datetime.fromisoformat(short["expires_at"]) == now + timedelta(days=1)
    assert datetime.fromisoformat(usual["expires_at"]) == now + timedelta(days=90)
    set_clock(given.at("2026-11-25 09:00"))
    assert bearer(jingning, short["token"]) == 401
    assert bearer(jingning, usual["token"]) == 200
    for days in (0, 367, -1):
        body = {"name": "x", "expires_in_days": days}
        refused = jingning.post("member", "/tokens", body)
        assert refused.json()["errors"][0]["pointer"] == "/expires_in_days"


def test_a_revoked_token_lets_nobody_in(jingning: Scene) -> None:
    made = issued(jingning, "member")
    bare = jingning.client.delete(
        f"/api/v1/tokens/{made['id']}", headers=jingning.headers["member"]
    )
    assert bare.status_code == 428
    answer = revoked(jingning, "member", made["id"])
    assert answer.status_code == 200, answer.text
    assert answer.json()["revoked_at"].startswith("2026-11-24T01:00:00")
    assert bearer(jingning, made["token"]) == 401
    assert revoked(jingning, "member", made["id"]).status_code == 409
    assert jingning.facts() == ["token.issued", "token.revoked"]
    for name in ("token.issued", "token.revoked"):
        fact = jingning.fact(name)
        assert (fact.group_id, fact.organisation_ids) == (None, [])
        assert made["token"] not in str(fact.data)


@pytest.mark.parametrize("who", ["outsider", "province", "integrator", "audit_admin"])
def test_nobody_elses_token_exists_for_me(jingning: Scene, who: str) -> None:
    made = issued(jingning, "member")
    assert jingning.get(who, f"/tokens/{made['id']}").status_code == 404
    assert revoked(jingning, who, made["id"]).status_code == 404
    theirs = jingning.get(who, f"/tokens?account_id={made['account_id']}&include=total").json()
    assert (theirs["items"], theirs["total"]) == ([], 0)
    assert bearer(jingning, made["token"]) == 200


def test_the_security_administrator_revokes_anybodys_token_and_reads_none(jingning: Scene) -> None:
    made = issued(jingning, "member")
    listed = jingning.get(ADMIN, f"/tokens?account_id={made['account_id']}").json()["items"]
    assert made["id"] in {token["id"] for token in listed}
    assert all("token" not in token for token in listed)
    own = {token["account_id"] for token in jingning.get(ADMIN, "/tokens").json()["items"]}
    assert own == {str(jingning.accounts[ADMIN].id)}
    assert revoked(jingning, ADMIN, made["id"]).status_code == 200
    assert bearer(jingning, made["token"]) == 401


def test_closing_an_account_revokes_its_tokens(jingning: Scene) -> None:
    made = issued(jingning, "member")
    path = f"/accounts/{jingning.accounts['member'].id}"
    assert jingning.post(ADMIN, f"{path}/close", {}, of=path).status_code == 200
    assert bearer(jingning, made["token"]) == 401
    assert jingning.get("member", "/me").status_code == 401
    assert jingning.facts().count("token.revoked") == 2
    held = jingning.session.scalars(
        select(AccessToken).where(AccessToken.account_id == jingning.accounts["member"].id)
    )
    assert all(token.revoked_at for token in held)


def test_the_command_line_issues_a_token_of_an_open_account(session: Session) -> None:
    given.places(session)
    unit = given.unit(session, "景宁县天然气有限公司")
    account = given.account(session, "convener-jn", of=unit, role="convener")
    now, life = given.at("2026-11-24 09:00"), timedelta(days=3650)
    row, secret = actions.issue_token(session, account, name="cli", now=now, life=life)
    assert (row.expires_at, row.token_hash) == (now + life, queries.hashed(secret))
    with session.begin_nested() as entered:  # whose role and scope end with it
        assert queries.caller_of(session, secret).account_id == account.id
        entered.rollback()
    fact = session.scalars(select(PendingEvent)).one()
    assert (fact.type, fact.actor) == ("token.issued", "system:command-line")
    account.is_active = False
    with pytest.raises(Conflict):
        actions.issue_token(session, account, name="cli", now=now, life=life)
