"""Attempts over real sockets: signed for any verifier, bounded, and only to who may be reached."""

import base64
import gzip
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from services.core.access.models import Account
from services.core.kit import cipher
from services.core.kit.settings import settings
from services.core.webhooks.actions import keys
from services.core.webhooks.models import (
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    secret_owner,
)
from services.worker import sending
from tests import given
from tests.webhooks.receiving import NOW, Receiver, answer, endpoint, happened, owed, receiver

Came = tuple[str, dict[str, str], bytes]


@pytest.fixture
def owner(session: Session, set_clock: Any) -> Account:
    set_clock(NOW)
    given.places(session)
    unit = given.unit(session, "景宁县天然气有限公司")
    return given.account(session, "integrator", of=unit, role="integrator")


@pytest.fixture
def there(monkeypatch: pytest.MonkeyPatch) -> Generator[Receiver]:
    allow(monkeypatch, webhook_allow_loopback=True, webhook_timeout=timedelta(seconds=5))
    with receiver() as made:
        yield made


def allow(monkeypatch: pytest.MonkeyPatch, **also: Any) -> None:
    chosen = settings().model_copy(update=also)
    for module in ("addresses", "posting"):
        monkeypatch.setattr(f"services.worker.{module}.settings", lambda: chosen)


def send(session: Session) -> list[WebhookAttempt]:
    """Let a drain run until nothing is due; gives what it noted."""
    session.commit()
    assert sending.drain(20, waits=False)
    session.expire_all()
    return list(session.scalars(select(WebhookAttempt).order_by(WebhookAttempt.number)))


def secret_of(made: WebhookEndpoint) -> str:
    return "whsec_" + base64.b64encode(keys.secrets_of(made, now=NOW)[0]).decode()


def verify(came: Came, secret: str, public_key: str) -> Any:
    """Three judges who know nothing of us: the official package, RFC 2104, and RFC 8032."""
    _, headers, body = came
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    told = [one.partition(",") for one in headers["webhook-signature"].split(" ")]
    shared = hmac.new(base64.b64decode(secret[6:]), signed, hashlib.sha256).digest()
    assert base64.b64encode(shared).decode() in {text for name, _, text in told if name == "v1"}
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key[5:]))
    assert any(
        _accepts(public, base64.b64decode(text), signed) for name, _, text in told if name == "v1a"
    )
    return Webhook(secret).verify(body, headers)


def _accepts(public: Ed25519PublicKey, signature: bytes, signed: bytes) -> bool:
    try:
        public.verify(signature, signed)
    except InvalidSignature:
        return False
    return True


def test_any_verifier_accepts_what_is_sent_and_nothing_changed(
    session: Session, owner: Account, there: Receiver
) -> None:
    made = endpoint(session, owner, url=there.url)
    event = happened(session)[0]
    owed(session, made, event)
    send(session)
    (came,) = there.came
    _, headers, body = came
    assert body == event.body.encode()
    assert verify(came, secret_of(made), made.public_key)["id"] == str(event.event_id)
    assert headers["webhook-id"] == str(event.event_id)
    assert headers["content-type"] == "application/json"
    now = int(datetime.now(UTC).timestamp())  # noqa: TID251 verifiers ask the real clock
    changed: list[Came] = [
        ("", headers, body + b" "),
        ("", headers, json.dumps(json.loads(body)).encode()),
        ("", {**headers, "webhook-id": "another"}, body),
        ("", {**headers, "webhook-timestamp": str(now - 1)}, body),
        ("", {**headers, "webhook-timestamp": str(now - 301)}, body),
        ("", {**headers, "webhook-timestamp": str(now + 302)}, body),
        ("", {name: text for name, text in headers.items() if name != "webhook-signature"}, body),
    ]
    for one in changed:
        with pytest.raises((WebhookVerificationError, AssertionError, KeyError)):
            verify(one, secret_of(made), made.public_key)
        with pytest.raises(WebhookVerificationError):
            Webhook(secret_of(made)).verify(one[2], one[1])
    other = endpoint(session, owner)
    with pytest.raises(AssertionError):
        verify(came, secret_of(made), other.public_key)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret_of(other)).verify(body, headers)


