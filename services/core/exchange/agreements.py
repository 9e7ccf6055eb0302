"""Drafts of agreements with their parties, and of what was promised and stated in numbers."""

from typing import Any

from services.core.agreements import rules
from services.core.agreements.events import AgreementRecorded, AgreementSigned, BatchRecorded
from services.core.agreements.models import AgreementBatch, AgreementParty, FrameworkAgreement
from services.core.exchange import schemas
from services.core.exchange.book import Book
from services.core.exchange.library import amounts
from services.core.kit.events import Subject
from services.core.targets import rules as target_rules
from services.core.targets.events import LibraryStated, TargetRecorded
from services.core.targets.models import AnnualTarget, LibraryStatement


def batch(book: Book, row: schemas.BatchRow) -> None:
    """Draft agreements that were signed on one occasion, as they were announced."""
    made = book.make("batches", row.code)
    money = amounts("amount", "amount_qualifier", row.amount)
    book.draft(AgreementBatch(id=made, **row.model_dump(exclude={"amount"}), **money))
    fact = BatchRecorded(batch_id=made, batch_code=row.code, agreement_count=row.agreement_count)
    book.note(fact, Subject("agreement_batch", made, for_everybody=True))


def agreement(book: Book, row: schemas.AgreementRow) -> None:
    """Draft an agreement; both sides are named, unless the source names neither."""
    parties = [(book.unit(party.organisation).id, party.side) for party in row.parties]
    if parties or not row.is_placeholder:
        rules.check_parties(parties)
    made, group_id = book.make("agreements", row.code), book.maybe("groups", row.group)
    book.draft(
        FrameworkAgreement(
            id=made,
            batch_id=book.maybe("batches", row.batch),
            group_id=group_id,
            **row.model_dump(exclude={"batch", "group", "amount", "parties"}),
            **amounts("amount", "amount_qualifier", row.amount),
        ),
        *(
            AgreementParty(agreement_id=made, organisation_id=unit_id, side=side)
            for unit_id, side in parties
        ),
    )
    said: dict[str, Any] = {"agreement_id": made, "agreement_code": row.code, "state": row.state}
    units = tuple(unit_id for unit_id, _ in parties)
    is_public = rules.is_for_everybody(
        is_placeholder=row.is_placeholder, group_id=group_id, units=units
    )
    about = Subject("agreement", made, group_id, units, for_everybody=is_public)
    book.note(AgreementRecorded(**said), about)
    if row.signed_on is not None:
        book.note(AgreementSigned(**said, signed_on=row.signed_on), about)


def target(book: Book, row: schemas.TargetRow) -> None:
    """Draft a region's target for one year."""
    made, figures = book.make("targets", (row.region, row.year)), _figures(row)
    book.draft(
        AnnualTarget(
            id=made,
            region_code=row.region,
            year=row.year,
            source=row.source,
            is_illustrative=row.is_illustrative,
            **figures,
        )
    )
    fact = TargetRecorded(target_id=made, region_code=row.region, year=row.year, **figures)
    book.note(fact, Subject("annual_target", made, for_everybody=True))


def statement(book: Book, row: schemas.StatementRow) -> None:
    """Draft the library's size as somebody stated it."""
    target_rules.checked_month(row.as_of_month, f"{book.today:%Y-%m}")
    made, figures = book.make("statements", (row.region, row.as_of_month)), _figures(row)
    book.draft(
        LibraryStatement(
            id=made,
            region_code=row.region,
            as_of_month=row.as_of_month,
            source=row.source,
            is_illustrative=row.is_illustrative,
            **figures,
        )
    )
    fact = LibraryStated(
        statement_id=made, region_code=row.region, as_of_month=row.as_of_month, **figures
    )
    book.note(fact, Subject("library_statement", made, for_everybody=True))


def _figures(row: schemas.TargetRow | schemas.StatementRow) -> dict[str, Any]:
    """Give what rows and facts call the number of projects and the investment."""
    return {
        "project_count": row.projects,
        "project_qualifier": row.project_qualifier,
        "investment": row.investment.amount,
        "investment_qualifier": row.investment.qualifier,
    }
