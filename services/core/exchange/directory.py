"""Drafts of the directory: policies, places, units, log-ins, officers."""

from services.core.access import rules as access_rules
from services.core.access.events import AccountOpened
from services.core.access.models import Account
from services.core.exchange import schemas
from services.core.exchange.book import Book, Unit
from services.core.kit.errors import Invalid
from services.core.kit.events import Subject
from services.core.kit.words import Words
from services.core.organisations import rules as organisation_rules
from services.core.organisations.events import OfficerAppointed, OrganisationChanged
from services.core.organisations.models import Officer, Organisation
from services.core.organisations.rules import GOVERNMENT
from services.core.policies import rules as policy_rules
from services.core.policies.events import PolicyAdopted
from services.core.policies.models import PolicyPack
from services.core.policies.rules import PackState
from services.core.regions import rules as region_rules
from services.core.regions.events import RegionChanged
from services.core.regions.models import Region, RegionDesignation


def policy(book: Book, row: schemas.PolicyRow) -> None:
    """Draft the first version of a policy pack, adopted."""
    with book.at("/document"):
        policy_rules.check_values(row.document)
        pack = policy_rules.checked_pack(row.document)
        if pack.code != row.code:
            words = Words("须与本行编号一致。", "It must be the code of this row.")
            raise Invalid.at("/code", words, code="other_pack", allowed=(row.code,))
    made = book.make("policies", row.code)
    number = 1
    book.draft(
        PolicyPack(
            id=made,
            number=number,
            state=PackState.ADOPTED,
            **row.model_dump(),
        )
    )
    fact = PolicyAdopted(
        policy_id=made, code=row.code, number=number, effective_on=row.effective_on
    )
    book.note(fact, Subject("policy", made, for_everybody=True))


def region(book: Book, row: schemas.RegionRow) -> None:
    """Draft a place, with the lists it stands on."""
    above = book.region(row.parent) if row.parent else None
    lineage = region_rules.lineage(row.code, row.level, above)
    made = book.make("regions", row.code)
    book.regions[row.code] = (row.level, lineage)
    book.draft(
        Region(
            id=made,
            lineage=lineage,
            parent_code=row.parent,
            **row.model_dump(exclude={"parent", "designations"}),
        ),
        *(
            RegionDesignation(region_code=row.code, **each.model_dump())
            for each in row.designations
        ),
    )
    about = Subject("region", made, for_everybody=True)
    book.note(RegionChanged(region_code=row.code, change="entered"), about)
    for _ in row.designations:
        book.note(RegionChanged(region_code=row.code, change="designated"), about)


def organisation(book: Book, row: schemas.OrganisationRow) -> None:
    """Draft a unit below its parent."""
    made = book.make("organisations", row.code)
    parent = book.unit(row.parent) if row.parent else None
    lineage = organisation_rules.lineage(made, parent.lineage if parent else ())
    book.units[row.code] = Unit(made, lineage, row.kind, row.is_placeholder)
    book.draft(
        Organisation(
            id=made,
            lineage=lineage,
            parent_id=parent.id if parent else None,
            region_code=row.region,
            **row.model_dump(exclude={"parent", "region", "short_names"}),
            short_names=list(row.short_names),
        )
    )
    book.note(
        OrganisationChanged(
            organisation_id=made,
            code=row.code,
            change="entered",
            parent_id=parent.id if parent else None,
        ),
        Subject("organisation", made, organisation_ids=(made,)),
    )


def account(book: Book, row: schemas.AccountRow) -> None:
    """Draft a log-in; its token is made when it is written."""
    unit = book.unit(row.organisation)
    access_rules.must_fit(
        row.role, is_government=unit.kind in GOVERNMENT, is_placeholder=unit.is_placeholder
    )
    made = book.make("accounts", row.login)
    book.homes[row.login] = unit
    book.draft(
        Account(id=made, organisation_id=unit.id, **row.model_dump(exclude={"organisation"}))
    )
    book.note(
        AccountOpened(account_id=made, organisation_id=unit.id, role=row.role),
        Subject("account", made, organisation_ids=(unit.id,)),
    )


def officer(book: Book, row: schemas.OfficerRow) -> None:
    """Draft an officer of a unit."""
    unit = book.unit(row.organisation)
    organisation_rules.must_hold_officers(is_placeholder=unit.is_placeholder)
    organisation_rules.checked_term(row.valid_from, row.valid_to)
    for pointer, login in (("/account", row.account), ("/deputy", row.deputy)):
        book.must_work_for(unit, pointer, login)
    made = book.make("officers", (row.organisation, row.duty, row.name))
    book.draft(
        Officer(
            id=made,
            organisation_id=unit.id,
            account_id=book.maybe("accounts", row.account),
            deputy_account_id=book.maybe("accounts", row.deputy),
            **row.model_dump(exclude={"organisation", "account", "deputy"}),
        )
    )
    book.note(
        OfficerAppointed(
            officer_id=made,
            organisation_id=unit.id,
            duty=row.duty,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        ),
        Subject("officer", made, organisation_ids=(unit.id,)),
    )
