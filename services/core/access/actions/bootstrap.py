"""The very first account: one printed token makes it, once; afterwards this door is walled up."""

from datetime import datetime

from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from services.core.access import bearers, queries, rules, schemas
from services.core.access.actions import passwords
from services.core.access.bearers import Mark
from services.core.access.events import AccountOpened
from services.core.access.models import Account, Invitation
from services.core.access.rules import Role
from services.core.kit import ledger
from services.core.kit.errors import Gone, Unauthenticated
from services.core.kit.events import Actor, Subject
from services.core.kit.ids import new_id
from services.core.kit.settings import settings
from services.core.kit.words import Words
from services.core.organisations.events import OrganisationChanged
from services.core.organisations.models import Organisation
from services.core.organisations.rules import OrganisationKind, OrganisationLevel
from services.core.policies import actions as policies
from services.core.regions.events import RegionChanged
from services.core.regions.models import Region
from services.core.regions.rules import RegionLevel, lineage

_BY = Actor.part("bootstrap")
_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(hashtextextended('access.bootstrap', 0))")


def printable(session: Session, *, now: datetime) -> str:
    """Make the token of the first administrator; one printed before is void.

    Raises:
        Gone: there is an account already.
    """
    session.execute(_ONE_AT_A_TIME)
    _must_be_unclaimed(session)
    session.execute(delete(Invitation).where(Invitation.account_id.is_(None)))
    secret = bearers.minted(Mark.BOOTSTRAP)
    session.add(
        Invitation(
            account_id=None,
            token_hash=secret.hash,
            created_at=now,
            expires_at=now + settings().invitation_life,
        )
    )
    ledger.note(session, "bootstrap.printed", by=_BY, now=now)
    return secret.text


def may_begin(session: Session, token: str, *, now: datetime) -> None:
    """Refuse whoever does not hold the printed token, before any work is done for them.

    Raises:
        Gone: there is an account already. Unauthenticated: another token, or an old one.
    """
    _must_be_unclaimed(session)
    found = queries.invitation(session, bearers.hashed(token), now=now)
    if found is None or found.account_id is not None:
        raise Unauthenticated(
            Words(
                "引导令牌不正确或已过期；tuanzu bootstrap 可重新打印。",
                "The bootstrap token is wrong or has expired; tuanzu bootstrap prints another.",
            )
        )


def begin(session: Session, *, given: schemas.Bootstrap, argon2: str, now: datetime) -> Account:
    """Make the first regions, organisation and account: the security administrator.

    Raises:
        Gone: there is an account already. Unauthenticated: another token, or an old one.
        Invalid: regions that do not lie in each other.
    """
    session.execute(_ONE_AT_A_TIME)
    may_begin(session, given.token, now=now)
    session.execute(delete(Invitation))
    policies.ship(session, now=now)
    region = _region(session, given.organisation, now)
    organisation = _organisation(session, given.organisation, region, now)
    account = Account(
        login=given.account.login,
        name=given.account.name,
        organisation_id=organisation.id,
        role=Role.SECURITY_ADMIN,
        email=given.account.email,
        last_seen_at=now,
    )
    rules.must_fit(Role.SECURITY_ADMIN, is_government=True, is_placeholder=False)
    session.add(account)
    session.flush()
    fact = AccountOpened(
        account_id=account.id, organisation_id=organisation.id, role=Role.SECURITY_ADMIN
    )
    about = Subject("account", account.id, organisation_ids=(organisation.id,))
    ledger.record(session, fact, about=about, by=_BY, now=now)
    passwords.set_password(session, account, argon2, now=now, by=_BY)
    return account


def _region(session: Session, given: schemas.FirstOrganisation, now: datetime) -> Region:
    """Enter the organisation's region, with those above it; what a seed entered is kept."""
    above: Region | None = None
    for each in given.regions:
        found = session.get(Region, each.code)
        if found is None:
            parent = (above.level, above.lineage) if above else None
            found = Region(
                **each.model_dump(),
                parent_code=above.code if above else None,
                lineage=lineage(each.code, RegionLevel(each.level), parent),
            )
            session.add(found)
            session.flush()
            fact = RegionChanged(region_code=each.code, change="entered")
            about = Subject("region", found.id, for_everybody=True)
            ledger.record(session, fact, about=about, by=_BY, now=now)
        above = found
    assert above is not None  # noqa: S101 the schema wants at least one
    return above


def _organisation(
    session: Session, given: schemas.FirstOrganisation, region: Region, now: datetime
) -> Organisation:
    """Enter the organisation that regulates this region."""
    made = new_id()
    row = Organisation(
        id=made,
        code=given.code,
        name=given.name,
        level=OrganisationLevel(region.level),
        kind=OrganisationKind.SASAC,
        lineage=[made],
        region_code=region.code,
    )
    session.add(row)
    session.flush()
    fact = OrganisationChanged(
        organisation_id=made, code=given.code, change="entered", parent_id=None
    )
    about = Subject("organisation", made, organisation_ids=(made,))
    ledger.record(session, fact, about=about, by=_BY, now=now)
    return row


def _must_be_unclaimed(session: Session) -> None:
    if not queries.is_unclaimed(session):
        raise Gone(
            Words(
                "已有账户，引导已结束；请管理员开通账户。",
                "There are accounts, so this is over; ask an administrator for one.",
            )
        )
