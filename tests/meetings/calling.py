"""How Jingning's units call meetings, over HTTP, on 2026-11-24 (a Tuesday) at 09:00."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from services.core.kit.feed import PendingEvent, Seen
from services.core.kit.ledger import AuditEntry
from services.core.meetings import actions
from services.core.meetings.models import Meeting
from services.core.notifications.models import Notification
from tests import given
from tests.groups.scene import Scene

STARTS, ENDS = given.at("2026-12-07 14:00"), given.at("2026-12-07 16:00")
NOW = given.at("2026-11-24 09:00")


@dataclass
class Calling:
    """The scene, seen by those who meet."""

    scene: Scene

    def body(self, *units: str, **also: Any) -> dict[str, Any]:
        """Write down a group meeting with these units beside its convener."""
        return {
            "kind": "group_meeting",
            "title": "景宁联合团组2026年第四次会议",
            "group_id": str(self.scene.jingning.id),
            "starts_at": STARTS.isoformat(),
            "ends_at": ENDS.isoformat(),
            "place": "3号会议室",
            "invitations": [self.asked(unit) for unit in units],
            **also,
        }

    def asked(self, unit: str, role: str = "member") -> dict[str, str]:
        """Ask a unit to come."""
        return {"organisation_id": str(self.scene.units[unit].id), "role": role}

    def regional(self, *units: str, **also: Any) -> dict[str, Any]:
        """Write down an on-site dispatch meeting of the county, of no group."""
        of = {"kind": "onsite_dispatch", "group_id": None, "region_code": "331127"}
        return self.body(*units, **{**of, **also})

    def draft(self, *units: str, by: str = "convener", **also: Any) -> str:
        """Prepare a meeting; gives its path."""
        body = also.pop("body", None) or self.body(*(units or ("energy", "lsci")), **also)
        answer = self.scene.post(by, "/meetings", body)
        assert answer.status_code == 201, answer.json()
        location: str = answer.headers["location"]
        return location.removeprefix("/api/v1")

    def schedule(self, *units: str, by: str = "convener", **also: Any) -> str:
        """Prepare a meeting and announce it; gives its path."""
        path = self.draft(*units, by=by, **also)
        self.do(by, path, "schedule")
        return path

    def do(self, who: str, path: str, verb: str, **body: Any) -> dict[str, Any]:
        """Do something that must be possible."""
        answer = self.scene.post(who, f"{path}/{verb}", body, of=path)
        assert answer.status_code == 200, answer.json()
        shown: dict[str, Any] = answer.json()
        return shown

    def invitations(self, path: str, who: str = "convener") -> dict[str, dict[str, Any]]:
        """Give the invitations that stand, by the unit's name."""
        items = self.scene.get(who, f"{path}/invitations").json()["items"]
        return {one["organisation"]["name"]: one for one in items if not one["withdrawn_at"]}

    def reply(self, who: str, path: str, unit: str, **body: Any) -> Any:
        """Answer a unit's invitation as somebody."""
        invitation = f"{path}/invitations/{self.invitations(path)[unit]['id']}"
        return self.scene.post(who, f"{invitation}/reply", body, of=invitation)

    def hold(self, path: str, by: str = "convener") -> dict[str, Any]:
        """Note that everybody came."""
        came = [
            {"invitation_id": one["id"], "attendance": "present"}
            for one in self.invitations(path, by).values()
        ]
        return self.do(by, path, "hold", attendance=came)

    def put_back(self, path: str, starts_at: datetime) -> None:
        """Let a meeting have been announced for an earlier time, as time passes."""
        meeting = self.row(path)
        meeting.starts_at, meeting.ends_at = starts_at, starts_at + timedelta(hours=2)
        self.scene.session.flush()

    def row(self, path: str) -> Meeting:
        """Give the row behind a path."""
        self.scene.session.expire_all()
        return self.scene.session.get_one(Meeting, UUID(path.rpartition("/")[2]))

    def told(self) -> dict[str, list[str]]:
        """Give what everybody got, by log-in; who got nothing is left out."""
        self.scene.session.expire_all()
        kinds: dict[str, list[str]] = {}
        rows = self.scene.session.scalars(
            select(Notification).order_by(Notification.created_at, Notification.id)
        )
        names = {account.id: name for name, account in self.scene.accounts.items()}
        for row in rows:
            kinds.setdefault(names[row.account_id], []).append(row.cause_kind)
        return kinds

    def audited(self) -> list[dict[str, Any]]:
        """Give what the audit lines of meetings say has changed."""
        lines = self.scene.session.scalars(
            select(AuditEntry)
            .where(AuditEntry.action.startswith("meeting."))
            .order_by(AuditEntry.id)
        )
        return [line.changes or {} for line in lines]

    def hear(self, now: datetime = NOW) -> None:
        """Let the room read every fact recorded so far, in their order; twice does no harm."""
        session = self.scene.session
        session.expire_all()
        for fact in session.scalars(select(PendingEvent).order_by(PendingEvent.id)).all():
            reader = actions.READERS.get(fact.type)
            if reader:
                seen = Seen(
                    seq=fact.id,
                    event_id=fact.event_id,
                    type=fact.type,
                    aggregate_kind=fact.aggregate_kind,
                    aggregate_id=fact.aggregate_id,
                    group_id=fact.group_id,
                    organisation_ids=tuple(fact.organisation_ids),
                    occurred_at=fact.occurred_at,
                    trace=fact.trace,
                    data=fact.data,
                )
                reader(session, seen, now)
        session.flush()

    def remind(self, *instants: str) -> None:
        """Look at these instants, twice each: the second look finds it done."""
        for instant in instants:
            for _ in range(2):
                actions.remind_due(self.scene.session, now=given.at(instant), limit=100)
        self.scene.session.flush()