def test_during_a_rotation_old_and_new_keys_verify_and_afterwards_the_new_ones(
    session: Session, owner: Account, there: Receiver
) -> None:
    made = endpoint(session, owner, url=there.url)
    before = (secret_of(made), made.public_key)
    made.previous_secret, made.previous_private_key = made.secret, made.private_key
    made.previous_until = NOW + timedelta(hours=1)
    made.secret = keys.sealed_secret(made.id, keys.new_secret())
    made.private_key, made.public_key = keys.new_pair(made.id)
    first, second = happened(session, 2)
    owed(session, made, first)
    send(session)
    verify(there.came[0], *before)
    verify(there.came[0], secret_of(made), made.public_key)
    made.previous_until = NOW
    owed(session, made, second)
    send(session)
    verify(there.came[1], secret_of(made), made.public_key)
    with pytest.raises(AssertionError):
        verify(there.came[1], *before)


def test_the_id_stays_and_the_time_is_each_attempts_own(
    session: Session, owner: Account, there: Receiver, set_clock: Any
) -> None:
    made = endpoint(session, owner, url=there.url)
    row = owed(session, made, happened(session)[0])
    there.does = lambda handler: answer(handler, 500, b"not now")
    send(session)
    session.refresh(row)
    assert row.next_at is not None
    set_clock(row.next_at)
    time.sleep(1.1)
    there.does = lambda handler: answer(handler, 200)
    noted = send(session)
    assert [(one.status, one.answer) for one in noted] == [(500, "not now"), (200, "")]
    (_, first, _), (_, second, _) = there.came
    assert first["webhook-id"] == second["webhook-id"]
    assert int(first["webhook-timestamp"]) < int(second["webhook-timestamp"])
    verify(there.came[1], secret_of(made), made.public_key)
    assert session.get_one(WebhookDelivery, row.id).state == "delivered"


def test_the_owners_headers_and_form_are_used_and_replace_none_of_ours(
    session: Session, owner: Account, there: Receiver
) -> None:
    made = endpoint(
        session,
        owner,
        url=there.url,
        content_type="application/cloudevents+json",
        payload="thin",
        headers={"X-Unit": "jn", "Webhook-Id": "forged"},
    )
    made.secret_headers = cipher.sealed(
        json.dumps({"X-Key": "hidden"}).encode(), owner=secret_owner(made.id)
    )
    event = happened(session)[0]
    owed(session, made, event)
    send(session)
    (came,) = there.came
    assert came[1]["x-unit"] == "jn"
    assert came[1]["x-key"] == "hidden"
    assert came[1]["webhook-id"] == str(event.event_id)
    assert came[1]["content-type"] == "application/cloudevents+json"
    assert len(came[2]) < len(event.body)
    assert verify(came, secret_of(made), made.public_key)["id"] == str(event.event_id)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_a_failure_and_not_followed(
    session: Session, owner: Account, there: Receiver, status: int
) -> None:
    owed(session, endpoint(session, owner, url=there.url), happened(session)[0])
    there.does = lambda handler: answer(handler, status, Location=there.url + "/elsewhere")
    (noted,) = send(session)
    assert (noted.status, noted.error) == (status, "redirects are not followed")
    assert [path for path, _, _ in there.came] == ["/hook"]


