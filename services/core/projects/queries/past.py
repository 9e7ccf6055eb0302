"""Where the library is read from: as it is, or as it was known when a day ended."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, FromClause, and_, inspect, select
from sqlalchemy.orm import aliased

from services.core.calendar.rules import day_of, end_of
from services.core.kit.caller import Caller
from services.core.kit.db import Base
from services.core.kit.versions import as_known
from services.core.projects import rules
from services.core.projects.models import AnnualPlan, Project, ProjectPartner, ProjectWatch


@dataclass(frozen=True, slots=True)
class Library:
    """The rows of one reading of the library: all of them of now, or all of one past moment."""

    project: type[Project]
    watch: type[ProjectWatch]
    partner: type[ProjectPartner]
    as_of: date | None = None


PRESENT = Library(Project, ProjectWatch, ProjectPartner)


def library_of(as_of: date | None, caller: Caller) -> Library:
    """Give the library as it is, or as it was known when a day ended.

    Raises:
        Invalid: the day has not come yet.
    """
    check_has_come(as_of, caller)
    if as_of is None:
        return PRESENT
    by_then = end_of(as_of)
    return Library(
        as_known(Project, by_then),
        as_known(ProjectWatch, by_then),
        as_known(ProjectPartner, by_then),
        as_of,
    )


def check_has_come(as_of: date | None, caller: Caller) -> None:
    """Refuse to say what was known on a day that has not come yet.

    Raises:
        Invalid: it lies ahead.
    """
    rules.check_past(as_of, day_of(caller.now), "?as_of")


def table_of(row: type[Base]) -> FromClause:
    """Give what such rows are selected from."""
    return inspect(row).selectable


def in_force(as_of: date | None) -> ColumnElement[bool]:
    """Write "the version of a year's plan in force", now or when a day ended."""
    if as_of is None:
        return AnnualPlan.is_current.is_(other=True)
    later, by_then = aliased(AnnualPlan), end_of(as_of)
    replaced = select(later.id).where(
        later.project_id == AnnualPlan.project_id,
        later.year == AnnualPlan.year,
        later.number > AnnualPlan.number,
        later.made_at < by_then,
    )
    return and_(AnnualPlan.made_at < by_then, ~replaced.exists())
