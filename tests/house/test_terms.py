"""Every code has a label: walks all enumerations of the core."""

import importlib
import pkgutil
import re
from collections import Counter
from enum import StrEnum

import pytest

from services import core
from services.api.terms.everything import TERMS
from services.api.terms.term import Term
from services.core.kit.errors import Kind

INTERNAL: set[type[StrEnum]] = {Kind}
"""Kind of a refusal: clients see its status and its code instead."""


def all_codes() -> set[type[StrEnum]]:
    """Give every enumeration of every module of the core."""
    for module in pkgutil.walk_packages(core.__path__, "services.core."):
        importlib.import_module(module.name)
    return {
        codes for codes in StrEnum.__subclasses__() if codes.__module__.startswith("services.core.")
    }


def test_every_enumeration_of_the_core_is_a_term_once() -> None:
    assert Counter(term.codes for term in TERMS) == Counter(all_codes() - INTERNAL)


def test_no_two_terms_have_one_name() -> None:
    names = [term.name for term in TERMS]
    assert len(names) == len(set(names))
    assert [name for name in names if not re.fullmatch(r"[a-z]+\.[a-z_]+", name)] == []


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_every_code_of_a_term_has_a_label_and_no_other_has(term: Term) -> None:
    assert set(term.labels) == {code.value for code in term.codes}
    for words in term.labels.values():
        assert re.search(r"[\u4e00-\u9fff]", words.zh)
        assert words.en.isascii()
        assert words.en
