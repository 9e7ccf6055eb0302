"""Secrets at rest (AES-256-GCM), signatures, and the ring of keys both come from.

A key's id is made from the key itself, and every ciphertext carries it, so the key can be changed
while the service runs: the first key of the ring seals, all of them open. The key file is read
anew when it changes; what is sealed with a key that nobody has can only be refused.
"""

import base64
import hashlib
import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from itsdangerous import Signer, URLSafeSerializer

from services.core.kit.settings import Settings, settings

_NONCE_BYTES = 12
_KEY_BYTES = 32
_ID_BYTES = 4
_FORM = "v2"


class NoSecretKey(RuntimeError):
    """There is no usable master key; the sentence says how to give one."""


class Unopenable(RuntimeError):
    """It was sealed with a key that is not in the ring, or was altered, or belongs to another."""


class UnknownKey(NoSecretKey):
    """The ring has no key of this id."""


def read_keys(chosen: Settings) -> tuple[bytes, ...]:
    """Give the 32-byte master keys from the variable or the file, the current one first.

    Raises:
        NoSecretKey: none is set, or one is not base64 of 32 bytes.
    """
    given = chosen.secret_key
    if not given and chosen.secret_key_file:
        given = chosen.secret_key_file.read_text(encoding="ascii")
    return _decoded(given)


def written(keys: tuple[bytes, ...]) -> str:
    """Write keys as the file holds them: base64, one a line."""
    return "".join(base64.b64encode(key).decode() + "\n" for key in keys)


def new_key() -> bytes:
    """Make a master key."""
    return os.urandom(_KEY_BYTES)


def id_of(key: bytes) -> str:
    """Give the eight hex digits a key is known by; they say nothing about it."""
    return hashlib.blake2b(b"key-id", key=key, digest_size=_ID_BYTES).hexdigest()


def key_ids() -> tuple[str, ...]:
    """Give the ids of the ring, the current key's first."""
    return tuple(_ring())


def key_id() -> str:
    """Give the id of the current key."""
    return key_ids()[0]


def derived(purpose: str, made_with: str | None = None) -> bytes:
    """Give a 32-byte key for one purpose only, from the current master key or the one of an id.

    Raises:
        UnknownKey: the ring has no key of this id.
    """
    ring = _ring()
    wanted = made_with or next(iter(ring))
    if wanted not in ring:
        raise UnknownKey(f"the ring has no key {wanted}; it has {', '.join(ring)}")
    return hashlib.blake2b(purpose.encode(), key=ring[wanted], digest_size=_KEY_BYTES).digest()


def sealed(secret: bytes, *, owner: str) -> str:
    """Encrypt a secret for one owner (table and row id), which is bound into the ciphertext."""
    nonce = os.urandom(_NONCE_BYTES)
    current = key_id()
    body = AESGCM(derived("at-rest", current)).encrypt(nonce, secret, owner.encode())
    return f"{_FORM}:{current}:{base64.b64encode(nonce + body).decode()}"


def opened(text: str, *, owner: str) -> bytes:
    """Decrypt what `sealed` made for the same owner, with whichever key of the ring it was.

    Raises:
        Unopenable: other key, other owner, or altered.
    """
    form, _, rest = text.partition(":")
    named, _, body = rest.rpartition(":")  # v1:<body> names no key: any may have made it
    raw = base64.b64decode(body)
    for candidate in {named} & set(key_ids()) if form == _FORM else key_ids():
        try:
            return AESGCM(derived("at-rest", candidate)).decrypt(
                raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], owner.encode()
            )
        except InvalidTag:
            continue
    raise Unopenable("sealed with another key, for another owner, or altered")


def current_prefix() -> str:
    """Give what every ciphertext of the current key begins with."""
    return f"{_FORM}:{key_id()}:"


def cursor_signer() -> URLSafeSerializer:
    """Give the signer of page cursors: opaque to clients, and refused when altered."""
    return _signer(key_ids())


def upload_signer() -> Signer:
    """Give the signer of upload addresses (HMAC-SHA-256)."""
    return _upload_signer(key_ids())


@lru_cache(maxsize=2)
def _upload_signer(ids: tuple[str, ...]) -> Signer:
    keys = [derived("uploads", made_with) for made_with in reversed(ids)]
    return Signer(keys, salt="upload", digest_method=hashlib.sha256)


@lru_cache(maxsize=2)
def _signer(ids: tuple[str, ...]) -> URLSafeSerializer:
    """Sign with the last of the list, the current key, and take all."""
    keys = [derived("cursors", made_with) for made_with in reversed(ids)]
    return URLSafeSerializer(keys, salt="page")


def _ring() -> Mapping[str, bytes]:
    """Give the keys by id, the current one first."""
    chosen = settings()
    if chosen.secret_key or not chosen.secret_key_file:
        return _given_ring(chosen.secret_key)
    return _file_ring(chosen.secret_key_file, chosen.secret_key_file.stat().st_mtime_ns)


@lru_cache(maxsize=2)
def _given_ring(given: str) -> Mapping[str, bytes]:
    return {id_of(key): key for key in _decoded(given)}


@lru_cache(maxsize=2)
def _file_ring(file: Path, _changed_at: int) -> Mapping[str, bytes]:
    return {id_of(key): key for key in _decoded(file.read_text(encoding="ascii"))}


def _decoded(given: str) -> tuple[bytes, ...]:
    try:
        keys = tuple(base64.b64decode(word, validate=True) for word in given.split())
    except ValueError:
        keys = ()
    if not keys or any(len(key) != _KEY_BYTES for key in keys):
        raise NoSecretKey(
            "TUANZU_SECRET_KEY (or the file TUANZU_SECRET_KEY_FILE names) must be base64 of "
            "32 bytes, older keys after it; make one with: openssl rand -base64 32"
        )
    return keys
