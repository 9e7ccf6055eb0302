"""A phone: a store that only sync answers fill, and a queue of requests made while offline."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from starlette.testclient import TestClient

from services.core.kit.ids import new_id

LISTS = {
    "regions": "/regions",
    "groups": "/groups",
    "projects": "/projects",
    "admissions": "/admissions",
    "agreements": "/agreements",
    "blockers": "/blockers",
    "guarantees": "/guarantees",
    "outcome-indicators": "/outcome-indicators",
    "policy-assignments": "/policy-assignments",
    "progress-reports": "/progress-reports",
    "evidence": "/evidence",
    "findings": "/findings",
    "reminders": "/reminders",
    "escalations": "/escalations",
    "supervision-orders": "/supervision-orders",
    "notifications": "/notifications",
}
"""Kinds with a list that shows just what the caller sees."""
PARTS = (
    ("projects", "milestones"),
    ("projects", "plans"),
    ("projects", "plan-changes"),
    ("projects", "rulings"),
    ("outcome-indicators", "observations"),
    ("progress-reports", "corrections"),
)
"""Kinds that are listed below each record of another."""

Store = dict[tuple[str, str], dict[str, Any]]


@dataclass
class Queued:
    """A request that waits for the network: replayed as it is, with the same key."""

    path: str
    body: dict[str, Any]
    etag: str
    key: str = field(default_factory=lambda: str(new_id()))


@dataclass
class Phone:
    """One person's phone."""

    client: TestClient
    headers: dict[str, str]
    types: str | None = None
    cursor: str | None = None
    store: Store = field(default_factory=dict)
    etags: dict[tuple[str, str], str] = field(default_factory=dict)
    queue: list[Queued] = field(default_factory=list)
    heard: list[dict[str, Any]] = field(default_factory=list)
    """Every change of the last synchronisation."""

    def step(self, limit: int = 200) -> bool:
        """Take one answer; says whether there is more."""
        asked: dict[str, Any] = {"limit": limit}
        if self.types:
            asked["types"] = self.types
        if self.cursor:
            asked["cursor"] = self.cursor
        answer = self.client.get("/api/v1/sync", params=asked, headers=self.headers)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        assert len(page["changes"]) <= limit
        for change in page["changes"]:
            self._apply(change)
        self.heard += page["changes"]
        self.cursor = page["next_cursor"]
        return bool(page["has_more"])

    def sync(self, limit: int = 200) -> list[dict[str, Any]]:
        """Bring the copy up to date; gives what was said."""
        self.heard = []
        for _ in range(2000):
            if not self.step(limit):
                return self.heard
        raise AssertionError("a synchronisation without an end")

    def _apply(self, change: dict[str, Any]) -> None:
        key = (change["type"], change["id"])
        if change["op"] == "remove":
            assert change["reason"] in ("deleted", "out_of_scope")
            self.store.pop(key, None)
            self.etags.pop(key, None)
        else:
            self.store[key], self.etags[key] = change["data"], change["etag"]

    def later(self, path: str, kind: str, record_id: str, verb: str, **body: Any) -> Queued:
        """Queue a change of a record as this phone knows it."""
        made = Queued(f"{path}/{verb}", body, self.etags[kind, record_id])
        self.queue.append(made)
        return made

    def send(self, queued: Queued) -> Any:
        """Send a queued request."""
        also = {"If-Match": queued.etag, "Idempotency-Key": queued.key}
        return self.client.post(
            f"/api/v1{queued.path}", headers={**self.headers, **also}, json=queued.body
        )

    def shown(self) -> Store:
        """Give what the server shows this person now: every list, page by page."""
        found: Store = {}
        for kind, path in LISTS.items():
            for item in self._items(path):
                found[kind, item.get("id") or item["code"]] = item
        for kind, part in PARTS:
            for whole in [record for known, record in found if known == kind]:
                for item in self._items(f"/{kind}/{whole}/{part}"):
                    found[part, item["id"]] = item
        return found

    def _items(self, path: str) -> Iterator[dict[str, Any]]:
        following: str | None = f"/api/v1{path}?limit=200"
        while following:
            answer = self.client.get(following, headers=self.headers)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            yield from page["items"]
            cursor = page["next_cursor"]
            following = f"/api/v1{path}?limit=200&cursor={cursor}" if cursor else None


def kept(store: Store) -> Store:
    """Leave out what is in no list of the caller's own: organisations are everybody's there."""
    return {key: record for key, record in store.items() if key[0] != "organisations"}
