"""What happens to promises."""

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from services.core.guarantees.rules import GuaranteeKind, GuaranteeState
from services.core.kit.events import Fact
from services.core.kit.words import Words


class _AboutGuarantee(Fact):
    """What every fact of this room says first."""

    guarantee_id: UUID
    project_id: UUID
    project_code: str
    guarantee_kind: GuaranteeKind
    promiser_organisation_id: UUID
    state: GuaranteeState
    original_due_on: date


class GuaranteePromised(_AboutGuarantee):
    """A resource was promised to a project."""

    NAME: ClassVar[str] = "guarantee.promised"
    TITLE: ClassVar[Words] = Words("要素保障承诺", "A resource was promised")

    promised_amount: Decimal | None
    unit: str | None


class GuaranteeChanged(_AboutGuarantee):
    """What is recorded of a promise changed; what was promised never does."""

    NAME: ClassVar[str] = "guarantee.changed"
    TITLE: ClassVar[Words] = Words("要素保障变更", "A promise was changed")

    fields: tuple[str, ...]


class GuaranteeReported(_AboutGuarantee):
    """Somebody says that something promised has come, in part or whole."""

    NAME: ClassVar[str] = "guarantee.reported"
    TITLE: ClassVar[Words] = Words("要素到位报告", "A delivery was reported")

    delivered_amount: Decimal | None
    unit: str | None
    delivered_on: date
    is_whole: bool


class GuaranteeReturned(_AboutGuarantee):
    """A reported delivery was not found to be one."""

    NAME: ClassVar[str] = "guarantee.returned"
    TITLE: ClassVar[Words] = Words("要素到位退回", "A reported delivery was returned")

    reason: str


class GuaranteeDelivered(_AboutGuarantee):
    """A second person confirmed that what was promised has come."""

    NAME: ClassVar[str] = "guarantee.delivered"
    TITLE: ClassVar[Words] = Words("要素保障到位", "A promise was kept")

    delivered_on: date
    days_late: int


class GuaranteeWithdrawn(_AboutGuarantee):
    """A promise is no longer owed."""

    NAME: ClassVar[str] = "guarantee.withdrawn"
    TITLE: ClassVar[Words] = Words("要素保障撤销", "A promise was withdrawn")

    reason: str
