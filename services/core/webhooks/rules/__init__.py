"""Which events an endpoint takes, where it may be, how attempts are signed and made again."""

from services.core.webhooks.rules.addresses import may_reach
from services.core.webhooks.rules.deliveries import (
    DeliveryKind,
    DeliveryState,
    bounded_wait,
    next_try,
)
from services.core.webhooks.rules.endpoints import (
    MOVES,
    EndpointMode,
    EndpointState,
    EndpointVerb,
    Ordering,
    Payload,
    checked_url,
    wants,
)
from services.core.webhooks.rules.replays import ReplayMode, ReplayState
from services.core.webhooks.rules.signing import signature

__all__ = (
    "MOVES",
    "DeliveryKind",
    "DeliveryState",
    "EndpointMode",
    "EndpointState",
    "EndpointVerb",
    "Ordering",
    "Payload",
    "ReplayMode",
    "ReplayState",
    "bounded_wait",
    "checked_url",
    "may_reach",
    "next_try",
    "signature",
    "wants",
)
