"""What an endpoint is, which events it takes, and where it may be."""

import hmac
import json
from collections.abc import Mapping, Sequence
from enum import StrEnum
from urllib.parse import urlsplit

from services.core.kit.errors import Invalid
from services.core.kit.words import Words


class EndpointState(StrEnum):
    """An endpoint is verified first; then it works, is paused, or was disabled after failing."""

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"


class EndpointMode(StrEnum):
    """Messages are sent to an address, or fetched by whoever they are for."""

    PUSH = "push"
    POLL = "poll"


class Ordering(StrEnum):
    """Messages go as they can, or each only after the one before it was taken."""

    ANY = "any"
    FIFO = "fifo"


class Payload(StrEnum):
    """A message carries the event's data, or only says what to read."""

    FULL = "full"
    THIN = "thin"


class EndpointVerb(StrEnum):
    """What may be done to an endpoint."""

    PAUSE = "pause"
    RESUME = "resume"
    DISABLE = "disable"
    VERIFY = "verify"


MOVES: Mapping[tuple[EndpointState, EndpointVerb], EndpointState] = {
    (EndpointState.ACTIVE, EndpointVerb.PAUSE): EndpointState.PAUSED,
    (EndpointState.PAUSED, EndpointVerb.RESUME): EndpointState.ACTIVE,
    (EndpointState.DISABLED, EndpointVerb.RESUME): EndpointState.ACTIVE,
    (EndpointState.ACTIVE, EndpointVerb.DISABLE): EndpointState.DISABLED,
    (EndpointState.PAUSED, EndpointVerb.DISABLE): EndpointState.DISABLED,
    (EndpointState.PENDING, EndpointVerb.DISABLE): EndpointState.DISABLED,
    (EndpointState.PENDING, EndpointVerb.VERIFY): EndpointState.ACTIVE,
}


def wants(event_types: Sequence[str], name: str) -> bool:
    """Say whether a filter takes an event: by name, by `noun.*`, or by `*`."""
    noun = name.partition(".")[0]
    return any(wanted in ("*", name, f"{noun}.*") for wanted in event_types)


def checked_url(url: str, *, plain_allowed: bool) -> str:
    """Give the URL if it can be an endpoint's.

    Raises:
        Invalid: not https (http only where loopback is allowed), with userinfo, or without a host.
    """
    parts = urlsplit(url)
    schemes = ("https", "http") if plain_allowed else ("https",)
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.fragment:
        raise Invalid.at(
            "/url",
            Words(
                "须为 https 地址，且不含用户名、密码或片段。",
                "This must be an https address without user name, password or fragment.",
            ),
            code="bad_url",
            allowed=tuple(f"{scheme}://host[:port]/path" for scheme in schemes),
        )
    return url


def thinned(body: bytes) -> bytes:
    """Give an event's body without its data: what happened to what, and where to read it."""
    whole = json.loads(body)
    whole.pop("data", None)
    return json.dumps(whole, ensure_ascii=False, separators=(",", ":")).encode()


def answers(challenge: str, answer_text: str) -> bool:
    """Say whether a receiver's answer gives the challenge back."""
    return hmac.compare_digest(answer_text.strip().encode(), challenge.encode())
