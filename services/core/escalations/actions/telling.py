"""Telling a regulator of a total that is in question; no ladder is climbed for it."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from services.core.access import queries as access
from services.core.calendar import queries as calendars
from services.core.calendar.rules import Window, day_of
from services.core.escalations import queries
from services.core.kit.feed import Reader, Seen
from services.core.kit.settings import settings
from services.core.kit.words import Words
from services.core.notifications import actions as notifications
from services.core.notifications import texts
from services.core.notifications.rules import Cause
from services.core.policies import queries as policies

_PATHS = {"target": "annual-targets", "statement": "library-statements"}


def tell(session: Session, seen: Seen, now: datetime) -> None:
    """Tell whoever speaks for the regulator once, with the finding's own words; a letter waits.

    Nothing is told of what is no longer so.
    """
    finding = queries.open_finding(session, finding_id=UUID(seen.data["finding_id"]))
    if finding is None:
        return
    region = queries.region_named(session, seen.data["region_code"])
    about = "target" if finding.target_id else "statement"
    said = finding.explanation
    sending = policies.current(session, code=None, on=day_of(now)).pack.sending
    calendar = calendars.work_calendar(session, seen.data["region_code"])
    people = access.speaking_for(session, [finding.organisation_id], on=day_of(now))
    notifications.notify(
        session,
        recipients=people,
        cause=Cause("total_finding", finding.id),
        text=texts.total_found(
            about,
            region=region,
            when=finding.occurrence,
            found=Words(**said["arithmetic"]),
            better=Words(**said["turns_green"]),
            link=f"{settings().address()}/api/v1/{_PATHS[about]}/"
            f"{finding.target_id or finding.statement_id}",
        ),
        now=now,
        mail_at=calendar.next_opening(now, Window(sending.opens, sending.closes)),
    )


READERS: dict[str, Reader] = {"target.at_risk": tell, "library.gap_opened": tell}
