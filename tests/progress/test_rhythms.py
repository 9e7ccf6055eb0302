"""Reports in every rhythm: when they open and fall due, through holidays, outages and changes."""

from copy import deepcopy
from datetime import date
from typing import Any

import pytest
from hypothesis import given as examples
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.core.calendar.models import CalendarDay
from services.core.calendar.periods import Every, containing
from services.core.calendar.published import base_calendar
from services.core.calendar.rules import SHANGHAI, day_of
from services.core.kit.feed import Seen
from services.core.kit.ids import new_id
from services.core.policies.models import PolicyPack
from services.core.policies.pack import Cadence
from services.core.policies.rules import checked_pack
from services.core.progress import actions
from services.core.progress.models import ProgressReport
from services.core.progress.rules import (
    due_ahead,
    due_at,
    follows,
    in_rhythm,
    next_period,
    opens_at,
)
from services.core.projects.actions.watching import settle
from tests import watching
from tests.given import at
from tests.policies.test_cadences import DEFAULT, HALVES, QUARTERLY, WEEKLY, but, document
from tests.watching import Site

CHINA = base_calendar()


def cadence(written: dict[str, Any]) -> Cadence:
    return checked_pack(document(written)).cadence


WEEK, HALF, QUARTER = cadence(WEEKLY), cadence(HALVES), cadence(QUARTERLY)
NEXT_DAY = cadence(but(WEEKLY, "due/closed", "next"))


@pytest.mark.parametrize(
    ("period", "rhythm", "due"),
    [
        ("2026-W48", WEEK, "2026-11-27"),
        ("2026-W01", WEEK, "2026-01-04"),  # Thursday and Friday are New Year, Sunday works
        ("2026-W02", WEEK, "2026-01-09"),
        ("2026-W07", WEEK, "2026-02-13"),
        ("2026-W08", WEEK, "2026-02-24"),  # all of it is Spring Festival: the Tuesday after
        ("2026-W09", WEEK, "2026-02-27"),
        ("2026-W25", WEEK, "2026-06-18"),  # the Dragon Boat Friday: the Thursday before
        ("2026-W25", NEXT_DAY, "2026-06-22"),
        ("2026-W39", WEEK, "2026-09-24"),  # Mid-Autumn on Friday
        ("2026-W53", WEEK, "2026-12-31"),  # the Friday is New Year 2027
        ("2026-11-H1", HALF, "2026-11-25"),
        ("2026-11-H2", HALF, "2026-12-10"),
        ("2026-09-H2", HALF, "2026-10-10"),  # a Saturday that works
        ("2026-12-H2", HALF, "2027-01-11"),  # the 10th is a Sunday
        ("2026-Q3", QUARTER, "2026-10-08"),
        ("2026-Q4", QUARTER, "2027-01-06"),
    ],
)
def test_a_report_is_due_on_its_own_mark(period: str, rhythm: Cadence, due: str) -> None:
    assert due_at(period, rhythm, CHINA) == at(f"{due} 17:30")


@examples(
    st.sampled_from([WEEK, NEXT_DAY, HALF, QUARTER]), st.dates(date(2022, 1, 1), date(2027, 6, 1))
)
def test_in_every_rhythm_it_opens_before_it_is_due_and_in_order(rhythm: Cadence, day: date) -> None:
    period = containing(rhythm.every, day).name
    due, following = due_at(period, rhythm, CHINA), next_period(period)
    assert opens_at(period, rhythm, CHINA) < due <= due_at(following, rhythm, CHINA)
    assert CHINA.is_working(day_of(due))
    assert f"{due.astimezone(SHANGHAI):%H:%M}" == "17:30"
    assert follows(period, following)
    assert due_ahead(period, rhythm, CHINA, due) > due


def test_what_follows_a_change_of_rhythm_is_known() -> None:
    assert in_rhythm("2026-11", WEEK) == "2026-W45"
    assert in_rhythm("2026-11", QUARTER) == "2026-Q4"
    assert in_rhythm("2026-11", HALF) == "2026-11-H1"
    assert follows("2026-10", "2026-W45")
    assert follows("2026-Q3", "2026-10")
    assert not follows("2026-10", "2026-W46")
    assert not follows("2026-09", "2026-11")


