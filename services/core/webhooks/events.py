"""What happens to webhooks themselves."""

from typing import ClassVar
from uuid import UUID

from services.core.kit.events import Fact
from services.core.kit.words import Words


class WebhookDisabled(Fact):
    """An endpoint answered 410, or failed for so long that it was switched off."""

    NAME: ClassVar[str] = "webhook.disabled"
    TITLE: ClassVar[Words] = Words("回调已停用", "A webhook was disabled")

    endpoint_id: UUID
    reason: str


class WebhookChanged(Fact):
    """An integrator registered, changed, paused, resumed or retired an endpoint."""

    NAME: ClassVar[str] = "webhook.changed"
    TITLE: ClassVar[Words] = Words("回调变更", "A webhook changed")

    endpoint_id: UUID
    state: str


class WebhookVerified(Fact):
    """An endpoint gave its challenge back: what is owed to it is sent from now on."""

    NAME: ClassVar[str] = "webhook.verified"
    TITLE: ClassVar[Words] = Words("回调已验证", "A webhook was verified")

    endpoint_id: UUID
