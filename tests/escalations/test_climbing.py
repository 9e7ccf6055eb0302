"""Climbs in the database: begun once, every step once and in order, stopped, told of once."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.core.calendar.models import CalendarDay
from services.core.escalations import actions
from services.core.escalations.models import EscalationRun, EscalationStep, SupervisionOrder
from services.core.groups.models import GroupMembership
from services.core.monitoring.models import Finding
from services.core.notifications import actions as notifications
from services.core.notifications import mail
from services.core.organisations.models import Officer
from tests import given
from tests.chasing import (
    DUE,
    County,
    Postbox,
    adopt,
    county,
    facts,
    finding,
    inbox,
    office,
    seen,
    told,
)
from tests.given import at


@pytest.fixture
def jingning(session: Session) -> County:
    return county(session)


@pytest.fixture
def missing(session: Session, jingning: County) -> Finding:
    """The report of November is found missing, and the ladder begins."""
    found = finding(session, jingning.project)
    begin(session, found)
    return found


def begin(session: Session, found: Finding, now: str = "2026-12-07 17:31") -> None:
    fact = seen("progress.missing", finding_id=found.id, project_id=found.project_id)
    actions.READERS["progress.missing"](session, fact, at(now))


def hear(session: Session, name: str, found: County, now: str) -> None:
    session.flush()
    actions.READERS[name](session, seen(name, project_id=found.project.id), at(now))


def sweep(session: Session, *instants: str) -> None:
    """Look at these instants, each time until nothing is due."""
    for instant in instants:
        for _ in range(5):
            if not actions.climb_due(session, now=at(instant), limit=100):
                break
        else:
            pytest.fail(f"still something due at {instant}")


def the_run(session: Session) -> EscalationRun:
    session.flush()
    return session.scalars(select(EscalationRun)).one()


def steps(session: Session) -> list[tuple[int, str]]:
    """Give the steps taken: which, and when in Shanghai."""
    session.flush()
    found = session.scalars(
        select(EscalationStep).order_by(EscalationStep.taken_at, EscalationStep.number)
    )
    local = timedelta(hours=8)
    return [(row.number, f"{row.taken_at + local:%m-%d %H:%M}") for row in found]


def reached(session: Session, found: County, number: int) -> set[str]:
    step = session.scalars(select(EscalationStep).where(EscalationStep.number == number)).one()
    return found.who(step.account_ids)


ALL_STEPS = ("12-07 17:31", "12-09 09:00", "12-14 09:00", "12-21 09:00", "12-28 09:00")
DAYS = tuple(f"2026-{moment}" for moment in ALL_STEPS)


def test_a_missing_report_begins_one_climb(
    session: Session, jingning: County, missing: Finding
) -> None:
    begin(session, missing)
    run = the_run(session)
    assert (run.state, run.climbed, run.due_at) == ("climbing", 0, DUE)
    assert (run.policy_code, run.policy_number) == ("zj-default", 1)
    assert [step["number"] for step in run.ladder["steps"]] == list(range(7))
    (fact,) = facts(session, "escalation.started")
    assert fact["finding_id"] == str(missing.id)
    assert fact["organisation_id"] == str(jingning.unit.id)


def test_the_ladder_is_climbed_step_by_step(
    session: Session, jingning: County, missing: Finding
) -> None:
    del missing
    now = at("2026-12-07 17:31")
    while now < at("2027-01-05 00:00"):
        actions.climb_due(session, now=now, limit=10)
        actions.climb_due(session, now=now, limit=10)
        now += timedelta(minutes=30)
    taken = steps(session)
    assert [number for number, _ in taken] == [1, 2, 3, 4, 5]
    assert [moment[:5] for _, moment in taken] == ["12-07", "12-09", "12-14", "12-21", "12-28"]
    assert [reached(session, jingning, number) for number in range(1, 6)] == [
        {"responsible", "liaison"},
        {"leader", "convener"},
        {"sasac"},
        {"convener"},
        {"sasac"},
    ]
    stepped = facts(session, "escalation.stepped")
    assert [fact["number"] for fact in stepped] == [1, 2, 3, 4, 5]
    assert [fact["colour"] for fact in stepped] == [None, "yellow", "red", None, None]
    assert told(session, jingning) == {
        "responsible": ["escalation_step"],
        "liaison": ["escalation_step"],
        "leader": ["escalation_step"],
        "convener": ["escalation_step"] * 2,
        "sasac": ["escalation_step"] * 2,
    }


def test_a_step_says_what_to_do(session: Session, jingning: County, missing: Finding) -> None:
    del missing
    sweep(session, *DAYS[:4])
    (urged,) = inbox(session, jingning.people["responsible"])
    assert urged.title_zh == "催办：“LNG站及中压管道项目”2026年11月进展"
    notice, consult = inbox(session, jingning.people["convener"])
    assert notice.title_en == "Yellow notice: Nov 2026 update of LNG站及中压管道项目"
    assert "请您将此事列入下次会商议题。" in consult.body_zh
    (draft,) = inbox(session, jingning.people["sasac"])
    assert "督办单DB-2026-0001已拟稿，请您决定是否签发" in draft.body_zh
    assert "/supervision-orders/" in (draft.link or "")


def test_the_red_order_is_only_a_draft(
    session: Session, jingning: County, missing: Finding
) -> None:
    """Nothing goes to the parent group before a person has issued it (I-16)."""
    del missing
    sweep(session, *DAYS[:3])
    order = session.scalars(select(SupervisionOrder)).one()
    assert (order.code, order.state, order.colour) == ("DB-2026-0001", "drafted", "red")
    assert set(order.issued_to) == {jingning.energy.id, jingning.sasac.id}
    assert (order.issued_at, order.drafted_by) == (None, None)
    assert "energy" not in told(session, jingning)
    (fact,) = facts(session, "supervision.drafted")
    assert fact["order_code"] == "DB-2026-0001"
    step = session.scalars(select(EscalationStep).where(EscalationStep.number == 3)).one()
    assert step.order_id == order.id


def test_circular_and_interview_are_only_proposals(
    session: Session, jingning: County, missing: Finding
) -> None:
    """The second red period running brings the last step, and the run is at its end."""
    finding(session, jingning.project, occurrence="2026-10", worst_light="red", state="cleared")
    missing.worst_light = "red"
    sweep(session, *DAYS)
    orders = session.scalars(select(SupervisionOrder).order_by(SupervisionOrder.code)).all()
    assert [(order.kind, order.state) for order in orders] == [
        ("supervision_order", "drafted"),
        ("circular", "drafted"),
        ("interview", "drafted"),
    ]
    members = {jingning.convener_unit.id, jingning.energy.id, jingning.mech.id}
    assert set(orders[1].issued_to) == members
    assert orders[2].issued_to == [jingning.unit.id]
    assert reached(session, jingning, 6) == {"province"}
    assert "mech" not in told(session, jingning)
    run = the_run(session)
    assert (run.state, run.climbed, run.next_at) == ("finished", 7, None)
    assert facts(session, "escalation.stepped")[-1]["is_last"] is True


def test_a_light_that_turns_wakes_a_climb_that_waits_for_it(
    session: Session, jingning: County, missing: Finding
) -> None:
    sweep(session, *DAYS)
    run = the_run(session)
    assert (run.state, run.climbed, run.next_at) == ("climbing", 6, None)
    finding(session, jingning.project, occurrence="2026-10", worst_light="red", state="cleared")
    missing.worst_light = "red"
    hear(session, "health.changed", jingning, "2026-12-29 10:00")
    sweep(session, "2026-12-29 10:00")
    assert steps(session)[-1] == (6, "12-29 10:00")


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ({"2026-10": "yellow"}, False),
        ({"2026-09": "red"}, False),
        ({"2026-12": "red"}, False),
        ({"2026-10": "red"}, True),
        ({"2026-10": "red", "2026-09": "red"}, True),
    ],
)
def test_red_periods_run_up_to_the_findings_own(
    session: Session,
    jingning: County,
    missing: Finding,
    others: dict[str, str],
    *,
    expected: bool,
) -> None:
    for period, light in others.items():
        finding(session, jingning.project, occurrence=period, worst_light=light, state="cleared")
    missing.worst_light = "red"
    sweep(session, *DAYS)
    assert (steps(session)[-1][0] == 6) is expected


def test_what_an_outage_missed_is_taken_in_order_and_told_once(
    session: Session, jingning: County, missing: Finding
) -> None:
    del missing
    sweep(session, "2026-12-22 10:00")
    assert steps(session) == [(n, "12-22 10:00") for n in (1, 2, 3, 4)]
    planned = session.scalars(
        select(EscalationStep.planned_at).order_by(EscalationStep.number)
    ).all()
    assert list(planned) == [
        DUE,
        at("2026-12-09 09:00"),
        at("2026-12-14 09:00"),
        at("2026-12-21 09:00"),
    ]
    assert told(session, jingning) == {
        "responsible": ["escalation_step"],
        "liaison": ["escalation_step"],
        "leader": ["escalation_step"],
        "convener": ["escalation_step"],
        "sasac": ["escalation_step"],
    }
    (highest,) = inbox(session, jingning.people["convener"])
    assert highest.title_zh.startswith("列入会商")


def test_mild_steps_wait_for_the_window_and_hold_back_those_above(
    session: Session, jingning: County, missing: Finding
) -> None:
    del missing
    sweep(session, "2026-12-15 22:00")
    assert steps(session) == []
    assert the_run(session).next_at == at("2026-12-16 08:30")
    sweep(session, "2026-12-16 08:30")
    assert [number for number, _ in steps(session)] == [1, 2, 3]
    assert "energy" not in told(session, jingning)


def test_severe_steps_are_urgent(session: Session, jingning: County, missing: Finding) -> None:
    del jingning, missing
    sweep(session, *DAYS[:2], "2026-12-14 22:00")
    assert steps(session)[-1] == (3, "12-14 22:00")


def test_a_running_ladder_keeps_the_copy_it_began_with(
    session: Session, jingning: County, missing: Finding
) -> None:
    """A policy adopted meanwhile bends no climb that is under way."""
    del missing
    gentle = adopt(session, number=2)
    gentle.document = {**gentle.document, "ladder": _only_first_steps(gentle.document["ladder"])}
    session.flush()
    sweep(session, *DAYS[:4])
    assert [number for number, _ in steps(session)] == [1, 2, 3, 4]
    second = given.project(session, group=jingning.group, lead=jingning.unit)
    begin(session, finding(session, second), "2026-12-22 10:00")
    runs = session.scalars(select(EscalationRun).order_by(EscalationRun.started_at)).all()
    assert [(run.policy_number, len(run.ladder["steps"])) for run in runs] == [(1, 7), (2, 2)]


def _only_first_steps(ladder: dict[str, list[object]]) -> dict[str, list[object]]:
    return {**ladder, "steps": ladder["steps"][:2]}


def test_the_convener_of_the_day_is_told_after_a_handover(
    session: Session, jingning: County, missing: Finding
) -> None:
    """Step 2 reaches the old convener, step 4 the new one (I-5)."""
    del missing
    sweep(session, *DAYS[:2])
    successor = given.unit(session, "丽水某公司")
    new = office(session, successor, "leader", "convener")
    handed_over = date(2026, 12, 15)
    for seat in session.scalars(select(GroupMembership).where(GroupMembership.role == "convener")):
        seat.valid_to = handed_over
    session.flush()
    session.add(
        GroupMembership(
            group_id=jingning.group.id,
            organisation_id=successor.id,
            role="convener",
            valid_from=handed_over,
        )
    )
    session.flush()
    sweep(session, *DAYS[2:4])
    assert len(inbox(session, jingning.people["convener"])) == 1
    assert [row.cause_kind for row in inbox(session, new)] == ["escalation_step"]
    assert "会商" in inbox(session, new)[0].title_zh


def test_a_leader_who_left_is_not_told(
    session: Session, jingning: County, missing: Finding
) -> None:
    del missing
    leaders = session.scalars(
        select(Officer).where(Officer.duty == "leader", Officer.organisation_id == jingning.unit.id)
    )
    for officer in leaders:
        officer.valid_to = date(2026, 12, 8)
    new = office(session, jingning.unit, "leader", "reviewer")
    sweep(session, *DAYS[:2])
    assert inbox(session, jingning.people["leader"]) == []
    assert len(inbox(session, new)) == 1


def _accept(session: Session, found: County, missing: Finding) -> None:
    del session, missing
    found.report.state = "accepted"


def _clear(session: Session, found: County, missing: Finding) -> None:
    del session, found
    missing.state = "cleared"


def _pause(session: Session, found: County, missing: Finding) -> None:
    del session, missing
    found.project.side_state = "paused"


def _terminate(session: Session, found: County, missing: Finding) -> None:
    del session, missing
    found.project.side_state = "terminated"


@pytest.mark.parametrize(
    ("name", "happens", "reason"),
    [
        ("progress.accepted", _accept, "resolved"),
        ("finding.cleared", _clear, "resolved"),
        ("project.paused", _pause, "suspended"),
        ("project.terminated", _terminate, "closed"),
    ],
)
def test_a_climb_stops_and_everybody_it_chased_hears_so_once(
    session: Session, jingning: County, missing: Finding, name: str, happens: object, reason: str
) -> None:
    sweep(session, *DAYS[:3])
    assert callable(happens)
    happens(session, jingning, missing)
    for _ in range(2):
        hear(session, name, jingning, "2026-12-15 10:00")
        hear(session, "finding.cleared", jingning, "2026-12-15 10:00")
    sweep(session, "2026-12-21 09:00", "2026-12-28 09:00")
    run = the_run(session)
    assert (run.state, run.ended_reason, run.next_at) == ("stopped", reason, None)
    assert [number for number, _ in steps(session)] == [1, 2, 3]
    both = ["escalation_step", "escalation_end"]
    chased = ("responsible", "liaison", "leader", "convener", "sasac")
    assert told(session, jingning) == dict.fromkeys(chased, both)
    (fact,) = facts(session, "escalation.stopped")
    assert fact["reason"] == reason
    assert len(fact["account_ids"]) == len(chased)


def test_that_it_is_over_is_in_the_inbox_at_once_and_a_letter_at_the_opening(
    session: Session, jingning: County, missing: Finding, postbox: Postbox
) -> None:
    sweep(session, *DAYS[:1])
    _clear(session, jingning, missing)
    hear(session, "finding.cleared", jingning, "2026-12-08 22:00")
    assert told(session, jingning)["liaison"] == ["escalation_step", "escalation_end"]
    arrived = []
    for moment in ("2026-12-08 22:00", "2026-12-09 08:30"):
        for letter in notifications.claim_due(session, now=at(moment), limit=100):
            notifications.settle(session, letter, mail.send(letter), now=at(moment))
        arrived.append(sorted({letter["Subject"][:3] for letter in postbox.letters}))
    assert arrived == [["催办："], ["催办：", "已结束"]]


def test_a_draft_falls_with_its_climb_and_an_issued_order_stays(
    session: Session, jingning: County, missing: Finding
) -> None:
    sweep(session, *DAYS[:5])
    first, second = session.scalars(select(SupervisionOrder).order_by(SupervisionOrder.code))
    first.state, first.issued_at = "issued", at("2026-12-15 10:00")
    _clear(session, jingning, missing)
    hear(session, "finding.cleared", jingning, "2026-12-29 10:00")
    assert (first.state, second.state, second.end_reason) == ("issued", "withdrawn", "resolved")
    assert [fact["order_id"] for fact in facts(session, "supervision.withdrawn")] == [
        str(second.id)
    ]


def test_it_is_asked_again_at_the_very_moment_of_a_step(
    session: Session, jingning: County, missing: Finding
) -> None:
    """The report is accepted, and the fact of it still on its way when the step comes due."""
    sweep(session, *DAYS[:1])
    _accept(session, jingning, missing)
    sweep(session, DAYS[1])
    assert the_run(session).state == "stopped"
    assert [number for number, _ in steps(session)] == [1]


def test_an_extension_stops_the_climb_while_it_lasts(
    session: Session, jingning: County, missing: Finding
) -> None:
    sweep(session, *DAYS[:1])
    jingning.report.current_due_at = at("2026-12-18 17:30")
    sweep(session, DAYS[1])
    assert the_run(session).ended_reason == "extended"
    begin(session, missing, "2026-12-18 17:31")
    runs = session.scalars(select(EscalationRun).order_by(EscalationRun.started_at)).all()
    assert [(run.state, run.climbed) for run in runs] == [("stopped", 2), ("climbing", 2)]


def test_a_finding_that_opens_again_climbs_on_above_what_was_taken(
    session: Session, jingning: County, missing: Finding
) -> None:
    """No step is ever taken twice for one finding, and who is chased anew hears the end anew."""
    sweep(session, *DAYS[:2])
    missing.state = "cleared"
    hear(session, "finding.cleared", jingning, "2026-12-10 10:00")
    missing.state = "open"
    begin(session, missing, "2026-12-11 10:00")
    begin(session, missing, "2026-12-11 10:00")
    sweep(session, "2026-12-11 10:00", *DAYS[2:4])
    assert [number for number, _ in steps(session)] == [1, 2, 3, 4]
    runs = session.scalars(select(EscalationRun).order_by(EscalationRun.started_at)).all()
    assert [run.state for run in runs] == ["stopped", "climbing"]


def test_nothing_begins_for_what_is_no_longer_wrong(session: Session, jingning: County) -> None:
    cleared = finding(session, jingning.project, state="cleared")
    begin(session, cleared)
    still_open = finding(session, jingning.project, occurrence="2026-10")
    jingning.project.side_state = "paused"
    begin(session, still_open)
    assert session.scalars(select(EscalationRun)).all() == []


def test_the_county_without_a_regulator_asks_the_nearest_above(
    session: Session, jingning: County, missing: Finding
) -> None:
    del missing
    jingning.sasac.kind = "gov"
    sweep(session, *DAYS[:3])
    assert reached(session, jingning, 3) == {"province"}


def test_a_project_outside_every_group_has_its_own_countys_regulator(
    session: Session, jingning: County
) -> None:
    alone = given.project(session, group=None, lead=jingning.unit, region_code="331127209")
    begin(session, finding(session, alone))
    sweep(session, "2026-12-22 10:00")
    assert [number for number, _ in steps(session)] == [1, 2, 3, 4]
    assert reached(session, jingning, 2) == {"leader"}
    assert reached(session, jingning, 3) == {"sasac"}
    assert reached(session, jingning, 4) == set()


def test_a_new_holiday_moves_the_next_step(
    session: Session, jingning: County, missing: Finding
) -> None:
    del missing
    sweep(session, *DAYS[:1])
    assert the_run(session).next_at == at("2026-12-09 09:00")
    session.add(
        CalendarDay(
            day=date(2026, 12, 8), works=False, name_zh="放假", name_en="Holiday", source="test"
        )
    )
    hear(session, "calendar.published", jingning, "2026-12-08 12:00")
    sweep(session, "2026-12-08 12:00")
    session.expire_all()
    assert the_run(session).next_at == at("2026-12-10 09:00")


def test_codes_are_numbered_by_year_without_gaps(session: Session, jingning: County) -> None:
    for month, now in (("2026-09", "2026-12-14 09:00"), ("2026-10", "2027-01-04 09:00")):
        for _ in range(2):
            project = given.project(session, group=jingning.group, lead=jingning.unit)
            begin(session, finding(session, project, occurrence=month), now)
        sweep(session, now)
    codes = session.scalars(select(SupervisionOrder.code).order_by(SupervisionOrder.code)).all()
    firsts = [code for code in codes if code.startswith("DB-2026")]
    assert firsts == ["DB-2026-0001", "DB-2026-0002"]
    assert "DB-2027-0001" in codes
