"""`python -m services.api.release`: declare the present contract the released one.

What is released is what clients rely on. It is kept without words and examples, one line for each
operation, schema and event, and a test of the house compares the contract with it: what breaks a
client fails the check until it is taken back, or deliberately released
(`docs/how-to/change-the-contract.md`).
"""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from services.api import breaking, contract

FOLDER = contract.DOCS / "contract" / "released"
_WORDS = {"description", "summary", "title", "example", "examples", "x-labels", "x-title-zh"}
_WORDS |= {"links", "tags", "default", "deprecated"}
"""What may change at any time: no client can rely on it."""
_NAMES = {"properties", "patternProperties", "schemas", "headers", "paths"}
"""Below these words stand names of ours, which may be any of the words above."""


def bare(node: Any, *, names: bool = False) -> Any:  # noqa: ANN401 any part of a JSON document
    """Leave out what no client can rely on."""
    if isinstance(node, list):
        return [bare(part) for part in node]
    if not isinstance(node, dict):
        return node
    return {
        key: bare(part, names=key in _NAMES and not names)
        for key, part in node.items()
        if names or key not in _WORDS
    }


def current(root: Path) -> dict[str, dict[str, Any]]:
    """Give the contract as its committed files say it: operations and schemas, and events."""
    folder = root / contract.DOCS / "contract"
    document = json.loads((folder / "openapi.json").read_text(encoding="utf-8"))
    schemas = document["components"]["schemas"]
    events = {
        path.stem: json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((folder / "events").glob("*.json"))
    }
    return {
        "openapi": bare({"paths": document["paths"], "components": {"schemas": schemas}}),
        "events": bare(events, names=True),
    }


def released(root: Path) -> dict[str, dict[str, Any]]:
    """Give the contract that clients rely on."""
    return {
        name: json.loads((root / FOLDER / f"{name}.json").read_text(encoding="utf-8"))
        for name in ("openapi", "events")
    }


def broken(root: Path) -> list[str]:
    """Name everything in the committed contract that breaks a client of the released one."""
    old, now = released(root), current(root)
    return [
        *breaking.breaks(old["openapi"], now["openapi"]),
        *breaking.event_breaks(old["events"], now["events"]),
    ]


def _written(document: Mapping[str, Any], depth: int) -> str:
    """Write JSON with a line of its own for everything at this depth."""
    if not depth:
        return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    lines = ",\n".join(
        f"{json.dumps(key)}:{_written(part, depth - 1)}" for key, part in sorted(document.items())
    )
    return f"{{\n{lines}\n}}"


def main() -> None:
    """Say what breaks, and write the released contract anew."""
    for sentence in broken(Path()) if FOLDER.exists() else ():
        sys.stdout.write(f"breaks: {sentence}\n")
    now = current(Path())
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, depth in (("openapi", 3), ("events", 1)):
        text = _written(now[name], depth) + "\n"
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")
        sys.stdout.write(f"wrote {FOLDER / name}.json\n")


if __name__ == "__main__":
    main()
