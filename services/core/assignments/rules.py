"""In which order policies go before each other, and how that is told."""

from dataclasses import dataclass

from services.core.kit.words import Words
from services.core.projects.rules import LibraryClass

_CLASSES = {
    LibraryClass.PLANNING: Words("规划类", "planning"),
    LibraryClass.PREPARATORY: Words("前期类", "preparatory"),
    LibraryClass.IMPLEMENTATION: Words("实施类", "implementation"),
}


@dataclass(frozen=True, slots=True)
class Choices:
    """What has been chosen for one project; None: nothing. The first of them counts."""

    of_class: str | None
    """The name of the nearest place that chose a policy for the project's class."""
    library_class: LibraryClass
    is_groups: bool
    """Its group uses another policy than the default."""
    of_place: str | None
    """The name of the nearest place that chose a policy for all its projects."""


def why(choices: Choices) -> Words:
    """Say whose choice a project's policy is, the most specific first."""
    if choices.of_class is not None:
        name = _CLASSES[choices.library_class]
        return Words(
            f"{choices.of_class}为{name.zh}项目指定的策略。",
            f"{choices.of_class} chose it for {name.en} projects.",
        )
    if choices.is_groups:
        return Words("项目所在团组采用的策略。", "It is what the project's group uses.")
    if choices.of_place is not None:
        return Words(
            f"{choices.of_place}指定的策略。", f"{choices.of_place} chose it for its projects."
        )
    return Words("未作指定，采用默认策略。", "Nobody chose another: the default policy counts.")
