"""A group in Jingning with a project, an integrator of a member, and facts that happen."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.access.models import Account
from services.core.groups.models import JointGroup
from services.core.kit import feed, ledger
from services.core.kit.events import Actor, Subject
from services.core.organisations.models import Organisation
from services.core.projects.events import ProjectChanged
from services.core.projects.models import Project
from services.core.webhooks import actions
from services.core.webhooks.models import WebhookDelivery, WebhookEndpoint
from services.worker.stamp import stamp
from tests import given, hooks

NOW = given.at("2026-11-24 10:00")


@dataclass
class Scene:
    """What a test of webhooks works on."""

    session: Session
    client: TestClient
    chair: Organisation = field(init=False)
    mate: Organisation = field(init=False)
    group: JointGroup = field(init=False)
    project: Project = field(init=False)
    owner: Account = field(init=False)
    headers: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        """Build it."""
        given.places(self.session)
        self.chair = given.unit(self.session, "景宁县天然气有限公司")
        self.mate = given.unit(self.session, "丽水市科创", region_code="331100")
        self.group = given.group(self.session, members=[self.chair, self.mate])
        self.project = given.project(self.session, group=self.group, lead=self.chair)
        self.owner = given.account(self.session, "integrator", of=self.mate, role="integrator")
        self.headers = given.headers(self.session, self.owner)

    def endpoint(self, **also: Any) -> str:
        """Register an endpoint that works at once; gives its path.

        It does not take what is said of endpoints themselves, unless it says so.
        """
        values = {"event_types": ["project.*", "progress.*", "region.*"], **also}
        made = hooks.at_work(self.client, self.headers, **values)["id"]
        self.session.execute(  # before anything that happens here
            update(WebhookEndpoint)
            .where(WebhookEndpoint.id == made)
            .values(created_at=NOW - timedelta(days=7))
        )
        return f"{hooks.PATH}/{made}"

    def changed(self, project: Project | None = None, *, at: datetime = NOW) -> UUID:
        """Let a project change, and number the fact; gives the event's id."""
        project = project or self.project
        subject = Subject("project", project.id, project.group_id, (project.lead_organisation_id,))
        fact = ProjectChanged(project_id=project.id, project_code=project.code, fields=("name",))
        made = ledger.record(self.session, fact, about=subject, by=Actor.part("test"), now=at)
        stamp(self.session, 100)
        return made

    def plan(self, *, now: datetime = NOW) -> None:
        """Let the webhooks' reader read all there is."""
        while feed.consume(self.session, "webhooks", actions.plan, now=now, limit=100):
            pass

    def owed(self) -> list[UUID]:
        """Give the events that are owed to anybody, in the order of the feed."""
        self.session.expire_all()
        wanted = select(WebhookDelivery.event_id).where(WebhookDelivery.kind == "event")
        return list(self.session.scalars(wanted.order_by(WebhookDelivery.seq)))

    def call(self, method: str, path: str, status: int, **also: Any) -> Any:
        """Ask as the integrator, with the version there is now; gives what is answered."""
        headers = {**self.headers, **({"If-Match": "*"} if method != "GET" else {})}
        answer = self.client.request(method, path, headers=headers, **also)
        assert answer.status_code == status, answer.text
        self.session.expire_all()
        return answer.json() if answer.content else None
