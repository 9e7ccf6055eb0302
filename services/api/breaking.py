"""What in a new contract breaks a client of the old one, each in a sentence.

What a client sends may be taken more widely than before, what it gets may be narrower or richer:
a new field, status or code in an answer breaks nobody who follows the conventions of
`docs/how-to/build-a-client.md`. The rest breaks somebody. Where two rules cannot be compared (a
pattern, a format), any change counts.
"""

from collections.abc import Iterator, Mapping
from typing import Any

Document = Mapping[str, Any]

GIVEN, ANSWERED = "takes", "gives"
_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_EXACT = ("pattern", "format", "multipleOf", "const", "uniqueItems")
_WIDENED = {
    (
        r"^20[0-9]{2}-(0[1-9]|1[0-2])$",
        r"^20[0-9]{2}-((0[1-9]|1[0-2])(-H[12])?|W(0[1-9]|[1-4][0-9]|5[0-3])|Q[1-4])$",
    )
}
"""Patterns of which the later one takes all that the earlier one took: every month is a period."""
_ANY: Document = {}


def breaks(old: Document, new: Document) -> list[str]:
    """Name everything that breaks a client of the old OpenAPI document."""
    found: list[str] = []
    for path, item in old["paths"].items():
        for method, operation in item.items():
            name = f"{method.upper()} {path}"
            later = new["paths"].get(path, {}).get(method)
            if later is None:
                found.append(f"{name} is gone.")
            else:
                found += _operation(name, operation, later, _Schemas(old, new))
    return found


def event_breaks(old: Document, new: Document) -> list[str]:
    """Name everything that breaks a receiver of the old events; both are schemas by file name."""
    found: list[str] = []
    for name, schema in old.items():
        if name in new:
            found += _Schemas({}, {}).compare(name, schema, new[name], ANSWERED)
        else:
            found.append(f"{name} is gone.")
    return found


def _operation(name: str, old: Document, new: Document, schemas: "_Schemas") -> Iterator[str]:
    """Compare what one operation is called, needs, takes and gives."""
    if old["operationId"] != new["operationId"]:
        yield f"{name} is called {new['operationId']} and no longer {old['operationId']}."
    if old.get("security") == [] and new.get("security") != []:
        yield f"{name} now needs a token."
    yield from _parameters(name, old, new, schemas)
    yield from _request(name, old, new, schemas)
    for status, answer in old["responses"].items():
        if status not in new["responses"]:
            yield f"{name} no longer answers {status}."
        else:
            yield from _answer(f"{name} {status}", answer, new["responses"][status], schemas)


def _parameters(name: str, old: Document, new: Document, schemas: "_Schemas") -> Iterator[str]:
    before, after = _by_place(old), _by_place(new)
    for place, parameter in before.items():
        if place not in after:
            yield f"{name} no longer takes {' '.join(place)}."
            continue
        later = after[place]
        if later.get("required") and not parameter.get("required"):
            yield f"{name} now requires {' '.join(place)}."
        where = f"{name} {' '.join(place)}"
        yield from schemas.compare(where, parameter["schema"], later["schema"], GIVEN)
    for place, parameter in after.items():
        if parameter.get("required") and place not in before:
            yield f"{name} now requires {' '.join(place)}."


def _by_place(operation: Document) -> dict[tuple[str, str], Document]:
    return {(one["in"], one["name"]): one for one in operation.get("parameters", ())}


def _request(name: str, old: Document, new: Document, schemas: "_Schemas") -> Iterator[str]:
    before, after = old.get("requestBody", _ANY), new.get("requestBody", _ANY)
    if after.get("required") and not before.get("required"):
        yield f"{name} now requires a body."
    yield from _contents(f"{name} body", before, after, GIVEN, schemas)


def _answer(name: str, old: Document, new: Document, schemas: "_Schemas") -> Iterator[str]:
    for header in old.get("headers", ()):
        if header not in new.get("headers", ()):
            yield f"{name} no longer gives the header {header}."
    yield from _contents(name, old, new, ANSWERED, schemas)


def _contents(
    name: str, old: Document, new: Document, side: str, schemas: "_Schemas"
) -> Iterator[str]:
    for media, content in old.get("content", {}).items():
        if media not in new.get("content", {}):
            yield f"{name} no longer {side} {media}."
            continue
        later = new["content"][media]
        yield from schemas.compare(
            name, content.get("schema", _ANY), later.get("schema", _ANY), side
        )


