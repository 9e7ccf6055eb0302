"""The thread from a request to its events, webhooks and log lines (W3C Trace Context)."""

import re
import secrets
from contextvars import ContextVar

TRACEPARENT: ContextVar[str | None] = ContextVar("traceparent", default=None)
ADDRESS: ContextVar[str | None] = ContextVar("address", default=None)
"""The network address of the client behind the current request, for the audit and the limits."""
_FORM = re.compile(r"00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")


def continued(received: str | None) -> str:
    """Continue the caller's trace with a span of our own, or begin a new one."""
    if received and _FORM.fullmatch(received) and received[3:35] != "0" * 32:
        return f"00-{received[3:35]}-{secrets.token_hex(8)}-{received[53:55]}"
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01"


def trace_id() -> str | None:
    """Give the 32 hex digits of the current trace, as problems and log lines show them."""
    current = TRACEPARENT.get()
    return current[3:35] if current else None
