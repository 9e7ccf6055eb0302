"""Organisations and their officers over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field, StringConstraints

from services.api.door import Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.access import queries as access
from services.core.kit.reading import Found
from services.core.kit.shapes import AsOf, RegionCode
from services.core.organisations import actions, queries, schemas
from services.core.organisations.rules import Duty, OrganisationKind, OrganisationLevel

router = APIRouter(tags=["organisations"])

_Part = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class OrganisationsQuery(ListQuery):
    """Filters of the directory."""

    under: Annotated[
        UUID | None, Field(description="Only this organisation and those below it.")
    ] = None
    region: Annotated[
        RegionCode | None, Field(description="Only those located in this region or below it.")
    ] = None
    level: OrganisationLevel | None = None
    kind: OrganisationKind | None = None
    q: Annotated[_Part | None, Field(description="Part of the name or a short name.")] = None

    def sought(self) -> queries.Sought:
        """Give the filters in the core's words."""
        return queries.Sought(
            under=self.under, region=self.region, level=self.level, kind=self.kind, q=self.q
        )


class OfficersQuery(ListQuery):
    """Filters of an organisation's officers."""

    duty: Duty | None = None
    as_of: AsOf = None


@router.get("/organisations", response_model=schemas.OrganisationPage)
@in_reading
def list_organisations(door: Enter, query: Annotated[OrganisationsQuery, Query()]) -> Response:
    """List the directory."""
    return door.many(queries.organisations(door.session, ask=query.ask(), sought=query.sought()))


@router.post("/organisations", status_code=201, response_model=schemas.Organisation)
@in_transaction
def enter_organisation(door: Enter, given: schemas.NewOrganisation) -> Response:
    """Enter a unit in the directory."""
    made = actions.enter(door.session, given=given, by=door.caller)
    return door.created(
        f"/organisations/{made.id}", queries.organisation(door.session, organisation_id=made.id)
    )


@router.get("/organisations/{organisation_id}", response_model=schemas.Organisation)
@in_reading
def get_organisation(door: Enter, organisation_id: UUID) -> Response:
    """Read one organisation."""
    return door.one(queries.organisation(door.session, organisation_id=organisation_id))


@router.patch("/organisations/{organisation_id}", response_model=schemas.Organisation)
@in_transaction
def change_organisation(
    door: Enter, organisation_id: UUID, given: schemas.OrganisationChange
) -> Response:
    """Change a unit (JSON Merge Patch); another `parent_id` moves all that is below it too."""
    door.shows(lambda: queries.organisation(door.session, organisation_id=organisation_id))
    actions.change(
        door.session,
        organisation_id=organisation_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


@router.get("/organisations/{organisation_id}/officers", response_model=schemas.OfficerPage)
@in_reading
def list_officers(
    door: Enter, organisation_id: UUID, query: Annotated[OfficersQuery, Query()]
) -> Response:
    """List who answers for a unit; phones and log-ins only if it is in the caller's scope."""
    queries.organisation(door.session, organisation_id=organisation_id)
    return door.many(
        queries.officers(
            door.session,
            door.caller,
            organisation_id=organisation_id,
            ask=query.ask(),
            duty=query.duty,
            as_of=query.as_of,
        )
    )


@router.post(
    "/organisations/{organisation_id}/officers", status_code=201, response_model=schemas.Officer
)
@in_transaction
def appoint_officer(door: Enter, organisation_id: UUID, given: schemas.NewOfficer) -> Response:
    """Appoint a person to answer for a unit in one duty."""
    officer = actions.appoint(
        door.session, organisation_id=organisation_id, given=given, by=door.caller
    )
    access.must_work_for(
        door.session,
        organisation_id=organisation_id,
        named={"/account_id": given.account_id, "/deputy_account_id": given.deputy_account_id},
    )
    path = f"/organisations/{organisation_id}/officers/{officer.id}"
    return door.created(path, _officer(door, organisation_id, officer.id))


@router.get(
    "/organisations/{organisation_id}/officers/{officer_id}", response_model=schemas.Officer
)
@in_reading
def get_officer(door: Enter, organisation_id: UUID, officer_id: UUID) -> Response:
    """Read one officer."""
    return door.one(_officer(door, organisation_id, officer_id))


@router.post(
    "/organisations/{organisation_id}/officers/{officer_id}/end", response_model=schemas.Officer
)
@in_transaction
def end_officer(
    door: Enter, organisation_id: UUID, officer_id: UUID, given: schemas.OfficerEnd
) -> Response:
    """End an officer's term."""
    door.shows(lambda: _officer(door, organisation_id, officer_id))
    actions.end(
        door.session,
        organisation_id=organisation_id,
        officer_id=officer_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


def _officer(door: Enter, organisation_id: UUID, officer_id: UUID) -> Found:
    return queries.officer(
        door.session, door.caller, organisation_id=organisation_id, officer_id=officer_id
    )
