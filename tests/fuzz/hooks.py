"""What every run of schemathesis asks for; the command line loads this as SCHEMATHESIS_HOOKS."""

from typing import Any

import schemathesis


@schemathesis.hook
def before_load_schema(_: Any, document: dict[str, Any]) -> None:
    """Ask for whole records: JSON Schema cannot say that `fields` leaves required ones out."""
    for methods in document["paths"].values():
        for operation in methods.values():
            if isinstance(operation, dict) and "parameters" in operation:
                operation["parameters"] = [
                    one for one in operation["parameters"] if one.get("name") != "fields"
                ]