class _Schemas:
    """Two sets of named schemas, and the pairs of them that were compared already."""

    def __init__(self, old: Document, new: Document) -> None:
        self.old = old.get("components", {}).get("schemas", {})
        self.new = new.get("components", {}).get("schemas", {})
        self.begun: dict[tuple[int, int, str], tuple[Document, Document]] = {}

    def compare(self, place: str, old: Document, new: Document, side: str) -> Iterator[str]:
        """Compare two schemas."""
        before, after = _kinds(old, self.old), _kinds(new, self.new)
        yield from _types(place, set(before), set(after), side)
        for kind in before.keys() & after.keys():
            yield from self._inside(place, before[kind], after[kind], side)

    def _inside(self, place: str, old: Document, new: Document, side: str) -> Iterator[str]:
        """Compare two schemas of one type; a pair is looked into once, where it is met first."""
        pair = (id(old), id(new), side)
        if pair in self.begun:
            return
        self.begun[pair] = (old, new)
        yield from _codes(place, old, new)
        yield from _rules(place, old, new, side)
        fields, later = old.get("properties", {}), new.get("properties", {})
        for name, field in fields.items():
            if name not in later:
                yield f"{place} no longer {side} {name}."
            else:
                yield from self.compare(f"{place} {name}", field, later[name], side)
        required, now = set(old.get("required", ())), set(new.get("required", ()))
        if side == GIVEN:
            yield from (f"{place} now requires {name}." for name in sorted(now - required))
        else:
            lost = (required - now) & later.keys()
            yield from (f"{place} may now leave out {name}." for name in sorted(lost))
        for word in ("items", "additionalProperties"):
            yield from self._below(place, old.get(word, True), new.get(word, True), side)

    def _below(self, place: str, old: Any, new: Any, side: str) -> Iterator[str]:  # noqa: ANN401 a schema or true or false
        """Compare what stands in a list or under free names."""
        if side == GIVEN and new is False and old is not False:
            yield f"{place} no longer takes other names."
        elif isinstance(old, Mapping) or isinstance(new, Mapping):
            before = old if isinstance(old, Mapping) else _ANY
            yield from self.compare(
                f"{place}[]", before, new if isinstance(new, Mapping) else _ANY, side
            )


def _kinds(schema: Document, named: Document) -> dict[str, Document]:
    """Give the types a schema allows, each with what it says of that type; `any`: it says none."""
    if "$ref" in schema:
        return _kinds(named[schema["$ref"].rpartition("/")[2]], named)
    if "allOf" in schema:
        return _kinds(
            _merged([next(iter(_kinds(part, named).values())) for part in schema["allOf"]]), named
        )
    alternatives = schema.get("anyOf") or schema.get("oneOf")
    if alternatives:
        return {
            kind: found
            for part in reversed(alternatives)
            for kind, found in _kinds(part, named).items()
        }
    types = schema.get("type", "any")
    return dict.fromkeys([types] if isinstance(types, str) else types, schema)


def _merged(parts: list[Document]) -> Document:
    """Put the parts of an object together; what the later one says of a field counts."""
    whole: dict[str, Any] = {"type": "object", "properties": {}, "required": []}
    for part in parts:
        whole["properties"] = {**whole["properties"], **part.get("properties", {})}
        whole["required"] = [*whole["required"], *part.get("required", ())]
    return whole


def _types(place: str, old: set[str], new: set[str], side: str) -> Iterator[str]:
    if side == GIVEN and "any" not in new:
        yield from (f"{place} no longer takes {kind}." for kind in sorted(old - _wider(new)))
    if side == ANSWERED and "any" not in old:
        yield from (f"{place} may now be {kind}." for kind in sorted(new - _wider(old)))


def _wider(types: set[str]) -> set[str]:
    """Add what a type includes: every integer is a number."""
    return types | {"integer"} if "number" in types else types


def _codes(place: str, old: Document, new: Document) -> Iterator[str]:
    """A code that is gone was a promise, on either side; a new one is none that breaks."""
    if "enum" in old:
        gone = [code for code in old["enum"] if code not in new.get("enum", old["enum"])]
        yield from (f"{place} no longer knows the code {code}." for code in gone)


def _rules(place: str, old: Document, new: Document, side: str) -> Iterator[str]:
    """Compare limits: what is given may not be bound closer, what is answered keeps its form."""
    if side == ANSWERED:
        if "format" in old and new.get("format") != old["format"]:
            yield f"{place} has no longer the format {old['format']}."
        return
    if "enum" in new and "enum" not in old:
        yield f"{place} now takes only some codes."
    for word in (*_LOWER, *_UPPER, *_EXACT):
        if word not in new or new[word] == old.get(word):
            continue
        if word == "pattern" and (old.get(word), new[word]) in _WIDENED:
            continue
        closer = word not in old or word in _EXACT
        closer = closer or (new[word] > old[word]) == (word in _LOWER)
        if closer:
            yield f"{place} is bound closer: {word} {new[word]}, was {old.get(word, 'none')}."
