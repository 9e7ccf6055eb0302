"""Sessions and tokens: their kinds, what a token may do, and what a session must do first."""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from enum import StrEnum

from services.core.kit.errors import Forbidden, Invalid
from services.core.kit.words import Words


class SessionKind(StrEnum):
    """Where somebody is signed in."""

    BROWSER = "browser"
    PHONE = "phone"


class SessionMethod(StrEnum):
    """By what somebody has signed in."""

    PASSWORD = "password"  # noqa: S105 the name of a way in
    OIDC = "oidc"


class TokenKind(StrEnum):
    """What a bearer token is for."""

    PERSONAL = "personal"
    SERVICE = "service"
    ACCESS = "access"
    COOKIE = "cookie"


class EndReason(StrEnum):
    """Why a session is over before its time."""

    SIGNED_OUT = "signed_out"
    ENDED_ELSEWHERE = "ended_elsewhere"
    ENDED_BY_ADMINISTRATOR = "ended_by_administrator"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 a reason
    SECOND_FACTOR_CHANGED = "second_factor_changed"
    ACCOUNT_CHANGED = "account_changed"
    TOO_MANY = "too_many"
    TOKEN_REUSED = "token_reused"  # noqa: S105 a reason


class Limit(StrEnum):
    """What a session must do before it may do anything else."""

    PASSWORD = "password"  # noqa: S105 what is to be changed
    SECOND_FACTOR = "second_factor"


class SecondFactorRequired(Forbidden):
    """The role needs a second factor and the account has none yet."""

    code = "second_factor_required"


class PasswordChangeRequired(Forbidden):
    """The password has come of age."""

    code = "password_change_required"


def limit_of(
    *,
    has_second_factor: bool,
    needs_second_factor: bool,
    set_at: datetime | None,
    life: timedelta | None,
    now: datetime,
) -> Limit | None:
    """Say what a session by password must do first, if anything."""
    if set_at and life and now >= set_at + life:
        return Limit.PASSWORD
    if needs_second_factor and not has_second_factor:
        return Limit.SECOND_FACTOR
    return None


def must_be_unlimited(limit: str | None) -> None:
    """Refuse everything but the one thing a limited session must do.

    Raises:
        SecondFactorRequired, PasswordChangeRequired: it has not been done.
    """
    if limit == Limit.SECOND_FACTOR:
        raise SecondFactorRequired(
            Words(
                "此角色须先启用二次验证：POST /api/v1/me/second-factor。",
                "This role needs a second factor first: POST /api/v1/me/second-factor.",
            )
        )
    if limit == Limit.PASSWORD:
        raise PasswordChangeRequired(
            Words(
                "密码已到期，请先修改：PUT /api/v1/me/password。",
                "The password has expired; change it first: PUT /api/v1/me/password.",
            )
        )


def granted(role: Iterable[str], scopes: Collection[str] | None) -> frozenset[str]:
    """Give what a token may do: what its role holds, and no more than its scopes name."""
    held = frozenset(role)
    return held if scopes is None else held & frozenset(scopes)


def narrowed(
    asked: Collection[str] | None, *, held: Iterable[str], scopes: Collection[str] | None
) -> list[str] | None:
    """Give the scopes of a new token; None is all of the role, for who has all of it.

    Raises:
        Invalid: a scope that who issues it does not hold.
    """
    if asked is None:
        return None if scopes is None else sorted(scopes)
    allowed = granted(held, scopes)
    beyond = sorted(set(asked) - allowed)
    if beyond:
        raise Invalid.at(
            "/scopes",
            Words(f"不能授予“{beyond[0]}”。", f"'{beyond[0]}' is not yours to grant."),
            code="not_held",
            allowed=tuple(sorted(allowed)),
        )
    return sorted(set(asked))


def must_be_whole(scopes: Collection[str] | None) -> None:
    """Refuse that a token with scopes touches the account itself.

    Raises:
        Forbidden: the token was made for less.
    """
    if scopes is not None:
        raise Forbidden(
            Words(
                "受限令牌不能更改账户、会话或凭据。",
                "A token with scopes does not change the account, its sessions or credentials.",
            )
        )
