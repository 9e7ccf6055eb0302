"""The page docs/authorisation.md: the table of authority, as people read it."""

from collections.abc import Iterable, Iterator

from fastapi import FastAPI

from services.api.authority import rule_of
from services.api.relations import SEES, Kind, Relation, Rule
from services.core import catalogue
from services.core.access.rules import PERMISSIONS

_HEAD = """# Who may do what

Generated from `services/api/authority.py` by `make contract`; do not edit. `tests/authority` tries
every row with every role and relation, on the real service.

Without a good token the answer is 401. A record out of sight is 404, the same as one that does not
exist (named in a body: 422, the same too). In sight, but without the permission or not one's part:
403. A permission may be asked for first; then its lack is 403 whether or not the record exists.

## Who sees which record

| relation | {kinds} |
|---|{lines}|
"""
_ROLES = """
## What a role holds

| role | permissions |
|---|---|
"""
_OPERATIONS = """
## What an operation asks for

Where no record is named, it is about none, or about a public one. A list shows what its reader
sees.

| operation | | needs | about | may act |
|---|---|---|---|---|
"""
_TABLES = """
## The second wall

In a request every table shows the rows of the caller's scope only (row-level security), except
these:

| table | why it is open |
|---|---|
"""


def page(app: FastAPI) -> str:
    """Write the whole page."""
    kinds = [kind for kind in Kind if SEES[kind] != frozenset(Relation)]
    head = _HEAD.format(kinds=" | ".join(kinds), lines="|".join("---" for _ in kinds))
    return "".join(
        (
            head,
            *_relations(kinds),
            _ROLES,
            *(f"| {role} | {_listed(held) or '–'} |\n" for role, held in PERMISSIONS.items()),
            _OPERATIONS,
            *_operations(app),
            _TABLES,
            *(f"| `{name}` | {why} |\n" for name, why in sorted(catalogue.OPEN.items())),
        )
    )


def _relations(kinds: list[Kind]) -> Iterator[str]:
    for relation in Relation:
        marks = ("●" if relation in SEES[kind] else "" for kind in kinds)
        yield f"| {relation} | {' | '.join(marks)} |\n"


def _operations(app: FastAPI) -> Iterator[str]:
    for path, item in app.openapi()["paths"].items():
        for method, operation in item.items():
            name = operation["operationId"]
            rule = rule_of(name)
            yield (
                f"| {name} | `{method.upper()} {path.removeprefix('/api/v1')}` | {rule.needs} "
                f"| {rule.about or ''} | {_actors(rule)} |\n"
            )


def _actors(rule: Rule) -> str:
    return "" if rule.acts is None else _listed(rule.acts)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
