"""What happens to accounts and tokens; never the token itself."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from services.core.access.rules import Role
from services.core.kit.events import Fact
from services.core.kit.words import Words


class AccountOpened(Fact):
    """A person or an integrator of an organisation may come in."""

    NAME: ClassVar[str] = "account.opened"
    TITLE: ClassVar[Words] = Words("账户开通", "An account was opened")

    account_id: UUID
    organisation_id: UUID
    role: Role


class AccountChanged(Fact):
    """An account's name, address, language, role or organisation changed."""

    NAME: ClassVar[str] = "account.changed"
    TITLE: ClassVar[Words] = Words("账户变更", "An account changed")

    account_id: UUID
    organisation_id: UUID
    role: Role
    fields: tuple[str, ...]


class AccountClosed(Fact):
    """An account is closed for good, and its tokens with it."""

    NAME: ClassVar[str] = "account.closed"
    TITLE: ClassVar[Words] = Words("账户关闭", "An account was closed")

    account_id: UUID
    organisation_id: UUID


class TokenIssued(Fact):
    """An account has a new bearer token; who it is for knows it, nobody else."""

    NAME: ClassVar[str] = "token.issued"
    TITLE: ClassVar[Words] = Words("令牌签发", "A token was issued")

    token_id: UUID
    account_id: UUID
    expires_at: datetime


class TokenRevoked(Fact):
    """A bearer token lets nobody in any more."""

    NAME: ClassVar[str] = "token.revoked"
    TITLE: ClassVar[Words] = Words("令牌撤销", "A token was revoked")

    token_id: UUID
    account_id: UUID
