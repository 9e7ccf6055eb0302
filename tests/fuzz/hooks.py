"""What every run of schemathesis asks for; the command line loads this as SCHEMATHESIS_HOOKS."""

from typing import Any

import schemathesis


@schemathesis.hook
def map_query(_: Any, query: dict[str, Any] | None) -> dict[str, Any] | None:
    """Ask for whole records: JSON Schema cannot say that `fields` leaves required ones out."""
    return {name: value for name, value in (query or {}).items() if name != "fields"}
