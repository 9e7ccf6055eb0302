"""A client that looks over the shoulder of every write: it leaves a line that says what changed."""

import re
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from starlette.testclient import TestClient

UNTOLD = re.compile(
    r"POST .*(/notifications/[^/]+/read|/sessions/refresh|/simulations|/milestones/schedule)$"
)
"""That a person has opened a message is that person's alone: nobody keeps count of it. A phone that
refreshes does what its session was opened for. A simulation changes nothing, and a schedule is a
proposal."""
_OK, _OK_END = 200, 300


class Watched(TestClient):
    """The client of the tests; an act that the audit does not know of fails the test it is in."""

    connection: Connection
    told: set[tuple[str, str]]
    """What has left a line: done a second time, "I know" and what is so already leave none."""

    def request(self, method: str, url: Any, **also: Any) -> Any:
        """Ask, and look at what the answer left in the audit."""
        reads = method in ("GET", "HEAD", "OPTIONS")
        before = {} if reads else self._lines()
        answer = super().request(method, url, **also)
        done = _OK <= answer.status_code < _OK_END and "idempotent-replayed" not in answer.headers
        if done and not reads and not UNTOLD.match(f"{method} {url}"):
            new = {key: line for key, line in self._lines().items() if key not in before}
            again = method in ("PATCH", "PUT") or (method, str(url)) in self.told
            assert new or again, f"{method} {url} left no line in the audit"
            says = {subject for subject, _, changes in new.values() if changes}
            silent = [line for line in new.values() if line[0] not in says and line[1]]
            assert not silent, f"{method} {url} does not say what changed: {silent}"
            self.told.add((method, str(url)))
        return answer

    def _lines(self) -> dict[int, tuple[Any, bool, Any]]:
        """Give each line's subject, whether a fact came with it, and what it says."""
        found = self.connection.execute(
            sa.text("SELECT id, subject_id, event_id IS NOT NULL, changes FROM audit_entry")
        )
        return {row[0]: (row[1], row[2], row[3]) for row in found}
