"""What accounts, tokens and oneself look like from outside."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field, StringConstraints

from services.core.access.rules import (
    MAX_LENGTH,
    EndReason,
    Limit,
    Permission,
    Profile,
    Role,
    SessionKind,
    SessionMethod,
    TokenKind,
)
from services.core.groups.rules import GroupState
from services.core.kit.shapes import (
    Code,
    Given,
    Name,
    PageOf,
    Paragraph,
    RegionCode,
    Shown,
    without_controls,
)
from services.core.organisations.rules import OrganisationKind, OrganisationLevel
from services.core.organisations.schemas import NamedOrganisation, NamedRegion

Login = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$"),
    Field(description="Lower case, so that no two look alike."),
]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
Language = Literal["zh", "en"]


_Typed = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MAX_LENGTH, strip_whitespace=False),
    AfterValidator(without_controls),
    Field(json_schema_extra={"format": "password", "writeOnly": True}),
]
"""What somebody typed, exactly; fields of it are hidden wherever the object is printed."""
Password = Annotated[
    _Typed,
    Field(
        repr=False,
        description="Taken exactly as typed, blanks included.",
        examples=["示例 four plain words"],
    ),
]
FactorCode = Annotated[
    _Typed, Field(description="Of the authenticator, or a recovery code.", examples=["482913"])
]
Bearer = Annotated[_Typed, Field(repr=False)]

MAX_TOKEN_DAYS = 366
"""A token that nobody renews within a year has been forgotten."""


class NewAccount(Given):
    """An account to be opened."""

    login: Login = Field(examples=["convener-jn"])
    name: Name = Field(examples=["叶某（示意）"])
    organisation_id: UUID
    role: Role
    email: Email | None = None
    language: Language = "zh"
    source: Paragraph | None = None
    is_illustrative: bool = False


class AccountChange(Given):
    """What of an account may change (JSON Merge Patch)."""

    name: Name = Field(default="", examples=["叶某（示意）"])
    organisation_id: UUID = UUID(int=0)
    role: Role = Role.OBSERVER
    email: Email | None = None
    language: Language = "zh"


class AccountClose(Given):
    """Why an account is closed."""

    reason: Paragraph | None = None


class Account(Shown):
    """One person's or one integrator's log-in."""

    id: UUID
    login: str
    name: str = Field(examples=["叶某（示意）"])
    organisation: NamedOrganisation
    role: Role
    email: str | None
    language: Language
    is_active: bool
    source: str | None
    is_illustrative: bool
    version: int


class AccountPage(PageOf):
    """One page of accounts."""

    items: list[Account]


class HomeOrganisation(NamedOrganisation):
    """The organisation an account belongs to."""

    level: OrganisationLevel
    kind: OrganisationKind
    region: NamedRegion


class NamedGroup(Shown):
    """A group in the caller's scope."""

    id: UUID
    code: str = Field(examples=["G-331127"])
    name: str = Field(examples=["国资国企助力山区海岛县共同富裕联合团组(景宁)"])
    state: GroupState


class Scope(Shown):
    """What the caller sees: how many units, and which groups."""

    organisation_count: int = Field(
        description="Number of units whose own records the caller sees."
    )
    group_count: int
    groups: list[NamedGroup] = Field(description="At most 200, by code.")


class Me(Shown):
    """The caller: account, organisation, permissions and scope at this moment."""

    account: Account
    organisation: HomeOrganisation
    permissions: list[Permission] = Field(description="The role's, as far as the token goes.")
    session_id: UUID | None = Field(description="Null if this is no token of a session.")
    limited_to: Limit | None = Field(description="What this session must do first, alone.")
    scope: Scope


class NewToken(Given):
    """A token for the caller's own account."""

    name: Name = Field(description="By which its owner knows it.", examples=["phone"])
    expires_in_days: Annotated[int, Field(ge=1, le=MAX_TOKEN_DAYS)] | None = Field(
        default=None,
        description="Calendar days until it lets nobody in; the service's usual life if left out.",
    )
    scopes: list[Permission] | None = Field(
        default=None,
        max_length=len(Permission),
        description="Permissions it is confined to; empty: it reads only; left out: all of mine.",
        examples=[["webhooks.keep"]],
    )


class Token(Shown):
    """A bearer token, without the token."""

    id: UUID
    account_id: UUID
    name: str = Field(examples=["phone"])
    kind: TokenKind
    hint: str = Field(examples=["tz_Zk3v0"], description="Its first characters.")
    scopes: list[str] | None = Field(description="Null: all of the role; empty: it reads only.")
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None = Field(description="To the minute.")
    last_used_from: str | None = Field(
        description="The network address of that use.", examples=["203.0.113.7"]
    )
    version: int


class IssuedToken(Token):
    """A token with its text, which is shown only now."""

    token: str


class TokenPage(PageOf):
    """One page of tokens."""

    items: list[Token]


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


class NewIdentity(Given):
    """Somebody at the identity provider, to come in as an account."""

    subject: Annotated[str, StringConstraints(min_length=1, max_length=255)] = Field(
        description="The person at the provider, exactly as `sub` in its tokens.",
        examples=["f2a1c9d0-jn-0007"],
    )
    issuer: Annotated[str, StringConstraints(pattern=r"^https?://\S+$", max_length=500)] | None = (
        Field(default=None, description="The provider of this installation if left out.")
    )


class Identity(Shown):
    """A link between an account and somebody at the identity provider."""

    id: UUID
    account_id: UUID
    issuer: str
    subject: str = Field(
        description="The person at the provider, exactly as `sub` in its tokens.",
        examples=["f2a1c9d0-jn-0007"],
    )
    created_at: str
    version: int


class IdentityPage(PageOf):
    """One page of links."""

    items: list[Identity]


class FirstRegion(Given):
    """A place the first organisation lies in."""

    code: RegionCode = Field(examples=["330000"])
    name: Name = Field(examples=["浙江省"])
    level: OrganisationLevel


class FirstOrganisation(Given):
    """The regulator that runs this installation."""

    code: Code = Field(examples=["O-SASAC-ZJ"])
    name: Name = Field(examples=["浙江省国资委"])
    regions: list[FirstRegion] = Field(
        min_length=1,
        max_length=3,
        description="Its own region last, after those it lies in: the province first.",
    )


class FirstAccount(Given):
    """The security administrator, who opens all other accounts."""

    login: Login = Field(examples=["security-admin"])
    name: Name
    password: Password
    email: Email | None = None


class Bootstrap(Given):
    """The printed token, and what it makes."""

    token: Bearer
    organisation: FirstOrganisation
    account: FirstAccount


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
