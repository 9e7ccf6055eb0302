"""Passwords, sessions of phones, and what stops whoever guesses."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from pwdlib import PasswordHash
from sqlalchemy import update
from sqlalchemy.orm import Session

from services.api import usage
from services.core.access import actions, rules
from services.core.access.models import Account, SignInFailure
from services.core.kit.clock import house_now
from services.core.kit.errors import TooMany
from tests import given
from tests.access.entrance import (
    NINE,
    OTHER,
    PASSWORD,
    argon2,
    audited,
    bearer,
    kept_anywhere,
    knows,
    phone,
    refreshed,
    signed_in,
    tried,
)
from tests.groups.scene import Scene

TRACE = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}


def status(scene: Scene, headers: dict[str, str], path: str = "/me") -> int:
    return int(scene.client.get(f"/api/v1{path}", headers=headers).status_code)


def test_a_phone_signs_in_and_is_who_it_says(jingning: Scene) -> None:
    account = knows(jingning, "member")
    made = signed_in(jingning, "member")
    assert (made["account_id"], made["limited_to"]) == (str(account.id), None)
    assert made["tokens"]["expires_in"] == 600
    me = jingning.client.get("/api/v1/me", headers=bearer(made["tokens"]["access_token"])).json()
    assert (me["account"]["login"], me["session_id"]) == ("member", made["session_id"])
    assert me["permissions"] == jingning.get("member", "/me").json()["permissions"]
    assert audited(jingning.session, "session.opened") == [
        ("done", {"kind": "phone", "method": "password", "limited_to": None})
    ]
    assert jingning.facts() == []  # nobody counts how often somebody signs in


@pytest.mark.parametrize(
    ("login", "password"),
    [("nobody-here", PASSWORD), ("member", OTHER), ("closed", PASSWORD), ("city", PASSWORD)],
    ids=["unknown log-in", "wrong password", "closed account", "no password"],
)
def test_whatever_is_wrong_the_answer_is_the_same_to_the_byte(
    jingning: Scene, login: str, password: str
) -> None:
    knows(jingning, "member")
    jingning.accounts["closed"] = given.account(
        jingning.session, "closed", of=jingning.units["lsci"], role="reporter", is_active=False
    )
    knows(jingning, "closed")
    one = tried(jingning, login, password, headers=TRACE)
    other = tried(jingning, "somebody-else", PASSWORD, headers=TRACE)
    assert (one.status_code, one.json()["code"]) == (401, "sign_in_refused")
    assert one.content == other.content
    assert one.headers.keys() == other.headers.keys()


def test_an_unknown_log_in_costs_the_same_work_as_a_known_one(
    jingning: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted, not timed: on a busy machine a clock would prove nothing."""
    knows(jingning, "member")
    worked: list[str] = []
    real = PasswordHash.verify

    def watched(hasher: PasswordHash, password: str, kept: str) -> bool:
        worked.append(kept.rpartition("$")[0].rpartition("$")[0])
        return real(hasher, password, kept)

    monkeypatch.setattr(PasswordHash, "verify", watched)
    for login in ("member", "nobody-here", "city"):
        assert tried(jingning, login, OTHER).status_code == 401
    assert worked == ["$argon2id$v=19$m=65536,t=3,p=4"] * 3


def test_five_failures_of_one_network_are_followed_by_waits_that_double(
    jingning: Scene, set_clock: Callable[[datetime], None]
) -> None:
    knows(jingning, "member")
    for _ in range(5):
        assert tried(jingning, "member", OTHER, address="203.0.113.7").status_code == 401
    now = NINE
    for minutes in (1, 2, 4, 8, 15, 15):
        blocked = tried(jingning, "member", address="203.0.113.99")
        assert blocked.status_code == 429, blocked.text
        assert blocked.json()["code"] == "too_many_requests"
        assert blocked.headers["Retry-After"] == str(minutes * 60)
        now += timedelta(minutes=minutes)
        set_clock(now)
        assert tried(jingning, "member", OTHER, address="203.0.113.7").status_code == 401
    set_clock(now + timedelta(minutes=15))
    signed_in(jingning, "member", address="203.0.113.7")
    assert tried(jingning, "member", OTHER, address="203.0.113.7").status_code == 401  # anew
    assert len(audited(jingning.session, "session.refused")) == 12
    assert len(audited(jingning.session, "session.locked")) == 7
    assert len(audited(jingning.session, "session.unlocked")) == 1


def test_an_attacker_cannot_lock_anybody_out(jingning: Scene) -> None:
    account = knows(jingning, "member")
    session = jingning.session
    for house in range(120):
        address = f"198.18.{house}.1"
        actions.throttle.begin(session, login="member", address=address, now=NINE)
    session.commit()
    again = tried(jingning, "member", OTHER, address="198.18.3.9")
    assert again.status_code == 401
    assert tried(jingning, "member", OTHER, address="198.18.119.9").status_code == 429  # slowed
    made = signed_in(jingning, "member", address="2001:db8:1:2::7")
    assert made["account_id"] == str(account.id)


