"""Messages that are fetched: the same as are sent, in order, and none is ever skipped."""

import json
import threading
from collections.abc import Generator
from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from services.core.kit import db, feed
from services.core.kit.feed import FeedEvent
from services.core.webhooks import actions, rules
from services.core.webhooks.messages import _PAGE, PLANNER
from services.core.webhooks.models import WebhookDelivery
from tests import engines, given, hooks
from tests.webhooks.scene import NOW, Scene


def bodies(scene: Scene) -> list[dict[str, Any]]:
    """The events of the log that are about projects, as everybody gets them."""
    wanted = sa.select(FeedEvent.body).where(FeedEvent.type == "project.changed")
    return [json.loads(body) for body in scene.session.scalars(wanted.order_by(FeedEvent.seq))]


@pytest.mark.parametrize("mode", ["poll", "push"])
def test_what_is_fetched_is_what_is_sent(scene: Scene, mode: str) -> None:
    path = scene.endpoint(mode=mode)
    for _ in range(3):
        scene.changed()
    scene.plan()
    page = scene.call("GET", f"{path}/messages?limit=2", 200)
    assert page["items"] == bodies(scene)[:2]
    rest = scene.call("GET", f"{path}/messages?after={page['next_after']}", 200)
    assert rest["items"] == bodies(scene)[2:]
    assert rest["next_after"] == rest["newest"]
    again = scene.call("GET", f"{path}/messages?after={rest['newest']}", 200)
    assert (again["items"], again["next_after"]) == ([], rest["newest"])
    states = set(scene.session.scalars(sa.select(WebhookDelivery.state)))
    assert states == {"kept" if mode == "poll" else "due"}


def test_a_thin_message_leaves_out_the_data_alone(scene: Scene) -> None:
    path = scene.endpoint(payload="thin")
    scene.changed()
    scene.plan()
    (message,) = scene.call("GET", f"{path}/messages", 200)["items"]
    (whole,) = bodies(scene)
    assert message == {name: value for name, value in whole.items() if name != "data"}
    body = scene.session.scalars(
        sa.select(FeedEvent.body).where(FeedEvent.type == "project.changed")
    ).one()
    assert json.loads(rules.thinned(body.encode())) == message


@pytest.mark.parametrize(
    ("body", "thin"),
    [
        (b'{"id":"1","data":{"a":",\\"data\\":"}}', b'{"id":"1"}'),
        (b'{"actor":"x,\\"data\\":y","data":{}}', b'{"actor":"x,\\"data\\":y"}'),
        (b'{"id":"1"}', b'{"id":"1"}'),
    ],
)
def test_no_text_is_taken_for_the_data(body: bytes, thin: bytes) -> None:
    assert rules.thinned(body) == thin


def test_a_number_that_is_not_kept_is_said(scene: Scene) -> None:
    path = scene.endpoint(mode="poll")
    problem = scene.call("GET", f"{path}/messages?after=999999", 410)
    assert problem["code"] == "events_gone"


def test_the_messages_of_another_organisation_are_not_there(scene: Scene) -> None:
    path = scene.endpoint(mode="poll")
    far = given.unit(scene.session, "泰顺县某公司", region_code="330329")
    other = given.account(scene.session, "other", of=far, role="integrator")
    stranger = given.headers(scene.session, other)
    for part in ("messages", "attempts", "replays"):
        assert scene.client.get(f"{path}/{part}", headers=stranger).status_code == 404


@pytest.fixture
def committed(worker_id: str) -> Generator[Engine]:
    """A database of its own in which two processes really commit."""
    with engines.database(f"polled_{worker_id}") as url:
        made = db.make_engine(url, size=4)
        yield made
        made.dispose()


_EVENTS = text(
    "INSERT INTO event (seq, event_id, type, schema_version, aggregate_kind, aggregate_id, "
    "aggregate_version, organisation_ids, actor, occurred_at, data, body, stamped_at) "
    "SELECT n, gen_random_uuid(), 'region.changed', 1, 'region', gen_random_uuid(), 1, '{}', "
    "'test', now(), '{}', json_build_object('n', n)::text, now() FROM generate_series(1, :most) n"
)


def _landscape(session: Session, *, most: int) -> UUID:
    """Give an endpoint that is polled, and a log of facts that are for everybody."""
    given.places(session)
    unit = given.unit(session, "单位")
    owner = given.account(session, f"poller-{uuid4()}", of=unit, role="integrator")
    endpoint = hooks.row(
        mode="poll",
        url=None,
        account_id=owner.id,
        organisation_id=unit.id,
        secret="sealed",
        created_at=NOW,
    )
    session.add(endpoint)
    session.execute(_EVENTS, {"most": most})
    session.execute(text("UPDATE feed_head SET seq = :most"), {"most": most})
    session.commit()
    return endpoint.id


@pytest.mark.usefixtures("database")
def test_a_cursor_skips_nothing_while_two_planners_plan(committed: Engine) -> None:
    most = 400
    with Session(committed) as session:
        endpoint_id = _landscape(session, most=most)
    start = threading.Barrier(3)

    def planning() -> None:
        start.wait()
        read = 1
        while read:
            with Session(committed) as session, session.begin():
                read = feed.consume(session, "webhooks", actions.plan, now=NOW, limit=7)

    planners = [threading.Thread(target=planning) for _ in range(2)]
    for planner in planners:
        planner.start()
    start.wait()
    seen: list[int] = []
    after = 0
    with Session(committed) as session:
        while after < most:
            items, after, _ = session.execute(
                _PAGE,
                {"planner": PLANNER, "endpoint_id": endpoint_id, "after": after, "limit": 5},
            ).one()
            session.commit()
            seen += [one["n"] for one in json.loads(f"[{items}]")]
    for planner in planners:
        planner.join()
    assert seen == list(range(1, most + 1))
