"""One request's way through the house: one hop to a thread, one transaction, then the answer.

A route is a plain `def` under `@in_transaction` or `@in_reading`. The decorator opens the unit of
work in the route's own thread, so a request costs one hop, and the commit is done before the
response exists: a failed commit can never look like a success.
"""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Annotated, ParamSpec

import orjson
from fastapi import Depends, Request, Response
from sqlalchemy.orm import Session

from services.core.access import queries as access
from services.core.kit import db, idempotency
from services.core.kit.caller import Caller
from services.core.kit.errors import Invalid, PreconditionRequired, Stale, Unauthenticated
from services.core.kit.reading import Found, Page
from services.core.kit.settings import settings
from services.core.kit.words import Words

JSON = "application/json"


class Door:
    """What a route may ask of its request, and the ways it can answer."""

    session: Session
    caller: Caller

    def __init__(self, request: Request, body: bytes) -> None:
        """Keep the request; nothing is opened before the route's thread runs."""
        self.request = request
        self.body = body
        self.representation: Callable[[], Found] | None = None

    def enter(self, session: Session) -> None:
        """Take the session, and let the bearer of the token in.

        Raises:
            Unauthenticated: no token, or not a good one.
        """
        self.session = session
        scheme, _, token = self.request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise Unauthenticated(
                Words(
                    "请在 Authorization 头中提供 Bearer 令牌。",
                    "Send a bearer token in the Authorization header.",
                )
            )
        self.caller = access.caller_of(session, token.strip())

    def shows(self, representation: Callable[[], Found]) -> None:
        """Say how the record is shown: after the change, and in a 412 as it is now."""
        self.representation = representation

    def expected(self) -> int:
        """Give the row version the client has seen, from If-Match.

        Raises:
            PreconditionRequired: there is no If-Match. Invalid: it is not one of our ETags.
        """
        given = self.request.headers.get("if-match")
        if given is None:
            raise PreconditionRequired(
                Words(
                    "修改时须带 If-Match（取自读取时的 ETag）。",
                    "A change needs If-Match, with the ETag you read.",
                )
            )
        number = given.strip().strip('"').partition("-")[0]
        if not number.isdecimal():
            raise Invalid.at(
                "header:If-Match",
                Words("If-Match 须为一个 ETag。", "If-Match must be one ETag of this record."),
                code="bad_etag",
                allowed=('"<version>-<digest>"',),
            )
        return int(number)

    def one(self, found: Found) -> Response:
        """Answer with one record, or 304 if the client has just this."""
        etag = etag_of(found)
        if etag in self.request.headers.get("if-none-match", ""):
            return Response(status_code=304, headers={"ETag": etag})
        return Response(found.body, media_type=JSON, headers={"ETag": etag})

    def many(self, page: Page) -> Response:
        """Answer with one page, and the link to the next."""
        total = "" if page.total is None else f',"total":{page.total}'
        cursor = orjson.dumps(page.next_cursor).decode()
        headers = {}
        if page.next_cursor:
            following = self.request.url.include_query_params(cursor=page.next_cursor)
            headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
        text = f'{{"items":{page.items},"next_cursor":{cursor}{total}}}'
        return Response(text, media_type=JSON, headers=headers)

    def created(self, path: str, found: Found) -> Response:
        """Answer 201 with the new record and where it lives."""
        headers = {"ETag": etag_of(found), "Location": f"/api/v1{path}"}
        return Response(found.body, status_code=201, media_type=JSON, headers=headers)

    def changed(self) -> Response:
        """Answer with the record after its change, as `shows` says."""
        if self.representation is None:
            raise RuntimeError("a route that changes a record says how it is shown")
        self.session.flush()
        found = self.representation()
        return Response(found.body, media_type=JSON, headers={"ETag": etag_of(found)})


def etag_of(found: Found) -> str:
    """Give the ETag of a record as it is shown."""
    return found.etag


async def _door(request: Request) -> Door:
    return Door(request, await request.body())


Enter = Annotated[Door, Depends(_door)]
_Route = ParamSpec("_Route")


def _of(given: Mapping[str, object]) -> Door:
    """Find the door a route was called with; every route names it."""
    door = given["door"]
    if not isinstance(door, Door):
        raise TypeError("a route under this decorator takes `door: Enter`")
    return door


def in_reading(route: Callable[_Route, Response]) -> Callable[_Route, Response]:
    """Run a route that only reads, each statement on its own."""

    @wraps(route)
    def inside(*args: _Route.args, **kwargs: _Route.kwargs) -> Response:
        door = _of(kwargs)
        with db.reading() as session:
            door.enter(session)
            return route(*args, **kwargs)

    return inside


def in_transaction(route: Callable[_Route, Response]) -> Callable[_Route, Response]:
    """Run a route that changes something: once per Idempotency-Key, committed before the answer."""

    @wraps(route)
    def inside(*args: _Route.args, **kwargs: _Route.kwargs) -> Response:
        door = _of(kwargs)
        with db.unit_of_work() as session:
            door.enter(session)
            made = _attempt(door)
            answered = idempotency.earlier(session, made) if made else None
            if answered:
                return _replayed(answered)
            try:
                response = route(*args, **kwargs)
            except Stale as stale:
                if door.representation:
                    stale.current = door.representation().body
                raise
            if made:
                _remember(door, made, response)
        return response

    return inside


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
