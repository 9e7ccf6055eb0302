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
    OWED,
    ApiVersion,
    EndpointMode,
    EndpointState,
    EndpointVerb,
    Ordering,
    Payload,
    answers,
    checked_labels,
    checked_mode,
    checked_url,
    is_about,
    thinned,
    wants,
)
from services.core.webhooks.rules.headers import merged_headers, must_differ
from services.core.webhooks.rules.replays import (
    REPLAY_MOVES,
    AttemptOutcome,
    ReplayMode,
    ReplayState,
    ReplayVerb,
    owes_again,
)
from services.core.webhooks.rules.signing import signature

__all__ = (
    "MOVES",
    "OWED",
    "REPLAY_MOVES",
    "ApiVersion",
    "AttemptOutcome",
    "DeliveryKind",
    "DeliveryState",
    "EndpointMode",
    "EndpointState",
    "EndpointVerb",
    "Ordering",
    "Payload",
    "ReplayMode",
    "ReplayState",
    "ReplayVerb",
    "answers",
    "bounded_wait",
    "checked_labels",
    "checked_mode",
    "checked_url",
    "is_about",
    "may_reach",
    "merged_headers",
    "must_differ",
    "next_try",
    "owes_again",
    "signature",
    "thinned",
    "wants",
)
