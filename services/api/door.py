"""One request's way through the house: one hop to a thread, one transaction, then the answer.

A route is a plain `def` under `@in_transaction` or `@in_reading`. The decorator opens the unit of
work in the route's own thread, so a request costs one hop, and the commit is done before the
response exists: a failed commit can never look like a success.
"""

from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager, suppress
from functools import wraps
from typing import Annotated, ParamSpec
from urllib.parse import quote

import orjson
from fastapi import Depends, Request, Response
from sqlalchemy.orm import Session

from services.api import arrival, credentials, limits, refusals, usage
from services.api.arrival import JSON
from services.api.preconditions import NO_VERSION, etag_of_page, is_known, versions_in
from services.api.trace import noted
from services.core.access import queries as access
from services.core.evidence.queries import Content
from services.core.kit import db, idempotency
from services.core.kit.caller import Caller
from services.core.kit.errors import (
    Missing,
    PreconditionRequired,
    Refusal,
    Stale,
    Unauthenticated,
)
from services.core.kit.reading import Found, Page
from services.core.kit.settings import settings
from services.core.kit.trace import ADDRESS
from services.core.kit.words import Words

_ONE_TRANSACTION = "is_one_transaction"


class Door:
    """What a route may ask of its request, and the ways it can answer."""

    session: Session
    caller: Caller

    def __init__(self, request: Request, body: bytes, *, limited: bool = False) -> None:
        """Keep the request; nothing is opened before the route's thread runs.

        `limited`: a session that must do one thing first may come to this route.
        """
        self.request = request
        self.body = body
        self.limited = limited
        self.representation: Callable[[], Found] | None = None

    def enter(self, session: Session) -> None:
        """Take the session, and let the bearer of the token in.

        Raises:
            Unauthenticated: no token, or not a good one. Forbidden: its session must do one thing
            first, or a page of somebody else sent the cookie.
        """
        self.session = session
        try:
            token = credentials.presented(self.request)
            self.caller = access.caller_of(session, token, limited=self.limited)
        except Unauthenticated:
            arrival.count_stranger()
            raise
        if self.caller.token_id:
            usage.seen(self.caller.token_id, self.caller.now, ADDRESS.get())
        notes = noted(self.request)
        notes.account_id = self.caller.account_id
        notes.standing = limits.accounts().take(str(self.caller.account_id))

    def caller_if_in(self) -> Caller | None:
        """Give who came in, None before that."""
        return getattr(self, "caller", None)

    def shows(self, representation: Callable[[], Found]) -> None:
        """Say how the record is shown: after the change, and in a 412 as it is now."""
        self.representation = representation

    def expected(self) -> int:
        """Give the row version the client has seen, from If-Match (RFC 9110, 13.1.1).

        One tag is the version itself, which the action compares under the row's lock. For `*` and
        for several tags the record is read, and the version that fits goes on to be compared.

        Raises:
            PreconditionRequired: there is no If-Match. Invalid: it names none of our ETags.
        """
        given = self.request.headers.get("if-match")
        if given is None:
            raise PreconditionRequired(
                Words(
                    "修改时须带 If-Match（取自读取时的 ETag）。",
                    "A change needs If-Match, with the ETag you read.",
                )
            )
        seen = versions_in(given)
        if seen is not None and len(seen) == 1:
            return next(iter(seen))
        now = self._shown().version
        return now if seen is None or now in seen else NO_VERSION

    def expected_or_new(self) -> int | None:
        """Give the version that a PUT replaces, or None if it says that there is none yet.

        Raises:
            PreconditionRequired: it says neither. Invalid: If-Match names none of our ETags.
        """
        if self.request.headers.get("if-none-match", "").strip() == "*":
            return None
        return self.expected()

    def _shown(self) -> Found:
        if self.representation is None:
            raise RuntimeError("a route that changes a record says how it is shown, first of all")
        return self.representation()

    def plain(self, text: str, headers: dict[str, str] | None = None) -> Response:
        """Answer with JSON that is neither a record nor a page, or 304 if the client has it."""
        return self._unless_known(text, etag_of_page(text), headers or {})

    def one(self, found: Found) -> Response:
        """Answer with one record, or 304 if the client has just this."""
        return self._unless_known(found.body, found.etag, {})

    def _unless_known(self, text: str, etag: str, headers: dict[str, str]) -> Response:
        """Answer 304 if If-None-Match has this tag (weakly compared) or is `*`."""
        headers["ETag"] = etag
        reads = self.request.method == "GET"
        if reads and is_known(etag, self.request.headers.get("if-none-match")):
            return Response(status_code=304, headers=headers)
        return Response(text, media_type=JSON, headers=headers)

    def file(self, content: Content, read: Callable[[], bytes]) -> Response:
        """Answer with a file as an attachment, or 304 if the client has just this."""
        headers = {"ETag": f'"{content.sha256}"'}
        if is_known(headers["ETag"], self.request.headers.get("if-none-match")):
            return Response(status_code=304, headers=headers)
        name = quote(content.file_name, safe="")
        headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
        return Response(read(), media_type=content.media_type, headers=headers)

    def many(self, page: Page) -> Response:
        """Answer with one page, and the link to the next."""
        total = "" if page.total is None else f',"total":{page.total}'
        cursor = orjson.dumps(page.next_cursor).decode()
        headers = {}
        if page.next_cursor:
            following = self.request.url.include_query_params(cursor=page.next_cursor)
            headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
        text = f'{{"items":{page.items},"next_cursor":{cursor}{total}}}'
        return self._unless_known(text, etag_of_page(text), headers)

    def created(self, path: str, found: Found) -> Response:
        """Answer 201 with the new record and where it lives."""
        headers = {"ETag": found.etag, "Location": f"/api/v1{path}"}
        return Response(found.body, status_code=201, media_type=JSON, headers=headers)

    def changed(self) -> Response:
        """Answer with the record after its change, as `shows` says."""
        self.session.flush()
        found = self._shown()
        return Response(found.body, media_type=JSON, headers={"ETag": found.etag})


