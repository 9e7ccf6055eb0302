"""Who a token belongs to, and the one statement that computes what they may see."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.core.access import rules
from services.core.access.bearers import hashed
from services.core.kit.caller import Caller
from services.core.kit.errors import Unauthenticated
from services.core.kit.words import Words

# A member loses the group with its next request, and keeps a dissolved one as it was that day. A
# draft is its regulator's. Who owns or supervises a member does not thereby see the group, if it is
# a regulator: its region says what it sees.
_SCOPE = """
    SELECT {bearer}, a.id, a.login, a.name, a.organisation_id, a.role, clock.now,
      ARRAY(SELECT o.id FROM organisation o
            WHERE o.lineage @> ARRAY[a.organisation_id]) AS own,
      CASE WHEN a.role = 'regulator' THEN
        ARRAY(SELECT o.id FROM organisation o JOIN region r ON r.code = o.region_code
              WHERE r.lineage @> ARRAY[home.region_code]
                AND NOT o.lineage @> ARRAY[a.organisation_id])
      ELSE '{{}}' END AS in_region,
      ARRAY(SELECT m.group_id FROM group_membership m
            JOIN organisation o ON o.id = m.organisation_id
            JOIN joint_group g ON g.id = m.group_id
            WHERE o.lineage @> ARRAY[a.organisation_id]
              AND (o.id = home.id OR NOT (a.role = 'regulator' OR home.kind = 'sasac'))
              AND g.state <> 'draft'
              AND m.valid_from <= LEAST(clock.today, g.dissolved_on)
              AND (m.valid_to IS NULL OR m.valid_to > LEAST(clock.today, g.dissolved_on))
            UNION
            SELECT g.id FROM joint_group g JOIN region r ON r.code = g.region_code
            WHERE a.role = 'regulator' AND r.lineage @> ARRAY[home.region_code]) AS groups
    FROM (SELECT house_now() AS now,
                 CAST(house_now() AT TIME ZONE 'Asia/Shanghai' AS date) AS today) AS clock
    CROSS JOIN account a
    JOIN organisation home ON home.id = a.organisation_id
"""
_BY_TOKEN = text(
    _SCOPE.format(bearer="t.id, t.session_id, t.scopes, t.limited_to")
    + """
    JOIN access_token t ON t.account_id = a.id
    WHERE t.token_hash = :token_hash AND a.is_active
      AND t.revoked_at IS NULL AND t.expires_at > clock.now
    """
)
_BY_ACCOUNT = text(
    _SCOPE.format(bearer="NULL, NULL, NULL, NULL") + "WHERE a.id = :account_id AND a.is_active"
)


def caller_of(session: Session, token: str, *, limited: bool = False) -> Caller:
    """Give the caller behind a bearer token, with scope and the house's clock, in one statement.

    A session that must do one thing first may do nothing else; `limited` lets it do that thing.

    Raises:
        Unauthenticated: unknown, expired or revoked; the three are the same answer.
        SecondFactorRequired, PasswordChangeRequired: the session must do that first.
    """
    row = session.execute(_BY_TOKEN, {"token_hash": hashed(token)}).one_or_none()
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

    Used where the service acts on somebody's behalf: an endpoint sees what its owner sees.
    """
    row = session.execute(_BY_ACCOUNT, {"account_id": account_id}).one_or_none()
    return _caller(row) if row else None


def _caller(row: Sequence[Any]) -> Caller:
    token_id, session_id, scopes, limit, *who, role, now, own, in_region, groups = row
    account_id, login, name, organisation_id = who
    known = rules.Role(role)
    sees = rules.sees_business_data(known)
    return Caller(
        account_id=account_id,
        login=login,
        name=name,
        organisation_id=organisation_id,
        role=role,
        permissions=frozenset() if limit else rules.granted(rules.PERMISSIONS[known], scopes),
        organisation_ids=frozenset(own).union(in_region) if sees else frozenset(),
        group_ids=frozenset(groups) if sees else frozenset(),
        now=now,
        own_organisation_ids=frozenset(own) if sees else frozenset(),
        token_id=token_id,
        session_id=session_id,
        scopes=None if scopes is None else frozenset(scopes),
        limited_to=limit,
    )
