"""A county at work for phones: a project that owes reports, people, and time that passes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import pytest
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.access.models import Account
from services.standalone.sweep import walk
from tests import given, watching
from tests.given import at
from tests.sync.phone import Phone
from tests.watching import Site


@dataclass
class World:
    """The site, the clock, and the service at work."""

    session: Session
    client: TestClient
    site: Site
    set_clock: Callable[[datetime], None]

    def until(self, text: str) -> None:
        """Let time pass: whatever falls due on the way is done."""
        walk(self.session, upto=at(text))
        self.session.commit()
        self.session.expire_all()
        self.set_clock(at(text))

    def settle(self) -> None:
        """Let the relay and the readers do what they can at this instant."""
        walk(self.session, upto=given.caller(self.session, self.site.reporter).now)
        self.session.commit()
        self.session.expire_all()

    def phone(self, who: Account, types: str | None = None) -> Phone:
        """Give somebody a new phone."""
        return Phone(self.client, given.headers(self.session, who), types)


@pytest.fixture
def world(session: Session, client: TestClient, set_clock: Callable[[datetime], None]) -> World:
    """Begin on 2026-11-24; the project owes its first report in December."""
    set_clock(at("2026-11-24 09:00"))
    made = World(session, client, watching.site(session), set_clock)
    watching.planned(session, made.site.project, 1_000_000, 6_000_000)
    session.commit()
    return made
