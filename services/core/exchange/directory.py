"""Drafts of the directory: places, units, log-ins, officers."""

from services.core.access.models import Account
from services.core.exchange import schemas
from services.core.exchange.book import Book, Unit
from services.core.kit.errors import Invalid
from services.core.kit.events import Subject
from services.core.kit.words import Words
from services.core.organisations import rules as organisation_rules
from services.core.organisations.events import OfficerAppointed, OrganisationChanged
from services.core.organisations.models import Officer, Organisation
from services.core.regions import rules as region_rules
from services.core.regions.events import RegionChanged
from services.core.regions.models import Region, RegionDesignation


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
    about = Subject("region", made)
    book.note(RegionChanged(region_code=row.code, change="entered"), about)
    for _ in row.designations:
        book.note(RegionChanged(region_code=row.code, change="designated"), about)


def organisation(book: Book, row: schemas.OrganisationRow) -> None:
    """Draft a unit below its parent."""
    made = book.make("organisations", row.code)
    parent = book.unit(row.parent) if row.parent else None
    lineage = organisation_rules.lineage(made, parent.lineage if parent else ())
    book.units[row.code] = Unit(made, lineage, row.region, row.is_placeholder)
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
    if unit.is_placeholder:
        raise Invalid.at(
            "/organisation",
            Words("占位单位不能有账户。", "A placeholder unit can have no log-ins."),
            code="placeholder",
        )
    made = book.make("accounts", row.login)
    book.draft(
        Account(id=made, organisation_id=unit.id, **row.model_dump(exclude={"organisation"}))
    )


def officer(book: Book, row: schemas.OfficerRow) -> None:
    """Draft an officer of a unit."""
    unit = book.unit(row.organisation)
    organisation_rules.must_hold_officers(is_placeholder=unit.is_placeholder)
    organisation_rules.checked_term(row.valid_from, row.valid_to)
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
