"""Coming in: the ways, sessions, and what a phone gets."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.core.access.rules import EndReason, Limit, Profile, SessionKind, SessionMethod
from services.core.access.schemas.typed import Bearer, FactorCode, Password
from services.core.kit.shapes import Given, PageOf, Shown


class SignIn(Given):
    """A log-in with its password, and the code of the second factor if the account has one."""

    login: Annotated[str, StringConstraints(min_length=1, max_length=64)] = Field(
        examples=["convener-jn"]
    )
    password: Password
    code: FactorCode | None = Field(default=None, repr=False)
    kind: SessionKind = Field(
        default=SessionKind.PHONE,
        description="`browser` gets a cookie, `phone` (or any program) two tokens.",
    )


class Session(Shown):
    """Somebody signed in at one browser or phone."""

    id: UUID
    account_id: UUID
    kind: SessionKind
    method: SessionMethod = Field(description="By what its person signed in.")
    is_current: bool = Field(description="Whether it is the one that asks.")
    user_agent: str | None = Field(
        description="What the browser or app called itself, its first 200 characters; null: it "
        "did not say.",
        examples=["TuanzuPhone/1.4 (Android 15)"],
    )
    address: str | None = Field(description="Where it was opened from.")
    created_at: str
    last_used_at: str = Field(
        description="In UTC, to the minute.", examples=["2026-11-24T01:02:00+00:00"]
    )
    expires_at: str = Field(description="Unless it is used before.")
    ended_at: str | None
    end_reason: EndReason | None = Field(
        description="Why it is over; null: its time, or it goes on."
    )
    version: int


class SessionPage(PageOf):
    """One page of sessions."""

    items: list[Session]


class PhoneTokens(Shown):
    """The two tokens of a phone: one for requests, one good once for the next two."""

    access_token: str = Field(
        repr=False,
        description="Sent as `Authorization: Bearer …` with every request.",
        examples=["tz_aZk3v0nEXAMPLEONLYq8sF2yW7uB5dT1hJ9c"],
    )
    refresh_token: str = Field(
        repr=False,
        description="Good once: buys the next two. Keep it where the phone keeps passwords.",
        examples=["tz_rZk3v0nEXAMPLEONLYq8sF2yW7uB5dT1hJ9c"],
    )
    expires_in: int = Field(
        description="How many seconds the access token is good for.", examples=[600]
    )
    token_type: Literal["Bearer"] = Field(
        default="Bearer", description="The scheme under which the access token is sent."
    )


class OpenedSession(Shown):
    """A session just opened; a browser has its cookie and no tokens."""

    session_id: UUID
    account_id: UUID
    limited_to: Limit | None = Field(description="What this session must do first, alone.")
    tokens: PhoneTokens | None = Field(description="For a phone; null: a browser has its cookie.")


class Refresh(Given):
    """The refresh token a phone got last."""

    refresh_token: Bearer = Field(
        description="The newest one; an older one ends the session, as somebody else has it too.",
        examples=["tz_rZk3v0nEXAMPLEONLYq8sF2yW7uB5dT1hJ9c"],
    )


class OidcWay(Shown):
    """The identity provider people may sign in at."""

    name: str
    start: str = Field(
        description="Path a browser is sent to, to sign in there.", examples=["/api/v1/oidc/start"]
    )


class WaysIn(Shown):
    """How one signs in here."""

    password_profile: Profile = Field(description="Whose rules a new password must meet.")
    password_min_length: int = Field(
        description="Number of characters a new password has at least.", examples=[15]
    )
    oidc: OidcWay | None = Field(description="Null: this installation knows passwords only.")
