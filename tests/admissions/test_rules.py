"""The gates of the library, without a database: every state, every verb, every level of place."""

from uuid import UUID

import pytest

from services.core.admissions import rules
from services.core.admissions.rules import GATES, AdmissionState, AdmissionVerb
from services.core.kit.errors import Forbidden, UnlawfulMove
from services.core.kit.moves import moved
from services.core.regions.rules import RegionLevel

_S, _V = AdmissionState, AdmissionVerb
ENTRANCES = {"township": "at_county", "county": "at_county", "city": "at_city"}
CHECKS = {"at_county": "at_city", "at_city": "at_province", "at_province": "admitted"}
LINEAGE = ("330000", "331100", "331127", "331127209")


@pytest.mark.parametrize("level", RegionLevel)
@pytest.mark.parametrize("state", AdmissionState)
@pytest.mark.parametrize("verb", AdmissionVerb)
def test_every_move_is_lawful_or_refused(
    level: RegionLevel, state: AdmissionState, verb: AdmissionVerb
) -> None:
    wanted = None
    if verb == _V.SUBMIT and state in {_S.DRAFT, _S.RETURNED}:
        wanted = ENTRANCES.get(level, "at_province")
    if verb == _V.CHECK:
        wanted = CHECKS.get(state)
    if verb == _V.RETURN and state in CHECKS:
        wanted = "returned"
    table = rules.moves_from(level)
    if wanted is None:
        with pytest.raises(UnlawfulMove):
            moved(table, state, verb)
    else:
        assert moved(table, state, verb) == wanted


@pytest.mark.parametrize(
    ("state", "keeper"), [("at_county", "331127"), ("at_city", "331100"), ("at_province", "330000")]
)
@pytest.mark.parametrize("region", ["330000", "331100", "331127", "331127209", "330329", ""])
def test_each_gate_is_kept_by_the_regulator_of_just_that_region(
    state: str, keeper: str, region: str
) -> None:
    if region == keeper:
        rules.check_gatekeeper(_S(state), LINEAGE, region)
    else:
        with pytest.raises(Forbidden, match=keeper):
            rules.check_gatekeeper(_S(state), LINEAGE, region)


def test_whoever_submitted_does_not_check() -> None:
    one, other = UUID(int=1), UUID(int=2)
    rules.check_other_person(one, other)
    with pytest.raises(Forbidden):
        rules.check_other_person(one, one)


def test_a_gate_waits_for_a_level_and_nothing_else_does() -> None:
    assert set(CHECKS) == set(GATES)
