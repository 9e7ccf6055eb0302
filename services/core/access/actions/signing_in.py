"""Signing in by password: what is claimed, what is right, and the one answer to all that is not."""

from typing import ClassVar

from sqlalchemy.orm import Session

from services.core.access import queries
from services.core.access.actions import passwords, second_factor, sessions, throttle
from services.core.access.actions.passwords import Claim
from services.core.access.actions.sessions import Opened
from services.core.access.rules import SessionKind, SessionMethod
from services.core.kit.errors import Refusal, Unauthenticated
from services.core.kit.words import Words


class SignInRefused(Unauthenticated):
    """Unknown log-in, wrong password or code, closed or dormant account: all the same answer."""

    code: ClassVar[str] = "sign_in_refused"

    def __init__(self) -> None:
        """Say the same sentence whatever was wrong."""
        super().__init__(
            Words(
                "登录名、密码或验证码不正确，或账户不可用。",
                "The log-in, password or code is wrong, or the account cannot be used.",
            )
        )


class CodeRequired(Unauthenticated):
    """The password is right; the account's second factor is asked for."""

    code: ClassVar[str] = "second_factor_code_required"


def sign_in(
    session: Session,
    claimed: Claim,
    *,
    is_right: bool,
    code: str | None,
    kind: SessionKind,
    user_agent: str | None,
) -> Opened | Refusal:
    """Open a session for who is right; gives the refusal for who is not, to be said after commit.

    A password that is right without the code it needs is no failure, and ends no row of them.
    """
    known = claimed.known
    if not is_right or known is None:
        passwords.failed(session, claimed, outcome="wrong_password")
        return SignInRefused()
    account = queries.for_change(session, account_id=known.account_id, expected=None)
    if queries.has_second_factor(session, account.id):
        if code is None:
            throttle.take_back(session, claimed.attempt, proven=False)
            return CodeRequired(
                Words("请输入二次验证码。", "Send the code of your second factor too.")
            )
        if not second_factor.passes(session, account.id, code, now=claimed.now):
            passwords.failed(session, claimed, outcome="wrong_code")
            return SignInRefused()
    passwords.proven(session, claimed, account)
    return sessions.open_session(
        session,
        account,
        kind=kind,
        method=SessionMethod.PASSWORD,
        user_agent=user_agent,
        now=claimed.now,
    )
