"""What of a document exists already: ids by the codes that documents use."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.agreements.models import AgreementBatch, FrameworkAgreement
from services.core.calendar import queries as calendars
from services.core.calendar.rules import WorkCalendar, day_of, instant_of
from services.core.exchange.models import LoadedDocument
from services.core.exchange.rules import Anchors
from services.core.groups.models import JointGroup
from services.core.groups.rules import GroupState
from services.core.kit.scope import among
from services.core.meetings.models import Meeting
from services.core.organisations.models import Officer, Organisation
from services.core.policies import queries as policies
from services.core.policies.models import PolicyPack
from services.core.progress import queries as reports
from services.core.progress import rules as progress
from services.core.progress.models import ProgressReport
from services.core.progress.queries import Owing
from services.core.projects.models import Project
from services.core.regions.models import Region
from services.core.targets.models import AnnualTarget, LibraryStatement

Key = str | tuple[Any, ...]
"""A row's natural key: its code, or the few values that make it that row and no other."""


@dataclass(frozen=True, slots=True)
class Known:
    """Everything recorded that a document could name, by section and natural key.

    Programmes are small (thousands of rows), so all keys are read at once, a statement a section.
    """

    ids: Mapping[str, Mapping[Key, UUID]]
    regions: Mapping[str, tuple[str, list[str]]]
    """Level and lineage by code."""
    organisations: Mapping[str, Organisation]
    homes: Mapping[str, UUID]
    """The organisation of an account, by its log-in."""
    active_groups: Mapping[str, str]
    """The code of the active group of a region (I-1)."""
    calendar: Callable[[str], WorkCalendar]
    """The working days of a region, by its code."""

    def has(self, section: str, key: Key) -> bool:
        """Say whether a row exists already."""
        return key in self.ids[section]


def known(session: Session) -> Known:
    """Read the natural keys of all that exists."""
    ids: dict[str, Mapping[Key, UUID]] = {
        "groups": _keyed(session, JointGroup.id, JointGroup.code),
        "projects": _keyed(session, Project.id, Project.code),
        "batches": _keyed(session, AgreementBatch.id, AgreementBatch.code),
        "agreements": _keyed(session, FrameworkAgreement.id, FrameworkAgreement.code),
        "meetings": _keyed(session, Meeting.id, Meeting.code),
    }
    regions = session.scalars(select(Region)).all()
    organisations = session.scalars(select(Organisation)).all()
    organisation_codes = {organisation.id: organisation.code for organisation in organisations}
    project_codes = {id_: key for key, id_ in ids["projects"].items()}
    ids["regions"] = {region.code: region.id for region in regions}
    ids["organisations"] = {organisation.code: organisation.id for organisation in organisations}
    ids["accounts"] = _keyed(session, Account.id, Account.login)
    ids["policies"] = _keyed(session, PolicyPack.id, PolicyPack.code)
    ids["targets"] = _keyed(session, AnnualTarget.id, AnnualTarget.region_code, AnnualTarget.year)
    ids["statements"] = _keyed(
        session, LibraryStatement.id, LibraryStatement.region_code, LibraryStatement.as_of_month
    )
    ids["officers"] = {
        (organisation_codes[organisation_id], duty, name): id_
        for (organisation_id, duty, name), id_ in _keyed(
            session, Officer.id, Officer.organisation_id, Officer.duty, Officer.name
        ).items()
    }
    ids["reports"] = {
        (project_codes[project_id], period): id_
        for (project_id, period), id_ in _keyed(
            session, ProgressReport.id, ProgressReport.project_id, ProgressReport.period
        ).items()
    }
    return Known(
        ids=ids,
        regions={region.code: (region.level, region.lineage) for region in regions},
        organisations={organisation.code: organisation for organisation in organisations},
        homes=_keyed(session, Account.organisation_id, Account.login),
        active_groups=_active_groups(session),
        calendar=partial(calendars.work_calendar, session),
    )


def _keyed(session: Session, id_: Any, *keys: Any) -> dict[Any, UUID]:  # noqa: ANN401 mapped columns
    """Read ids by one key, or by the tuple of several."""
    found = session.execute(select(id_, *keys)).all()
    return {row[1] if len(keys) == 1 else tuple(row[1:]): row[0] for row in found}


def _active_groups(session: Session) -> dict[str, str]:
    found = session.execute(
        select(JointGroup.region_code, JointGroup.code).where(JointGroup.state == GroupState.ACTIVE)
    )
    return {row.region_code: row.code for row in found}


def owing(session: Session, project_ids: Collection[UUID]) -> dict[UUID, Owing]:
    """Read projects with what decides when their reports are due, and who hears of them."""
    found = reports.owing(session, among(Project.id, project_ids))
    return {each.project.id: each for each in found}


def loaded_on(session: Session, *, code: str) -> date | None:
    """Give the day a document was first loaded, from which its relative days count."""
    return session.scalar(select(LoadedDocument.anchored_on).where(LoadedDocument.code == code))


def is_demo(session: Session) -> bool:
    """Say whether the demonstration is loaded here: then time may be simulated."""
    return bool(session.scalar(select(exists().where(LoadedDocument.is_demo))))


def is_empty(session: Session) -> bool:
    """Say whether nothing of a programme is recorded yet."""
    return not session.scalar(select(exists().select_from(Organisation)))


def anchors(session: Session, *, code: str, now: datetime) -> Anchors:
    """Give what a document's relative days count from: its first load, or today.

    Raises:
        Conflict: no policy is in effect that says when reports fall due.
    """
    today = loaded_on(session, code=code) or day_of(now)
    calendar = calendars.work_calendar(session)
    cadence = policies.current(session, code=None, on=today).pack.cadence
    first = today.replace(day=1)
    ended = instant_of(today, time.max)
    while progress.due_at(f"{first:%Y-%m}", cadence, calendar) > min(now, ended):
        first = (first - timedelta(days=1)).replace(day=1)
    return Anchors(today, calendar, last=f"{first:%Y-%m}")


def reporting(session: Session, anchored: Anchors, *, period: str) -> Anchors:
    """Give the same anchors with the days on which a period's report opens and falls due."""
    cadence = policies.current(session, code=None, on=anchored.today).pack.cadence
    opens_at = progress.opens_at(period, cadence, anchored.calendar)
    due_at = progress.due_at(period, cadence, anchored.calendar)
    return anchored.also(opens=day_of(opens_at), due=day_of(due_at))
