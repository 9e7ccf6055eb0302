"""`python -m services.api.contract`: everything the code promises to others, written to docs/.

The files are committed and a test of the house compares them, so that a change of the contract is
seen by whoever reviews it.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from services.api import authorisation, facts
from services.api.examples import example_of
from services.api.main import create_app
from services.core import catalogue
from services.core.kit.events import Fact
from services.core.kit.settings import Settings

DOCS = Path("docs")

_FEED = (
    "Every fact, in one order, without gaps. PostgreSQL keeps them all; the stream is a copy that "
    "can be rebuilt with the same ids."
)
_STREAM = (
    "Redis stream: the entry id is `<sequence>-0`, the field `d` holds the event. A first id that "
    "does not follow the last one you have means that the stream was cut below it."
)
_SSE = (
    "Server-sent events over HTTP, with a bearer token and in the caller's scope: `id` is the "
    "event's sequence, `data` the event. After a break send `Last-Event-ID`."
)
_SCHEMAS = "#/components/schemas/"
_WEBHOOKS = (
    "POST to the endpoint's own URL, signed as Standard Webhooks 1.0 says; at least once, with the "
    "same id each time."
)
_SETTINGS_HEAD = """# Settings

Generated from `services/core/kit/settings.py` by `make contract`; do not edit.

Each is an environment variable, read once when a process starts. Durations are written as ISO 8601
(`PT5S`, `PT10M`, `P1D`) or as `HH:MM:SS`; lists as JSON.

| variable | default | what it is for |
|---|---|---|
"""


def documents() -> dict[Path, str]:
    """Give the text of every generated file, by its path from the root of the project."""
    app = create_app()
    return {
        DOCS / "contract" / "openapi.json": _written(app.openapi()),
        DOCS / "contract" / "asyncapi.json": _written(asyncapi(app)),
        DOCS / "authorisation.md": authorisation.page(app),
        DOCS / "settings.md": _SETTINGS_HEAD + "".join(_setting_rows()),
        **{
            DOCS / "contract" / "events" / f"{facts.name_of(fact)}.json": _written(_event(fact))
            for fact in catalogue.EVENTS
        },
    }


def _written(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _event(fact: type[Fact]) -> dict[str, Any]:
    """Give one version of one event's data; once published, its file is never edited."""
    return {"$schema": facts.DIALECT, "$id": facts.urn_of(fact), **facts.data_schema(fact)}


def asyncapi(app: FastAPI) -> dict[str, Any]:
    """Describe the Redis stream, the SSE stream and the webhooks: the same events on three ways."""
    signed = {"headers": facts.WEBHOOK_HEADERS}
    messages = {fact.NAME: _message(fact) for fact in catalogue.EVENTS}
    return {
        "asyncapi": "3.0.0",
        "info": {"title": app.title, "version": app.version, "description": _FEED},
        "defaultContentType": "application/json",
        "channels": {
            "stream": {
                "address": Settings.model_fields["stream_name"].default,
                "description": _STREAM,
                "messages": messages,
            },
            "sse": {
                "address": "/api/v1/events/stream",
                "description": _SSE,
                "messages": messages,
            },
            "webhooks": {
                "address": None,
                "description": _WEBHOOKS,
                "messages": {name: {**message, **signed} for name, message in messages.items()},
            },
        },
        "operations": {
            "addToStream": {"action": "send", "channel": {"$ref": "#/channels/stream"}},
            "streamEvents": {
                "action": "send",
                "channel": {"$ref": "#/channels/sse"},
                "bindings": {"http": {"method": "GET"}},
            },
            "callWebhook": {
                "action": "send",
                "channel": {"$ref": "#/channels/webhooks"},
                "bindings": {"http": {"method": "POST"}},
            },
        },
        "components": {
            "schemas": {
                **facts.envelopes(_SCHEMAS),
                **{
                    facts.name_of(fact): facts.event_schema(fact, _SCHEMAS)
                    for fact in catalogue.EVENTS
                },
            },
        },
    }


def _message(fact: type[Fact]) -> dict[str, Any]:
    event = facts.event_schema(fact, _SCHEMAS)
    return {
        "name": fact.NAME,
        "title": fact.TITLE.en,
        "summary": fact.TITLE.zh,
        "description": facts.meaning_of(fact),
        "payload": {"$ref": _SCHEMAS + facts.name_of(fact)},
        "examples": [{"payload": example_of(event, facts.envelopes(_SCHEMAS))}],
    }


def _setting_rows() -> Iterator[str]:
    prefix = Settings.model_config.get("env_prefix", "")
    for name, field in Settings.model_fields.items():
        yield f"| `{(prefix + name).upper()}` | {_default(field)} | {field.description} |\n"


def _default(field: FieldInfo) -> str:
    """Write a default as one would set it."""
    value = field.default
    if value is PydanticUndefined or value in ("", None, ()):
        return "–"
    text = TypeAdapter(type(value)).dump_json(value).decode()
    return "`" + text.strip('"') + "`"


def stale(root: Path) -> dict[Path, str]:
    """Give the files below this root that are not what the code says, with what it says."""
    return {
        path: text
        for path, text in documents().items()
        if not (root / path).exists() or (root / path).read_text(encoding="utf-8") != text
    }


def main() -> None:
    """Write the files that are stale, and name them."""
    for path, text in stale(Path()).items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        sys.stdout.write(f"wrote {path}\n")


if __name__ == "__main__":
    main()
