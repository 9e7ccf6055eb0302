"""Writes of accounts, and of everything by which somebody comes in as one."""

from services.core.access.actions import (
    bootstrap,
    oidc,
    passwords,
    second_factor,
    sessions,
    throttle,
)
from services.core.access.actions.accounts import change, close, kept, open_account
from services.core.access.actions.signing_in import CodeRequired, SignInRefused, sign_in
from services.core.access.actions.tokens import (
    Use,
    issue_for,
    issue_own,
    issue_token,
    note_uses,
    revoke,
)
from services.core.access.actions.upkeep import tidy

__all__ = (
    "CodeRequired",
    "SignInRefused",
    "Use",
    "bootstrap",
    "change",
    "close",
    "issue_for",
    "issue_own",
    "issue_token",
    "kept",
    "note_uses",
    "oidc",
    "open_account",
    "passwords",
    "revoke",
    "second_factor",
    "sessions",
    "sign_in",
    "throttle",
    "tidy",
)