def test_one_password_tried_on_everybody_is_stopped_by_the_network_it_comes_from(
    session: Session,
) -> None:
    now = house_now(session)
    for number in range(100):
        actions.throttle.begin(session, login=f"login-{number}", address="2001:db8::1", now=now)
    with pytest.raises(TooMany):
        actions.throttle.begin(session, login="login-100", address="2001:db8::9", now=now)
    actions.throttle.begin(session, login="login-100", address="2001:db8:0:1::1", now=now)


def test_attempts_that_come_at_once_are_all_counted_before_the_first_is_judged(
    session: Session,
) -> None:
    now = house_now(session)
    made = [
        actions.throttle.begin(session, login="x", address="203.0.113.1", now=now) for _ in range(5)
    ]
    assert [each.blocks for each in made] == [False] * 4 + [True]
    with pytest.raises(TooMany):
        actions.throttle.begin(session, login="x", address="203.0.113.1", now=now)


def test_what_was_typed_as_a_log_in_is_kept_nowhere(jingning: Scene) -> None:
    assert tried(jingning, "my-secret-typed-here", OTHER).status_code == 401
    assert kept_anywhere(jingning.session, "my-secret-typed-here") == []


def test_a_refresh_token_is_good_once_and_its_second_use_ends_the_whole_session(
    jingning: Scene, set_clock: Callable[[datetime], None]
) -> None:
    knows(jingning, "member")
    first = signed_in(jingning, "member")["tokens"]
    second = refreshed(jingning, first["refresh_token"])
    assert second.status_code == 201, second.text
    third = refreshed(jingning, second.json()["refresh_token"]).json()
    assert status(jingning, bearer(first["access_token"])) == 200  # until its ten minutes are over
    assert status(jingning, bearer(third["access_token"])) == 200
    stolen = refreshed(jingning, first["refresh_token"])
    assert (stolen.status_code, stolen.json()["code"]) == (401, "unauthenticated")
    for token in (first["access_token"], third["access_token"]):
        assert status(jingning, bearer(token)) == 401
    assert refreshed(jingning, third["refresh_token"]).status_code == 401
    assert jingning.facts() == ["session.compromised"]
    assert audited(jingning.session, "session.ended") == [("done", {"reason": "token_reused"})]
    set_clock(NINE)


def test_a_phone_that_lost_the_answer_gets_the_same_one_for_a_moment(
    jingning: Scene, set_clock: Callable[[datetime], None]
) -> None:
    knows(jingning, "member")
    first = signed_in(jingning, "member")["tokens"]
    lost = refreshed(jingning, first["refresh_token"])
    set_clock(NINE + timedelta(seconds=29))
    assert refreshed(jingning, first["refresh_token"]).content == lost.content
    set_clock(NINE + timedelta(seconds=31))
    assert refreshed(jingning, first["refresh_token"]).status_code == 401
    assert status(jingning, bearer(lost.json()["access_token"])) == 401


def test_a_phone_goes_on_while_it_refreshes_and_ends_when_it_does_not(
    jingning: Scene, set_clock: Callable[[datetime], None]
) -> None:
    knows(jingning, "member")
    tokens = signed_in(jingning, "member")["tokens"]
    set_clock(NINE + timedelta(minutes=10))
    assert status(jingning, bearer(tokens["access_token"])) == 401
    for days in (29, 58):
        set_clock(NINE + timedelta(days=days))
        tokens = refreshed(jingning, tokens["refresh_token"]).json()
        assert status(jingning, bearer(tokens["access_token"])) == 200
    set_clock(NINE + timedelta(days=89))
    assert refreshed(jingning, tokens["refresh_token"]).status_code == 401


def test_nothing_issued_is_kept_in_any_table(jingning: Scene) -> None:
    knows(jingning, "member")
    first = signed_in(jingning, "member")["tokens"]
    second = refreshed(jingning, first["refresh_token"]).json()
    for secret in (*first.values(), *second.values()):
        if str(secret).startswith("tz_"):
            assert kept_anywhere(jingning.session, secret) == []
    assert kept_anywhere(jingning.session, PASSWORD) == []
    assert kept_anywhere(jingning.session, argon2(PASSWORD)) == ["password"]


