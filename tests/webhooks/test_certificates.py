"""TLS is checked with the receiver's name, though the connection goes to a vetted number."""

import ssl
import threading
from collections.abc import Callable, Generator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.kit.settings import settings
from services.core.webhooks.models import WebhookAttempt
from services.worker import sending
from tests import given
from tests.webhooks.receiving import NOW, endpoint, happened, owed


def certificate(folder: Path, name: str) -> Path:
    """Write a certificate that vouches for itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    begin = datetime(2020, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder(called, called, key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=20_000))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / "receiver.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


class _Takes(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def attempt(
    session: Session, set_clock: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Generator[Callable[..., WebhookAttempt]]:
    """Give a function that sends to localhost, where a certificate of some name is shown."""
    chosen = settings().model_copy(update={"webhook_allow_loopback": True})
    monkeypatch.setattr("services.worker.addresses.settings", lambda: chosen)
    set_clock(NOW)
    given.places(session)
    unit = given.unit(session, "景宁县天然气有限公司")
    owner: Account = given.account(session, "integrator", of=unit, role="integrator")
    server = HTTPServer(("127.0.0.1", 0), _Takes)
    server.handle_error = lambda *_: None  # type: ignore[method-assign]  # a sender may hang up

    def send(*, name: str, trusted: bool) -> WebhookAttempt:
        file = certificate(tmp_path, name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(file))
        url = f"https://localhost:{server.server_port}/hook"
        owed(session, endpoint(session, owner, url=url), happened(session)[0])
        session.commit()
        assert sending.drain(20, waits=False)
        return session.scalars(select(WebhookAttempt)).one()

    yield send
    server.shutdown()
    server.server_close()


def test_a_trusted_receiver_of_the_right_name_is_sent_to(
    attempt: Callable[..., WebhookAttempt],
) -> None:
    noted = attempt(name="localhost", trusted=True)
    assert (noted.status, noted.error) == (204, None)


@pytest.mark.parametrize(("name", "trusted"), [("localhost", False), ("other.example", True)])
def test_a_stranger_or_another_name_is_sent_nothing(
    attempt: Callable[..., WebhookAttempt], name: str, *, trusted: bool
) -> None:
    noted = attempt(name=name, trusted=trusted)
    assert noted.status is None
    assert "Certificate" in (noted.error or "")
