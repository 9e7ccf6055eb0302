"""Passwords, second factors and invitations."""

from datetime import datetime
from uuid import UUID

from pydantic import Field

from services.core.access.schemas.typed import Bearer, FactorCode, Password
from services.core.kit.shapes import Given, Shown


class PasswordChange(Given):
    """The password as it is, and as it shall be."""

    current: Password
    new: Password


class Proof(Given):
    """The password, typed again before something weighty."""

    password: Password


class FullProof(Proof):
    """The password and a code, typed again."""

    code: FactorCode = Field(repr=False)


class FirstCode(Given):
    """The first code of an authenticator."""

    code: FactorCode = Field(repr=False)


class Authenticator(Shown):
    """The secret for an authenticator, shown once; it counts when a code has confirmed it."""

    secret: str = Field(
        repr=False,
        description="To be typed (Base32).",
        examples=["EXAMPLEONLYEXAMPLEONLYEXAMPLEONL"],
    )
    uri: str = Field(
        repr=False,
        description="To be shown as a QR code (otpauth).",
        examples=["otpauth://totp/Tuanzu:convener-jn?secret=EXAMPLEONLY&issuer=Tuanzu"],
    )


class RecoveryCodes(Shown):
    """Codes for the day the authenticator is lost; shown once, each good once."""

    recovery_codes: list[str] = Field(
        repr=False,
        description="To be printed or written down; each opens one session without the phone.",
        examples=[["exam-ple2-only-7q2f"]],
    )


class MySecondFactor(Shown):
    """Whether I sign in with an authenticator."""

    is_enrolled: bool = Field(description="True: a log-in asks for a code besides the password.")
    enrolled_at: str | None = Field(
        description="When its first code was confirmed, in UTC; null: never.",
        examples=["2026-11-24T01:00:00+00:00"],
    )
    recovery_codes_left: int = Field(
        description="Number of recovery codes that are not used up.", examples=[8]
    )


class Invited(Shown):
    """An invitation, shown once: whoever has the token sets the account's password."""

    account_id: UUID
    token: str = Field(repr=False)
    expires_at: datetime


class Acceptance(Given):
    """The token of an invitation, and the password its person chooses."""

    token: Bearer
    password: Password


class Accepted(Shown):
    """The log-in whose password was set."""

    login: str
