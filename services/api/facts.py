"""What a fact looks like from outside: the CloudEvents envelope, and the JSON Schema of its data.

One description for the stream, the feed and the webhooks, made from the catalogue. The envelope
itself is written by `services/worker/stamp.py`; a test compares the two.
"""

from copy import deepcopy
from typing import Any

from services.api.describing import describe
from services.core.kit.events import Fact

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

ENVELOPE: Schema = {
    "title": "Event",
    "description": "A fact as CloudEvents 1.0 structured JSON, the same bytes for every receiver.",
    "type": "object",
    "required": [
        "specversion",
        "id",
        "source",
        "type",
        "subject",
        "time",
        "datacontenttype",
        "dataschema",
        "sequence",
        "aggregateversion",
        "actor",
        "data",
    ],
    "properties": {
        "specversion": {"const": "1.0"},
        "id": {
            "type": "string",
            "format": "uuid",
            "description": "Of the fact; the same in every attempt to every receiver. Seen twice: "
            "ignore the second.",
        },
        "source": {
            "type": "string",
            "format": "uri",
            "description": "The service that says it.",
            "examples": ["urn:tuanzu"],
        },
        "type": {
            "type": "string",
            "description": "What happened, `noun.past_tense`.",
            "examples": ["progress.accepted"],
        },
        "subject": {
            "type": "string",
            "description": "What it happened to, `kind/id`.",
            "examples": ["progress_report/01a20e54-8b12-70c5-a5e1-2f9ad08c41b3"],
        },
        "time": {"type": "string", "format": "date-time", "description": "When, in UTC."},
        "datacontenttype": {"const": "application/json"},
        "dataschema": {"type": "string", "description": "Name and version of the data's schema."},
        "sequence": {
            "type": "string",
            "pattern": "^[0-9]{19}$",
            "examples": ["0000000000000004711"],
            "description": "Place in the feed: no gaps, the same order for everybody.",
        },
        "aggregateversion": {
            "type": "integer",
            "minimum": 1,
            "description": "Place among the facts about this one subject.",
        },
        "actor": {
            "type": "string",
            "description": "`account:<id>`, or `system:<part>`.",
            "examples": ["account:01a20e54-8141-7c35-8a0e-5d1c7f0e2b11"],
        },
        "traceparent": {
            "type": "string",
            "description": "W3C Trace Context of the request that caused it, if one did.",
            "examples": ["00-97ba3251441aaaed1ad26345cd6dc45a-00f067aa0ba902b7-01"],
        },
        "data": {"type": "object"},
    },
}

WEBHOOK_HEADERS: Schema = {
    "type": "object",
    "required": ["webhook-id", "webhook-timestamp", "webhook-signature"],
    "properties": {
        "webhook-id": {
            "type": "string",
            "description": "The event's id, the same in every attempt.",
        },
        "webhook-timestamp": {
            "type": "string",
            "pattern": "^[0-9]+$",
            "description": "Seconds since 1970 at this attempt; refuse what is minutes old.",
        },
        "webhook-signature": {
            "type": "string",
            "description": "`v1,` and the base64 of HMAC-SHA256 over `id.timestamp.body`; while a "
            "secret is being rotated there are two, with a space between.",
        },
    },
}
"""Standard Webhooks 1.0: how a receiver knows that an event is ours and new."""


def envelopes(prefix: str) -> dict[str, Schema]:
    """Give what all events have in common, and the event of any kind, by their names.

    What an event says of itself stands in its own schema, so that code generators need not merge
    a string with a constant.
    """
    common, own = deepcopy(ENVELOPE), ("type", "dataschema", "data")
    properties = {name: common["properties"].pop(name) for name in own}
    common["required"] = [name for name in common["required"] if name not in own]
    common |= {"title": "EventEnvelope", "description": "What every event says of itself."}
    any_kind = _enveloped(prefix, properties)
    named = {
        "EventEnvelope": common,
        "Event": {"title": "Event", "description": ENVELOPE["description"], **any_kind},
    }
    for schema in named.values():
        describe(schema, {})
    return named


def _enveloped(prefix: str, properties: Schema) -> Schema:
    """Give an event with these fields of its own."""
    own = {"type": "object", "required": list(properties), "properties": properties}
    return {"allOf": [{"$ref": f"{prefix}EventEnvelope"}, own]}


def name_of(fact: type[Fact]) -> str:
    """Give the name and version, as in `region.changed.v1`."""
    return f"{fact.NAME}.v{fact.VERSION}"


def urn_of(fact: type[Fact]) -> str:
    """Give what the envelope's `dataschema` says."""
    return f"urn:tuanzu:event:{fact.NAME}:v{fact.VERSION}"


def meaning_of(fact: type[Fact]) -> str:
    """Give the public description: the class docstring in one line."""
    return " ".join((fact.__doc__ or "").split())


def data_schema(fact: type[Fact]) -> Schema:
    """Give the schema of a fact's data, whole in itself."""
    schema = fact.model_json_schema(mode="serialization")
    del schema["additionalProperties"]  # a receiver must bear an optional field more
    definitions = schema.pop("$defs", {})
    whole = {
        **_inlined(schema, definitions),
        "title": fact.TITLE.en,
        "x-title-zh": fact.TITLE.zh,
        "description": meaning_of(fact),
    }
    describe(whole, {})
    return whole


def event_schema(fact: type[Fact], prefix: str) -> Schema:
    """Give the schema of the whole event; the envelope's schema lies below the prefix."""
    properties = {
        "type": {"const": fact.NAME, "type": "string"},
        "dataschema": {"const": urn_of(fact), "type": "string"},
        "data": data_schema(fact),
    }
    whole = {"title": fact.TITLE.en, "description": meaning_of(fact)}
    whole |= _enveloped(prefix, properties)
    describe(whole, {})
    return whole


def _inlined(schema: Any, definitions: dict[str, Any]) -> Any:  # noqa: ANN401 any part of a JSON document
    """Put each definition where it is referred to; facts are flat, so none refers to itself."""
    if isinstance(schema, list):
        return [_inlined(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        name = schema["$ref"].removeprefix("#/$defs/")
        others = {key: value for key, value in schema.items() if key != "$ref"}
        return {**_inlined(definitions[name], definitions), **others}
    return {key: _inlined(value, definitions) for key, value in schema.items()}
