"""Which events an endpoint takes, where it may be, how attempts are signed and made again."""

import hmac
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import urlsplit

from services.core.kit.errors import Invalid
from services.core.kit.words import Words


class EndpointState(StrEnum):
    """An endpoint works, was paused by its owner, or was disabled after long failure."""

    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class EndpointVerb(StrEnum):
    """What may be done to an endpoint."""

    PAUSE = "pause"
    RESUME = "resume"
    DISABLE = "disable"


MOVES: Mapping[tuple[EndpointState, EndpointVerb], EndpointState] = {
    (EndpointState.ACTIVE, EndpointVerb.PAUSE): EndpointState.PAUSED,
    (EndpointState.PAUSED, EndpointVerb.RESUME): EndpointState.ACTIVE,
    (EndpointState.DISABLED, EndpointVerb.RESUME): EndpointState.ACTIVE,
    (EndpointState.ACTIVE, EndpointVerb.DISABLE): EndpointState.DISABLED,
    (EndpointState.PAUSED, EndpointVerb.DISABLE): EndpointState.DISABLED,
}


class DeliveryState(StrEnum):
    """A delivery is due until it was taken, given up, or its endpoint went away."""

    DUE = "due"
    DELIVERED = "delivered"
    FAILED = "failed"
    CANCELLED = "cancelled"


def wants(event_types: Sequence[str], name: str) -> bool:
    """Say whether a filter takes an event: by name, by `noun.*`, or by `*`."""
    noun = name.partition(".")[0]
    return any(wanted in ("*", name, f"{noun}.*") for wanted in event_types)


def next_try(
    attempts: int, *, now: datetime, schedule: Sequence[timedelta], jitter: float
) -> datetime | None:
    """Give when to try again after `attempts` failures; None: the schedule is spent.

    `jitter` in [-1, 1] moves the wait by up to a fifth, so that many endpoints that failed
    together do not come back together (Svix: ±20 %).
    """
    if attempts > len(schedule):
        return None
    return now + schedule[attempts - 1] * (1 + 0.2 * jitter)


_HARD_DENIED = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "169.254.0.0/16",
        "224.0.0.0/3",
        "168.63.129.16/32",
        "::/128",
        "fe80::/10",
        "fd00:ec2::254/128",
        "ff00::/8",
    )
)
"""Never a receiver, whatever an operator allows: link-local, metadata, multicast."""

_PRIVATE = tuple(
    ip_network(text)
    for text in (
        "10.0.0.0/8",
        "100.64.0.0/10",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
    )
)
"""Refused unless the operator opens the range: government receivers sit on private networks."""

_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))


def may_reach(address: str, *, allowed: Sequence[str] = (), loopback_allowed: bool = False) -> bool:
    """Say whether a resolved address may be connected to (security S1).

    IPv4 inside IPv6 (mapped, 6to4, Teredo, NAT64) is judged as IPv4, so that no form of writing
    an address reaches what another form may not.
    """
    found = _plain(ip_address(address))
    if found is None or _within(found, _HARD_DENIED):
        return False
    if _within(found, _LOOPBACK):
        return loopback_allowed
    if _within(found, _PRIVATE):
        return _within(found, tuple(ip_network(text) for text in allowed))
    return True


def _within(
    address: IPv4Address | IPv6Address, networks: Sequence[IPv4Network | IPv6Network]
) -> bool:
    return any(address.version == net.version and address in net for net in networks)


def _plain(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address | None:
    """Unpack IPv4 from IPv6; None for forms that hide an address nobody needs."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped:
        return address.ipv4_mapped
    if address.sixtofour:
        return address.sixtofour
    if _within(address, _NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    compatible = address.packed[:12] == bytes(12) and not _within(address, _LOOPBACK)
    return None if address.teredo or compatible else address


def signature(secret: bytes, *, message_id: str, timestamp: int, body: bytes) -> str:
    """Sign one attempt (Standard Webhooks 1.0, `v1`): HMAC-SHA256 over id, timestamp and body."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return "v1," + b64encode(hmac.digest(secret, signed, "sha256")).decode()


def checked_url(url: str, *, plain_allowed: bool) -> str:
    """Give the URL if it can be an endpoint's.

    Raises:
        Invalid: not https (http only where loopback is allowed), with userinfo, or without a host.
    """
    parts = urlsplit(url)
    schemes = ("https", "http") if plain_allowed else ("https",)
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.fragment:
        raise Invalid.at(
            "/url",
            Words(
                "须为 https 地址，且不含用户名、密码或片段。",
                "This must be an https address without user name, password or fragment.",
            ),
            code="bad_url",
            allowed=tuple(f"{scheme}://host[:port]/path" for scheme in schemes),
        )
    return url


def bounded_wait(
    asked_seconds: float | None, planned: datetime | None, *, now: datetime
) -> datetime | None:
    """Honour Retry-After between the planned wait and twice that; None stays given up."""
    if planned is None or asked_seconds is None:
        return planned
    wait = planned - now
    return now + min(max(wait, timedelta(seconds=asked_seconds)), 2 * wait)
