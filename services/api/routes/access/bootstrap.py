"""The first start over HTTP."""

from fastapi import APIRouter, Response

from services.api.arrival import JSON
from services.api.problems import documented
from services.api.routes.access.sessions import LOOKED_AT, OPEN
from services.core.access import actions, passwords, schemas
from services.core.kit import db
from services.core.kit.clock import house_now

router = APIRouter(tags=["access"])


@router.post(
    "/bootstrap",
    status_code=201,
    response_model=schemas.Accepted,
    openapi_extra=OPEN,
    dependencies=LOOKED_AT,
    responses={410: documented("It is used, void or over for good.")},
)
def claim_installation(given: schemas.Bootstrap) -> Response:
    """Make the first organisation and account with the printed token; over once there is one."""
    password, first = given.account.password, given.account
    with db.unit_of_work() as session:
        actions.bootstrap.may_begin(session, given.token, now=house_now(session))
    passwords.must_be_good(
        password,
        login=first.login,
        names=(first.name, given.organisation.name),
        pointer="/account/password",
    )
    argon2 = passwords.argon2(password)
    with db.unit_of_work() as session:
        made = actions.bootstrap.begin(session, given=given, argon2=argon2, now=house_now(session))
        shown = schemas.Accepted(login=made.login)
    return Response(shown.model_dump_json(), status_code=201, media_type=JSON)
