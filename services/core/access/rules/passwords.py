"""What a password must be, by the profile of the installation.

ASVS 5.0 (6.2) forbids composition rules and forced changes; GB/T 22239 level 3 (8.1.4.1) demands
both. So the operator chooses one of the two; known-bad passwords are refused by either.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from services.core.kit.errors import Invalid
from services.core.kit.words import Words

MAX_LENGTH = 128


class Profile(StrEnum):
    """Whose rules for passwords hold."""

    ASVS = "asvs"
    MLPS3 = "mlps3"


@dataclass(frozen=True, slots=True)
class Policy:
    """The numbers of one profile."""

    min_length: int
    classes: int = 0
    """Of lower case, upper case, digits and others, so many must occur."""
    life: timedelta | None = None
    """After this it must be changed; None: never."""
    remembered: int = 0
    """So many earlier ones, the present one included, are not taken again."""


_POLICIES = {
    Profile.ASVS: Policy(min_length=12),
    Profile.MLPS3: Policy(min_length=10, classes=3, life=timedelta(days=90), remembered=5),
}
_CLASSES = tuple(re.compile(form) for form in ("[a-z]", "[A-Z]", "[0-9]", "[^a-zA-Z0-9]"))


def policy(profile: Profile) -> Policy:
    """Give the numbers of a profile."""
    return _POLICIES[profile]


def must_be_allowed(password: str, *, login: str, held: Policy, pointer: str) -> None:
    """Refuse a password whose form the profile does not allow; it is taken exactly as typed.

    Raises:
        Invalid: too short, too uniform, or made of the log-in.
    """
    if len(password) < held.min_length:
        words = Words(
            f"密码至少{held.min_length}个字符。",
            f"A password has at least {held.min_length} characters.",
        )
        raise Invalid.at(pointer, words, code="too_short")
    if sum(bool(form.search(password)) for form in _CLASSES) < held.classes:
        words = Words(
            f"密码须含大写字母、小写字母、数字、其他字符中的{held.classes}类。",
            f"A password holds {held.classes} of: lower case, upper case, digits, others.",
        )
        raise Invalid.at(pointer, words, code="too_uniform")
    if login in password.lower():
        words = Words("密码不得包含登录名。", "A password does not hold the log-in.")
        raise Invalid.at(pointer, words, code="holds_login")
