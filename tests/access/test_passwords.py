"""What a password must be, how it is changed, and how somebody gets the first one."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from services.core.access import passwords, rules
from services.core.access.rules import Profile
from services.core.kit.errors import Invalid, Unavailable
from tests.access.entrance import (
    NINE,
    OTHER,
    PASSWORD,
    bearer,
    kept_anywhere,
    knows,
    phone,
    signed_in,
    tried,
)
from tests.groups.scene import Scene


def change(scene: Scene, headers: dict[str, str], current: str, new: str) -> Any:
    body = {"current": current, "new": new}
    return scene.client.put("/api/v1/me/password", json=body, headers=headers)


def invited(scene: Scene, who: str) -> dict[str, Any]:
    path = f"/accounts/{scene.accounts[who].id}"
    answer = scene.post("security_admin", f"{path}/invite", {}, of=path)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def accept(client: TestClient, token: str, password: str = OTHER) -> Any:
    body = {"token": token, "password": password}
    return client.post("/api/v1/invitations/accept", json=body)


def fault(password: str, profile: Profile) -> str | None:
    held = rules.policy(profile)
    try:
        rules.must_be_allowed(password, login="member", held=held, pointer="/new")
    except Invalid as wrong:
        return wrong.faults[0].code
    return None


@pytest.mark.parametrize(
    ("password", "asvs", "mlps3"),
    [
        ("elevenchars", "too_short", "too_uniform"),
        ("twelve chars", None, "too_uniform"),
        ("九个汉字也算九个字符", "too_short", "too_uniform"),
        ("Abc-5678", "too_short", "too_short"),
        ("Abcdef-789", "too_short", None),
        ("abcdefgh789", "too_short", "too_uniform"),
        ("my-MEMBER-page-1", "holds_login", "holds_login"),
        (PASSWORD, None, None),
    ],
)
def test_the_two_profiles_ask_for_different_things(
    password: str, asvs: str | None, mlps3: str | None
) -> None:
    assert (fault(password, Profile.ASVS), fault(password, Profile.MLPS3)) == (asvs, mlps3)


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "qwertyuiop12",
        "1qaz2wsx3edc",
        "123456789012",
        "aaaaaaaaaaaa",
        "P@ssw0rd1234",
        "guozi@123456",
        "tuanzutuanzu",
    ],
)
def test_a_known_or_guessed_password_is_refused(password: str) -> None:
    with pytest.raises(Invalid) as refused:
        passwords.must_be_good(password, login="member", names=["叶某"], pointer="/new")
    assert refused.value.faults[0].code == "known_bad"


@pytest.mark.parametrize(
    "password", [PASSWORD, OTHER, "correct horse battery staple", "é" * 6 + "ß-Qz9w2"]
)
def test_a_good_password_is_taken_whatever_it_is_made_of(password: str) -> None:
    passwords.must_be_good(password, login="member", names=["叶某"], pointer="/new")


def test_a_password_is_changed_by_who_knows_it_and_the_other_sessions_end(
    jingning: Scene,
) -> None:
    knows(jingning, "member")
    other, mine = phone(jingning, "member"), phone(jingning, "member")
    wrong = change(jingning, mine, OTHER, "meadow-Kettle-43-comet")
    assert wrong.status_code == 422
    assert wrong.json()["errors"][0]["pointer"] == "/current"
    weak = change(jingning, mine, PASSWORD, "password1234")
    assert weak.json()["errors"][0] | {"detail": ""} == {
        "pointer": "/new",
        "code": "known_bad",
        "detail": "",
        "allowed": [],
    }
    assert change(jingning, mine, PASSWORD, OTHER).status_code == 204
    assert jingning.client.get("/api/v1/me", headers=mine).status_code == 200
    assert jingning.client.get("/api/v1/me", headers=other).status_code == 401
    assert tried(jingning, "member", PASSWORD).status_code == 401
    signed_in(jingning, "member", OTHER)
    assert jingning.facts() == ["password.changed"]


def test_a_stolen_session_guesses_the_password_no_oftener_than_a_stranger(jingning: Scene) -> None:
    knows(jingning, "member")
    mine = phone(jingning, "member")
    answers = [change(jingning, mine, OTHER, OTHER).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_blanks_around_a_password_are_part_of_it(jingning: Scene) -> None:
    knows(jingning, "member")
    mine = phone(jingning, "member")
    assert change(jingning, mine, PASSWORD, f"  {OTHER} ").status_code == 204
    assert tried(jingning, "member", OTHER).status_code == 401
    signed_in(jingning, "member", f"  {OTHER} ")


@pytest.mark.parametrize("bad", ["", "x" * 129, "with\x00nul-and-more", "lone\ud800surrogate"])
def test_what_is_no_text_or_too_long_is_refused_before_any_work(jingning: Scene, bad: str) -> None:
    answer = jingning.client.post(
        "/api/v1/sessions",
        content=f'{{"login": "member", "password": "{escaped(bad)}"}}',
        headers={"Content-Type": "application/json"},
    )
    assert answer.status_code in (400, 422)
    if bad:
        assert bad.encode("utf-8", "replace") not in answer.content


def escaped(text: str) -> str:
    return "".join(
        char if char.isalnum() and char < "\x80" else f"\\u{ord(char):04x}" for char in text
    )


def test_an_invitation_gives_the_first_password_once(jingning: Scene) -> None:
    made = invited(jingning, "member")
    assert kept_anywhere(jingning.session, made["token"]) == []
    weak = accept(jingning.client, made["token"], "password1234")
    assert weak.json()["errors"][0]["pointer"] == "/password"
    assert accept(jingning.client, made["token"]).json() == {"login": "member"}
    again = accept(jingning.client, made["token"])
    assert (again.status_code, again.json()["code"]) == (410, "gone")
    signed_in(jingning, "member", OTHER)
    assert jingning.facts() == ["account.invited", "password.changed"]


def test_only_the_last_invitation_counts_and_it_expires(
    jingning: Scene, set_clock: Callable[[datetime], None]
) -> None:
    first, second = invited(jingning, "member"), invited(jingning, "member")
    assert accept(jingning.client, first["token"]).status_code == 410
    set_clock(NINE + timedelta(hours=72))
    assert accept(jingning.client, second["token"]).status_code == 410
    assert accept(jingning.client, "tz_i" + "x" * 43).status_code == 410


def test_an_administrators_reset_ends_the_sessions_of_whoever_had_the_password(
    jingning: Scene,
) -> None:
    knows(jingning, "member")
    mine = phone(jingning, "member")
    assert accept(jingning.client, invited(jingning, "member")["token"]).status_code == 200
    assert jingning.client.get("/api/v1/me", headers=mine).status_code == 401


def test_nobody_invites_themselves_and_only_who_keeps_accounts_invites(jingning: Scene) -> None:
    for who, account in (
        ("security_admin", "security_admin"),
        ("system_admin", "member"),
        ("county", "member"),
    ):
        path = f"/accounts/{jingning.accounts[account].id}"
        assert jingning.post(who, f"{path}/invite", {}, of=path).status_code == 403


def test_mlps3_has_passwords_changed_after_ninety_days_and_not_back_to_the_last_five(
    jingning: Scene, turned: Callable[..., None], set_clock: Callable[[datetime], None]
) -> None:
    turned(password_profile="mlps3")
    knows(jingning, "member")  # since yesterday
    used = [PASSWORD]
    for number in range(2):
        set_clock(NINE + timedelta(days=89 + number * 90))
        made = signed_in(jingning, "member", used[-1])
        assert made["limited_to"] == "password"
        mine = bearer(made["tokens"]["access_token"])
        refused = jingning.client.get("/api/v1/projects", headers=mine)
        assert (refused.status_code, refused.json()["code"]) == (403, "password_change_required")
        for old in used:
            again = change(jingning, mine, used[-1], old)
            assert again.json()["errors"][0]["code"] == "used_before"
        used.append(f"meadow-Kettle-{number}7-comet")
        assert change(jingning, mine, used[-2], used[-1]).status_code == 204
        assert jingning.client.get("/api/v1/projects", headers=mine).status_code == 200


def test_asvs_forces_no_change(jingning: Scene, set_clock: Callable[[datetime], None]) -> None:
    knows(jingning, "member")
    set_clock(NINE + timedelta(days=3000))
    assert signed_in(jingning, "member")["limited_to"] is None


def test_a_crowd_at_the_door_waits_outside_instead_of_taking_all_memory(
    turned: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    turned(password_slots="1")
    passwords.slots.cache_clear()
    monkeypatch.setattr(passwords, "WAIT_SECONDS", 0.05)
    try:
        with passwords.slot(), pytest.raises(Unavailable):
            passwords.matches(PASSWORD, None)
        assert passwords.matches(PASSWORD, passwords.argon2(PASSWORD))
    finally:
        passwords.slots.cache_clear()


def test_clients_learn_how_one_signs_in(jingning: Scene, turned: Callable[..., None]) -> None:
    assert jingning.client.get("/api/v1/sign-in").json() == {
        "password_profile": "asvs",
        "password_min_length": 12,
        "oidc": None,
    }
    turned(password_profile="mlps3", oidc_issuer="https://id.example", oidc_name="浙政钉")
    assert jingning.client.get("/api/v1/sign-in").json() == {
        "password_profile": "mlps3",
        "password_min_length": 10,
        "oidc": {"name": "浙政钉", "start": "/api/v1/oidc/start"},
    }
