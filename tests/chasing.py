"""A county at work: units, offices, people, a policy, a project that owes its November report."""

import socket
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from importlib.resources import files
from typing import Any

import orjson
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.core.access.models import Account
from services.core.groups.models import JointGroup
from services.core.kit.feed import PendingEvent, Seen
from services.core.kit.ids import new_id
from services.core.kit.settings import settings
from services.core.monitoring.models import Finding
from services.core.notifications.models import Notification
from services.core.organisations.models import Officer, Organisation
from services.core.policies.models import PolicyPack
from services.core.progress.models import ProgressReport
from services.core.projects.models import Project
from tests import given
from tests.given import LONG_AGO, at

DUE = at("2026-12-07 17:30")
"""The fifth working day of December 2026, a Monday: when the report of November is due."""


@dataclass
class County:
    """Everybody and everything a story needs; accounts are named by what they are."""

    group: JointGroup
    project: Project
    report: ProgressReport
    unit: Organisation
    convener_unit: Organisation
    energy: Organisation
    mech: Organisation
    sasac: Organisation
    people: dict[str, Account]

    def who(self, account_ids: Any) -> set[str]:
        """Name the accounts behind ids."""
        names = {account.id: name for name, account in self.people.items()}
        return {names[account_id] for account_id in account_ids}


def county(session: Session) -> County:
    """Build the county: the unit that reports, its convener, its parent group, its regulators."""
    given.places(session)
    adopt(session)
    province = given.unit(
        session, "浙江省国资委", region_code="330000", level="province", kind="sasac"
    )
    sasac = given.unit(session, "景宁县国资办", kind="sasac")
    energy = given.unit(
        session, "浙江省能源集团", parent=province, region_code="330000", level="province"
    )
    mech = given.unit(session, "浙江省机电集团", region_code="330000", level="province")
    gas = given.unit(session, "景宁县天然气有限公司", parent=energy, kind="soe_subsidiary")
    unit = given.unit(session, "景宁县管网公司", parent=energy, kind="soe_subsidiary")
    group = given.group(session, members=[gas, energy, mech])
    people = {
        "reporter": office(session, unit, "reporter", "reporter"),
        "liaison": office(session, unit, "liaison", "liaison"),
        "leader": office(session, unit, "leader", "reviewer"),
        "responsible": given.account(session, "responsible", of=unit, role="reporter"),
        "convener": office(session, gas, "liaison", "convener", phone="0578-508 0000"),
        "energy": office(session, energy, "leader", "reviewer"),
        "mech": office(session, mech, "leader", "reviewer"),
        "sasac": office(session, sasac, "leader", "regulator"),
        "province": office(session, province, "leader", "regulator"),
    }
    project = given.project(
        session, group=group, lead=unit, responsible_account_id=people["responsible"].id
    )
    return County(
        group=group,
        project=project,
        report=report(session, project),
        unit=unit,
        convener_unit=gas,
        energy=energy,
        mech=mech,
        sasac=sasac,
        people=people,
    )


def adopt(session: Session, code: str = "zj-default", **also: Any) -> PolicyPack:
    """Put a shipped pack in force."""
    document = files("services.core.policies").joinpath(f"packs/{code}.json").read_bytes()
    row = PolicyPack(
        **{
            "code": code,
            "number": 1,
            "state": "adopted",
            "document": orjson.loads(document),
            "effective_on": LONG_AGO,
            **also,
        }
    )
    session.add(row)
    session.flush()
    return row


def office(
    session: Session, of: Organisation, duty: str, role: str, phone: str | None = None
) -> Account:
    """Appoint somebody with an account to a duty."""
    account = given.account(session, f"{duty}-{new_id().hex[-8:]}", of=of, role=role)
    session.add(
        Officer(
            organisation_id=of.id,
            account_id=account.id,
            name=f"{of.name}{duty}",
            duty=duty,
            phone=phone,
            valid_from=LONG_AGO,
        )
    )
    session.flush()
    return account


