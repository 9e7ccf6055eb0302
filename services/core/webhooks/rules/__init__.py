"""Which events an endpoint takes, where it may be, how attempts are signed and made again."""

from services.core.webhooks.rules.addresses import may_reach, may_use
from services.core.webhooks.rules.deliveries import (
    Breaker,
    DeliveryKind,
    DeliveryState,
    Health,
    after_failure,
    bounded_wait,
    next_try,
    quieter,
    retry_after,
    within_rate,
)
from services.core.webhooks.rules.endpoints import (
    MOVES,
    EndpointMode,
    EndpointState,
    EndpointVerb,
    Ordering,
    Payload,
    answers,
    checked_url,
    thinned,
    wants,
)
from services.core.webhooks.rules.replays import ReplayMode, ReplayState
from services.core.webhooks.rules.signing import public_signature, signature

__all__ = (
    "MOVES",
    "Breaker",
    "DeliveryKind",
    "DeliveryState",
    "EndpointMode",
    "EndpointState",
    "EndpointVerb",
    "Health",
    "Ordering",
    "Payload",
    "ReplayMode",
    "ReplayState",
    "after_failure",
    "answers",
    "bounded_wait",
    "checked_url",
    "may_reach",
    "may_use",
    "next_try",
    "public_signature",
    "quieter",
    "retry_after",
    "signature",
    "thinned",
    "wants",
    "within_rate",
)
