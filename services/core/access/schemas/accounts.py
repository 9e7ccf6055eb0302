"""Accounts, tokens and oneself."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from services.core.access.rules import Limit, Permission, Role, TokenKind
from services.core.access.schemas.typed import Email, Language, Login
from services.core.groups.rules import GroupState
from services.core.kit.shapes import Given, Name, PageOf, Paragraph, Shown
from services.core.organisations.rules import OrganisationKind, OrganisationLevel
from services.core.organisations.schemas import NamedOrganisation, NamedRegion

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
