"""What is never connected to, in whatever way it is written, and what the operator may open."""

import asyncio
import socket
from ipaddress import ip_address

import pytest
from aiohttp.abc import ResolveResult

from services.core.kit.settings import settings
from services.core.webhooks import rules
from services.worker.addresses import Unreachable, VettingResolver, refuse

OPENED = ("0.0.0.0/0", "::/0")
PRIVATE = ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "100.64.0.0/10")


def resolved(host: str) -> list[ResolveResult]:
    return asyncio.run(VettingResolver().resolve(host, 443))


@pytest.mark.parametrize(
    "address",
    [
        "169.254.169.254",
        "169.254.0.23",
        "100.100.100.200",
        "192.0.0.192",
        "168.63.129.16",
        "fd00:ec2::254",
        "224.0.0.1",
        "255.255.255.255",
        "ff02::1",
        "0.0.0.0",  # noqa: S104 a receiver that must never be reached
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "::ffff:169.254.169.254",
        "::ffff:0:169.254.169.254",
        "::ffff:0:8.8.8.8",
        "64:ff9b::a9fe:a9fe",
        "64:ff9b:1:a9fe:a9:fe00:808:808",
        "2002:a9fe:a9fe::1",
        "::127.0.0.1",
        "2001:0:1::1",
    ],
)
def test_some_addresses_are_never_reached_whatever_is_allowed(address: str) -> None:
    assert not rules.may_reach(address, allowed=OPENED, loopback_allowed=True)


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "fc00::1",
        "100.64.0.1",
        "::ffff:10.1.2.3",
        "64:ff9b::a01:203",
        "2002:a01:203::1",
    ],
)
def test_a_private_receiver_needs_the_operator(address: str) -> None:
    assert not rules.may_reach(address)
    assert rules.may_reach(address, allowed=PRIVATE)


@pytest.mark.parametrize("address", ["198.18.0.1", "fec0::1", "2001:db8::1", "100::1"])
def test_addresses_that_are_nobodys_in_public_are_no_receivers(address: str) -> None:
    assert not rules.may_reach(address)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1"])
def test_loopback_is_for_trials_only(address: str) -> None:
    assert not rules.may_reach(address, allowed=("127.0.0.0/8", "::/0"))
    assert rules.may_reach(address, loopback_allowed=True)


def test_public_addresses_are_reached() -> None:
    assert rules.may_reach("8.8.8.8")
    assert rules.may_reach("2606:4700::1111")


@pytest.mark.parametrize("port", [0, 22, 25, 53, 110, 2375, 3306, 5432, 6379, 11211, 27017])
def test_ports_of_other_trades_are_no_receivers(port: int) -> None:
    assert not rules.may_use(port)
    with pytest.raises(Unreachable):
        refuse(f"https://receiver.example:{port}/hook")


@pytest.mark.parametrize("port", [80, 443, 3000, 5000, 8000, 8080, 8443, 9443, 30443, 65535])
def test_receivers_listen_on_any_other_port(port: int) -> None:
    assert rules.may_use(port)
    refuse(f"https://receiver.example:{port}/hook")


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "127.1",
        "127.0.1",
        "2130706433",
        "0177.0.0.1",
        "017700000001",
        "127.0.0.1.",
        "0",
        "１２７.0.0.1",
        "①②⑦.0.0.1",
        "169.254.169.254",
        "2852039166",
        "10.0.0.1",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[0:0:0:0:0:ffff:a9fe:a9fe]",
        "[64:ff9b::7f00:1]",
        "[fe80::1%25lo]",
    ],
)
def test_an_address_is_refused_in_every_way_of_writing_it(host: str) -> None:
    with pytest.raises(Unreachable):
        refuse(f"https://{host}/hook")


def test_a_public_address_may_be_written_as_one() -> None:
    refuse("https://8.8.8.8/hook")
    refuse("https://[2606:4700::1111]:8443/hook")


@pytest.mark.parametrize("host", ["0x7f.1", "0x7f000001", "localhost", "0x7f.0.0.1"])
def test_a_name_is_vetted_by_what_it_leads_to(host: str) -> None:
    try:
        found = resolved(host)
    except (Unreachable, socket.gaierror):
        return
    pytest.fail(f"{host} led to {found}")


def test_one_bad_answer_refuses_the_name(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = ["8.8.8.8", "10.0.0.1"]

    async def lookup(*_: object, **__: object) -> list[tuple[object, ...]]:
        return [(0, 0, 0, "", (address, 443)) for address in answers]

    monkeypatch.setattr(asyncio.BaseEventLoop, "getaddrinfo", lookup)
    with pytest.raises(Unreachable, match=r"10\.0\.0\.1"):
        resolved("two.example")
    answers.pop()
    (found,) = resolved("two.example")
    assert ip_address(found["host"]) == ip_address("8.8.8.8")
    assert found["flags"] & socket.AI_NUMERICHOST


def test_the_operator_opens_a_range(monkeypatch: pytest.MonkeyPatch) -> None:
    opened = settings().model_copy(update={"webhook_allow": ("10.2.0.0/16",)})
    monkeypatch.setattr("services.worker.addresses.settings", lambda: opened)
    refuse("https://10.2.3.4/hook")
    with pytest.raises(Unreachable):
        refuse("https://10.3.3.4/hook")
