"""Policy packs over HTTP."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from services.api.door import Enter, in_reading, in_transaction
from services.api.listing import ListQuery
from services.core.kit.shapes import AsOf, Code
from services.core.policies import actions, queries, schemas
from services.core.policies.rules import PackState

router = APIRouter(tags=["policies"])


class PoliciesQuery(ListQuery):
    """Filters of the list."""

    code: Code | None = None
    state: PackState | None = None
    as_of: AsOf = None


@router.get("/policies", response_model=schemas.PolicyPage)
@in_reading
def list_policies(door: Enter, query: Annotated[PoliciesQuery, Query()]) -> Response:
    """List the versions of the policy packs; drafts only for those who keep policies.

    With `as_of`, of each pack only the version that counts on that day.
    """
    return door.many(
        queries.policies(
            door.session,
            door.caller,
            ask=query.ask(),
            code=query.code,
            state=query.state,
            as_of=query.as_of,
        )
    )


@router.post("/policies", status_code=201, response_model=schemas.Policy)
@in_transaction
def draft_policy(door: Enter, given: schemas.NewPolicy) -> Response:
    """Draft the next version of the pack that the document names."""
    policy = actions.draft(door.session, given=given, by=door.caller)
    found = queries.policy(door.session, door.caller, policy_id=policy.id)
    return door.created(f"/policies/{policy.id}", found)


@router.get("/policies/{policy_id}", response_model=schemas.Policy)
@in_reading
def get_policy(door: Enter, policy_id: UUID) -> Response:
    """Read one version of a pack with all its numbers and their sources."""
    return door.one(queries.policy(door.session, door.caller, policy_id=policy_id))


@router.patch("/policies/{policy_id}", response_model=schemas.Policy)
@in_transaction
def change_policy(door: Enter, policy_id: UUID, given: schemas.PolicyChange) -> Response:
    """Change a draft (JSON Merge Patch; the document is replaced whole)."""
    door.shows(lambda: queries.policy(door.session, door.caller, policy_id=policy_id))
    actions.change(
        door.session,
        policy_id=policy_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


@router.post("/policies/{policy_id}/adopt", response_model=schemas.Policy)
@in_transaction
def adopt_policy(door: Enter, policy_id: UUID, given: schemas.Adoption) -> Response:
    """Let a draft count from one day on; it never changes again."""
    door.shows(lambda: queries.policy(door.session, door.caller, policy_id=policy_id))
    actions.adopt(
        door.session,
        policy_id=policy_id,
        given=given,
        expected=door.expected(),
        by=door.caller,
    )
    return door.changed()


@router.post("/policies/{policy_id}/retire", response_model=schemas.Policy)
@in_transaction
def retire_policy(door: Enter, policy_id: UUID) -> Response:
    """Let a version no longer count; the last one in effect stays."""
    door.shows(lambda: queries.policy(door.session, door.caller, policy_id=policy_id))
    actions.retire(door.session, policy_id=policy_id, expected=door.expected(), by=door.caller)
    return door.changed()
