"""Who a token belongs to, and the one statement that computes what they may see.

The statement that finds a caller for a request also enters: from then on the transaction has the
role whose rows are fenced (`tuanzu_caller`), and the fence knows the scope. Both end with it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import column, text
from sqlalchemy.orm import Session

from services.core.access import rules
from services.core.access.bearers import hashed
from services.core.kit.caller import Caller
from services.core.kit.db import CALLER_ROLE
from services.core.kit.errors import Unauthenticated
from services.core.kit.scope import Ids
from services.core.kit.words import Words

_BLIND = ", ".join(f"'{role}'" for role in rules.Role if not rules.sees_business_data(role))

# A member loses the group with its next request, and keeps a dissolved one as it was that day. A
# draft is its regulator's. Who owns or supervises a member does not thereby see the group, if it is
# a regulator: its region says what it sees. An administrator sees no business record at all.
_FOUND_AT = f"""
    FROM (SELECT :moment AS now,
                 CAST(:moment AT TIME ZONE 'Asia/Shanghai' AS date) AS today) AS clock
    CROSS JOIN account a
    JOIN organisation home ON home.id = a.organisation_id
    CROSS JOIN LATERAL (
      SELECT a.role NOT IN ({_BLIND}) AS sees,
             CASE a.role WHEN '{rules.Role.REGULATOR}' THEN home.region_code ELSE '' END AS region
    ) AS office
    CROSS JOIN LATERAL (SELECT
      ARRAY(SELECT o.id FROM organisation o
            WHERE office.sees AND o.lineage @> ARRAY[a.organisation_id]) AS own,
      ARRAY(SELECT o.id FROM organisation o
            WHERE office.region <> '' AND NOT o.lineage @> ARRAY[a.organisation_id]
              AND (o.region_code IN (SELECT r.code FROM region r
                                     WHERE r.lineage @> ARRAY[office.region])) IS TRUE
      ) AS in_region,
      ARRAY(SELECT m.group_id FROM group_membership m
            JOIN organisation o ON o.id = m.organisation_id
            JOIN joint_group g ON g.id = m.group_id
            WHERE office.sees AND o.lineage @> ARRAY[a.organisation_id]
              AND (o.id = home.id OR NOT (office.region <> '' OR home.kind = 'sasac'))
              AND g.state <> 'draft'
              AND m.valid_from <= LEAST(clock.today, g.dissolved_on)
              AND (m.valid_to IS NULL OR m.valid_to > LEAST(clock.today, g.dissolved_on))
            UNION
            SELECT g.id FROM joint_group g JOIN region r ON r.code = g.region_code
            WHERE office.region <> '' AND r.lineage @> ARRAY[office.region]) AS groups
      OFFSET 0) AS scope
