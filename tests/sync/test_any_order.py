"""Whatever happens in whatever order, a phone that has synchronised holds what it may see."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings
from sqlalchemy import Connection, delete, select, update
from sqlalchemy.orm import Session

from services.core.admissions.models import Admission
from services.core.evidence.models import Evidence
from services.core.groups.models import GroupMembership
from services.core.kit.ids import new_id
from services.core.notifications.models import Notification
from services.core.organisations.models import Organisation
from services.core.progress.models import ProgressReport
from services.core.projects.models import Milestone, Project, ProjectPartner, ProjectWatch
from services.core.reminders.models import Reminder
from services.worker.stamp import stamp
from tests import given as make
from tests.chasing import report
from tests.given import at
from tests.sync.conftest import World
from tests.sync.phone import Phone, kept

Act = Callable[["Play", int, int], None]
ENDED, NOW_ON = date(2026, 11, 1), date(2026, 11, 24)


class Play:
    """A small world that anything may happen to."""

    def __init__(self, world: World) -> None:
        """Begin with three units, two groups, and a phone of each unit and of the regulator."""
        self.session: Session = world.session
        self.units = [make.unit(self.session, f"单位{n}") for n in range(3)]
        self.groups = [
            world.site.group,
            make.group(self.session, members=self.units[2:], region_code="330329"),
        ]
        people = [
            make.account(self.session, f"p{n}", of=unit, role="reporter")
            for n, unit in enumerate(self.units)
        ]
        self.people = [*people, world.site.regulator]
        self.session.commit()
        self.phones = [world.phone(one) for one in self.people]
        self.count = 0

    def one_of(self, table: type[Any], number: int) -> Any:
        """Give one of the rows there are."""
        rows = self.session.scalars(select(table).order_by(table.id)).all()
        return rows[number % len(rows)] if rows else None

    def admit(self, a: int, b: int) -> None:
        """A project comes, of a group or of none."""
        group = [*self.groups, None][b % 3]
        made = make.project(self.session, group=group, lead=self.units[a % 3])
        self.session.add(
            Milestone(
                project_id=made.id,
                name="节点",
                planned_on=NOW_ON,
                original_planned_on=NOW_ON,
            )
        )
        report(self.session, made)

    def hand_over(self, a: int, b: int) -> None:
        """A project changes hands."""
        project = self.one_of(Project, a)
        project.lead_organisation_id = project.responsible_organisation_id = self.units[b % 3].id

    def regroup(self, a: int, b: int) -> None:
        """A project moves to another group, or out of any."""
        self.one_of(Project, a).group_id = [*(one.id for one in self.groups), None][b % 3]

    def join(self, a: int, b: int) -> None:
        """A partner joins a project, or leaves it."""
        project, unit = self.one_of(Project, a), self.units[b % 3]
        where = (
            ProjectPartner.project_id == project.id,
            ProjectPartner.organisation_id == unit.id,
        )
        gone = delete(ProjectPartner).where(*where).returning(ProjectPartner.project_id)
        if not self.session.execute(gone).all():
            self.session.add(
                ProjectPartner(project_id=project.id, organisation_id=unit.id, role="partner")
            )

    def seat(self, a: int, b: int) -> None:
        """A unit enters a group, or leaves it."""
        group, unit = self.groups[a % 2], self.units[b % 3]
        where = (
            GroupMembership.group_id == group.id,
            GroupMembership.organisation_id == unit.id,
        )
        ended = update(GroupMembership).where(*where, GroupMembership.valid_to.is_(None))
        left = ended.values(valid_to=ENDED).returning(GroupMembership.id)
        if not self.session.execute(left).all():
            self.session.execute(delete(GroupMembership).where(*where))
            self.session.add(
                GroupMembership(
                    group_id=group.id, organisation_id=unit.id, role="member", valid_from=ENDED
                )
            )

    def rename(self, a: int, b: int) -> None:
        """A unit gets another name."""
        self.session.get_one(Organisation, self.units[a % 3].id).name = f"改名{b}"

    def draft(self, a: int, b: int) -> None:
        """A report is drafted: its unit sees what it says, others that it is there."""
        row = self.one_of(ProgressReport, a)
        row.state, row.image_progress = ("draft", "due", "submitted")[b % 3], f"进展{b}"

    def light(self, a: int, b: int) -> None:
        """A light changes."""
        watch = self.session.get_one(ProjectWatch, self.one_of(Project, a).id)
        watch.light = ("green", "yellow", "red")[b % 3]

    def remind(self, a: int, b: int) -> None:
        """A reminder is planned, or one is taken back."""
        row, known = self.one_of(ProgressReport, a), self.one_of(Reminder, b)
        if b % 3 == 0 and known:
            self.session.delete(known)
            return
        project = self.session.get_one(Project, row.project_id)
        self.count += 1
        self.session.add(
            Reminder(
                rule="report",
                subject_kind="progress_report",
                subject_id=row.id,
                project_id=project.id,
                group_id=project.group_id,
                organisation_id=row.organisation_id,
                occurrence=f"S{self.count}",
                due_at=row.current_due_at,
                planned_at=row.current_due_at,
                state="planned",
            )
        )

    def tell(self, a: int, b: int) -> None:
        """Somebody is told something, or has read it."""
        known = self.one_of(Notification, b)
        if known and b % 2:
            known.read_at = at("2026-11-24 09:00")
            return
        words = dict.fromkeys(("title_zh", "title_en", "body_zh", "body_en"), "…")
        self.session.add(
            Notification(
                account_id=self.people[a % 4].id,
                cause_kind="reminder",
                cause_id=new_id(),
                created_at=at("2026-11-24 09:00"),
                **words,
            )
        )

    def propose(self, a: int, b: int) -> None:
        """A unit drafts a proposal; one is handed in, or becomes another unit's and group's."""
        known = self.one_of(Admission, a)
        unit, group = self.units[b % 3], [*self.groups, None][b % 3]
        if known and b % 4 == 0:
            known.state, known.submitted_by = "at_county", self.people[0].id
        elif known and b % 4 == 1:
            known.lead_organisation_id = known.responsible_organisation_id = unit.id
            known.group_id = group.id if group else None
        else:
            self.count += 1
            self.session.add(
                Admission(
                    code=f"P-{self.count}",
                    name="申报",
                    group_id=group.id if group else None,
                    region_code="331127",
                    lead_organisation_id=unit.id,
                    responsible_organisation_id=unit.id,
                    proposal={},
                    drafted_for=self.units[a % 3].id,
                )
            )

    def prove(self, a: int, b: int) -> None:
        """A photo comes to a report: what it says itself is open to some only."""
        row, unit = self.one_of(ProgressReport, a), self.units[b % 3]
        self.session.add(
            Evidence(
                project_id=row.project_id,
                subject_kind="progress_report",
                subject_id=row.id,
                organisation_id=unit.id,
                uploaded_by=self.people[b % 3].id,
                file_name="现场.jpg",
                media_type="image/jpeg",
                size_bytes=1,
                sha256="0" * 64,
                state="complete",
                begun_at=at("2026-11-24 09:00"),
                completed_at=at("2026-11-24 09:00"),
                taken_at=at("2026-11-24 08:00"),
            )
        )

    def number(self, _: int, __: int) -> None:
        """The relay comes round."""
        stamp(self.session, 500)

    def look(self, a: int, b: int) -> None:
        """A phone takes one answer."""
        self.phones[a % 4].step(1 + b % 7)


ACTS: tuple[Act, ...] = (
    Play.admit,
    Play.hand_over,
    Play.regroup,
    Play.join,
    Play.seat,
    Play.rename,
    Play.draft,
    Play.light,
    Play.remind,
    Play.tell,
    Play.propose,
    Play.prove,
    Play.number,
    Play.look,
    Play.look,
    Play.look,
)
_NUMBERS = st.integers(0, 11)
STEPS = st.lists(st.tuples(st.sampled_from(ACTS), _NUMBERS, _NUMBERS), min_size=5, max_size=30)


@pytest.fixture
def undone(connection: Connection) -> Callable[[], Any]:
    """Give a way to undo what one example did."""
    return connection.begin_nested


@settings(
    max_examples=8,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(STEPS)
def test_a_phone_ends_with_what_it_may_see(
    world: World, undone: Callable[[], Any], steps: Sequence[tuple[Act, int, int]]
) -> None:
    before = undone()
    try:
        play = Play(world)
        play.admit(0, 0)
        for act, a, b in steps:
            act(play, a, b)
            play.session.commit()
        play.number(0, 0)
        play.session.commit()
        for phone in play.phones:
            phone.sync(20)
            assert kept(phone.store) == phone.shown()
            fresh = Phone(phone.client, phone.headers)
            fresh.sync(500)
            assert (phone.store, phone.etags) == (fresh.store, fresh.etags)
            assert phone.sync(20) == []
    finally:
        world.session.close()
        before.rollback()
