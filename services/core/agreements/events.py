"""What happens to agreements."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from services.core.agreements.rules import AgreementState
from services.core.kit.events import Fact
from services.core.kit.words import Words


class _AboutAgreement(Fact):
    """What every fact of this room says first."""

    agreement_id: UUID
    agreement_code: str
    state: AgreementState


class AgreementRecorded(_AboutAgreement):
    """An agreement was entered, or what is recorded of it changed."""

    NAME: ClassVar[str] = "agreement.recorded"
    TITLE: ClassVar[Words] = Words("框架协议登记", "An agreement was recorded")


class AgreementSigned(_AboutAgreement):
    """An agreement was signed."""

    NAME: ClassVar[str] = "agreement.signed"
    TITLE: ClassVar[Words] = Words("框架协议签订", "An agreement was signed")

    signed_on: date


class AgreementConverted(_AboutAgreement):
    """A project came out of an agreement."""

    NAME: ClassVar[str] = "agreement.converted"
    TITLE: ClassVar[Words] = Words("框架协议转化为项目", "An agreement led to a project")

    project_id: UUID


class AgreementClosed(_AboutAgreement):
    """An agreement was fulfilled, has expired, or was given up."""

    NAME: ClassVar[str] = "agreement.closed"
    TITLE: ClassVar[Words] = Words("框架协议结束", "An agreement ended")

    reason: str | None


class BatchRecorded(Fact):
    """Agreements signed on one occasion were recorded as they were announced."""

    NAME: ClassVar[str] = "agreement_batch.recorded"
    TITLE: ClassVar[Words] = Words("框架协议批次登记", "A batch of agreements was recorded")

    batch_id: UUID
    batch_code: str
    agreement_count: int
