"""Messages to be fetched: the same ids and bodies as are sent, page by page in the feed's order."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.orm import Session

from services.core.kit import listening
from services.core.kit.caller import Caller
from services.core.webhooks import queries

PLANNER = "webhooks"
"""The reader of the feed that decides what is owed to whom."""

_PAGE = text(
    """
    WITH planned AS (
      SELECT coalesce((SELECT seq FROM consumer_cursor WHERE name = :planner), 0) AS seq
    ), page AS (
      SELECT d.seq, coalesce(d.body, CASE p.payload
               WHEN 'thin' THEN regexp_replace(e.body, ',"data":.*$', '}') ELSE e.body END) AS body
      FROM webhook_endpoint p
      JOIN webhook_delivery d ON d.endpoint_id = p.id
      JOIN event e ON e.seq = d.seq
      WHERE p.id = :endpoint_id AND d.seq > :after AND d.seq <= (SELECT seq FROM planned)
      ORDER BY d.seq LIMIT :limit
    )
    SELECT coalesce(string_agg(body, ',' ORDER BY page.seq), ''),
           CASE WHEN count(*) = :limit THEN max(page.seq)
                ELSE greatest((SELECT seq FROM planned), :after) END,
           (SELECT seq FROM planned)
    FROM page
    """
)
"""One statement, so one moment: what is planned later has a number above the one to read on from,
because one planner goes through the feed in its order and moves its number with what it plans."""


@dataclass(frozen=True, slots=True)
class Messages:
    """One page: the bodies with commas between, where to read on, and how far all is decided."""

    items: str
    next_after: int
    newest: int


def messages(
    session: Session, caller: Caller, *, endpoint_id: UUID, after: int | None, limit: int
) -> Messages:
    """Read what follows a number of what is owed to an endpoint, however it is or was sent.

    What the caller may not hear (any more) is not there for it, as in the feed.

    Raises:
        Missing: the endpoint is not in scope. FactsGone: the log does not reach there.
    """
    queries.endpoint(session, caller, endpoint_id=endpoint_id)
    begin = listening.beginning(listening.ends(session), after)
    found = session.execute(
        _PAGE,
        {"planner": PLANNER, "endpoint_id": endpoint_id, "after": begin, "limit": limit},
    ).one()
    return Messages(*found)
