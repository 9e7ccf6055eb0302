"""The feed over HTTP: by polling, and as a stream of server-sent events."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import orjson
from fastapi import APIRouter, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, ConfigDict, Field

from services.api.door import Enter, in_reading
from services.api.problems import documented
from services.api.stream import EventStream, looked_at
from services.core import catalogue
from services.core.kit import listening
from services.core.kit.errors import Invalid
from services.core.kit.listening import Sought
from services.core.kit.reading import MAX_LIMIT
from services.core.kit.words import Words
from services.core.webhooks.rules import wants

router = APIRouter(tags=["events"])

_MOST_SEQ = 2**63 - 1
_GONE: dict[int | str, dict[str, Any]] = {
    410: documented("These events are not kept any more, or were never given.")
}
_After = Annotated[
    int | None,
    Query(ge=0, le=_MOST_SEQ, description="Only what follows this number; none: from the oldest."),
]


class EventsQuery(BaseModel):
    """Where to read on, and what of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    after: Annotated[
        int | None,
        Field(
            ge=0,
            le=_MOST_SEQ,
            description="Place in the feed: `next_after` of the page before; none: the oldest.",
            examples=[4711],
        ),
    ] = None
    limit: Annotated[
        int, Field(ge=1, le=MAX_LIMIT, description="How many events at most on one page.")
    ] = 50
    type: Annotated[
        str | None,
        Field(
            max_length=1000,
            description="Only these types, comma-separated; `progress.*` takes all of a noun.",
            examples=["progress.accepted,project.*"],
        ),
    ] = None
    group_id: Annotated[UUID | None, Field(description="Only of this group.")] = None
    subject: Annotated[
        str | None,
        Field(
            pattern=r"^[a-z_]{1,40}/[0-9a-f-]{36}$",
            description="Only about this record, as the event names it: `kind/id`.",
            examples=["progress_report/0192f7c5-6f2a-7c1e-9d3b-2f1a5b6c7d8e"],
        ),
    ] = None

    def sought(self) -> Sought:
        """Give the question in the core's words.

        Raises:
            Invalid: a type is none of ours, or the subject's id is no id.
        """
        return Sought(
            after=self.after,
            limit=self.limit,
            types=_types(self.type),
            group_id=self.group_id,
            subject=_subject(self.subject),
        )


class EventPage(BaseModel):
    """Events as webhooks and streams carry them, byte for byte."""

    items: list[dict[str, object]] = Field(description="CloudEvents 1.0, in the order of the feed.")
    next_after: int = Field(
        description="Place in the feed to read on from; it moves even where nothing was for you.",
        examples=[4711],
    )
    newest: int = Field(
        description="Place of the newest event there is; you are up to date at it.",
        examples=[4711],
    )


class FeedEnds(BaseModel):
    """How far the feed goes."""

    oldest: int = Field(description="Place of the oldest event that is kept.", examples=[1])
    newest: int = Field(description="Place of the newest event.", examples=[4711])
    newest_at: datetime | None = Field(description="When it was given.")


def _types(asked: str | None) -> tuple[str, ...]:
    """Read the types asked for; `noun.*` stands for all of a noun."""
    found: dict[str, None] = {}
    for name in asked.split(",") if asked else ():
        taken = [one for one in catalogue.BY_NAME if wants([name], one)]
        if not taken:
            words = Words(f"没有事件类型“{name}”。", f"There is no type of event '{name}'.")
            raise Invalid.at("?type", words, code="unknown_type", allowed=tuple(catalogue.BY_NAME))
        found |= dict.fromkeys(taken)
    return tuple(found)


def _subject(asked: str | None) -> tuple[str, UUID] | None:
    """Read `kind/id`."""
    if asked is None:
        return None
    kind, _, record_id = asked.partition("/")
    try:
        return kind, UUID(record_id)
    except ValueError as error:
        words = Words("subject 须为 kind/id。", "The subject must be kind/id.")
        raise Invalid.at("?subject", words, code="bad_subject") from error


@router.get("/events", response_model=EventPage, responses=_GONE)
@in_reading
def list_events(door: Enter, query: Annotated[EventsQuery, Query()]) -> Response:
    """Read the feed on from a number: every event that you may hear, once, in order.

    A page may be empty although more follows: go on while `next_after` is below `newest`, then ask
    again after a while. The numbers are those of the stream and of the webhooks' `sequence`.
    """
    heard = listening.heard(door.session, door.caller, query.sought())
    headers = {}
    if heard.next_after < heard.newest:
        following = door.request.url.include_query_params(after=heard.next_after)
        headers["Link"] = f'<{following.path}?{following.query}>; rel="next"'
    items = ",".join(body for _, body in heard.facts)
    text = f'{{"items":[{items}],"next_after":{heard.next_after},"newest":{heard.newest}}}'
    return door.plain(text, headers)


@router.get("/events/head", response_model=FeedEnds)
@in_reading
def get_events_head(door: Enter) -> Response:
    """Read how far the feed goes: where a new reader may begin."""
    found = listening.ends(door.session)
    body = {"oldest": found.oldest, "newest": found.newest, "newest_at": found.newest_at}
    return door.plain(orjson.dumps(body).decode())


@router.get("/events/stream", include_in_schema=False)
async def stream_events(door: Enter, request: Request, after: _After = None) -> Response:
    """Send the feed on as it comes, as server-sent events; see the how-to for their form."""
    last = request.headers.get("last-event-id", "")
    if last and (not last.isdecimal() or int(last) > _MOST_SEQ):
        words = Words("Last-Event-ID 须为事件序号。", "Last-Event-ID must be a number of the feed.")
        raise Invalid.at("header:Last-Event-ID", words, code="bad_event_id")
    begin = await run_in_threadpool(looked_at, door, int(last) if last else after)
    return EventStream(door, request.app.state.hub, begin)
