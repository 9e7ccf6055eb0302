"""What the OpenAPI document says beyond what FastAPI can know: tokens, headers, problems, webhooks.

A route says what it needs and how it answers by the methods of the door it calls
(`door.expected()`, `door.created(…)`); the document reads just that, so it cannot disagree.
"""

import inspect
import re
import sys
from collections.abc import Iterable, Mapping
from types import FunctionType
from typing import Any

import orjson
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from pydantic.json_schema import models_json_schema

from services.api import (
    authority,
    credentials,
    deprecation,
    describing,
    examples,
    facts,
    links,
    problems,
)
from services.api.arrival import MERGE_PATCH
from services.api.batch import contract
from services.api.batch.collections import Collection
from services.core import catalogue
from services.core.kit.events import Fact

_REFERENCE = "#/components/schemas/"
_OF_A_ROOM = re.compile(r"services__core__(?P<room>[a-z]+)__(?:[a-z_]+?__)+")
"""How FastAPI writes a schema whose name several rooms use."""
_OF_A_SIDE = re.compile(r"(?<=\w)-(?P<side>Input|Output)(?=\")")
"""How it writes a schema that is one thing going in and another coming out."""
_DESCRIPTION = (
    "Every refusal is `application/problem+json` and names each wrong field by its JSON pointer. "
    "Times are UTC, days are days in Asia/Shanghai, money is a decimal in a string with its "
    "qualifier. Unknown fields are refused."
)

_SECURITY = {
    "bearer": {
        "type": "http",
        "scheme": "bearer",
        "description": "A personal or service token, or a phone's access token.",
    },
    "cookie": {
        "type": "apiKey",
        "in": "cookie",
        "name": credentials.SECURE_COOKIE,
        "description": "A browser's session; changes are taken from our own pages only.",
    },
}
_AN_ETAG = {"type": "string", "maxLength": 200, "examples": ['"1-5d41402abc4b"']}
_SOME_ETAGS = {**_AN_ETAG, "maxLength": 8000}

_LANGUAGE = {
    "name": "Accept-Language",
    "in": "header",
    "required": False,
    "description": "Language of problems; codes are never translated.",
    "schema": {
        "type": "string",
        "maxLength": 8000,
        "default": "zh-CN",
        "examples": ["en"],
    },
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes a repeated POST give the first answer instead of acting twice.",
    "schema": {
        "type": "string",
        "minLength": 1,
        "maxLength": 255,
        "examples": ["phone-7f3a-000042"],
    },
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag of the representation that this changes; `*`: whatever it is now.",
    "schema": _AN_ETAG,
}
_IF_NONE_MATCH = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The ETag you have; the answer is 304 if it is still true.",
    "schema": _SOME_ETAGS,
}
_NONE_YET = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "`*`: there is none yet. This or If-Match is required.",
    "schema": {"type": "string", "enum": ["*"]},
}
_ETAG = {"ETag": {"description": "Version of this representation.", "schema": _AN_ETAG}}
_LOCATION = {"Location": {"description": "Where it lives.", "schema": {"type": "string"}}}
_LINK = {"Link": {"description": 'The next page, rel="next".', "schema": {"type": "string"}}}
_NO_BODY: Mapping[str, Any] = {"application/json": {"schema": {}}}
"""What the framework writes where a route says no model."""
_UNCHANGED = {"description": "You have it already.", "headers": _ETAG}
_STANDING = {
    "RateLimit": {"$ref": "#/components/headers/RateLimit"},
    "RateLimit-Policy": {"$ref": "#/components/headers/RateLimitPolicy"},
}
_RETRY_AFTER = {"Retry-After": {"$ref": "#/components/headers/RetryAfter"}}
_SHARED_HEADERS = {
    "RateLimit": {
        "description": "What is left of the quota, and for how many seconds it is meant to last.",
        "schema": {"type": "string", "examples": ['"account";r=599;t=42']},
    },
    "RateLimitPolicy": {
        "description": "The quota, and the seconds of its window.",
        "schema": {"type": "string", "examples": ['"account";q=600;w=60']},
    },
    "RetryAfter": {
        "description": "Seconds until trying again is right.",
        "schema": {"type": "integer", "examples": [12]},
    },
}

