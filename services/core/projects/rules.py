"""The words and the life of a project: tracks, stages, side states, library class."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum

from services.core.kit.errors import Fault, Invalid
from services.core.kit.words import Words


class Thrust(StrEnum):
    """The article's three thrusts: 产业动能, 民生共享, 国资国企监管."""

    INDUSTRY = "industry"
    LIVELIHOOD = "livelihood"
    SOE_SUPERVISION = "soe_supervision"


class Domain(StrEnum):
    """What field a project is in."""

    MAJOR_INFRASTRUCTURE = "major_infrastructure"
    ENERGY = "energy"
    CULTURE_TOURISM = "culture_tourism"
    MANUFACTURING = "manufacturing"
    SERVICE = "service"
    GEOLOGY_SERVICE = "geology_service"
    AGRICULTURE = "agriculture"
    FINANCE = "finance"
    RURAL_VITALISATION = "rural_vitalisation"
    ELDERLY_CARE = "elderly_care"
    EDUCATION = "education"
    TALENT = "talent"
    NEW_ENERGY = "new_energy"
    ENVIRONMENT = "environment"
    BIOMEDICINE = "biomedicine"
    DIGITAL_ECONOMY = "digital_economy"
    SOE_REFORM = "soe_reform"


class Track(StrEnum):
    """Investment projects are built; service projects are run, and may have no investment (T-11)."""

    INVESTMENT = "investment"
    SERVICE = "service"


class Stage(StrEnum):
    """Both tracks' stages: the long one ends in operation, the short one in an evaluation."""

    IDEA = "idea"
    RESERVE = "reserve"
    SIGNED = "signed"
    PREPARATORY = "preparatory"
    UNDER_CONSTRUCTION = "under_construction"
    COMPLETED = "completed"
    OPERATING = "operating"
    ARCHIVED = "archived"
    PROPOSED = "proposed"
    AGREED = "agreed"
    RUNNING = "running"
    DELIVERED = "delivered"
    EVALUATED = "evaluated"


class SideState(StrEnum):
    """A project that stands beside its stages; none of these is ever nagged (I-17)."""

    PAUSED = "paused"
    TERMINATED = "terminated"
    MOVED_OUT = "moved_out"


class LibraryClass(StrEnum):
    """规划, 前期, 实施: derived from the stage, never stored."""

    PLANNING = "planning"
    PREPARATORY = "preparatory"
    IMPLEMENTATION = "implementation"


class PartnerRole(StrEnum):
    """What another unit is in a project."""

    PARTNER = "partner"
    OWNER = "owner"
    COUNTY_SIDE = "county_side"


class Gate(StrEnum):
    """立项, 可研, 用地, 环评, 施工许可, 开工, 主体, 竣工, 投产."""

    APPROVAL = "approval"
    FEASIBILITY = "feasibility"
    LAND = "land"
    ENVIRONMENT = "environment"
    PERMIT = "permit"
    START = "start"
    MAIN_STRUCTURE = "main_structure"
    COMPLETION = "completion"
    PRODUCTION = "production"


class ProjectVerb(StrEnum):
    """What moves a project beside its stages."""

    PAUSE = "pause"
    RESUME = "resume"
    TERMINATE = "terminate"
    MOVE_OUT = "move_out"


_S, _T = Stage, Track

STAGES: Mapping[Track, tuple[Stage, ...]] = {
    _T.INVESTMENT: (
        _S.IDEA,
        _S.RESERVE,
        _S.SIGNED,
        _S.PREPARATORY,
        _S.UNDER_CONSTRUCTION,
        _S.COMPLETED,
        _S.OPERATING,
        _S.ARCHIVED,
    ),
    _T.SERVICE: (_S.PROPOSED, _S.AGREED, _S.RUNNING, _S.DELIVERED, _S.EVALUATED, _S.ARCHIVED),
}
"""The order of stages on each track (domain 1.5)."""

_ENDED = frozenset({_S.COMPLETED, _S.OPERATING, _S.DELIVERED, _S.EVALUATED, _S.ARCHIVED})

