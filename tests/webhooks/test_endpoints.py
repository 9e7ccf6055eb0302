"""An endpoint says what it takes and shows who it is, before anything is sent to it."""

import json
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import select, text

from services.core.kit.errors import Invalid
from services.core.webhooks import rules
from services.core.webhooks.actions import endpoints, keys
from services.core.webhooks.models import WebhookDelivery, WebhookEndpoint
from tests import given, hooks
from tests.webhooks.scene import NOW, Scene


def the_row(scene: Scene) -> WebhookEndpoint:
    scene.session.expire_all()
    return scene.session.scalars(select(WebhookEndpoint)).one()


def asked(scene: Scene) -> list[WebhookDelivery]:
    """The challenges that are still to be sent."""
    scene.session.expire_all()
    due = select(WebhookDelivery).where(
        WebhookDelivery.kind == "handshake", WebhookDelivery.state == "due"
    )
    return list(scene.session.scalars(due))


def test_a_new_endpoint_is_asked_first_and_all_else_waits(scene: Scene) -> None:
    made = hooks.pending(scene.client, scene.headers)
    assert made["state"] == "pending"
    (handshake,) = asked(scene)
    body = json.loads(handshake.body or "")
    assert (body["type"], body["id"]) == ("webhook.handshake", str(handshake.event_id))
    assert body["data"] == {"challenge": the_row(scene).challenge}
    assert handshake.next_at is not None
    event = scene.changed(at=the_row(scene).created_at)
    scene.plan()
    assert event in scene.owed()


def test_what_gives_the_challenge_back_works_and_that_is_a_fact(scene: Scene) -> None:
    hooks.pending(scene.client, scene.headers)
    endpoint = the_row(scene)
    endpoints.verified(scene.session, endpoint, NOW)
    assert (endpoint.state, endpoint.challenge, endpoint.verified_at) == ("active", None, NOW)
    told = scene.session.execute(text("SELECT type FROM event_pending ORDER BY id")).scalars()
    assert list(told)[-1] == "webhook.verified"


@pytest.mark.parametrize(
    ("answer", "is_given_back"),
    [
        ("c0ffee", True),
        (" c0ffee\n", True),
        ('{"challenge": "c0ffee"}', True),
        ('{"challenge": "tea"}', False),
        ('{"challenge": ["c0ffee"]}', False),
        ('{"c0ffee"', False),
        ("", False),
        ("ok", False),
    ],
)
def test_a_challenge_is_given_back_as_it_is_or_by_name(answer: str, *, is_given_back: bool) -> None:
    assert rules.answers("c0ffee", answer) is is_given_back


def test_another_address_is_asked_anew_and_the_old_challenge_is_void(scene: Scene) -> None:
    path = scene.endpoint()
    shown = scene.call("PATCH", path, 200, json={"url": "https://other.example/hook"})
    assert (shown["state"], shown["verified_at"]) == ("pending", None)
    first = asked(scene)
    again = scene.call("POST", f"{path}/verify", 200)
    assert again["state"] == "pending"
    (second,) = asked(scene)
    assert second.id != first[0].id
    assert (the_row(scene).challenge or "none") in (second.body or "")


def test_who_is_resumed_at_a_new_address_is_asked_first(scene: Scene) -> None:
    path = scene.endpoint()
    scene.call("POST", f"{path}/pause", 200)
    moved = scene.call("PATCH", path, 200, json={"url": "https://other.example/hook"})
    assert moved["state"] == "paused"
    assert scene.call("POST", f"{path}/resume", 200)["state"] == "pending"
    assert len(asked(scene)) == 1


def test_a_change_that_moves_nothing_asks_nobody(scene: Scene) -> None:
    path = scene.endpoint()
    url = "https://receiver.example/hook"
    shown = scene.call("PATCH", path, 200, json={"url": url, "rate_per_minute": 60})
    assert (shown["state"], shown["rate_per_minute"]) == ("active", 60)
    assert asked(scene) == []


def test_one_that_is_polled_works_at_once_and_has_no_address(scene: Scene) -> None:
    made = hooks.pending(scene.client, scene.headers, mode="poll")
    assert (made["state"], made["url"]) == ("active", "")
    path = f"{hooks.PATH}/{made['id']}"
    for body in ({"mode": "poll", "url": "https://a.example/x"}, {"mode": "push"}):
        problem = scene.call("POST", hooks.PATH, 422, json=body)
        assert problem["errors"][0]["pointer"] == "/url"
    scene.call("POST", f"{path}/verify", 409)
    scene.call("POST", f"{path}/test", 409, json={})