_HEADERS: Mapping[str, Mapping[str, Any]] = {
    "one": _ETAG,
    "changed": _ETAG,
    "created": {**_ETAG, **_LOCATION},
    "many": {**_ETAG, **_LINK},
    "plain": _ETAG,
    "file": _ETAG,
}
"""Ways the door answers → headers of the answer."""

_TRACEPARENT = {
    "name": "traceparent",
    "in": "header",
    "required": False,
    "description": "W3C Trace Context: the trace of the request that caused the event.",
    "schema": {"type": "string"},
}
_PROBLEM = {"application/problem+json": {"schema": {"$ref": _REFERENCE + "Problem"}}}
_RECEIVER_ANSWERS = {
    "2XX": {"description": "Taken; nothing more is sent."},
    "410": {"description": "Gone; the endpoint is disabled."},
    "429": {"description": "Too much; tried again after Retry-After."},
    "default": {"description": "Not taken; tried again later with the same id."},
}


def install(app: FastAPI, batches: Iterable[Collection] = ()) -> None:
    """Let the app serve the whole document."""
    plain = app.openapi

    def whole() -> dict[str, Any]:
        if not app.openapi_schema:
            document = _readably_named(plain())
            _complete(document, _endpoints(app), batches)
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


def _complete(
    document: dict[str, Any],
    endpoints: Mapping[tuple[str, str], FunctionType],
    batches: Iterable[Collection],
) -> None:
    """Add what the framework cannot know."""
    document["info"]["description"] = _DESCRIPTION
    document["info"]["license"] = {"name": "Apache-2.0", "identifier": "Apache-2.0"}
    document["security"] = [{"bearer": []}, {"cookie": []}]
    components = document.setdefault("components", {})
    components["headers"] = _SHARED_HEADERS
    components["securitySchemes"] = _SECURITY
    schemas = components.setdefault("schemas", {})
    schemas.update(_problem_schemas())
    schemas.update(facts.envelopes(_REFERENCE))
    for fact in catalogue.EVENTS:
        schemas[_component(fact)] = facts.event_schema(fact, _REFERENCE)
    for path, item in document["paths"].items():
        if "patch" in item:
            _as_merge_patch(item["patch"], schemas)
        for method, operation in item.items():
            _describe(operation, method, endpoints[path, method])
    contract.describe(document, batches)
    _put_into_words(document["paths"], schemas)
    links.put_links(document["paths"], schemas)
    document["tags"] = _tags(document, endpoints)
    document["webhooks"] = {fact.NAME: _webhook(fact) for fact in catalogue.EVENTS}


def _put_into_words(paths: Mapping[str, dict[str, Any]], schemas: dict[str, Any]) -> None:
    """Say of everything that is there by now what it means, and show how it looks."""
    by_reference = {_REFERENCE + name: schema for name, schema in schemas.items()}
    for name, schema in schemas.items():
        describing.describe(schema, by_reference)
        schema["title"] = name  # generators name classes by the title
    for item in paths.values():
        for operation in item.values():
            operation["parameters"] = [
                describing.described(parameter, by_reference)
                for parameter in operation["parameters"]
            ]
            examples.put_examples(operation, schemas)


def _tags(
    document: dict[str, Any], endpoints: Mapping[tuple[str, str], FunctionType]
) -> list[dict[str, str]]:
    """Describe each tag by the first line of the card of its room, or of its routes."""
    said = {"webhooks": "What integrators register, and what is sent to them."}
    for path, item in document["paths"].items():
        for method, operation in item.items():
            module = endpoints[path, method].__module__
            room = sys.modules.get(f"services.core.{module.rpartition('.')[2]}")
            card = (room or sys.modules[module]).__doc__ or ""
            said.setdefault(operation["tags"][0], card.strip().splitlines()[0])
    return [{"name": name, "description": said[name]} for name in sorted(said)]