_CLASSES: Mapping[Stage, LibraryClass] = {
    _S.IDEA: LibraryClass.PLANNING,
    _S.RESERVE: LibraryClass.PLANNING,
    _S.PROPOSED: LibraryClass.PLANNING,
    _S.SIGNED: LibraryClass.PREPARATORY,
    _S.PREPARATORY: LibraryClass.PREPARATORY,
    _S.AGREED: LibraryClass.PREPARATORY,
}


def library_class(stage: Stage) -> LibraryClass:
    """Give the library class of a stage; from construction on it is implementation [X:2]."""
    return _CLASSES.get(stage, LibraryClass.IMPLEMENTATION)


def lawful_stages(track: Track, stage: Stage) -> tuple[Stage, ...]:
    """Give the stages a project may go to: any later one of its track, or one step back."""
    order = STAGES[track]
    at = order.index(stage)
    return (*order[max(at - 1, 0) : at], *order[at + 1 :])


def advanced(track: Track, stage: Stage, to: Stage) -> Stage:
    """Give the stage after a move, forward or one step back.

    Raises:
        Invalid: the track has no such stage, or it is too far back; it lists the lawful ones.
    """
    lawful = lawful_stages(track, stage)
    if to not in lawful:
        raise Invalid.at(
            "/stage",
            Words(
                f"不能从“{stage}”进入“{to}”。", f"A project cannot go from '{stage}' to '{to}'."
            ),
            code="unlawful_stage",
            allowed=lawful,
        )
    return to


SIDE_MOVES: Mapping[tuple[SideState | None, ProjectVerb], SideState | None] = {
    (None, ProjectVerb.PAUSE): SideState.PAUSED,
    (SideState.PAUSED, ProjectVerb.RESUME): None,
    (None, ProjectVerb.TERMINATE): SideState.TERMINATED,
    (SideState.PAUSED, ProjectVerb.TERMINATE): SideState.TERMINATED,
    (None, ProjectVerb.MOVE_OUT): SideState.MOVED_OUT,
    (SideState.PAUSED, ProjectVerb.MOVE_OUT): SideState.MOVED_OUT,
}


def is_watched(stage: Stage, side_state: SideState | None) -> bool:
    """Say whether rules look at a project at all: neither paused, nor gone, nor ended (I-17)."""
    return side_state is None and stage not in _ENDED


def checked_curve(curve: tuple[Decimal, ...], planned: Decimal) -> tuple[Decimal, ...]:
    """Give the twelve cumulative month-ends of a plan if they add up.

    Raises:
        Invalid: not twelve, falling, or not ending at the planned investment.
    """
    faults = [
        Fault(
            f"/curve/{month}",
            "falls",
            Words("累计数不能下降。", "A cumulative figure cannot fall."),
            (f">= {curve[month - 1]}",),
        )
        for month in range(1, len(curve))
        if curve[month] < curve[month - 1]
    ]
    if curve and curve[-1] != planned:
        faults.append(
            Fault(
                f"/curve/{len(curve) - 1}",
                "does_not_add_up",
                Words("12月累计须等于年度计划投资。", "December must equal the year's plan."),
                (str(planned),),
            )
        )
    if faults:
        raise Invalid(
            Words("月度计划曲线不成立。", "The monthly plan does not add up."), faults=faults
        )
    return curve


def checked_dates(start_on: date | None, finish_on: date | None, milestone_on: date | None) -> None:
    """Refuse a milestone outside the plan's days.

    Raises:
        Invalid: the milestone lies after the planned finish or before the planned start.
    """
    if milestone_on is None:
        return
    if finish_on and milestone_on > finish_on:
        raise Invalid.at(
            "/planned_on",
            Words("节点晚于计划竣工日。", "The milestone lies after the planned finish."),
            code="after_finish",
            allowed=(f"<= {finish_on.isoformat()}",),
        )
    if start_on and milestone_on < start_on:
        raise Invalid.at(
            "/planned_on",
            Words("节点早于计划开始日。", "The milestone lies before the planned start."),
            code="before_start",
            allowed=(f">= {start_on.isoformat()}",),
        )
