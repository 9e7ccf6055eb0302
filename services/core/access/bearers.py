"""Bearer secrets: 256 random bits behind a prefix that scanners recognise; a hash is kept."""

import hashlib
import secrets
from dataclasses import dataclass
from enum import Enum

PREFIX = "tz_"
_BYTES = 32
_HINT_LENGTH = 8
"""The prefix and the next characters: enough to tell one's tokens apart, nothing to guess from."""


class Mark(Enum):
    """The letter after the prefix: what was found, if one is found where it should not be."""

    PERSONAL = "p"
    SERVICE = "s"
    ACCESS = "a"
    COOKIE = "c"
    REFRESH = "r"
    INVITATION = "i"
    BOOTSTRAP = "b"


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret just made: its text is shown once, its hash is kept, its hint is listed."""

    text: str
    hash: bytes
    hint: str


def minted(mark: Mark) -> Secret:
    """Make a secret nobody has seen."""
    text = f"{PREFIX}{mark.value}{secrets.token_urlsafe(_BYTES)}"
    return Secret(text, hashed(text), text[:_HINT_LENGTH])


def hashed(token: str) -> bytes:
    """Give what is stored of a token: it has 256 random bits, so one SHA-256 is enough."""
    return hashlib.sha256(token.encode()).digest()
