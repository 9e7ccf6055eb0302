"""How a caller stands to a record, and whoever stands so sees what: the words of the authority."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from services.core.access.rules import PERMISSIONS, Permission


class Open(StrEnum):
    """What is needed where no role is asked for."""

    ANYBODY = "anybody"
    ACCOUNT = "any account"


class Relation(StrEnum):
    """How the caller stands to a record: its organisation to the record's unit and group."""

    ADDRESSEE = "the person it is for"
    OWN = "the unit itself"
    ABOVE = "a unit above it"
    BELOW = "a unit below it"
    CONVENER = "the group's convener"
    MEMBER = "another member"
    OBSERVER = "an observer"
    PARTNER = "a partner from outside the group"
    REGULATOR = "the county's regulator"
    REGULATOR_ABOVE = "a regulator above the county"
    PROVINCE = "the province's regulator"
    REGULATOR_OF_MEMBER = "a regulator with only a member in its region"
    REGULATOR_ELSEWHERE = "a regulator elsewhere"
    FORMER = "a former member"
    STRANGER = "a member of another group"
    ADMINISTRATOR = "an administrator"
    KEEPER = "the keeper of accounts"


class Kind(StrEnum):
    """What an operation is about."""

    GROUP = "group"
    PROJECT = "project"
    ADMISSION = "admission"
    REPORT = "report"
    REMINDER = "reminder"
    MESSAGE = "notification"
    RUN = "escalation"
    ORDER = "supervision order"
    AGREEMENT = "agreement"
    ENDPOINT = "webhook endpoint"
    TOKEN = "token"  # noqa: S105 a kind of record
    UNIT = "unit"
    MEETING = "meeting"
    BLOCKER = "blocker"
    EVIDENCE = "evidence"
    TOTAL = "finding about a total"
    JOB = "job"
    SESSION = "session"
    PLACE = "place"
    EVERYWHERE = "what counts everywhere"


@dataclass(frozen=True, slots=True)
class Rule:
    """What one operation asks for; `about` None: of no record, or of one that is public."""

    needs: Permission | Open
    about: Kind | None = None
    acts: frozenset[Relation] | None = None
    """Who may do it of those who see the record; None: all of them."""

    def roles(self) -> list[str]:
        """Name the roles that hold the permission."""
        return [role for role, held in PERMISSIONS.items() if self.needs in held]


_R = Relation
_GROUPS = frozenset(
    {_R.CONVENER, _R.MEMBER, _R.OBSERVER, _R.OWN, _R.ABOVE, _R.REGULATOR, _R.REGULATOR_ABOVE}
)
"""Whoever sees a group, where the unit in question is a member of it."""
REGULATORS = frozenset({_R.REGULATOR, _R.REGULATOR_ABOVE})
ANY_REGULATOR = REGULATORS | {_R.REGULATOR_OF_MEMBER, _R.REGULATOR_ELSEWHERE}
UNITS = frozenset({_R.OWN, _R.ABOVE})
ISSUER = frozenset({_R.REGULATOR})
KEEPERS = UNITS | REGULATORS | {_R.CONVENER}
ADDRESSEE = frozenset({_R.ADDRESSEE})

SEES: Mapping[Kind, frozenset[Relation]] = {
    Kind.GROUP: _GROUPS,
    Kind.PROJECT: _GROUPS | {_R.PARTNER},
    Kind.ADMISSION: _GROUPS,
    Kind.REPORT: _GROUPS | {_R.PARTNER},
    Kind.REMINDER: _GROUPS | ADDRESSEE,
    Kind.MESSAGE: ADDRESSEE,
    Kind.RUN: _GROUPS,
    Kind.ORDER: _GROUPS,
    Kind.AGREEMENT: _GROUPS,
    Kind.ENDPOINT: UNITS,
    Kind.TOKEN: ADDRESSEE | {_R.KEEPER},
    Kind.UNIT: frozenset(Relation),
    Kind.MEETING: _GROUPS,
    Kind.BLOCKER: _GROUPS | {_R.PARTNER},
    Kind.EVIDENCE: _GROUPS | {_R.PARTNER},
    Kind.TOTAL: UNITS | REGULATORS,
    Kind.JOB: ADDRESSEE,
    Kind.SESSION: ADDRESSEE | {_R.KEEPER},
    Kind.PLACE: frozenset(Relation),
    Kind.EVERYWHERE: frozenset(Relation),
}
