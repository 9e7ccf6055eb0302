"""The gates of the library, without a database: every state, every verb, every level of place."""

from uuid import UUID

import pytest

from services.core.admissions import rules
from services.core.admissions.rules import (
    GATES,
    AdmissionKind,
    AdmissionState,
    AdmissionVerb,
    ExitReason,
)
from services.core.kit.errors import Forbidden, Invalid, UnlawfulMove
from services.core.kit.moves import moved
from services.core.regions.rules import RegionLevel

_S, _V = AdmissionState, AdmissionVerb
ENTRANCES = {"township": "at_county", "county": "at_county", "city": "at_city"}
CHECKS = {"at_county": "at_city", "at_city": "at_province"}
ENDS = {"entry": "admitted", "exit": "exited"}
LINEAGE = ("330000", "331100", "331127", "331127209")


@pytest.mark.parametrize("kind", AdmissionKind)
@pytest.mark.parametrize("level", RegionLevel)
@pytest.mark.parametrize("state", AdmissionState)
@pytest.mark.parametrize("verb", AdmissionVerb)
def test_every_move_is_lawful_or_refused(
    kind: AdmissionKind, level: RegionLevel, state: AdmissionState, verb: AdmissionVerb
) -> None:
    wanted = None
    if verb == _V.SUBMIT and state in {_S.DRAFT, _S.RETURNED}:
        wanted = ENTRANCES.get(level, "at_province")
    if verb == _V.CHECK:
        wanted = {**CHECKS, "at_province": ENDS[kind]}.get(state)
    if verb == _V.RETURN and state in GATES:
        wanted = "returned"
    if verb == _V.WITHDRAW and state not in {_S.ADMITTED, _S.EXITED, _S.WITHDRAWN}:
        wanted = "withdrawn"
    table = rules.moves_of(kind, level)
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


@pytest.mark.parametrize("state", sorted(rules.OPEN))
def test_only_a_draft_goes_without_a_word(state: AdmissionState) -> None:
    assert rules.checked_withdrawal(state, "另行申报") == "另行申报"
    if state == _S.DRAFT:
        assert not rules.checked_withdrawal(state, None)
    else:
        with pytest.raises(Invalid):
            rules.checked_withdrawal(state, None)


@pytest.mark.parametrize("why", ExitReason)
@pytest.mark.parametrize(("into", "code"), [(None, "missing"), (1, "itself"), (2, "unexpected")])
def test_a_merger_and_nothing_else_names_another_project(
    why: ExitReason, into: int | None, code: str
) -> None:
    successor = UUID(int=into) if into else None
    is_merged = why == ExitReason.MERGED
    if (is_merged and into == 2) or (not is_merged and into is None):
        rules.check_successor(why, UUID(int=1), successor)
        return
    with pytest.raises(Invalid) as refused:
        rules.check_successor(why, UUID(int=1), successor)
    (fault,) = refused.value.faults
    assert fault.code == (code if is_merged else "unexpected")


def test_the_gates_are_the_countys_the_citys_and_the_provinces() -> None:
    assert {*CHECKS, "at_province"} == set(GATES)
