"""Links from an answer to what can be done next, so that a client or a tester can walk the API.

They follow from the paths: a list or a creation at `/projects` leads to `/projects/{project_id}`,
which leads with its ETag to everything that changes it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]

_VERSION = {"header.If-Match": "$response.header.ETag"}


def put_links(paths: Mapping[str, dict[str, Any]], schemas: Mapping[str, Any]) -> None:
    """Add every link that the paths imply."""
    for path, item in paths.items():
        for method, operation in item.items():
            links = dict(_links(path, method, operation, paths, schemas))
            if links:
                operation["responses"][_good(operation)]["links"] = links


def _links(
    path: str, method: str, operation: Document, paths: Document, schemas: Document
) -> Iterator[tuple[str, Document]]:
    """Give the links of one operation by the operationId each leads to."""
    if method == "get" and path.endswith("}"):
        yield from _changes(path, paths)
    single = next((other for other in paths if _is_one_of(other, path)), None)
    body = _body(operation, schemas)
    if single is None or "get" not in paths[single] or body is None:
        return
    own = single.rpartition("/")[2].strip("{}")
    many = "items" in body
    fields = _resolved(body["items"]["items"], schemas)["properties"] if many else body
    key = own if own in fields else "id"
    if key not in fields or (not many and method != "post"):
        return
    found = paths[single]["get"]
    given = {own: f"$response.body#/{'items/0/' if many else ''}{key}"}
    if single.startswith(path):
        given |= _same(path)
    yield found["operationId"], {"operationId": found["operationId"], "parameters": given}


def _changes(path: str, paths: Document) -> Iterator[tuple[str, Document]]:
    """Lead from one record to everything that changes it, with the ETag just read."""
    for other, item in paths.items():
        beside = other == path or (other.startswith(path + "/") and "{" not in other[len(path) :])
        for method, operation in item.items() if beside else ():
            asked = {parameter["name"] for parameter in operation["parameters"]}
            if method != "get" and "If-Match" in asked:
                parameters = {**_same(path), **_VERSION}
                yield (
                    operation["operationId"],
                    {"operationId": operation["operationId"], "parameters": parameters},
                )


def _is_one_of(single: str, collection: str) -> bool:
    """Tell whether a path is one record of a collection: below it, or below its last word."""
    head, _, last = single.rpartition("/")
    root = "/".join([*collection.split("/")[:3], collection.rpartition("/")[2]])
    return head in (collection, root) and last.startswith("{")


def _same(path: str) -> dict[str, str]:
    """Carry the path's own parameters over."""
    names = [part.strip("{}") for part in path.split("/") if part.startswith("{")]
    return {name: f"$request.path.{name}" for name in names}


def _good(operation: Document) -> str:
    """Give the status of the good answer."""
    status: str = min(operation["responses"])
    return status


def _body(operation: Document, schemas: Document) -> Document | None:
    """Give the fields of the good answer."""
    content = operation["responses"][_good(operation)].get("content", {})
    schema = content.get("application/json", {}).get("schema")
    fields: Document | None = _resolved(schema, schemas).get("properties") if schema else None
    return fields


def _resolved(schema: Document, schemas: Document) -> Document:
    """Follow a reference."""
    if "$ref" not in schema:
        return schema
    found: Document = schemas[schema["$ref"].rpartition("/")[2]]
    return found