def _problem_schemas() -> dict[str, Any]:
    _, definitions = models_json_schema(
        [(problems.Problem, "serialization")], ref_template=_REFERENCE + "{model}"
    )
    found: dict[str, Any] = definitions["$defs"]
    return found


def _describe(operation: dict[str, Any], method: str, endpoint: FunctionType) -> None:
    """Say which headers one operation takes and gives, and which problems it can have."""
    asks = _asked(endpoint)
    operation["x-permission"] = authority.rule_of(operation["operationId"]).needs
    parameters = operation.setdefault("parameters", [])
    responses = operation["responses"]
    _give_headers(operation, asks, endpoint)
    unneeded = {"409"} if method == "get" else set()
    if "requestBody" not in operation:
        unneeded.add("415")
    if operation.get("security") == []:
        unneeded |= {"404"} if "unit_of_work" in asks else {"401", "403", "404"}
    preconditions = _preconditions(asks)
    parameters += preconditions
    if not preconditions:
        unneeded |= {"412", "428"}
    if method == "post" and "unit_of_work" not in asks:
        parameters.append(_KEY)
    if method == "get" and asks & {"one", "many", "plain", "file"}:
        parameters.append(_IF_NONE_MATCH)
        responses["304"] = _UNCHANGED
    parameters.append(_LANGUAGE)
    success = responses[min(responses)]
    if success.get("content") == _NO_BODY:
        del success["content"]
    common = {str(status): said["description"] for status, said in problems.COMMON.items()}
    operation["responses"] = {
        status: responses[status]
        for status in sorted(responses)
        if status not in unneeded or responses[status]["description"] != common.get(status)
    }


def _give_headers(operation: dict[str, Any], asks: set[str], endpoint: FunctionType) -> None:
    """Say which headers the answers have, and that every refusal is a problem."""
    responses = operation["responses"]
    headers = responses[min(responses)].setdefault("headers", {})
    for answer in sorted(asks & _HEADERS.keys()):
        headers.update(_HEADERS[answer])
    if operation.get("security") != []:
        headers.update(_STANDING)
    left = deprecation.of(endpoint)
    if left:
        operation["deprecated"] = True
        headers.update(_leaving(left))
    for status, said in responses.items():
        if status >= "4":
            said.setdefault("content", _PROBLEM)
    responses["429"]["headers"] = {**_STANDING, **_RETRY_AFTER}
    responses["503"]["headers"] = _RETRY_AFTER


def _leaving(left: deprecation.Leaving) -> dict[str, Any]:
    """Give the headers of a route on its way out, with its own values."""
    return {
        name: {"schema": {"type": "string", "examples": [value]}}
        for name, value in left.headers().items()
        if name != "Link"
    }


def _preconditions(asks: set[str]) -> list[dict[str, Any]]:
    """Give the headers by which a change says what it has seen."""
    if "expected_or_new" in asks:
        return [{**_IF_MATCH, "required": False}, _NONE_YET]
    return [_IF_MATCH] if "expected" in asks else []


def _asked(function: FunctionType) -> set[str]:
    """Give every name a route uses, itself or by a function of its own file."""
    names = set(function.__code__.co_names)
    for name in tuple(names):
        used = function.__globals__.get(name)
        if not isinstance(used, FunctionType) or hasattr(used, "__wrapped__"):
            continue  # a route of that name is described by itself
        if used.__module__ == function.__module__:
            names |= _asked(used)
    return names


def _as_merge_patch(operation: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Say both media types, and no defaults: what is not sent stays as it is."""
    (content,) = operation["requestBody"]["content"].values()
    operation["requestBody"]["content"][MERGE_PATCH] = content
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
    headers.append(_TRACEPARENT)
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
