"""The contract of batches: each item as the single route takes it, by its `op`."""

from collections.abc import Iterable, Mapping
from typing import Any

from services.api.batch.collections import Collection, Operation

_REFERENCE = "#/components/schemas/"
_PREFIX = "/api/v1"
_GENERAL = ("BatchRequest", "BatchItem")
"""What every batch is read with; the contract says of each collection what it takes."""


def describe(document: dict[str, Any], collections: Iterable[Collection]) -> None:
    """Write a request of its own for each collection, made from its single routes."""
    schemas = document["components"]["schemas"]
    general = schemas[_GENERAL[0]]
    for collection in collections:
        post = document["paths"][f"{_PREFIX}{collection.path}/batch"]["post"]
        name = _capital(post["operationId"])
        items = {}
        for operation in collection.operations.values():
            item = f"{name}{_capital(operation.name)}"
            schemas[item] = _item(operation, document, schemas[_GENERAL[1]]["properties"])
            items[operation.name] = _REFERENCE + item
        schemas[name] = {**general, "properties": _properties(general, items)}
        post["requestBody"]["content"]["application/json"]["schema"] = {"$ref": _REFERENCE + name}
        post["responses"]["202"] = _accepted()
    for name in _GENERAL:
        del schemas[name]


def _properties(general: Mapping[str, Any], items: Mapping[str, str]) -> dict[str, Any]:
    """Let `op` say which of the items one is."""
    one = {
        "oneOf": [{"$ref": reference} for reference in items.values()],
        "discriminator": {"propertyName": "op", "mapping": dict(items)},
    }
    listed = {**general["properties"]["items"], "items": one}
    return {**general["properties"], "items": listed}


def _item(
    operation: Operation, document: Mapping[str, Any], general: Mapping[str, Any]
) -> dict[str, Any]:
    """Describe one item: what its route takes, in the places an item has for it."""
    single = document["paths"][_PREFIX + operation.path][operation.method.lower()]
    properties: dict[str, Any] = {"op": {"type": "string", "const": operation.name}}
    required = ["op"]
    parameters = {one["name"]: one for one in single["parameters"]}
    if operation.id_parameter:
        properties["id"] = {
            **parameters[operation.id_parameter]["schema"],
            "description": f"Which record: as `{operation.id_parameter}` of the single route.",
        }
        required.append("id")
    if "If-Match" in parameters:
        properties["if_match"] = {
            "type": "string",
            "maxLength": 200,
            "description": general["if_match"]["description"],
            "examples": general["if_match"]["examples"],
        }
        required.append("if_match")
    body = single.get("requestBody")
    if body:
        properties["body"] = {
            **body["content"]["application/json"]["schema"],
            "description": general["body"]["description"],
        }
        required += ["body"] if body.get("required") else []
    return {
        "type": "object",
        "description": f"As `{single['operationId']}`. {single['description']}",
        "properties": properties,
        "required": required,
        "additionalProperties": False,
    }


def _accepted() -> dict[str, Any]:
    return {
        "description": "Too many for one request: a job does them.",
        "headers": {
            "Location": {"description": "The job.", "schema": {"type": "string"}},
            "ETag": {"description": "Version of the job.", "schema": {"type": "string"}},
        },
        "content": {"application/json": {"schema": {"$ref": _REFERENCE + "Job"}}},
    }


def _capital(name: str) -> str:
    """Write `move-out` and `batchProjects` as parts of a schema's name."""
    return "".join(part[0].upper() + part[1:] for part in name.split("-"))
