"""Whom to ask: the accounts that answer for an organisation on a day."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from services.core.access import rules
from services.core.access.models import Account
from services.core.kit.errors import Invalid
from services.core.kit.words import Words
from services.core.organisations.rules import Duty


@dataclass(frozen=True, slots=True)
class Recipient:
    """A person who can be told something."""

    account_id: UUID
    name: str
    email: str | None
    language: str


_MAY_ANSWER = """
    a.is_active AND a.role <> ALL(:administrators) AND EXISTS (
      SELECT FROM organisation home, organisation unit
      WHERE home.id = a.organisation_id AND unit.id = :organisation_id
        AND (home.id = ANY(unit.lineage) OR unit.id = ANY(home.lineage)))
"""
"""The account is open, no administrator's, and of the unit or of one in the same line: whoever is
asked about a unit's records gets to read of them."""

_ONE_ACCOUNT = "SELECT a.id FROM account a WHERE a.id = :account_id AND"
_OFFICERS = """
    WITH asked AS (
      SELECT duty, place FROM unnest(CAST(:duties AS text[])) WITH ORDINALITY AS d(duty, place)
    ), found AS (
      SELECT 2 * asked.place AS place, person.id
      FROM asked
      JOIN officer o ON o.organisation_id = :organisation_id AND o.duty = asked.duty
       AND o.valid_from <= :on AND (o.valid_to IS NULL OR o.valid_to > :on)
      CROSS JOIN LATERAL (
        SELECT a.id FROM account a
        WHERE a.id IN (o.account_id, o.deputy_account_id) AND
"""
_ELSE_ROLES = """
        ORDER BY a.id = o.account_id DESC LIMIT 1
      ) AS person
      UNION ALL
      SELECT 2 * asked.place + 1, a.id
      FROM asked
      JOIN account a ON a.organisation_id = :organisation_id AND a.role = asked.duty
      WHERE a.is_active AND a.role <> ALL(:administrators)
    )
    SELECT a.id, a.name, a.email, a.language FROM account a
    WHERE a.id IN (SELECT id FROM found WHERE place = (SELECT min(place) FROM found))
    ORDER BY a.login
"""
_MAY = text(_ONE_ACCOUNT + _MAY_ANSWER)
_PEOPLE = text(_OFFICERS + _MAY_ANSWER + _ELSE_ROLES)
_ADMINISTRATORS = sorted(rules.ADMINISTRATORS)


def people_for(session: Session, *, organisation_id: UUID, duty: str, on: date) -> list[Recipient]:
    """Give whom to ask in an organisation about a duty on a day, each once, by log-in.

    Its officers in that duty (the deputy where the officer's account is closed or missing); where
    none can be reached, its accounts with the role of that name; then the duty's stand-ins.
    """
    found = session.execute(
        _PEOPLE,
        {
            "organisation_id": organisation_id,
            "duties": list(rules.asked(duty)),
            "on": on,
            "administrators": _ADMINISTRATORS,
        },
    )
    return [Recipient(*row) for row in found]


def speaking_for(
    session: Session, organisation_ids: Iterable[UUID], *, on: date
) -> list[Recipient]:
    """Give who speaks for whole units on a day, each once: leader, liaison, office accounts."""
    units = tuple(organisation_ids)
    people: dict[UUID, Recipient] = {}
    for unit in units:
        for duty in (Duty.LEADER, Duty.LIAISON):
            found = people_for(session, organisation_id=unit, duty=duty, on=on)
            people.update((person.account_id, person) for person in found)
    offices = session.execute(
        select(Account.id, Account.name, Account.email, Account.language)
        .where(
            Account.organisation_id.in_(units), Account.role.in_(rules.OFFICE), Account.is_active
        )
        .order_by(Account.id)
    )
    people.update((row.id, Recipient(*row)) for row in offices)
    return list(people.values())


def recipient(session: Session, account_id: UUID) -> Recipient | None:
    """Give one account as somebody to be told, or None if it is closed."""
    row = session.execute(
        select(Account.id, Account.name, Account.email, Account.language).where(
            Account.id == account_id, Account.is_active
        )
    ).one_or_none()
    return Recipient(*row) if row else None


def must_work_for(
    session: Session, *, organisation_id: UUID, named: Mapping[str, UUID | None]
) -> None:
    """Refuse log-ins that cannot answer for a unit; `named` is JSON pointer → account.

    Raises:
        Invalid: an account is unknown, closed, an administrator's, or of a unit in another line.
    """
    for pointer, account_id in named.items():
        if account_id is None:
            continue
        asked = {
            "account_id": account_id,
            "organisation_id": organisation_id,
            "administrators": _ADMINISTRATORS,
        }
        if session.execute(_MAY, asked).one_or_none() is None:
            raise Invalid.at(
                pointer,
                Words(
                    "须为本单位或其上下级单位的有效账户。",
                    "This must be an open account of the unit, or of one above or below it.",
                ),
                code="unknown_account",
            )