def test_i_see_where_i_am_signed_in_and_end_what_is_not_me(jingning: Scene) -> None:
    knows(jingning, "member")
    old, new = phone(jingning, "member"), phone(jingning, "member")
    listed = jingning.client.get("/api/v1/sessions", headers=new).json()["items"]
    assert [item["is_current"] for item in listed].count(True) == 1
    (other,) = [item["id"] for item in listed if not item["is_current"]]
    for who in ("outsider", "audit_admin", "county"):
        assert jingning.get(who, f"/sessions/{other}").status_code == 404
        path = f"/api/v1/sessions/{other}"
        assert jingning.client.delete(path, headers=jingning.headers[who]).status_code == 404
    ended = jingning.client.delete(f"/api/v1/sessions/{other}", headers=new)
    assert (ended.status_code, ended.json()["end_reason"]) == (200, "ended_elsewhere")
    assert (status(jingning, old), status(jingning, new)) == (401, 200)
    out = jingning.client.delete("/api/v1/sessions/current", headers=new)
    assert (out.status_code, status(jingning, new)) == (204, 401)
    answer = jingning.client.delete("/api/v1/sessions/current", headers=jingning.headers["member"])
    assert answer.status_code == 404  # a personal token is no session


def test_who_keeps_accounts_sees_and_ends_anybodys_session(jingning: Scene) -> None:
    account = knows(jingning, "member")
    mine = phone(jingning, "member")
    (item,) = jingning.get("security_admin", f"/sessions?account_id={account.id}").json()["items"]
    path = f"/api/v1/sessions/{item['id']}"
    ended = jingning.client.delete(path, headers=jingning.headers["security_admin"])
    assert ended.json()["end_reason"] == "ended_by_administrator"
    assert status(jingning, mine) == 401


def test_the_oldest_session_gives_way_to_one_too_many(
    jingning: Scene, turned: Callable[..., None]
) -> None:
    turned(session_limit="2")
    knows(jingning, "member")
    first, second, third = (phone(jingning, "member") for _ in range(3))
    assert [status(jingning, each) for each in (first, second, third)] == [401, 200, 200]


def test_closing_an_account_or_giving_it_another_role_ends_its_sessions(jingning: Scene) -> None:
    knows(jingning, "member")
    path = f"/accounts/{jingning.accounts['member'].id}"
    mine = phone(jingning, "member")
    assert jingning.patch("security_admin", path, {"name": "叶某"}).status_code == 200
    assert status(jingning, mine) == 200
    assert jingning.patch("security_admin", path, {"role": "reviewer"}).status_code == 200
    assert status(jingning, mine) == 401
    mine = phone(jingning, "member")
    jingning.post("security_admin", f"{path}/close", {}, of=path)
    assert status(jingning, mine) == 401
    assert tried(jingning, "member").status_code == 401


def test_who_was_not_seen_for_half_a_year_is_invited_before_signing_in_again(
    jingning: Scene,
) -> None:
    account = knows(jingning, "member")
    seen = update(Account).where(Account.id == account.id)
    jingning.session.execute(seen.values(last_seen_at=NINE - timedelta(days=181)))
    jingning.session.commit()
    assert tried(jingning, "member").status_code == 401
    path = f"/accounts/{account.id}"
    made = jingning.post("security_admin", f"{path}/invite", {}, of=path).json()
    body = {"token": made["token"], "password": OTHER}
    assert jingning.client.post("/api/v1/invitations/accept", json=body).status_code == 200
    signed_in(jingning, "member", OTHER)


def test_the_last_use_of_a_token_is_known_to_the_minute(
    jingning: Scene, set_clock: Callable[[datetime], None]
) -> None:
    made = jingning.post("member", "/tokens", {"name": "x"}).json()
    path = f"/tokens/{made['id']}"
    assert jingning.get("member", path).json()["last_used_at"] is None
    for seconds, noted in ((0, "01:00:00"), (59, "01:00:00"), (61, "01:01:01")):
        set_clock(NINE + timedelta(seconds=seconds))
        assert status(jingning, bearer(made["token"])) == 200
        usage.flush()
        shown = jingning.get("member", path).json()
        assert shown["last_used_at"].startswith(f"2026-11-24T{noted}")
        assert shown["last_used_from"] == "testclient"


def test_what_is_spent_is_swept(jingning: Scene, set_clock: Callable[[datetime], None]) -> None:
    knows(jingning, "member")
    phone(jingning, "member")
    assert tried(jingning, "member", OTHER).status_code == 401
    actions.tidy(jingning.session, now=NINE + timedelta(minutes=5))
    assert len(jingning.get("member", "/sessions").json()["items"]) == 1
    actions.tidy(jingning.session, now=NINE + timedelta(days=61))
    jingning.session.commit()
    assert jingning.get("member", "/sessions").json()["items"] == []
    assert jingning.session.query(SignInFailure).all() == []
    set_clock(NINE)


def test_failures_are_forgotten_when_none_is_added_for_a_day() -> None:
    tally: Any = rules.Tally()
    for _ in range(9):
        tally = rules.counted(tally, rules.PAIR, NINE)
    later = rules.counted(tally, rules.PAIR, NINE + timedelta(hours=24))
    assert (tally.failures, later.failures, later.blocked_until) == (9, 1, None)