def place(session: Session, pack: dict[str, Any], **also: Any) -> Site:
    """Give a site whose group reports by a pack of its own."""
    here = watching.site(session, **also)
    adopt(session, pack)
    here.group.policy_code = "own"
    session.flush()
    return here


def adopt(
    session: Session, pack: dict[str, Any], *, number: int = 1, on: str = "2020-01-01"
) -> None:
    """Let a version of the pack "own" count from a day."""
    session.add(
        PolicyPack(
            code="own",
            number=number,
            state="adopted",
            document={**deepcopy(pack), "code": "own"},
            effective_on=date.fromisoformat(on),
        )
    )
    session.flush()


def opened(session: Session, now: str) -> dict[str, str]:
    """Run the tick; give every report with its due, in the order of the periods."""
    actions.open_due(session, now=at(now), limit=50)
    session.flush()
    session.expire_all()
    reports = session.scalars(select(ProgressReport).order_by(ProgressReport.last_on))
    return {
        report.period: f"{report.original_due_at.astimezone(SHANGHAI):%m-%d %H:%M}"
        for report in reports
    }


def heard(session: Session, name: str, now: str, **data: str) -> None:
    """Let progress read one fact."""
    seen = Seen(1, new_id(), name, "policy", new_id(), None, (), at(now), None, dict(data))
    actions.READERS[name](session, seen, at(now))
    session.flush()


def test_a_weekly_project_goes_through_new_year_and_spring_festival(session: Session) -> None:
    here = place(session, document(WEEKLY), reports_from="2026-01")
    here.watch(session).next_open_at = at("2025-12-01 09:00")
    session.flush()
    assert opened(session, "2026-01-01 00:00") == {}  # 2026-W01 is told with the week after
    assert opened(session, "2026-01-07 23:59") == {}
    seen = []
    for day in range(46):  # one look a day, from Thursday 8 January
        seen += [*opened(session, f"{date.fromordinal(date(2026, 1, 8).toordinal() + day)} 00:00")]
    reports = opened(session, "2026-02-23 09:00")
    assert reports == {
        "2026-W02": "01-09 17:30",
        "2026-W03": "01-16 17:30",
        "2026-W04": "01-23 17:30",
        "2026-W05": "01-30 17:30",
        "2026-W06": "02-06 17:30",
        "2026-W07": "02-13 17:30",
        "2026-W08": "02-24 17:30",  # opened in the holiday, due when people are back
    }
    assert list(dict.fromkeys(seen)) == list(reports)


def test_twelve_weeks_of_outage_are_caught_up_once_each_with_their_own_dues(
    session: Session,
) -> None:
    place(session, document(WEEKLY), reports_from="2026-01")
    caught_up = opened(session, "2026-03-27 10:00")
    assert list(caught_up) == [f"2026-W{week:02}" for week in range(2, 14)]
    assert caught_up["2026-W08"] == "02-24 17:30"
    assert caught_up["2026-W13"] == "03-27 17:30"
    assert opened(session, "2026-03-27 10:01") == caught_up
    assert len(watching.facts(session, "progress.opened")) == 12


def test_twice_a_month_each_half_has_its_own_due(session: Session) -> None:
    place(session, document(HALVES))
    assert opened(session, "2026-11-15 23:59") == {}
    assert opened(session, "2026-11-16 00:00") == {"2026-11-H1": "11-25 17:30"}
    assert list(opened(session, "2026-12-01 00:00")) == ["2026-11-H1", "2026-11-H2"]
    assert opened(session, "2027-01-01 00:00")["2026-12-H2"] == "01-11 17:30"


def test_a_class_of_its_own_reports_by_the_quarter_and_by_the_month_once_it_is_built(
    session: Session,
) -> None:
    here = place(
        session, document(preparatory=QUARTERLY), stage="preparatory", reports_from="2026-07"
    )
    assert opened(session, "2026-11-10 09:00") == {"2026-Q3": "10-08 17:30"}
    here.project.stage = "under_construction"
    settle(here.watch(session), here.project, now=at("2026-11-10 10:00"))
    session.flush()
    # October is owed at once, and due with November's mark: nobody is late with what was not owed.
    assert opened(session, "2026-11-10 10:00") == {
        "2026-Q3": "10-08 17:30",
        "2026-10": "12-07 17:30",
    }
    assert opened(session, "2026-12-01 00:00")["2026-11"] == "12-07 17:30"


