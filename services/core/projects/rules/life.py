"""A project's life: its stages, the states beside them, and when it is watched."""

from collections.abc import Mapping

from services.core.kit.errors import Forbidden, Invalid, UnlawfulMove
from services.core.kit.words import Words
from services.core.projects.rules.words import LibraryClass, ProjectVerb, SideState, Stage, Track

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

STARTS = frozenset({_S.UNDER_CONSTRUCTION, _S.RUNNING})
"""Entering one of these is the actual start."""

STARTED = frozenset(
    stage
    for order in STAGES.values()
    for stage in order[min(order.index(start) for start in STARTS if start in order) :]
)
"""What has started: these, and whatever comes after them."""

FINISHES = frozenset({_S.COMPLETED, _S.DELIVERED})
"""Entering one of these is the actual finish, and completes the project."""

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


def checked_stage(track: Track, stage: Stage) -> Stage:
    """Give the stage if the track has it.

    Raises:
        Invalid: it belongs to the other track.
    """
    if stage not in STAGES[track]:
        raise Invalid.at(
            "/stage",
            Words(f"此类项目没有阶段“{stage}”。", f"This track has no stage '{stage}'."),
            code="wrong_track",
            allowed=STAGES[track],
        )
    return stage


def lawful_stages(track: Track, stage: Stage) -> tuple[Stage, ...]:
    """Give the stages a project may go to: any later one of its track, or one step back."""
    order = STAGES[track]
    at = order.index(stage)
    return (*order[max(at - 1, 0) : at], *order[at + 1 :])


def advanced(track: Track, stage: Stage, to: Stage, reason: str | None) -> Stage:
    """Give the stage after a move, forward or one step back; a step back needs a reason.

    Raises:
        Invalid: the track has no such stage, it is too far back, or the reason is missing.
    """
    lawful = lawful_stages(track, stage)
    if to not in lawful:
        raise Invalid.at(
            "/stage",
            Words(f"不能从“{stage}”进入“{to}”。", f"A project cannot go from '{stage}' to '{to}'."),
            code="unlawful_stage",
            allowed=lawful,
        )
    if is_step_back(track, stage, to) and not reason:
        raise Invalid.at(
            "/reason",
            Words("退回上一阶段须说明原因。", "A step back needs a reason."),
            code="missing",
        )
    return to


def is_step_back(track: Track, stage: Stage, to: Stage) -> bool:
    """Say whether a move goes against the order of the track."""
    return STAGES[track].index(to) < STAGES[track].index(stage)


def check_last_gate(region_code: str) -> None:
    """Refuse to admit or move out past the gates, unless as the province, whose is the last.

    Raises:
        Forbidden: the caller supervises less (GB/T 2260: a province's code ends in 0000).
    """
    if not region_code.endswith("0000"):
        raise Forbidden(
            Words(
                "出入库须逐级审核；只有省级监管单位可以直接办理。",
                "Projects pass the gates in and out (/admissions); only the province's regulator "
                "goes past them.",
            )
        )


_PRESENT = "present"
"""What a project without a side state is called where its lawful moves are listed."""

SIDE_MOVES: Mapping[tuple[SideState | None, ProjectVerb], SideState | None] = {
    (None, ProjectVerb.PAUSE): SideState.PAUSED,
    (SideState.PAUSED, ProjectVerb.RESUME): None,
    (None, ProjectVerb.TERMINATE): SideState.TERMINATED,
    (SideState.PAUSED, ProjectVerb.TERMINATE): SideState.TERMINATED,
    (None, ProjectVerb.MOVE_OUT): SideState.MOVED_OUT,
    (SideState.PAUSED, ProjectVerb.MOVE_OUT): SideState.MOVED_OUT,
}


def stood(side_state: SideState | None, verb: ProjectVerb) -> SideState | None:
    """Give the side state after a move.

    Raises:
        UnlawfulMove: the table has no such move; it names the lawful ones.
    """
    if (side_state, verb) not in SIDE_MOVES:
        raise _unlawful(side_state, verb)
    return SIDE_MOVES[side_state, verb]


def check_present(side_state: SideState | None, verb: str) -> None:
    """Refuse to move a project that stands beside its stages, even if only paused.

    Raises:
        UnlawfulMove: it does; the lawful moves are named.
    """
    if side_state is not None:
        raise _unlawful(side_state, verb)


def check_open(side_state: SideState | None, verb: str) -> None:
    """Refuse to change what has left the library; a paused project may still be corrected.

    Raises:
        UnlawfulMove: it was terminated or moved out.
    """
    if side_state in {SideState.TERMINATED, SideState.MOVED_OUT}:
        raise _unlawful(side_state, verb)


def _unlawful(side_state: SideState | None, verb: str) -> UnlawfulMove:
    lawful = [way for state, way in SIDE_MOVES if state == side_state]
    return UnlawfulMove(side_state or _PRESENT, verb, lawful)


def is_watched(stage: Stage, side_state: SideState | None) -> bool:
    """Say whether rules look at a project at all: neither paused, nor gone, nor ended (I-17)."""
    return side_state is None and stage not in _ENDED


MAX_MONTHS_BACK = 36
"""How far back reports may be owed from: more would open a flood nobody fills in."""


def checked_reports_from(period: str, this_month: str) -> str:
    """Give the first period reports are owed for, unless it lies absurdly far back.

    Raises:
        Invalid: it lies more than `MAX_MONTHS_BACK` months before this month.
    """
    if _months(this_month) - _months(period) > MAX_MONTHS_BACK:
        raise Invalid.at(
            "/reports_from",
            Words("起报月份过早。", "That is too far back to owe reports from."),
            code="too_early",
            allowed=(f"at most {MAX_MONTHS_BACK} months before {this_month}",),
        )
    return period


def _months(period: str) -> int:
    return int(period[:4]) * 12 + int(period[5:])
