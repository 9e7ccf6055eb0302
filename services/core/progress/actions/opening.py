"""What the service does by itself: open the reports that are owed, and heed the calendar."""

from datetime import date, datetime, time

import structlog
from sqlalchemy import case, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from services.core.calendar.periods import period_named
from services.core.calendar.rules import day_of, instant_of
from services.core.kit import changes, jobs, ledger
from services.core.kit.events import Actor
from services.core.kit.feed import Reader, Seen
from services.core.progress import queries, rules
from services.core.progress.events import ProgressOpened, ProgressRetimed
from services.core.progress.models import ProgressReport
from services.core.progress.queries import Owing, Terms
from services.core.progress.rules import ReportState
from services.core.projects.models import ProjectWatch

_log = structlog.get_logger(__name__)
_BY = Actor.part("progress")


def open_due(session: Session, *, now: datetime, limit: int) -> int:
    """Open every period whose moment has come; gives how many projects were looked at.

    A project whose work fails is undone alone, logged, and looked at again later.
    """
    held = queries.held(session, ProjectWatch.next_open_at, now=now, limit=limit)
    terms = Terms(session, day_of(now), [owing for _, owing in held])
    moment, well = ProjectWatch.next_open_at, []
    for watch, owing in held:
        project_id = watch.project_id
        try:
            with session.begin_nested():
                _open(session, watch, owing, terms, now)
            well.append(project_id)
        except Exception as error:  # noqa: BLE001 one bad row spoils no other
            _log.exception("opening failed", project=str(project_id))
            session.refresh(watch)
            watch.next_open_at = jobs.failed(session, moment, project_id, error, now=now)
    session.flush()
    jobs.succeeded(session, moment, well)
    return len(held)


def heed_calendar(session: Session, _: Seen, now: datetime) -> None:
    """Move the deadlines that lie ahead to where the changed calendar puts them.

    A deadline that is past stays, and none is moved into the past. Every project is looked at
    again: openings and lights count in working days too.
    """
    awaited = queries.awaited(session, now=now)
    terms = Terms(session, day_of(now), [owing for _, owing in awaited])
    opens_at = case((ProjectWatch.next_open_at.is_not(None), now))
    session.execute(
        update(ProjectWatch)
        .values(next_open_at=opens_at, next_check_at=now)
        .execution_options(synchronize_session=False)
    )
    for report, owing in awaited:
        cadence = terms.cadence(owing)
        if period_named(report.period).every != cadence.every:
            continue  # owed in a rhythm that counts no more: its deadline stays
        due_at = rules.due_at(report.period, cadence, terms.calendar(owing))
        if now < due_at != report.original_due_at:
            _retime(session, report, owing, due_at, now)


def heed_policy(session: Session, seen: Seen, now: datetime) -> None:
    """Look at what every project owes next when another policy begins to count."""
    effective_on = seen.data.get("effective_on")
    begins_at = instant_of(date.fromisoformat(effective_on), time(0)) if effective_on else now
    session.execute(
        update(ProjectWatch)
        .where(ProjectWatch.next_open_at > max(now, begins_at))
        .values(next_open_at=max(now, begins_at))
        .execution_options(synchronize_session=False)
    )


READERS: dict[str, Reader] = {
    "calendar.published": heed_calendar,
    "policy.adopted": heed_policy,
    "policy.retired": heed_policy,
    "policy.assigned": heed_policy,
    "policy.assignment_ended": heed_policy,
}


def _open(session: Session, watch: ProjectWatch, owing: Owing, terms: Terms, now: datetime) -> None:
    """Open one period after another up to now; those of a project at rest pass unowed (I-17).

    Where the cadence has changed, what opens now falls due at its next due, never in the past. The
    project is looked at again when another policy begins to count.
    """
    first = owing.project.reports_from
    if first is None:
        watch.next_open_at = None
        return
    cadence, calendar = terms.cadence(owing), terms.calendar(owing)
    following = _following(first, watch.next_period)
    period = rules.in_rhythm(following, cadence)
    is_changed = following not in {period, first}
    while (opens_at := rules.opens_at(period, cadence, calendar)) <= now:
        if owing.is_watched:
            due_at = rules.due_at(period, cadence, calendar)
            if is_changed:
                due_at = rules.due_ahead(period, cadence, calendar, now)
            _owe(session, owing, period, (opens_at, due_at), now)
            watch.next_check_at = now
        period = rules.next_period(period)
    watch.next_period = period
    watch.next_open_at = min(filter(None, (opens_at, terms.changes_at)))


def _following(first: str, known: str | None) -> str:
    """Give the period that is owed next: the first one, unless it has been owed already."""
    if known is None or period_named(known).first_on < period_named(first).first_on:
        return first
    return known


def _owe(
    session: Session, owing: Owing, period: str, span: tuple[datetime, datetime], now: datetime
) -> None:
    """Write down that a report is owed, unless it is written down already; `span`: opens, due."""
    opens_at, due_at = span
    made = session.scalars(
        insert(ProgressReport)
        .values(
            project_id=owing.project.id,
            organisation_id=owing.project.responsible_organisation_id,
            period=period,
            state=ReportState.DUE,
            opened_at=opens_at,
            original_due_at=due_at,
            current_due_at=due_at,
            is_illustrative=owing.project.is_illustrative,
        )
        .on_conflict_do_nothing(index_elements=["project_id", "period"])
        .returning(ProgressReport)
    ).one_or_none()
    if made is not None:
        fact = ProgressOpened(**queries.about(made), opened_at=opens_at)
        about = owing.subject("progress_report", made.id)
        ledger.record(session, fact, about=about, by=_BY, now=now, changes=changes.of_new(made))


def _retime(
    session: Session, report: ProgressReport, owing: Owing, due_at: datetime, now: datetime
) -> None:
    """Move a deadline that no one has reached: it was counted on days that are others now."""
    before = report.original_due_at
    report.original_due_at = report.current_due_at = due_at
    ledger.record(
        session,
        ProgressRetimed(**queries.about(report), due_before=before),
        about=owing.subject("progress_report", report.id),
        by=_BY,
        now=now,
        changes={"original_due_at": [before, due_at]},
    )
