"""Resolve receivers once, vet every address, and connect only to what was vetted (no rebinding)."""

import asyncio
import socket
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from services.core.kit.settings import settings
from services.core.webhooks.rules import may_reach, may_use


class Unreachable(OSError):
    """The name leads to an address that must not be reached."""


class VettingResolver(AbstractResolver):
    """aiohttp connects to exactly the addresses this gives it."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Give the vetted addresses of a host.

        Raises:
            Unreachable: one of them is private, loopback, link-local, metadata or multicast, and
                the operator has not opened it. One bad answer refuses the name as a whole.
        """
        loop = asyncio.get_running_loop()
        answers = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=family)
        addresses = sorted({str(answer[4][0]) for answer in answers})
        bad = [address for address in addresses if not permitted(address)]
        if bad or not addresses:
            raise Unreachable(
                f"{host} leads to {', '.join(bad) or 'nothing'}, which is not allowed"
            )
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Hold nothing."""


def permitted(address: str) -> bool:
    """Ask the rule with what the operator has opened."""
    chosen = settings()
    return may_reach(
        address, allowed=chosen.webhook_allow, loopback_allowed=chosen.webhook_allow_loopback
    )


def refuse(url: str) -> None:
    """Vet what no resolver sees: the port, and a host that aiohttp takes for an address.

    It takes whatever is made of digits and dots for one, and the system reads `127.1`,
    `2130706433` and `0177.0.0.1` as 127.0.0.1: of these only the plain way of writing is let pass.

    Raises:
        Unreachable: it may not be reached.
    """
    parts = URL(url)
    host = parts.host or ""
    if not may_use(parts.port or 0):
        raise Unreachable(f"port {parts.port} is not allowed")
    if ":" not in host and not host.replace(".", "").isdigit():
        return
    try:
        plain = str(ip_address(host)) == host
    except ValueError:
        plain = False
    if not plain or "%" in host or not permitted(host):
        raise Unreachable(f"{host} is not allowed")
