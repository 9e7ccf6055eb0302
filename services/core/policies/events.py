"""What happens to policies."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from services.core.kit.events import Fact
from services.core.kit.words import Words


class PolicyDrafted(Fact):
    """A version of a policy was drafted, or its draft was changed; it does not count yet."""

    NAME: ClassVar[str] = "policy.drafted"
    TITLE: ClassVar[Words] = Words("机制参数起草", "A policy was drafted")

    policy_id: UUID
    code: str
    number: int
    change: Literal["drafted", "changed"]


class PolicyAdopted(Fact):
    """A version of a policy was adopted; from its first day on everything is judged by it."""

    NAME: ClassVar[str] = "policy.adopted"
    TITLE: ClassVar[Words] = Words("机制参数启用", "A policy was adopted")

    policy_id: UUID
    code: str
    number: int
    effective_on: date


class PolicyRetired(Fact):
    """A version of a policy no longer counts; an older adopted one may count again."""

    NAME: ClassVar[str] = "policy.retired"
    TITLE: ClassVar[Words] = Words("机制参数停用", "A policy was retired")

    policy_id: UUID
    code: str
    number: int
