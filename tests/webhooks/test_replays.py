"""Repair: what is owed again, under which ids, and how far it has got."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import select

from services.core.webhooks import actions
from services.core.webhooks.actions import replaying
from services.core.webhooks.models import WebhookAttempt, WebhookDelivery
from tests import given
from tests.webhooks.scene import NOW, Scene
from tests.webhooks.test_planning import leave

LONG_AGO = "2026-01-01T00:00:00+00:00"


def begun(scene: Scene, path: str, **also: Any) -> dict[str, Any]:
    """Begin a replay, and do all its pieces."""
    made = scene.call("POST", f"{path}/replays", 201, json={"since": LONG_AGO, **also})
    pieces = 0
    while actions.replay_due(scene.session, now=given.at("2027-01-01 00:00"), limit=10):
        pieces += 1
    scene.session.commit()
    found: dict[str, Any] = scene.call("GET", f"{path}/replays/{made['id']}", 200)
    assert (found["state"], found["at_seq"]) == ("done", found["last_seq"])
    return found | {"pieces": pieces}


def settled(scene: Scene, **states: Any) -> None:
    """Let deliveries have ended so: by their event's id."""
    for state, event_id in states.items():
        scene.session.execute(
            sa.update(WebhookDelivery)
            .where(WebhookDelivery.event_id == event_id)
            .values(state=state, next_at=None, attempts=3, tries=3)
        )
    scene.session.commit()


def due(scene: Scene) -> list[Any]:
    """The events that are due by now, in the order of the feed, their schedules begun anew."""
    scene.session.expire_all()
    wanted = select(WebhookDelivery.event_id).where(
        WebhookDelivery.state == "due", WebhookDelivery.tries == 0
    )
    return list(scene.session.scalars(wanted.order_by(WebhookDelivery.seq)))


@pytest.mark.parametrize(
    ("mode", "owed"),
    [
        ("failed", {"failed"}),
        ("missing", {"failed", "cancelled", "unplanned"}),
        ("all", {"failed", "cancelled", "unplanned", "delivered"}),
    ],
)
def test_a_replay_owes_what_its_mode_says_each_event_once(
    scene: Scene, mode: str, owed: set[str]
) -> None:
    unplanned = scene.changed()
    scene.plan()
    path = scene.endpoint()
    events = {name: scene.changed() for name in ("failed", "cancelled", "delivered")}
    scene.plan()
    settled(scene, **events)
    found = begun(scene, path, mode=mode)
    events["unplanned"] = unplanned
    assert set(due(scene)) == {events[name] for name in owed}
    assert found["owed"] == len(owed)
    assert len(scene.owed()) == len(set(scene.owed())), "no event has two deliveries"
    again = begun(scene, path, mode=mode)
    assert again["owed"] == 0, "what is due already is left alone"


def test_what_waits_for_another_try_is_hurried_and_what_is_being_sent_is_not(scene: Scene) -> None:
    path = scene.endpoint()
    waiting, in_the_air = scene.changed(), scene.changed()
    scene.plan()
    late = given.at("2027-01-01 00:00")
    for event_id, wait in ((waiting, timedelta(hours=2)), (in_the_air, timedelta(seconds=1))):
        scene.session.execute(
            sa.update(WebhookDelivery)
            .where(WebhookDelivery.event_id == event_id)
            .values(next_at=late + wait, tries=2)
        )
    scene.session.commit()
    assert begun(scene, path, mode="failed")["owed"] == 1
    assert due(scene) == [waiting]


def test_a_replay_keeps_to_its_time_its_types_and_the_filters(scene: Scene) -> None:
    scene.changed(at=NOW - timedelta(days=2))
    wanted = scene.changed(at=NOW)
    scene.changed(at=NOW + timedelta(hours=1))
    scene.plan()
    path = scene.endpoint(group_ids=[str(scene.group.id)])
    since, until = (NOW - timedelta(days=1)).isoformat(), (NOW + timedelta(minutes=1)).isoformat()
    found = begun(scene, path, since=since, until=until, event_types=["project.*"])
    assert (due(scene), found["owed"]) == ([wanted], 1)
    assert begun(scene, path, event_types=["region.*"], mode="all")["owed"] == 0
    problem = scene.call("POST", f"{path}/replays", 422, json={"since": until, "until": since})
    assert problem["errors"][0]["pointer"] == "/since"


