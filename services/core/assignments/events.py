"""What happens to assignments."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from services.core.kit.events import Fact
from services.core.kit.words import Words
from services.core.projects.rules import LibraryClass


class _AboutAssignment(Fact):
    """What every fact about an assignment says."""

    assignment_id: UUID
    code: str
    region_code: str
    library_class: LibraryClass | None


class PolicyAssigned(_AboutAssignment):
    """A place chose a policy, for all its projects or one class of them."""

    NAME: ClassVar[str] = "policy.assigned"
    TITLE: ClassVar[Words] = Words("机制参数指定适用", "A policy was assigned")

    effective_on: date


class PolicyAssignmentEnded(_AboutAssignment):
    """What a place chose no longer counts."""

    NAME: ClassVar[str] = "policy.assignment_ended"
    TITLE: ClassVar[Words] = Words("机制参数指定终止", "An assignment of a policy ended")