async def _door(request: Request) -> Door:
    """Look at what can be said before anything is opened; then make the door."""
    if not arrival.has_credentials(request):
        arrival.meet_stranger(request)
    arrival.refuse_unknown_parameters(request)
    return Door(request, await request.body())


async def _limited(request: Request) -> Door:
    door = await _door(request)
    door.limited = True
    return door


Enter = Annotated[Door, Depends(_door)]
EnterLimited = Annotated[Door, Depends(_limited)]
"""For the few routes by which a limited session does what it must do first."""
_Route = ParamSpec("_Route")


def _of(given: Mapping[str, object]) -> Door:
    """Find the door a route was called with; every route names it."""
    door = given["door"]
    if not isinstance(door, Door):
        raise TypeError("a route under this decorator takes `door: Enter`")
    return door


def in_reading(route: Callable[_Route, Response]) -> Callable[_Route, Response]:
    """Run a route that only reads."""

    @wraps(route)
    def inside(*args: _Route.args, **kwargs: _Route.kwargs) -> Response:
        door = _of(kwargs)
        try:
            with db.reading() as session:
                door.enter(session)
                return route(*args, **kwargs)
        except Refusal as refusal:
            refusals.note(door.request, door.caller_if_in(), refusal, writes=False)
            raise

    return inside


@contextmanager
def showing_what_is(door: Door) -> Generator[None]:
    """Let a refusal of an old version carry the record as it is now."""
    try:
        yield
    except Stale as stale:
        if door.representation:
            with suppress(Missing):  # If-Match where there is nothing
                stale.current = door.representation().body
        raise


def in_transaction(route: Callable[_Route, Response]) -> Callable[_Route, Response]:
    """Run a route that changes something: once per Idempotency-Key, committed before the answer."""

    @wraps(route)
    def inside(*args: _Route.args, **kwargs: _Route.kwargs) -> Response:
        door = _of(kwargs)
        try:
            return _done(door, lambda: route(*args, **kwargs))
        except Refusal as refusal:  # its transaction is rolled back by now
            refusals.note(door.request, door.caller_if_in(), refusal, writes=True)
            raise

    inside.__dict__[_ONE_TRANSACTION] = True
    return inside


def is_one_transaction(route: object) -> bool:
    """Say whether a route changes something within the one transaction that its door opens."""
    return _ONE_TRANSACTION in getattr(route, "__dict__", {})


def in_steps(route: Callable[_Route, Response]) -> Callable[_Route, Response]:
    """Run a route that opens its own transactions, one after the other (`db.unit_of_work`).

    For the few that work between two commits: a password is checked for a fifth of a second, and
    an attempt is counted whatever becomes of it. They take no Idempotency-Key.
    """

    @wraps(route)
    def inside(*args: _Route.args, **kwargs: _Route.kwargs) -> Response:
        door = _of(kwargs)
        try:
            with db.reading() as session:
                door.enter(session)
            door.caller.must_write()
            return route(*args, **kwargs)
        except Refusal as refusal:
            refusals.note(door.request, door.caller_if_in(), refusal, writes=True)
            raise

    return inside


def _done(door: Door, route: Callable[[], Response]) -> Response:
    """Run a route in its unit of work; gives what it answers once that is committed."""
    with db.unit_of_work() as session:
        door.enter(session)
        door.caller.must_write()
        made = _attempt(door)
        answered = idempotency.earlier(session, made) if made else None
        if answered:
            return _replayed(answered)
        with showing_what_is(door):
            response = route()
        if made:
            _remember(door, made, response)
    return response


def _attempt(door: Door) -> idempotency.Attempt | None:
    """Read the key of a POST, if it has one."""
    key = door.request.headers.get("idempotency-key")
    if key is None or door.request.method != "POST":
        return None
    url = door.request.url
    return idempotency.attempt(
        door.caller.account_id,
        key,
        method="POST",
        path=f"{url.path}?{url.query}",
        body=door.body,
    )


def _remember(door: Door, made: idempotency.Attempt, response: Response) -> None:
    """Keep the answer in the same transaction as the change."""
    kept = {
        name: response.headers[name] for name in ("etag", "location") if name in response.headers
    }
    answer = idempotency.Answer(response.status_code, kept, bytes(response.body).decode())
    idempotency.remember(
        door.session,
        made,
        answer,
        now=door.caller.now,
        window=settings().idempotency_window,
    )


def _replayed(answer: idempotency.Answer) -> Response:
    headers = {**answer.headers, "Idempotent-Replayed": "true"}
    return Response(answer.body, status_code=answer.status, media_type=JSON, headers=headers)
