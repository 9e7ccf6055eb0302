"""Which events an endpoint takes, and where it may be."""

from itertools import product

import pytest

from services.core.kit.errors import Invalid, UnlawfulMove
from services.core.kit.moves import moved
from services.core.webhooks import rules
from services.core.webhooks.rules import EndpointState, EndpointVerb


@pytest.mark.parametrize(
    ("filters", "name", "taken"),
    [
        (["*"], "progress.missing", True),
        (["progress.*"], "progress.missing", True),
        (["progress.missing"], "progress.missing", True),
        (["progress.accepted"], "progress.missing", False),
        (["prog.*"], "progress.missing", False),
    ],
)
def test_a_filter_takes_by_name_by_noun_or_everything(
    filters: list[str], name: str, *, taken: bool
) -> None:
    assert rules.wants(filters, name) is taken


@pytest.mark.parametrize(
    "url", ["http://a.test/", "https://u:p@a.test/", "ftp://a.test", "https:///x"]
)
def test_an_endpoint_is_plain_https(url: str) -> None:
    with pytest.raises(Invalid):
        rules.checked_url(url, plain_allowed=False)
    assert rules.checked_url("https://a.test/hook", plain_allowed=False)


@pytest.mark.parametrize(("state", "verb"), list(product(EndpointState, EndpointVerb)))
def test_an_endpoint_moves_only_along_its_table(state: EndpointState, verb: EndpointVerb) -> None:
    if (state, verb) in rules.MOVES:
        assert moved(rules.MOVES, state, verb) == rules.MOVES[state, verb]
    else:
        with pytest.raises(UnlawfulMove):
            moved(rules.MOVES, state, verb)
