"""The audit over HTTP, for regulators and the audit administrator."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field, StringConstraints

from services.api.door import Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.audit import actions, queries, schemas
from services.core.kit.shapes import AtInstant

router = APIRouter(tags=["audit"])

_Word = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,64}(\.[a-z_]{1,64})?$")]
_Address = Annotated[str, StringConstraints(pattern=r"^[0-9A-Fa-f.:]{2,45}$")]


class AuditQuery(ListQuery):
    """Filters of the audit."""

    account_id: UUID | None = None
    organisation_id: Annotated[UUID | None, Field(description="Organisation of whoever acted.")] = (
        None
    )
    subject_kind: _Word | None = None
    subject_id: UUID | None = None
    action: Annotated[_Word | None, Field(description="Only this event or `audit.act`.")] = None
    outcome: Annotated[
        _Word | None, Field(description="Only what ended so: `done`, or the code of a refusal.")
    ] = None
    address: Annotated[_Address | None, Field(description="Only from this network address.")] = None
    since: Annotated[AtInstant | None, Field(description="From this instant on.")] = None
    until: Annotated[AtInstant | None, Field(description="Before this instant.")] = None

    def sought(self) -> queries.Sought:
        """Give the filters in the core's words."""
        return queries.Sought(
            account_id=self.account_id,
            organisation_id=self.organisation_id,
            subject_kind=self.subject_kind,
            subject_id=self.subject_id,
            action=self.action,
            outcome=self.outcome,
            address=self.address,
            since=self.since,
            until=self.until,
        )


@router.get("/audit", response_model=schemas.AuditPage)
@in_transaction
def list_audit(door: Enter, query: Annotated[AuditQuery, Query()]) -> Response:
    """List lines of the audit, newest first; that it was read is a line of its own."""
    page = queries.entries(door.session, door.caller, ask=query.ask(), sought=query.sought())
    actions.note_reading(door.session, asked=query.ask().filters, by=door.caller)
    return door.many(page)


@router.get("/audit/head", response_model=schemas.Head)
@in_reading
def get_audit_head(door: Enter) -> Response:
    """Read where the chain ends; whoever writes it down can prove later what came before it."""
    return door.one(queries.shown_head(door.session, door.caller))
