"""Passwords, second factors and invitations over HTTP."""

from uuid import UUID

from fastapi import APIRouter, Response

from services.api.arrival import JSON
from services.api.door import (
    Enter,
    EnterLimited,
    in_reading,
    in_steps,
    in_transaction,
)
from services.api.problems import documented
from services.api.routes.access.sessions import LOOKED_AT, OPEN
from services.core.access import actions, passwords, queries, rules, schemas
from services.core.access.actions import second_factor
from services.core.access.actions.passwords import Claim
from services.core.kit import db
from services.core.kit.caller import Caller
from services.core.kit.clock import house_now
from services.core.kit.errors import Invalid
from services.core.kit.words import Words

router = APIRouter(tags=["access"])


@router.put("/me/password", status_code=204)
@in_steps
def change_my_password(door: EnterLimited, given: schemas.PasswordChange) -> Response:
    """Change my password; my other sessions end."""
    claimed = _proven(door.caller, given.current, pointer="/current")
    new = given.new
    with db.unit_of_work() as session:
        named = queries.named(session, door.caller.account_id)
        earlier = actions.passwords.earlier(session, named)
    passwords.must_be_good(
        new, login=named.login, names=named.names, pointer="/new", earlier=earlier
    )
    argon2 = passwords.argon2(new)
    with db.unit_of_work() as session:
        actions.passwords.change_own(session, claimed, argon2, by=door.caller)
    return Response(status_code=204)


@router.get("/me/second-factor", response_model=schemas.MySecondFactor)
@in_reading
def get_my_second_factor(door: EnterLimited) -> Response:
    """Read whether I sign in with an authenticator."""
    return door.one(queries.my_second_factor(door.session, door.caller))


@router.post("/me/second-factor", status_code=201, response_model=schemas.Authenticator)
@in_steps
def enrol_second_factor(door: EnterLimited, given: schemas.Proof) -> Response:
    """Get the secret for my authenticator; it counts when a first code has confirmed it."""
    claimed = _proven(door.caller, given.password, pointer="/password")
    with db.unit_of_work() as session:
        shown = second_factor.enrol(session, claimed, by=door.caller)
    return Response(shown.model_dump_json(), status_code=201, media_type=JSON)


@router.post("/me/second-factor/confirm", response_model=schemas.RecoveryCodes)
@in_transaction
def confirm_second_factor(door: EnterLimited, given: schemas.FirstCode) -> Response:
    """Turn my second factor on by its first code; the recovery codes are shown only now."""
    codes = second_factor.confirm(door.session, code=given.code, by=door.caller)
    shown = schemas.RecoveryCodes(recovery_codes=codes)
    return Response(shown.model_dump_json(), media_type=JSON)


@router.post("/me/second-factor/remove", status_code=204)
@in_steps
def remove_second_factor(door: Enter, given: schemas.FullProof) -> Response:
    """Remove my second factor, by password and code; my other sessions end."""
    claimed = _proven(door.caller, given.password, pointer="/password")
    with db.unit_of_work() as session:
        is_right = second_factor.passes(
            session, door.caller.account_id, given.code, now=claimed.now
        )
        if is_right:
            second_factor.remove(session, claimed, by=door.caller)
        else:
            actions.passwords.failed(session, claimed, outcome="wrong_code")
    if not is_right:
        raise second_factor.wrong_code("/code")
    return Response(status_code=204)


@router.post("/accounts/{account_id}/second-factor/reset", response_model=schemas.Account)
@in_transaction
def reset_second_factor(door: Enter, account_id: UUID) -> Response:
    """Remove the second factor of somebody who has lost it, as who keeps accounts."""
    door.shows(lambda: queries.account(door.session, door.caller, account_id=account_id))
    second_factor.reset(
        door.session, account_id=account_id, expected=door.expected(), by=door.caller
    )
    return door.changed()


@router.post("/accounts/{account_id}/invite", status_code=201, response_model=schemas.Invited)
@in_transaction
def invite_account(door: Enter, account_id: UUID) -> Response:
    """Let an account's person set a password: a token good once, shown only in this answer."""
    door.shows(lambda: queries.account(door.session, door.caller, account_id=account_id))
    account = actions.kept(door.session, account_id, door.expected(), door.caller)
    made, token = actions.passwords.invite(door.session, account=account, by=door.caller)
    shown = schemas.Invited(account_id=account.id, token=token, expires_at=made.expires_at)
    return Response(shown.model_dump_json(), status_code=201, media_type=JSON)


@router.post(
    "/invitations/accept",
    response_model=schemas.Accepted,
    openapi_extra=OPEN,
    dependencies=LOOKED_AT,
    responses={410: documented("It is used, void or over for good.")},
)
def accept_invitation(given: schemas.Acceptance) -> Response:
    """Set the password of the account that an invitation is for; then sign in with it."""
    token, password = given.token, given.password
    with db.unit_of_work() as session:
        named = actions.passwords.invited(session, token, now=house_now(session))
        earlier = actions.passwords.earlier(session, named)
    passwords.must_be_good(
        password, login=named.login, names=named.names, pointer="/password", earlier=earlier
    )
    argon2 = passwords.argon2(password)
    with db.unit_of_work() as session:
        account = actions.passwords.accept(session, token, argon2, now=house_now(session))
        shown = schemas.Accepted(login=account.login)
    return Response(shown.model_dump_json(), media_type=JSON)


def _proven(caller: Caller, password: str, *, pointer: str) -> Claim:
    """Have the password typed again before something weighty; it counts as an attempt.

    Raises:
        Invalid: it is wrong. TooMany: nothing is tried now. Forbidden: a token with scopes.
    """
    rules.must_be_whole(caller.scopes)
    with db.unit_of_work() as session:
        claimed = actions.passwords.claim(session, login=caller.login, now=house_now(session))
    if not passwords.matches(password, claimed.argon2):
        with db.unit_of_work() as session:
            actions.passwords.failed(session, claimed, outcome="wrong_password")
        words = Words("密码不正确。", "The password is wrong.")
        raise Invalid.at(pointer, words, code="wrong_password")
    return claimed