def test_a_filter_names_only_what_its_owner_sees(scene: Scene) -> None:
    far = given.unit(scene.session, "泰顺县某公司", region_code="330329")
    abroad = given.group(scene.session, members=[far], region_code="330329")
    elsewhere = given.project(scene.session, group=abroad, lead=far, region_code="330329")
    mine = [str(scene.group.id)], ["331127"], [str(scene.project.id), str(scene.group.id)]
    path = scene.endpoint(group_ids=mine[0], region_codes=mine[1], record_ids=mine[2])
    shown = scene.call("GET", path, 200)
    assert (shown["group_ids"], shown["region_codes"], shown["record_ids"]) == mine
    for unknown in (elsewhere.id, uuid4()):
        problem = scene.call("PATCH", path, 422, json={"record_ids": [mine[2][0], str(unknown)]})
        assert [(one["pointer"], one["code"]) for one in problem["errors"]] == [
            ("/record_ids/1", "unknown")
        ]
    both = {"group_ids": [str(abroad.id)], "region_codes": ["331127", "999999"]}
    problem = scene.call("PATCH", path, 422, json=both)
    assert [one["pointer"] for one in problem["errors"]] == ["/group_ids/0", "/region_codes/1"]


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("Host", "x", "denied"),
        ("content-type", "x", "denied"),
        ("Webhook-Id", "x", "denied"),
        ("transfer-encoding", "chunked", "denied"),
        ("X-Forwarded-For", "10.0.0.1", "denied"),
        ("cookie", "a=b", "denied"),
        ("authorization", "Bearer x", "must_be_secret"),
        ("x tenant", "x", "bad_name"),
        ("x-tenant:", "x", "bad_name"),
        ("x-tenant", "a\r\nHost: evil", "bad_value"),
        ("x-tenant", "a\x00", "bad_value"),
        ("x-tenant", "景宁", "bad_value"),
    ],
)
def test_some_headers_are_not_the_endpoints_to_set(name: str, value: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        rules.merged_headers({}, {name: value}, at="/headers")
    assert [fault.code for fault in refused.value.faults] == [code]


def test_headers_are_merged_and_secret_ones_never_shown(scene: Scene) -> None:
    also: dict[str, Any] = {
        "headers": {"X-Tenant": "331127", "x-old": "1"},
        "secret_headers": {"Authorization": "Bearer very-secret"},
        "labels": {"system": "erp", "env": "prod"},
    }
    path = scene.endpoint(**also)
    shown = scene.call("GET", path, 200)
    assert shown["headers"] == {"x-tenant": "331127", "x-old": "1"}
    assert shown["secret_header_names"] == ["authorization"]
    change = {
        "headers": {"x-old": None},
        "secret_headers": {"x-key": "k2"},
        "labels": {"env": None, "owner": "it"},
    }
    shown = scene.call("PATCH", path, 200, json=change)
    assert shown["headers"] == {"x-tenant": "331127"}
    assert shown["secret_header_names"] == ["authorization", "x-key"]
    assert shown["labels"] == {"system": "erp", "owner": "it"}
    row = the_row(scene)
    assert keys.secret_headers_of(row) == {"authorization": "Bearer very-secret", "x-key": "k2"}
    kept = scene.session.execute(
        text(
            "SELECT (SELECT e::text FROM webhook_endpoint e), string_agg(a::text, '') "
            "FROM audit_entry a"
        )
    ).one()
    assert "very-secret" not in "".join(kept)
    problem = scene.call("PATCH", path, 422, json={"headers": {"X-Key": "1"}})
    assert problem["errors"][0]["code"] == "named_twice"


def test_a_retired_endpoint_keeps_its_log_and_loses_its_secrets(scene: Scene) -> None:
    path = scene.endpoint(secret_headers={"x-key": "k"})
    event = scene.changed()
    scene.plan()
    assert scene.call("DELETE", path, 200)["state"] == "retired"
    row = the_row(scene)
    assert (row.secret, row.private_key, row.secret_headers) == ("", "", None)
    assert scene.owed() == [event]
    assert scene.session.scalars(select(WebhookDelivery.state)).all() == ["cancelled"]
    for verb in ("resume", "verify", "rotate-secret"):
        scene.call("POST", f"{path}/{verb}", 409)
    scene.call("PATCH", path, 409, json={"description": "x"})
    scene.changed()
    scene.plan()
    assert scene.owed() == [event]


def test_a_rotation_signs_with_both_private_keys_until_the_overlap_is_over(scene: Scene) -> None:
    path = scene.endpoint()
    before = scene.call("GET", path, 200)["public_key"]
    assert scene.call("POST", f"{path}/rotate-secret", 200)["public_key"] != before
    row = the_row(scene)
    assert row.previous_until is not None
    assert len(keys.private_keys_of(row, now=NOW)) == 2
    assert len(keys.private_keys_of(row, now=row.previous_until)) == 1


def test_a_test_is_the_documented_example_under_an_id_of_its_own(scene: Scene) -> None:
    path = scene.endpoint(event_types=["progress.*"])
    made = scene.call("POST", f"{path}/test", 201, json={"event_type": "plan.changed"})
    assert (made["kind"], made["event_type"], made["seq"]) == ("test", "plan.changed", 0)
    delivery = scene.session.scalars(select(WebhookDelivery)).one()
    body = json.loads(delivery.body or "")
    assert (body["type"], body["test"], body["id"]) == ("plan.changed", True, made["event_id"])
    assert body["data"]["planned_investment"]
    usual = scene.call("POST", f"{path}/test", 201, json={})
    assert usual["event_type"].startswith("progress.")
    problem = scene.call("POST", f"{path}/test", 422, json={"event_type": "plan.eaten"})
    assert problem["errors"][0]["pointer"] == "/event_type"
