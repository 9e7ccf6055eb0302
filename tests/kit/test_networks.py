"""Which network an address counts for."""

import pytest

from services.core.kit.networks import IPV4_HOST, IPV4_OFFICE, network_of


@pytest.mark.parametrize(
    ("address", "host", "office"),
    [
        ("203.0.113.7", "203.0.113.7/32", "203.0.113.0/24"),
        ("::ffff:203.0.113.7", "203.0.113.7/32", "203.0.113.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64", "fe80::/64"),
        ("a.socket", "a.socket", "a.socket"),
        (None, "unknown", "unknown"),
    ],
)
def test_an_address_counts_for_the_network_one_customer_or_one_office_has(
    address: str | None, host: str, office: str
) -> None:
    assert network_of(address, ipv4_bits=IPV4_HOST) == host
    assert network_of(address, ipv4_bits=IPV4_OFFICE) == office
