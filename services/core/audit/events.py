"""Facts of the audit."""

from typing import ClassVar

from pydantic import Field

from services.core.kit.events import Fact
from services.core.kit.words import Words


class AuditAnchored(Fact):
    """The head of the audit chain, once a day: whoever keeps it can prove what came before it.

    Give it to `tuanzu audit verify --anchor SEQ:HASH`; a chain that was cut or rewritten below
    that number does not pass.
    """

    NAME: ClassVar[str] = "audit.anchored"
    TITLE: ClassVar[Words] = Words("审计链已锚定", "The audit chain was anchored")

    seq: int = Field(ge=1, description="Number of the newest sealed line.")
    hash: str = Field(
        pattern="^[0-9a-f]{64}$", description="Its seal, which binds every line before it."
    )
