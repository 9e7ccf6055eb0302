"""Framework agreements and their batches over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from services.api.door import Door, Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.agreements import actions, queries, schemas
from services.core.agreements.rules import AgreementState, AgreementVerb
from services.core.projects.rules import Domain

router = APIRouter(tags=["agreements"])


class AgreementsQuery(ListQuery):
    """Filters of the list."""

    batch_id: UUID | None = None
    group_id: UUID | None = None
    party_id: Annotated[
        UUID | None, Field(description="Only those this organisation is a party of.")
    ] = None
    state: AgreementState | None = None
    domain: Domain | None = None

    def sought(self) -> queries.Sought:
        """Give the filters in the core's words."""
        return queries.Sought(
            batch_id=self.batch_id,
            group_id=self.group_id,
            party_id=self.party_id,
            state=self.state,
            domain=self.domain,
        )


@router.get("/agreement-batches", response_model=schemas.BatchPage)
@in_reading
def list_agreement_batches(door: Enter, query: Annotated[ListQuery, Query()]) -> Response:
    """List batches as they were announced."""
    return door.many(queries.batches(door.session, door.caller, ask=query.ask()))


@router.post("/agreement-batches", status_code=201, response_model=schemas.Batch)
@in_transaction
def record_agreement_batch(door: Enter, given: schemas.NewBatch) -> Response:
    """Record agreements of one occasion as they were announced."""
    batch = actions.record_batch(door.session, given=given, by=door.caller)
    found = queries.batch(door.session, door.caller, batch_id=batch.id)
    return door.created(f"/agreement-batches/{batch.id}", found)


@router.get("/agreement-batches/{batch_id}", response_model=schemas.Batch)
@in_reading
def get_agreement_batch(door: Enter, batch_id: UUID) -> Response:
    """Read one batch."""
    return door.one(queries.batch(door.session, door.caller, batch_id=batch_id))


@router.get("/agreements", response_model=schemas.AgreementPage)
@in_reading
def list_agreements(door: Enter, query: Annotated[AgreementsQuery, Query()]) -> Response:
    """List agreements."""
    return door.many(
        queries.agreements(door.session, door.caller, ask=query.ask(), sought=query.sought())
    )


@router.post("/agreements", status_code=201, response_model=schemas.Agreement)
@in_transaction
def record_agreement(door: Enter, given: schemas.NewAgreement) -> Response:
    """Record an agreement, in talks or already signed, with its parties."""
    agreement = actions.record(door.session, given=given, by=door.caller)
    found = queries.agreement(door.session, door.caller, agreement_id=agreement.id)
    return door.created(f"/agreements/{agreement.id}", found)


@router.get("/agreements/{agreement_id}", response_model=schemas.Agreement)
@in_reading
def get_agreement(door: Enter, agreement_id: UUID) -> Response:
    """Read one agreement with its parties and what came out of it."""
    return door.one(queries.agreement(door.session, door.caller, agreement_id=agreement_id))


@router.patch("/agreements/{agreement_id}", response_model=schemas.Agreement)
@in_transaction
def change_agreement(door: Enter, agreement_id: UUID, given: schemas.AgreementChange) -> Response:
    """Change what is recorded of an agreement (JSON Merge Patch)."""
    _shows(door, agreement_id)
    actions.change(
        door.session,
        agreement_id=agreement_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


@router.post("/agreements/{agreement_id}/sign", response_model=schemas.Agreement)
@in_transaction
def sign_agreement(door: Enter, agreement_id: UUID, given: schemas.Signing) -> Response:
    """Note that an agreement was signed."""
    _shows(door, agreement_id)
    actions.sign(
        door.session,
        agreement_id=agreement_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


@router.post("/agreements/{agreement_id}/convert", response_model=schemas.Agreement)
@in_transaction
def convert_agreement(door: Enter, agreement_id: UUID, given: schemas.Conversion) -> Response:
    """Link a project that came out of an agreement."""
    _shows(door, agreement_id)
    actions.convert(
        door.session,
        agreement_id=agreement_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


@router.post("/agreements/{agreement_id}/fulfil", response_model=schemas.Agreement)
@in_transaction
def fulfil_agreement(door: Enter, agreement_id: UUID, given: schemas.Ending) -> Response:
    """Note that an agreement was fulfilled."""
    _end(door, agreement_id, AgreementVerb.FULFIL, given)
    return door.changed()


@router.post("/agreements/{agreement_id}/expire", response_model=schemas.Agreement)
@in_transaction
def expire_agreement(door: Enter, agreement_id: UUID, given: schemas.Ending) -> Response:
    """Note that an agreement has expired."""
    _end(door, agreement_id, AgreementVerb.EXPIRE, given)
    return door.changed()


@router.post("/agreements/{agreement_id}/terminate", response_model=schemas.Agreement)
@in_transaction
def terminate_agreement(door: Enter, agreement_id: UUID, given: schemas.Ending) -> Response:
    """Note that an agreement was given up."""
    _end(door, agreement_id, AgreementVerb.TERMINATE, given)
    return door.changed()


def _shows(door: Door, agreement_id: UUID) -> None:
    door.shows(lambda: queries.agreement(door.session, door.caller, agreement_id=agreement_id))


def _end(door: Door, agreement_id: UUID, verb: AgreementVerb, given: schemas.Ending) -> None:
    """Do one of the three moves that end an agreement."""
    _shows(door, agreement_id)
    actions.end(
        door.session,
        agreement_id=agreement_id,
        verb=verb,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
