"""Secrets at rest (AES-256-GCM) and signatures over cursors, from one master key."""

import base64
import hashlib
import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from itsdangerous import URLSafeSerializer

from services.core.kit.settings import Settings, settings

_NONCE_BYTES = 12
_KEY_BYTES = 32
_NAME_BYTES = 4


class NoSecretKey(RuntimeError):
    """There is no usable master key; the sentence says how to give one."""


def read_key(chosen: Settings) -> bytes:
    """Give the 32-byte master key from the variable or the file.

    Raises:
        NoSecretKey: none is set, or it is not base64 of 32 bytes.
    """
    given = chosen.secret_key
    if not given and chosen.secret_key_file:
        given = chosen.secret_key_file.read_text(encoding="ascii").strip()
    try:
        key = base64.b64decode(given, validate=True)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise NoSecretKey(
            "TUANZU_SECRET_KEY (or the file TUANZU_SECRET_KEY_FILE names) must be base64 of "
            "32 bytes; make one with: openssl rand -base64 32"
        )
    return key


@lru_cache(maxsize=1)
def _master() -> bytes:
    return read_key(settings())


def _derived(purpose: str) -> bytes:
    return hashlib.blake2b(purpose.encode(), key=_master(), digest_size=_KEY_BYTES).digest()


def key_id() -> str:
    """Name the master key in use: a short digest, from which nothing of the key can be told."""
    return hashlib.blake2b(b"key-id", key=_master(), digest_size=_NAME_BYTES).hexdigest()


def seal_key(known_as: str) -> bytes:
    """Give the key of the audit's seals that was derived from the master key of that name.

    Raises:
        NoSecretKey: no master key of that name is here.
    """
    if known_as != key_id():
        raise NoSecretKey(f"the master key '{known_as}' is not here, only '{key_id()}'")
    return _derived("audit-seal")


def sealed(secret: bytes, *, owner: str) -> str:
    """Encrypt a secret for one owner (table and row id), which is bound into the ciphertext."""
    nonce = os.urandom(_NONCE_BYTES)
    body = AESGCM(_derived("at-rest")).encrypt(nonce, secret, owner.encode())
    return "v1:" + base64.b64encode(nonce + body).decode()


def opened(text: str, *, owner: str) -> bytes:
    """Decrypt what `sealed` made for the same owner.

    Raises:
        cryptography.exceptions.InvalidTag: other key, other owner, or altered.
    """
    raw = base64.b64decode(text.removeprefix("v1:"))
    return AESGCM(_derived("at-rest")).decrypt(
        raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], owner.encode()
    )


@lru_cache(maxsize=1)
def cursor_signer() -> URLSafeSerializer:
    """Give the signer of page cursors: opaque to clients, and refused when altered."""
    return URLSafeSerializer(_derived("cursors"), salt="page")
