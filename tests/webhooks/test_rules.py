"""Which events an endpoint takes, where it may be, how attempts are signed and made again."""

import base64
import json
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from standardwebhooks.webhooks import Webhook

from services.core.kit.errors import Invalid, UnlawfulMove
from services.core.kit.moves import moved
from services.core.webhooks import rules
from services.core.webhooks.rules import EndpointState, EndpointVerb

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("filters", "name", "taken"),
    [
        (["*"], "progress.missing", True),
        (["progress.*"], "progress.missing", True),
        (["progress.missing"], "progress.missing", True),
        (["progress.accepted"], "progress.missing", False),
        (["prog.*"], "progress.missing", False),
    ],
)
def test_a_filter_takes_by_name_by_noun_or_everything(
    filters: list[str], name: str, *, taken: bool
) -> None:
    assert rules.wants(filters, name) is taken


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "224.0.0.1",
        "ff02::1",
        "0.0.0.0",  # noqa: S104 a receiver that must never be reached
        "::",
        "fe80::1",
        "168.63.129.16",
        "::ffff:169.254.169.254",
        "64:ff9b::a9fe:a9fe",
        "2002:a9fe:a9fe::1",
        "::127.0.0.1",
        "2001:0:1::1",
    ],
)
def test_some_addresses_are_never_reached_whatever_is_allowed(address: str) -> None:
    opened = ("0.0.0.0/0", "::/0")
    assert not rules.may_reach(address, allowed=opened, loopback_allowed=False)


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "172.16.0.1", "192.168.1.1", "fc00::1", "100.64.0.1"]
)
def test_a_private_receiver_needs_the_operator(address: str) -> None:
    assert not rules.may_reach(address)
    assert rules.may_reach(
        address,
        allowed=("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "100.64.0.0/10"),
    )


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])
def test_loopback_is_for_trials_only(address: str) -> None:
    assert not rules.may_reach(address, allowed=("127.0.0.0/8", "::/0"))
    assert rules.may_reach(address, loopback_allowed=True)


def test_public_addresses_are_reached() -> None:
    assert rules.may_reach("8.8.8.8")
    assert rules.may_reach("2606:4700::1111")


def test_the_official_library_accepts_our_signature() -> None:
    secret = b"0" * 32
    body = json.dumps({"id": "x"}).encode()
    timestamp = int(datetime.now(UTC).timestamp())  # noqa: TID251 the verifier asks the real clock
    headers = {
        "webhook-id": "0199-abc",
        "webhook-timestamp": str(timestamp),
        "webhook-signature": rules.signature(
            secret, message_id="0199-abc", timestamp=timestamp, body=body
        ),
    }
    assert Webhook("whsec_" + base64.b64encode(secret).decode()).verify(body, headers) == {
        "id": "x"
    }


def test_retries_follow_the_schedule_and_end() -> None:
    schedule = (timedelta(seconds=5), timedelta(minutes=5))
    assert rules.next_try(1, now=NOW, schedule=schedule, jitter=0) == NOW + schedule[0]
    assert rules.next_try(2, now=NOW, schedule=schedule, jitter=1) == NOW + schedule[1] * 1.2
    assert rules.next_try(3, now=NOW, schedule=schedule, jitter=0) is None


def test_retry_after_is_honoured_within_bounds() -> None:
    planned = NOW + timedelta(seconds=100)
    assert rules.bounded_wait(None, planned, now=NOW) == planned
    assert rules.bounded_wait(1, planned, now=NOW) == planned
    assert rules.bounded_wait(150, planned, now=NOW) == NOW + timedelta(seconds=150)
    assert rules.bounded_wait(9999, planned, now=NOW) == NOW + timedelta(seconds=200)
    assert rules.bounded_wait(5, None, now=NOW) is None


@pytest.mark.parametrize(
    "url", ["http://a.test/", "https://u:p@a.test/", "ftp://a.test", "https:///x"]
)
def test_an_endpoint_is_plain_https(url: str) -> None:
    with pytest.raises(Invalid):
        rules.checked_url(url, plain_allowed=False)
    assert rules.checked_url("https://a.test/hook", plain_allowed=False)


@pytest.mark.parametrize(("state", "verb"), list(product(EndpointState, EndpointVerb)))
def test_an_endpoint_moves_only_along_its_table(state: EndpointState, verb: EndpointVerb) -> None:
    if (state, verb) in rules.MOVES:
        assert moved(rules.MOVES, state, verb) == rules.MOVES[state, verb]
    else:
        with pytest.raises(UnlawfulMove):
            moved(rules.MOVES, state, verb)
