"""Every fact is catalogued once, is well named, and can be told in both languages."""

import importlib
import json
import pkgutil
import re
from collections import Counter

import pytest

from services import core
from services.core import catalogue
from services.core.kit.events import Fact

_NAME = re.compile(r"[a-z]+(_[a-z]+)*\.[a-z]+(_[a-z]+)*")

NOT_IN_ED = {"held", "left", "missing", "risk", "sent", "set", "withdrawn"}
"""Words that say what has happened without ending in -ed."""


def all_facts() -> list[type[Fact]]:
    """Give every fact of every events module in core; what several share has no name of its own."""
    for module in pkgutil.walk_packages(core.__path__, "services.core."):
        if module.name.endswith(".events"):
            importlib.import_module(module.name)
    ours = (fact for fact in _under(Fact) if fact.__module__.startswith("services.core."))
    return [fact for fact in ours if "NAME" in vars(fact)]


def _under(fact: type[Fact]) -> list[type[Fact]]:
    return [found for below in fact.__subclasses__() for found in (below, *_under(below))]


def test_every_fact_is_catalogued_exactly_once() -> None:
    assert Counter(catalogue.EVENTS) == Counter(all_facts())


def test_no_two_facts_have_one_name() -> None:
    assert len(catalogue.BY_NAME) == len(catalogue.EVENTS)


@pytest.mark.parametrize("fact", catalogue.EVENTS, ids=lambda fact: fact.NAME)
def test_a_fact_is_named_in_the_past_tense(fact: type[Fact]) -> None:
    assert _NAME.fullmatch(fact.NAME)
    words = fact.NAME.rpartition(".")[2].split("_")
    assert any(word.endswith("ed") or word in NOT_IN_ED for word in words)


@pytest.mark.parametrize("fact", catalogue.EVENTS, ids=lambda fact: fact.NAME)
def test_a_fact_says_what_it_means(fact: type[Fact]) -> None:
    assert vars(fact).get("__doc__"), "the docstring is the public description"
    assert fact.TITLE.zh
    assert fact.TITLE.en
    assert fact.VERSION >= 1
    assert fact.model_config.get("frozen")
    assert fact.model_config.get("extra") == "forbid"


@pytest.mark.parametrize("fact", catalogue.EVENTS, ids=lambda fact: fact.NAME)
def test_a_fact_is_plain_json_without_binary_fractions(fact: type[Fact]) -> None:
    schema = fact.model_json_schema(mode="serialization")
    assert schema["type"] == "object"
    assert '"type": "number"' not in json.dumps(schema)