@pytest.mark.parametrize(
    ("rhythm", "look", "opened_then"),
    [
        (WEEKLY, "2026-11-19 09:00", ["2026-10", "2026-W45", "2026-W46", "2026-W47"]),
        (HALVES, "2026-11-19 09:00", ["2026-10", "2026-11-H1"]),
        (QUARTERLY, "2027-01-01 00:00", ["2026-10", "2026-Q4"]),
    ],
)
def test_another_version_changes_the_rhythm_and_no_day_is_owed_twice_or_left_out(
    session: Session, rhythm: dict[str, Any], look: str, opened_then: list[str]
) -> None:
    here = place(session, document(), reports_from="2026-10")
    assert opened(session, "2026-11-02 09:00") == {"2026-10": "11-06 17:30"}
    adopt(session, document(rhythm), number=2, on="2026-11-19")
    heard(session, "policy.adopted", "2026-11-18 10:00", effective_on="2026-11-19")
    assert here.watch(session).next_open_at == at("2026-11-19 00:00")
    reports = opened(session, look)
    assert list(reports) == opened_then
    assert reports["2026-10"] == "11-06 17:30"
    ahead = {due for period, due in reports.items() if period != "2026-10"}
    assert min(ahead) > "11-19" or look.startswith("2027")
    assert opened(session, look) == reports


def test_a_change_back_within_the_month_owes_the_rest_of_it(session: Session) -> None:
    place(session, document(HALVES))
    assert list(opened(session, "2026-11-16 00:00")) == ["2026-11-H1"]
    adopt(session, document(), number=2, on="2026-11-20")
    heard(session, "policy.adopted", "2026-11-20 09:00", effective_on="2026-11-20")
    assert opened(session, "2026-12-01 00:00") == {
        "2026-11-H1": "11-25 17:30",
        "2026-11": "12-07 17:30",
    }


def test_a_version_that_counts_later_is_heeded_on_its_day(session: Session) -> None:
    here = place(session, document(), reports_from="2026-10")
    adopt(session, document(WEEKLY), number=2, on="2026-12-10")
    opened(session, "2026-12-01 00:00")
    assert here.watch(session).next_open_at == at("2026-12-10 00:00")
    assert list(opened(session, "2026-12-10 00:00"))[-2:] == ["2026-11", "2026-W50"]
    assert here.watch(session).next_open_at == at("2026-12-17 00:00")


def test_a_rest_of_weeks_is_not_owed_afterwards(session: Session) -> None:
    here = place(session, document(WEEKLY))
    assert list(opened(session, "2026-11-12 09:00")) == ["2026-W45", "2026-W46"]
    here.project.side_state = "paused"
    settle(here.watch(session), here.project, now=at("2026-11-13 09:00"))
    session.flush()
    assert list(opened(session, "2026-12-10 09:00")) == ["2026-W45", "2026-W46"]
    here.project.side_state = None
    settle(here.watch(session), here.project, now=at("2026-12-14 09:00"))
    session.flush()
    assert list(opened(session, "2026-12-17 00:00")) == ["2026-W45", "2026-W46", "2026-W51"]


def test_a_new_holiday_moves_a_weekly_due_and_leaves_what_is_of_an_older_rhythm(
    session: Session,
) -> None:
    place(session, document(), reports_from="2026-10")
    opened(session, "2026-11-02 09:00")
    adopt(session, document(WEEKLY), number=2, on="2026-11-02")
    heard(session, "policy.adopted", "2026-11-02 09:30", effective_on="2026-11-02")
    assert opened(session, "2026-11-05 00:00")["2026-W45"] == "11-06 17:30"
    session.add(
        CalendarDay(
            day=date(2026, 11, 6), works=False, name_zh="停", name_en="Off", source="notice"
        )
    )
    session.flush()
    heard(session, "calendar.published", "2026-11-05 09:00")
    moved = opened(session, "2026-11-05 09:00")
    assert moved == {"2026-10": "11-06 17:30", "2026-W45": "11-05 17:30"}


def test_the_default_pack_is_monthly() -> None:
    assert checked_pack(DEFAULT).cadence.every == Every.MONTH
