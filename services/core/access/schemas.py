"""What accounts, tokens and oneself look like from outside."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from services.core.access.rules import Permission, Role
from services.core.groups.rules import GroupState
from services.core.kit.shapes import Given, Name, PageOf, Paragraph, Shown
from services.core.organisations.rules import OrganisationKind, OrganisationLevel
from services.core.organisations.schemas import NamedOrganisation, NamedRegion

Login = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$"),
    Field(description="Lower case, so that no two look alike."),
]
Email = Annotated[str, StringConstraints(pattern=r"^[^@\s]+@[^@\s]+$", max_length=254)]
Language = Literal["zh", "en"]

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
    permissions: list[Permission]
    scope: Scope


class NewToken(Given):
    """A token for the caller's own account."""

    name: Name = Field(description="By which its owner knows it.", examples=["phone"])
    expires_in_days: Annotated[int, Field(ge=1, le=MAX_TOKEN_DAYS)] | None = Field(
        default=None,
        description="Calendar days until it lets nobody in; the service's usual life if left out.",
    )


class Token(Shown):
    """A bearer token, without the token."""

    id: UUID
    account_id: UUID
    name: str = Field(examples=["phone"])
    hint: str = Field(examples=["tz_Zk3v0"], description="Its first characters.")
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    version: int


class IssuedToken(Token):
    """A token with its text, which is shown only now."""

    token: str


class TokenPage(PageOf):
    """One page of tokens."""

    items: list[Token]