def test_an_endless_answer_is_read_to_a_limit_and_little_is_kept(
    session: Session, owner: Account, there: Receiver
) -> None:
    def pour(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", str(10**12))
        handler.end_headers()
        while True:
            handler.wfile.write(b"x" * 65536)

    there.does = pour
    owed(session, endpoint(session, owner, url=there.url), happened(session)[0])
    (noted,) = send(session)
    assert (noted.status, noted.error) == (200, None)
    assert noted.answer == "x" * 4096
    assert noted.duration_ms < 4000


def test_an_answer_in_pieces_is_read_to_its_end_and_nothing_is_unpacked(
    session: Session, owner: Account, there: Receiver
) -> None:
    packed = gzip.compress(b"0" * 10**6, mtime=0)

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Encoding", "gzip")
        handler.send_header("Set-Cookie", "session=1")
        handler.send_header("Content-Length", str(len(packed) + 1))
        handler.end_headers()
        for part in (packed, b"!"):
            handler.wfile.write(part)
            handler.wfile.flush()
            time.sleep(0.2)

    there.does = drip
    made = endpoint(session, owner, url=there.url)
    for event in happened(session, 2):
        owed(session, made, event)
    noted = send(session)
    assert all(one.answer and one.answer.endswith("!") for one in noted)
    assert not any("cookie" in headers for _, headers, _ in there.came)


def test_the_environments_proxy_is_not_asked(
    session: Session, owner: Account, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    owed(session, endpoint(session, owner, url=there.url), happened(session)[0])
    (noted,) = send(session)
    assert noted.status == 204


def test_a_drain_goes_on_after_its_window_while_somebody_keeps_it_waiting(
    session: Session, owner: Account, there: Receiver
) -> None:
    made = endpoint(session, owner, url=there.url)
    slow, quick = happened(session, 2)
    owed(session, made, slow)
    session.commit()
    answered = threading.Event()

    def once_slow(handler: BaseHTTPRequestHandler) -> None:
        if len(there.came) == 1:
            answered.wait(10)
        answer(handler, 204)

    there.does = once_slow
    with ThreadPoolExecutor() as pool:
        draining = pool.submit(sending.drain, 1.5, waits=True)
        time.sleep(2)  # the window is over
        owed(session, made, quick)
        session.commit()
        end = time.monotonic() + 5
        while len(there.came) < 2 and time.monotonic() < end:
            time.sleep(0.05)
        answered.set()
        assert draining.result(timeout=5)
    assert [headers["webhook-id"] for _, headers, _ in there.came] == [
        str(slow.event_id),
        str(quick.event_id),
    ]


def test_who_does_not_answer_in_time_is_slowed_down(
    session: Session, owner: Account, there: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    allow(monkeypatch, webhook_allow_loopback=True, webhook_timeout=timedelta(seconds=0.5))
    there.does = lambda _: time.sleep(2)
    made = endpoint(session, owner, url=there.url)
    owed(session, made, happened(session)[0])
    (noted,) = send(session)
    assert (noted.status, noted.error) == (None, "timeout")
    session.refresh(made)
    assert made.quiet_until == NOW + timedelta(seconds=60)


def test_what_a_receiver_says_about_later_is_honoured(
    session: Session, owner: Account, there: Receiver
) -> None:
    row = owed(session, endpoint(session, owner, url=there.url), happened(session)[0])
    there.does = lambda handler: answer(handler, 429, Retry_After="600")
    send(session)
    session.refresh(row)
    assert row.next_at == NOW + timedelta(seconds=600)
    row.next_at = NOW
    session.get_one(WebhookEndpoint, row.endpoint_id).quiet_until = None
    there.does = lambda handler: answer(handler, 500, webhook_delivery="abort-message")
    last = send(session)[-1]
    assert last.error is not None
    assert last.error.startswith("abort-message")
    session.refresh(row)
    assert row.state == "failed"


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "localhost"])
def test_the_house_itself_is_not_reached_however_it_is_written(
    session: Session,
    owner: Account,
    there: Receiver,
    monkeypatch: pytest.MonkeyPatch,
    host: str,
) -> None:
    allow(monkeypatch, webhook_allow_loopback=False, webhook_allow=("0.0.0.0/0",))
    url = there.url.replace("127.0.0.1", host)
    owed(session, endpoint(session, owner, url=url), happened(session)[0])
    (noted,) = send(session)
    assert noted.status is None
    assert noted.error is not None
    assert there.came == []


def test_a_connection_that_was_hung_up_meanwhile_is_no_failure(
    session: Session, owner: Account, there: Receiver
) -> None:
    def once_then_gone(handler: BaseHTTPRequestHandler) -> None:
        answer(handler, 200)
        handler.close_connection = True  # without saying so

    there.does = once_then_gone
    made = endpoint(session, owner, url=there.url, ordering="fifo")
    events = happened(session, 4)
    for event in events:
        owed(session, made, event)
    noted = send(session)
    assert [one.error for one in noted] == [None] * 4
    assert [headers["webhook-id"] for _, headers, _ in there.came] == [
        str(event.event_id) for event in events
    ]
