"""No secret reaches a log line, an error, an event, the audit or a stored answer."""

import logging

import pytest
import structlog
from sqlalchemy import text

from services.core import catalogue
from services.core.kit import logs
from tests.groups.scene import Scene, jingning

__all__ = ["jingning"]  # a fixture
TOKEN = "tz_" + "Q7fZ" * 10
SIGNING = "whsec_" + "Yk9w" * 10
PASSWORD = "Correct-Horse-Battery-9"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"
DSN = f"postgresql://tuanzu:{PASSWORD}@127.0.0.1/tuanzu?password={PASSWORD}"
SECRETS = (TOKEN, SIGNING, PASSWORD, JWT)


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect what our own loggers write; what libraries log is on stdout."""
    found: list[str] = []
    for level in ("info", "warning", "error"):
        monkeypatch.setattr(
            structlog.PrintLogger, level, lambda _, message: found.append(str(message))
        )
    return found


def everything_kept(scene: Scene) -> str:
    """Give every row of every table as text."""
    scene.session.commit()
    rows: list[str] = []
    for name in catalogue.METADATA.tables:
        found = scene.session.execute(text(f"SELECT t::text FROM {name} AS t"))  # noqa: S608 our own tables
        rows += [str(row) for row in found.scalars()]
    return "\n".join(rows)


def test_what_a_client_sends_in_the_wrong_place_is_written_nowhere(
    jingning: Scene,
    lines: list[str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def broken(*_: object, **given: object) -> None:
        raise RuntimeError(f"with {given} and {DSN} and Authorization: Bearer {TOKEN}")

    client, good = jingning.client, jingning.headers["province"]
    answers = [
        client.get("/api/v1/me", headers={"Authorization": f"Bearer {TOKEN}"}),
        client.get("/api/v1/me", headers={"Authorization": f"Basic {PASSWORD}"}),
        client.get(f"/api/v1/projects?token={TOKEN}&sort={TOKEN}", headers=good),
        client.get(f"/api/v1/projects?sort={PASSWORD}&fields={JWT}", headers=good),
        client.get(f"/api/v1/projects?cursor={JWT}", headers=good),
        client.get(f"/api/v1/projects/{TOKEN}", headers=good),
        client.post("/api/v1/tokens", json={"name": "x", "password": PASSWORD}, headers=good),
        client.post("/api/v1/tokens", json={"name": {"secret": SIGNING}}, headers=good),
        client.post("/api/v1/tokens", json={"expires_in_days": JWT}, headers=good),
        client.post("/api/v1/tokens", content=f'{{"name": "{PASSWORD}', headers=good),
        client.post(
            "/api/v1/webhook-endpoints",
            json={"url": f"https://u:{PASSWORD}@receiver.example/?token={TOKEN}"},
            headers=jingning.headers["integrator"],
        ),
        client.get("/api/v1/me", headers={**good, "X-Request-ID": TOKEN + " x"}),
    ]
    monkeypatch.setattr("services.core.projects.queries.projects", broken)
    monkeypatch.setattr("services.core.access.queries.me", broken)
    answers += [
        client.get("/api/v1/me", headers=good),
        client.get(f"/api/v1/projects?q={TOKEN}", headers=good),
    ]
    assert [answer.status_code for answer in answers].count(500) == 2
    told = "\n".join(answer.text for answer in answers)
    written = "\n".join(lines) + capsys.readouterr().out + everything_kept(jingning)
    for secret in SECRETS:
        assert secret not in told, secret
        assert secret not in written, secret
    assert len(lines) >= 2, "the two errors are logged"


def test_what_the_service_makes_is_shown_once_and_kept_unreadable(
    jingning: Scene, lines: list[str]
) -> None:
    also = {**jingning.headers["integrator"], "Idempotency-Key": "once"}
    token = jingning.client.post("/api/v1/tokens", json={"name": "x"}, headers=also)
    also["Idempotency-Key"] = "and once"
    hook = {"url": "https://receiver.example/hook"}
    endpoint = jingning.client.post("/api/v1/webhook-endpoints", json=hook, headers=also)
    made = (token.json()["token"], endpoint.json()["secret"].removeprefix("whsec_"))
    kept = everything_kept(jingning)
    assert not any(secret in kept for secret in made)
    again = jingning.client.post("/api/v1/webhook-endpoints", json=hook, headers=also)
    assert again.content == endpoint.content
    assert not any(secret in line for secret in made for line in lines)


def test_a_line_is_cleaned_by_name_and_by_shape(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    library = logging.getLogger("somebody.elses")
    try:
        raise ValueError(f"cannot connect to {DSN}")  # noqa: TRY301 as a library would
    except ValueError:
        library.exception("it said %s", f"Bearer {TOKEN}")
    cleaned = str(
        logs.cleaned(
            {
                "password": PASSWORD,
                "nested": [{"api_key": PASSWORD, "text": f"{{'password': '{PASSWORD}'}}"}],
                "url": f"https://x.example/?a=1&token={TOKEN}&code={PASSWORD}",
                "row": f"violates\nDETAIL:  Key (login)=({PASSWORD}) exists.",
                "jwt": JWT,
                "hash": f"$argon2id$v=19${PASSWORD}",
            }
        )
    )
    for secret in SECRETS:
        assert secret not in cleaned + capsys.readouterr().out


def test_a_line_stays_a_line_and_shows_what_it_hides() -> None:
    told = str(logs.cleaned("a\u202eb\u2028c\u200bd\x9be"))
    assert told == "a\\u202eb\\u2028c\\u200bd\\u009be"
