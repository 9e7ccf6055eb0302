"""Which addresses may be connected to."""

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

_HARD_DENIED = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "169.254.0.0/16",
        "224.0.0.0/3",
        "100.100.100.200/32",
        "168.63.129.16/32",
        "192.0.0.192/32",
        "::/128",
        "::ffff:0:0:0/96",
        "64:ff9b:1::/48",
        "fe80::/10",
        "fd00:ec2::254/128",
        "ff00::/8",
    )
)
"""Never a receiver, whatever an operator allows: link-local, clouds' metadata, multicast, and
forms in which IPv4 stands where only a translator knows."""

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
        "100::/64",
        "2001::/23",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fec0::/10",
    )
)
"""Refused unless the operator opens the range: government receivers sit on private networks."""

_LOOPBACK = (ip_network("127.0.0.0/8"), ip_network("::1/128"))
_NAT64 = (ip_network("64:ff9b::/96"),)
_OTHER_TRADES = frozenset(
    (
        *(1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95),
        *(101, 102, 103, 104, 109, 110, 111, 113, 115, 117, 119, 123, 135, 137, 139, 143, 161),
        *(179, 389, 427, 445, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556),
        *(563, 587, 601, 636, 873, 989, 990, 993, 995, 1433, 1521, 1719, 1720, 1723, 2049, 2375),
        *(2376, 2379, 2380, 3306, 3389, 3659, 4190, 4369, 5060, 5061, 5432, 5672, 5900, 5984),
        *(6000, 6379, 6380, 6566, 6665, 6666, 6667, 6668, 6669, 6679, 6697, 9042, 9092),
        *(9200, 9300, 10250, 11211, 26379, 27017),
    )
)
"""Ports of mail, names, shells, databases, caches and queues: what answers there and is sent a
request somebody else has worded may take it for a command."""


def may_use(port: int) -> bool:
    """Say whether a receiver may listen on this port: on any but those of other trades."""
    return port >= 1 and port not in _OTHER_TRADES


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