"""  # noqa: S608 the names put in are those of our own roles
"""OFFSET 0 keeps the arrays from being computed once for each place that names them."""
_FOUND = _FOUND_AT.replace(":moment", "house_now()")
_FOUND_THEN = _FOUND_AT.replace(":moment", "CAST(:moment AS timestamptz)")

_WHO = "a.id, a.login, a.name, a.organisation_id, a.role, office.region, clock.now"
_CONTEXT = {
    "own_organisation_ids": "CAST(scope.own AS text)",
    "organisation_ids": "CAST(scope.own || scope.in_region AS text)",
    "group_ids": "CAST(scope.groups AS text)",
    "account_id": "CAST(a.id AS text)",
    "role": "a.role",
    "region": "office.region",
}
"""What the fence knows of a caller, as settings `tuanzu.*` of the transaction."""

_NO_BEARER = "NULL, NULL, NULL, NULL"
_BEARER = "t.id, t.session_id, t.scopes, t.limited_to"

_SCOPE = f"SELECT {_NO_BEARER}, {_WHO}, {', '.join(_CONTEXT.values())} "
_ENTERING = (
    ", ".join(f"set_config('tuanzu.{name}', {sql}, true)" for name, sql in _CONTEXT.items())
    + f", set_config('role', '{CALLER_ROLE}', true) {_FOUND}"
)
_COLUMNS = 4 + 7 + len(_CONTEXT) + 1
"""Of the bearer, of who it is, of its scope, and the role it takes."""
_BY_TOKEN = text(
    f"SELECT {_BEARER}, {_WHO}, {_ENTERING}"
    """
    JOIN access_token t ON t.account_id = a.id
    WHERE t.token_hash = :token_hash AND a.is_active
      AND t.revoked_at IS NULL AND t.expires_at > clock.now
    """
).columns(*(column(f"c{place}") for place in range(_COLUMNS)))
"""Its columns are numbered, so that what a row is like is found out once, not for each request."""
_THIS_ACCOUNT = "WHERE a.id = :account_id AND a.is_active"
_BY_ACCOUNT = text(_SCOPE + _FOUND + _THIS_ACCOUNT)
_BY_ACCOUNT_THEN = text(_SCOPE + _FOUND_THEN + _THIS_ACCOUNT)
_AS_ACCOUNT = text(f"SELECT {_NO_BEARER}, {_WHO}, {_ENTERING} {_THIS_ACCOUNT}")


def caller_of(session: Session, token: str, *, limited: bool = False) -> Caller:
    """Give the caller behind a bearer token, with scope and the house's clock, in one statement.

    The transaction is the caller's from here on: rows out of scope are not there for it.

    A session that must do one thing first may do nothing else; `limited` lets it do that thing.

    Raises:
        Unauthenticated: unknown, expired or revoked; the three are the same answer.
        SecondFactorRequired, PasswordChangeRequired: the session must do that first.
    """
    found = session.connection().execute(_BY_TOKEN, {"token_hash": hashed(token)})
    row = found.one_or_none()
    if row is None:
        raise Unauthenticated(
            Words("令牌无效、已过期或已撤销。", "The token is unknown, has expired or was revoked.")
        )
    caller = _caller(row)
    if not limited:
        rules.must_be_unlimited(caller.limited_to)
    return caller


def caller_for(session: Session, account_id: UUID) -> Caller | None:
    """Give the caller an account would be now, or None if it is closed.

    Used where the service acts on somebody's behalf: an endpoint sees what its owner sees. The
    transaction stays the service's own.
    """
    row = session.execute(_BY_ACCOUNT, {"account_id": account_id}).one_or_none()
    return _caller(row) if row else None


def caller_then(session: Session, account_id: UUID, moment: datetime) -> Caller | None:
    """Give the caller an account was on an earlier day, or None if it is closed by now.

    What has a day is judged by that day: membership in groups. What has none is as it is now: the
    account's role and unit, the units below it, places.
    """
    row = session.execute(
        _BY_ACCOUNT_THEN, {"account_id": account_id, "moment": moment}
    ).one_or_none()
    return _caller(row) if row else None


def enter_as(session: Session, account_id: UUID) -> Caller | None:
    """Go on as an account with what it may see by now, or None if it is closed.

    For what somebody asked to be done later: the transaction is theirs from here on.
    """
    row = session.execute(_AS_ACCOUNT, {"account_id": account_id}).one_or_none()
    return _caller(row) if row else None


def _caller(row: Sequence[Any]) -> Caller:
    token_id, session_id, scopes, limit, *who, own, organisations, groups = row[:14]
    account_id, login, name, organisation_id, role, region_code, now = who
    held = rules.PERMISSIONS[rules.Role(role)]
    return Caller(
        account_id=account_id,
        login=login,
        name=name,
        organisation_id=organisation_id,
        role=role,
        permissions=frozenset() if limit else rules.granted(held, scopes),
        organisation_ids=Ids("scope_organisations", organisations),
        group_ids=Ids("scope_groups", groups),
        now=now,
        own_organisation_ids=Ids("scope_own", own),
        token_id=token_id,
        session_id=session_id,
        scopes=None if scopes is None else frozenset(scopes),
        limited_to=limit,
        region_code=region_code,
    )
