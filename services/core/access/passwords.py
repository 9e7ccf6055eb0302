"""Passwords: argon2id, a bounded number at once, and the same work whether there is one or not."""

import threading
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from functools import lru_cache

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from zxcvbn import zxcvbn

from services.core.access import rules
from services.core.kit.errors import Invalid, Unavailable
from services.core.kit.settings import settings
from services.core.kit.words import Words

_ARGON2 = PasswordHash((Argon2Hasher(),))
"""The library's defaults (64 MiB, 3 passes, 4 lanes): 0.19 s and 64 MiB each on two cores."""
_NOBODYS = (
    "$argon2id$v=19$m=65536,t=3,p=4$jfGZChrKwBMImDGslRPkQg"
    "$T7476hEEcVw86idabJM3GWBKUoYunNulh/pdYcqR+o8"
)
"""The hash of a password nobody has, so that an unknown log-in costs as much as a known one."""
WAIT_SECONDS = 5.0
_HOUSE_WORDS = ("tuanzu", "guozi", "guoziwei", "guoqi", "zhejiang", "admin", "root")
_GOOD_ENOUGH = 3
"""zxcvbn's "safely unguessable": at least 10^8 guesses for who knows lists, dates and keyboards."""


def argon2(password: str) -> str:
    """Give what is kept of a password.

    Raises:
        Unavailable: too many are being worked on at once.
    """
    with slot():
        return _ARGON2.hash(password)


def matches(password: str, kept: str | None) -> bool:
    """Say whether this is the password; where there is none, takes just as long and says no.

    Raises:
        Unavailable: too many are being worked on at once.
    """
    with slot():
        return _ARGON2.verify(password, kept or _NOBODYS) and kept is not None


def must_be_good(
    password: str, *, login: str, names: Iterable[str], pointer: str, earlier: Iterable[str] = ()
) -> None:
    """Refuse a new password that the profile forbids, that is known or guessed, or that was used.

    Raises:
        Invalid: the field, and why. Unavailable: too many are being worked on at once.
    """
    held = rules.policy(rules.Profile(settings().password_profile))
    rules.must_be_allowed(password, login=login, held=held, pointer=pointer)
    judged = zxcvbn(
        password, user_inputs=[login, *names, *_HOUSE_WORDS], max_length=rules.MAX_LENGTH
    )
    if judged["score"] < _GOOD_ENOUGH:
        words = Words(
            "此密码过于常见或容易猜到，请换一个。",
            "This password is known or easily guessed; take another one.",
        )
        raise Invalid.at(pointer, words, code="known_bad")
    if any(matches(password, kept) for kept in earlier):
        words = Words("此密码最近用过。", "This password was used lately.")
        raise Invalid.at(pointer, words, code="used_before")


@lru_cache(maxsize=1)
def slots() -> threading.BoundedSemaphore:
    """Give this process's places."""
    return threading.BoundedSemaphore(settings().password_slots)


@contextmanager
def slot() -> Generator[None]:
    """Hold one of the few places: each costs 64 MiB, so a crowd at the door must wait outside."""
    if not slots().acquire(timeout=WAIT_SECONDS):
        raise Unavailable(
            Words("登录请求过多，请稍后重试。", "Many are signing in; please try again shortly.")
        )
    try:
        yield
    finally:
        slots().release()
