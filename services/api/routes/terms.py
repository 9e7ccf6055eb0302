"""Terms over HTTP: what every code means, in both languages."""

from functools import lru_cache

import orjson
from fastapi import APIRouter, Response
from pydantic import Field

from services.api.door import Enter
from services.api.terms.everything import TERMS
from services.core import catalogue
from services.core.kit.reading import Found
from services.core.kit.shapes import BothWords, Shown

router = APIRouter(tags=["terms"])


class Value(Shown):
    """One code and its label."""

    code: str
    label: BothWords


class Term(Shown):
    """One set of codes, in their own order."""

    name: str = Field(examples=["project.stage"])
    values: list[Value]


class Terms(Shown):
    """Every set of codes."""

    items: list[Term]


@router.get("/terms", response_model=Terms, openapi_extra={"security": []})
async def list_terms(door: Enter) -> Response:
    """Give every code the API uses with its labels; needs no token."""
    return door.one(_terms())


@lru_cache(maxsize=1)
def _terms() -> Found:
    """Build the answer once; the names of events come from their titles."""
    events = [
        {"code": fact.NAME, "label": fact.TITLE.both()}
        for fact in sorted(catalogue.EVENTS, key=lambda fact: fact.NAME)
    ]
    shown = [term.shown() for term in TERMS]
    items = [*shown, {"name": "event.type", "values": events}]
    return Found(orjson.dumps({"items": items}).decode(), version=1)
