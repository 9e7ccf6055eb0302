"""Who comes in as whom: identities, and the first account of all."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from services.core.access.schemas.typed import Bearer, Email, Login, Password
from services.core.kit.shapes import Code, Given, Name, PageOf, RegionCode, Shown
from services.core.organisations.rules import OrganisationLevel


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
