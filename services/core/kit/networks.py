"""Which network an address counts for, where attempts or requests from one place are counted."""

from ipaddress import IPv6Address, ip_address, ip_network

IPV4_HOST, IPV4_OFFICE = 32, 24
"""One address, and what one household or office usually has, in bits."""
_IPV6_CUSTOMER = 64
"""What one customer gets of IPv6 (RFC 6177), whichever of its addresses it uses."""


def network_of(address: str | None, *, ipv4_bits: int) -> str:
    """Give the network of an address: of IPv6 what one customer gets, of IPv4 so many bits.

    An IPv4 address in the clothes of IPv6 (`::ffff:203.0.113.7`, as a socket for both says it)
    counts as what it is; else all of IPv4 would be one network. What is no address (a socket's
    file, a test) counts as itself.
    """
    try:
        found = ip_address((address or "").partition("%")[0])
    except ValueError:
        return address or "unknown"
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    bits = _IPV6_CUSTOMER if isinstance(found, IPv6Address) else ipv4_bits
    return str(ip_network((found, bits), strict=False))
