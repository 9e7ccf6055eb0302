"""The gates between a proposal and the library, as data, and whose each of them is."""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from uuid import UUID

from services.core.kit.errors import Forbidden
from services.core.kit.words import Words
from services.core.regions.rules import LEVELS, RegionLevel


class AdmissionState(StrEnum):
    """Where a proposal stands; at a gate it waits for that level's check."""

    DRAFT = "draft"
    AT_COUNTY = "at_county"
    AT_CITY = "at_city"
    AT_PROVINCE = "at_province"
    RETURNED = "returned"
    ADMITTED = "admitted"


class AdmissionVerb(StrEnum):
    """What may be done with a proposal."""

    SUBMIT = "submit"
    CHECK = "check"
    RETURN = "return"


_S, _V = AdmissionState, AdmissionVerb

GATES: Mapping[AdmissionState, RegionLevel] = {
    _S.AT_COUNTY: RegionLevel.COUNTY,
    _S.AT_CITY: RegionLevel.CITY,
    _S.AT_PROVINCE: RegionLevel.PROVINCE,
}
"""Whose check a proposal waits for (domain 1.5)."""

_ENTRANCES: Mapping[RegionLevel, AdmissionState] = {
    RegionLevel.TOWNSHIP: _S.AT_COUNTY,
    RegionLevel.COUNTY: _S.AT_COUNTY,
    RegionLevel.CITY: _S.AT_CITY,
    RegionLevel.PROVINCE: _S.AT_PROVINCE,
}
"""The first gate of a project that stands in a place of this level."""

_MOVES: Mapping[tuple[AdmissionState, AdmissionVerb], AdmissionState] = {
    (_S.AT_COUNTY, _V.CHECK): _S.AT_CITY,
    (_S.AT_CITY, _V.CHECK): _S.AT_PROVINCE,
    (_S.AT_PROVINCE, _V.CHECK): _S.ADMITTED,
    **{(gate, _V.RETURN): _S.RETURNED for gate in GATES},
}

KEPT_BY_ITS_UNIT = frozenset({_S.DRAFT, _S.RETURNED})
"""States in which a proposal may be put right."""


def moves_from(place: RegionLevel) -> Mapping[tuple[AdmissionState, AdmissionVerb], AdmissionState]:
    """Give the table of moves of a proposal that stands in a place of this level."""
    begun = {(state, _V.SUBMIT): _ENTRANCES[place] for state in KEPT_BY_ITS_UNIT}
    return {**_MOVES, **begun}


def check_gatekeeper(state: AdmissionState, lineage: Sequence[str], region_code: str) -> None:
    """Refuse whoever does not supervise just the region whose gate it is.

    `lineage`: the codes of the place a project stands in, from the province down; `region_code`:
    the one the caller supervises.

    Raises:
        Forbidden: it is another regulator's to check.
    """
    keeper = lineage[LEVELS.index(GATES[state])]
    if region_code != keeper:
        raise Forbidden(
            Words(
                f"此环节由区划“{keeper}”的监管单位审核。",
                f"At this gate the regulator of {keeper} checks.",
            )
        )


def check_other_person(submitted_by: UUID | None, account_id: UUID) -> None:
    """Refuse that whoever submitted a proposal also checks it.

    Raises:
        Forbidden: it is the same person.
    """
    if submitted_by == account_id:
        raise Forbidden(Words("须由另一人审核。", "Another person than who submitted it checks."))
