"""Reads of whoever calls, of accounts and tokens, and of whom to ask."""

from services.core.access.queries.accounts import (
    Sought,
    account,
    accounts,
    for_change,
    has_login,
    me,
)
from services.core.access.queries.caller import TOKEN_PREFIX, caller_for, caller_of, hashed
from services.core.access.queries.people import (
    Recipient,
    must_work_for,
    people_for,
    recipient,
    speaking_for,
)
from services.core.access.queries.tokens import (
    issued,
    live_tokens,
    token,
    token_for_change,
    tokens,
)

__all__ = (
    "TOKEN_PREFIX",
    "Recipient",
    "Sought",
    "account",
    "accounts",
    "caller_for",
    "caller_of",
    "for_change",
    "has_login",
    "hashed",
    "issued",
    "live_tokens",
    "me",
    "must_work_for",
    "people_for",
    "recipient",
    "speaking_for",
    "token",
    "token_for_change",
    "tokens",
)