def report(session: Session, project: Project, **also: Any) -> ProgressReport:
    """Open the report of November 2026 of a project."""
    row = ProgressReport(
        **{
            "project_id": project.id,
            "organisation_id": project.responsible_organisation_id,
            "period": "2026-11",
            "state": "due",
            "opened_at": at("2026-12-01 00:00"),
            "original_due_at": DUE,
            "current_due_at": DUE,
            **also,
        }
    )
    session.add(row)
    session.flush()
    return row


def finding(session: Session, project: Project, **also: Any) -> Finding:
    """Find that the report of November is missing."""
    row = Finding(
        **{
            "rule": "MR-03",
            "project_id": project.id,
            "group_id": project.group_id,
            "organisation_id": project.responsible_organisation_id,
            "occurrence": "2026-11",
            "state": "open",
            "light": "yellow",
            "worst_light": "yellow",
            "due_at": DUE,
            "opened_at": DUE,
            "explanation": {},
            **also,
        }
    )
    session.add(row)
    session.flush()
    return row


def seen(name: str, **data: Any) -> Seen:
    """Make a fact as an internal reader gets it: ids are text, as in JSON."""
    return Seen(
        seq=1,
        event_id=new_id(),
        type=name,
        aggregate_kind=name.partition(".")[0],
        aggregate_id=new_id(),
        group_id=None,
        organisation_ids=(),
        occurred_at=DUE,
        trace=None,
        data={key: str(value) for key, value in data.items()},
    )


def about_report(name: str, of: ProgressReport) -> Seen:
    """Make a fact about a report."""
    return seen(name, report_id=of.id, project_id=of.project_id)


def facts(session: Session, *names: str) -> list[dict[str, Any]]:
    """Give the data of the facts with these names, in the order they were written."""
    session.flush()
    rows = session.scalars(select(PendingEvent).order_by(PendingEvent.id))
    return [row.data for row in rows if row.type in names]


def inbox(session: Session, account: Account) -> list[Notification]:
    """Give what a person was told, the oldest first."""
    session.flush()
    return list(
        session.scalars(
            select(Notification)
            .where(Notification.account_id == account.id)
            .order_by(Notification.created_at, Notification.id)
        )
    )


def told(session: Session, found: County) -> dict[str, list[str]]:
    """Give the kinds of message everybody got, by name; who got none is left out."""
    every = {
        name: [row.cause_kind for row in inbox(session, account)]
        for name, account in found.people.items()
    }
    return {name: kinds for name, kinds in every.items() if kinds}


class Postbox:
    """What a real SMTP server took, and how it is told to answer."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.answers: list[str] = []
        """Answers to the next letters instead of taking them."""
        self.refused: dict[str, str] = {}
        """Addresses that are refused, with the answer."""
        self.port = 0

    async def handle_RCPT(  # noqa: N802 the server's own hook
        self, _server: SMTP, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        """Take or refuse a recipient."""
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 the server's own hook
        self, _server: SMTP, _session: Any, envelope: Envelope
    ) -> str:
        """Take a letter, or answer as told."""
        if self.answers:
            return self.answers.pop(0)
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.envelopes.append(envelope)
        return f"250 2.0.0 taken as number {len(self.letters)}"


@contextmanager
def post_office() -> Generator[Postbox]:
    """Run a real SMTP server in a thread."""
    box = Postbox()
    with socket.create_server(("127.0.0.1", 0)) as free:
        box.port = free.getsockname()[1]
    controller = Controller(box, hostname="127.0.0.1", port=box.port)
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@pytest.fixture
def postbox(database: str) -> Generator[Postbox]:
    """Run a mail server and make it known to the service, as an operator would."""
    del database  # its address must be in the environment before the settings are read
    with post_office() as box, pytest.MonkeyPatch.context() as patched:
        patched.setenv("TUANZU_SMTP_HOST", "127.0.0.1")
        patched.setenv("TUANZU_SMTP_PORT", str(box.port))
        patched.setenv("TUANZU_SMTP_TIMEOUT", "PT5S")
        patched.setenv("TUANZU_PUBLIC_URL", "https://tuanzu.example")
        settings.cache_clear()
        yield box
    settings.cache_clear()
