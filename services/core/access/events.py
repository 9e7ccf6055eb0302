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


class AccountInvited(Fact):
    """Somebody who keeps accounts let an account's person set a password, by a link good once."""

    NAME: ClassVar[str] = "account.invited"
    TITLE: ClassVar[Words] = Words("账户邀请", "An account was invited")

    account_id: UUID
    expires_at: datetime


class PasswordChanged(Fact):
    """An account has a new password; its other sessions are over."""

    NAME: ClassVar[str] = "password.changed"
    TITLE: ClassVar[Words] = Words("密码变更", "A password changed")

    account_id: UUID


class SecondFactorEnrolled(Fact):
    """An account signs in with an authenticator from now on."""

    NAME: ClassVar[str] = "second_factor.enrolled"
    TITLE: ClassVar[Words] = Words("二次验证启用", "A second factor was enrolled")

    account_id: UUID


class SecondFactorRemoved(Fact):
    """An account signs in without an authenticator; its other sessions are over."""

    NAME: ClassVar[str] = "second_factor.removed"
    TITLE: ClassVar[Words] = Words("二次验证停用", "A second factor was removed")

    account_id: UUID
    by_administrator: bool


class SessionCompromised(Fact):
    """A refresh token came a second time: two hold what only one should. The session is over."""

    NAME: ClassVar[str] = "session.compromised"
    TITLE: ClassVar[Words] = Words("会话令牌被重复使用", "A session's token was used twice")

    session_id: UUID
    account_id: UUID


class IdentityLinked(Fact):
    """Somebody at the identity provider comes in as an account here."""

    NAME: ClassVar[str] = "identity.linked"
    TITLE: ClassVar[Words] = Words("身份绑定", "An identity was linked")

    identity_id: UUID
    account_id: UUID
    by_email: bool


class IdentityUnlinked(Fact):
    """Somebody at the identity provider does not come in as that account any more."""

    NAME: ClassVar[str] = "identity.unlinked"
    TITLE: ClassVar[Words] = Words("身份解绑", "An identity was unlinked")

    identity_id: UUID
    account_id: UUID
