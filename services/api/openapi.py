"""What the OpenAPI document says beyond what FastAPI can know: tokens, headers, problems, webhooks.

A route says what it needs and how it answers by the methods of the door it calls
(`door.expected()`, `door.created(…)`); the document reads just that, so it cannot disagree.
"""

import inspect
import re
from collections.abc import Mapping
from types import FunctionType
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pydantic.json_schema import models_json_schema

from services.api import authority, facts, problems
from services.core import catalogue
from services.core.kit.events import Fact

_REFERENCE = "#/components/schemas/"
_OF_A_ROOM = re.compile(r"services__core__(?P<room>[a-z]+)__[a-z]+__")
"""How FastAPI writes a schema whose name several rooms use."""
_OF_A_SIDE = re.compile(r"(?<=\w)-(?P<side>Input|Output)(?=\")")
"""How it writes a schema that is one thing going in and another coming out."""
_DESCRIPTION = (
    "Every refusal is `application/problem+json` and names each wrong field by its JSON pointer. "
    "Times are UTC, days are days in Asia/Shanghai, money is a decimal in a string with its "
    "qualifier. Unknown fields are refused."
)

_LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "Language of problems; codes are never translated.",
    "schema": {"type": "string", "default": "zh-CN", "examples": ["zh-CN", "en"]},
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes a repeated POST give the first answer instead of acting twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255},
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the representation that this changes.",
    "schema": {"type": "string"},
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag you have; the answer is 304 if it is still true.",
    "schema": {"type": "string"},
}
_ETAG = {"ETag": {"description": "Version of this representation.", "schema": {"type": "string"}}}
_LOCATION = {"Location": {"description": "Where it lives.", "schema": {"type": "string"}}}
_LINK = {"Link": {"description": 'The next page, rel="next".', "schema": {"type": "string"}}}
_UNCHANGED = {"description": "You have it already.", "headers": _ETAG}

_HEADERS: Mapping[str, Mapping[str, Any]] = {
    "one": _ETAG,
    "changed": _ETAG,
    "created": {**_ETAG, **_LOCATION},
    "many": _LINK,
}
"""Ways the door answers → headers of the answer."""

_RECEIVER_ANSWERS = {
    "2XX": {"description": "Taken; nothing more is sent."},
    "410": {"description": "Gone; the endpoint is disabled."},
    "429": {"description": "Too much; tried again after Retry-After."},
    "default": {"description": "Not taken; tried again later with the same id."},
}


def install(app: FastAPI) -> None:
    """Let the app serve the whole document."""
    plain = app.openapi

    def whole() -> dict[str, Any]:
        if not app.openapi_schema:
            document = _readably_named(plain())
            _complete(document, _endpoints(app))
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = whole  # type: ignore[method-assign] # FastAPI's documented way


def _readably_named(document: dict[str, Any]) -> dict[str, Any]:
    """Rename what FastAPI had to tell apart: WebhooksDelivery, and MoneyGiven for what goes in."""
    text = orjson.dumps(document).decode()
    text = _OF_A_ROOM.sub(lambda found: found["room"].capitalize(), text)
    text = _OF_A_SIDE.sub(lambda found: "Given" if found["side"] == "Input" else "", text)
    renamed: dict[str, Any] = orjson.loads(text)
    return renamed


def _endpoints(app: FastAPI) -> dict[tuple[str, str], FunctionType]:
    """Give the function behind each path and method."""
    return {
        (context.path_format, method.lower()): inspect.unwrap(context.endpoint)
        for context in iter_route_contexts(app.routes)
        if context.path_format and context.endpoint
        for method in context.methods or ()
    }


def _complete(document: dict[str, Any], endpoints: Mapping[tuple[str, str], FunctionType]) -> None:
    """Add what the framework cannot know."""
    document["info"]["description"] = _DESCRIPTION
    document["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    document["security"] = [{"bearer": []}]
    components = document.setdefault("components", {})
    components["securitySchemes"] = {"bearer": {"type": "http", "scheme": "bearer"}}
    schemas = components.setdefault("schemas", {})
    schemas.update(_problem_schemas())
    schemas["Event"] = facts.ENVELOPE
    for fact in catalogue.EVENTS:
        schemas[_component(fact)] = facts.event_schema(fact, _REFERENCE + "Event")
    for path, item in document["paths"].items():
        if "patch" in item:
            _without_defaults(item["patch"], schemas)
        for method, operation in item.items():
            _describe(operation, method, endpoints[path, method])
    document["webhooks"] = {fact.NAME: _webhook(fact) for fact in catalogue.EVENTS}


def _problem_schemas() -> dict[str, Any]:
    _, definitions = models_json_schema(
        [(problems.Problem, "serialization")], ref_template=_REFERENCE + "{model}"
    )
    found: dict[str, Any] = definitions["$defs"]
    return found


def _describe(operation: dict[str, Any], method: str, endpoint: FunctionType) -> None:
    """Say which headers one operation takes and gives, and which problems it can have."""
    asks = _asked(endpoint)
    operation["x-permission"] = authority.RULES[operation["operationId"]].needs
    parameters = operation.setdefault("parameters", [])
    responses = operation["responses"]
    success = responses[min(responses)]
    for answer in sorted(asks & _HEADERS.keys()):
        success["headers"] = _HEADERS[answer]
    unneeded = {"409"} if method == "get" else set()
    if operation.get("security") == []:
        unneeded |= {"401", "403", "404"}
    if "expected" in asks:
        parameters.append(_IF_MATCH)
    else:
        unneeded |= {"412", "428"}
    if method == "post":
        parameters.append(_KEY)
    if "one" in asks:
        parameters.append(_IF_NONE_MATCH)
        responses["304"] = _UNCHANGED
    parameters.append(_LANGUAGE)
    operation["responses"] = {
        status: responses[status] for status in sorted(responses) if status not in unneeded
    }


def _asked(function: FunctionType) -> set[str]:
    """Give every name a route uses, itself or by a function of its own file."""
    names = set(function.__code__.co_names)
    for name in tuple(names):
        used = function.__globals__.get(name)
        if isinstance(used, FunctionType) and used.__module__ == function.__module__:
            names |= _asked(used)
    return names


def _without_defaults(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Take the defaults from a merge patch: what is not sent stays as it is."""
    (content,) = operation["requestBody"]["content"].values()
    name = content["schema"]["$ref"].removeprefix(_REFERENCE)
    for given in schemas[name]["properties"].values():
        given.pop("default", None)


def _component(fact: type[Fact]) -> str:
    return f"{fact.__name__}V{fact.VERSION}"


def _webhook(fact: type[Fact]) -> dict[str, Any]:
    """Describe what a receiver of this event gets, and what its answer means."""
    headers = [
        {"name": name, "in": "header", "required": True, "schema": schema}
        for name, schema in facts.WEBHOOK_HEADERS["properties"].items()
    ]
    body = {"schema": {"$ref": _REFERENCE + _component(fact)}}
    return {
        "post": {
            "operationId": f"on{fact.__name__}",
            "summary": fact.TITLE.en,
            "description": facts.meaning_of(fact),
            "tags": ["webhooks"],
            "security": [],
            "parameters": headers,
            "requestBody": {"required": True, "content": {"application/json": body}},
            "responses": _RECEIVER_ANSWERS,
        }
    }
