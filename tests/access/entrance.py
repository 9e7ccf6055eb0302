"""Coming in, as tests do it: passwords, sessions, codes, and what must never be kept."""

import re
from datetime import timedelta
from functools import lru_cache
from typing import Any

import pyotp
from sqlalchemy import inspect, text
from sqlalchemy.orm import Session

from services.core.access import passwords
from services.core.access.models import Account, Password
from tests import given
from tests.groups.scene import Scene

PASSWORD = "zither-Otter-17-lantern"
OTHER = "meadow-Kettle-42-comet"
NINE = given.at("2026-11-24 09:00")
OURS = {"Sec-Fetch-Site": "same-origin"}


@lru_cache(maxsize=4)
def argon2(password: str) -> str:
    """One hash for all tests of a process: it takes a fifth of a second."""
    return passwords.argon2(password)


def knows(scene: Scene, who: str, password: str = PASSWORD) -> Account:
    """Give somebody of the scene a password."""
    account: Account = scene.accounts[who]
    scene.session.add(
        Password(account_id=account.id, argon2=argon2(password), set_at=NINE - timedelta(days=1))
    )
    scene.session.commit()
    return account


def tried(scene: Scene, login: str, password: str = PASSWORD, **also: Any) -> Any:
    """Try to sign in; `address` is where from, `headers` what the browser adds."""
    headers = also.pop("headers", {})
    if address := also.pop("address", None):
        scene.client._transport.client = (address, 50000)  # type: ignore[attr-defined] # noqa: SLF001 httpx has no other way
    body = {"login": login, "password": password, **also}
    return scene.client.post("/api/v1/sessions", json=body, headers=headers)


def signed_in(scene: Scene, login: str, password: str = PASSWORD, **also: Any) -> dict[str, Any]:
    """Sign in as a phone; gives the whole answer."""
    answer = tried(scene, login, password, **also)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def phone(scene: Scene, login: str, **also: Any) -> dict[str, str]:
    """Sign in as a phone; gives the headers of its requests."""
    return bearer(signed_in(scene, login, **also)["tokens"]["access_token"])


def refreshed(scene: Scene, token: str) -> Any:
    return scene.client.post("/api/v1/sessions/refresh", json={"refresh_token": token})


def enrolled(scene: Scene, headers: dict[str, str], password: str = PASSWORD) -> tuple[str, Any]:
    """Enrol an authenticator whose first code was half a minute ago; gives secret and codes."""
    made = scene.client.post(
        "/api/v1/me/second-factor", json={"password": password}, headers=headers
    )
    assert made.status_code == 201, made.text
    secret = made.json()["secret"]
    code = code_at(secret, -30)
    answer = scene.client.post(
        "/api/v1/me/second-factor/confirm", json={"code": code}, headers=headers
    )
    assert answer.status_code == 200, answer.text
    return secret, answer.json()["recovery_codes"]


def code_at(secret: str, seconds: int = 0) -> str:
    """The code an authenticator shows so long after nine."""
    return pyotp.TOTP(secret).at(NINE + timedelta(seconds=seconds))


def wrong(code: str) -> str:
    """Another code of the same form."""
    return re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), code)


def kept_anywhere(session: Session, secret: str) -> list[str]:
    """Name every table that holds this text in any of its columns."""
    session.flush()
    names = inspect(session.connection()).get_table_names()
    return [
        name
        for name in names
        if session.scalar(
            text(
                f"SELECT EXISTS (SELECT FROM {name} kept "  # noqa: S608 our own table names
                "WHERE position(:secret IN CAST(kept AS text)) > 0)"
            ),
            {"secret": secret},
        )
    ]


def audited(session: Session, action: str) -> list[tuple[str, Any]]:
    """Give outcome and details of each audit line of an act."""
    found = session.execute(
        text("SELECT outcome, changes FROM audit_entry WHERE action = :action ORDER BY id"),
        {"action": action},
    )
    return [(row[0], row[1]) for row in found]