def test_who_has_left_is_owed_nothing_again_and_who_came_later_nothing_from_before(
    scene: Scene,
) -> None:
    scene.changed(at=NOW - timedelta(days=1))
    scene.plan()
    path = scene.endpoint()
    assert begun(scene, path)["owed"] == 1
    leave(scene, NOW.date())
    assert begun(scene, path, mode="all")["owed"] == 0


def test_a_replay_goes_in_bounded_pieces_and_may_be_cancelled_between_them(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replaying, "PIECE", 2)
    events = [scene.changed() for _ in range(5)]
    scene.plan()
    path = scene.endpoint(ordering="fifo")
    first = scene.call("POST", f"{path}/replays", 201, json={"since": LONG_AGO})
    scene.call("POST", f"{path}/replays", 409, json={"since": LONG_AGO})
    late = given.at("2027-01-01 00:00")
    actions.replay_due(scene.session, now=late, limit=10)
    scene.session.commit()
    assert due(scene) == events[:2]
    place = f"{path}/replays/{first['id']}"
    assert scene.call("POST", f"{place}/cancel", 200)["state"] == "cancelled"
    scene.call("POST", f"{place}/cancel", 409)
    actions.replay_due(scene.session, now=late, limit=10)
    assert due(scene) == events[:2]
    assert begun(scene, path)["pieces"] >= 2
    assert due(scene) == events
    listed = scene.call("GET", f"{path}/replays", 200)
    assert [one["state"] for one in listed["items"]] == ["cancelled", "done"]


def test_a_replay_of_what_is_polled_keeps_what_was_missing(scene: Scene) -> None:
    event = scene.changed()
    scene.plan()
    path = scene.endpoint(mode="poll")
    assert scene.call("GET", f"{path}/messages", 200)["items"] == []
    assert begun(scene, path)["owed"] == 1
    (message,) = scene.call("GET", f"{path}/messages", 200)["items"]
    assert message["id"] == str(event)


def test_a_resend_begins_the_schedule_anew(scene: Scene) -> None:
    path = scene.endpoint()
    event = scene.changed()
    scene.plan()
    settled(scene, failed=event)
    (one,) = scene.call("GET", f"{path}/deliveries", 200)["items"]
    scene.call("POST", f"{path}/deliveries/{one['id']}/resend", 202)
    row = scene.session.scalars(select(WebhookDelivery)).one()
    assert (row.state, row.tries, row.attempts) == ("due", 0, 3)


def test_the_log_of_attempts_is_filtered(scene: Scene) -> None:
    path = scene.endpoint()
    events = [scene.changed(), scene.changed()]
    scene.plan()
    rows = {row.event_id: row for row in scene.session.scalars(select(WebhookDelivery))}
    for number, (event, status) in enumerate(
        ((events[0], 500), (events[0], None), (events[1], 204)), start=1
    ):
        scene.session.add(
            WebhookAttempt(
                delivery_id=rows[event].id,
                number=number,
                attempted_at=NOW + timedelta(minutes=number),
                duration_ms=5,
                status=status,
            )
        )
    scene.session.commit()
    cases = {
        "": [1, 2, 3],
        "?status=500": [1],
        "?outcome=refused": [1],
        "?outcome=unanswered": [2],
        "?outcome=taken": [3],
        f"?delivery_id={rows[events[1]].id}": [3],
        "?event_type=project.paused": [],
        "?since=2026-11-24T02:02:00Z&until=2026-11-24T02:03:00Z": [2],
        "?sort=-attempted_at&limit=1": [3],
    }
    for query, numbers in cases.items():
        page = scene.call("GET", f"{path}/attempts{query}", 200)
        assert [one["number"] for one in page["items"]] == numbers, query
    assert scene.call("GET", f"{path}/deliveries?kind=test", 200)["items"] == []
    assert len(scene.call("GET", f"{path}/deliveries?kind=event&state=due", 200)["items"]) == 2
