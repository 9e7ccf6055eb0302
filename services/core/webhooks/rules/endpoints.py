"""What an endpoint is, which events it takes, where it may be, and how it says who it is."""

import hmac
import json
from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from urllib.parse import urlsplit
from uuid import UUID

from services.core.kit.errors import Invalid
from services.core.kit.words import Words
from services.core.webhooks.rules.addresses import may_use

MOST_LABELS = 20


class EndpointState(StrEnum):
    """An endpoint is verified first; then it works, is paused, or was disabled after failing.

    A retired one is over for good: its secrets are gone, its log is kept.
    """

    PENDING = "pending"
    ACTIVE = "active"
    PAUSED = "paused"
    DISABLED = "disabled"
    RETIRED = "retired"


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


class ApiVersion(StrEnum):
    """The version of the events an endpoint gets, whatever comes after it."""

    V1 = "v1"


class EndpointVerb(StrEnum):
    """What may be done to an endpoint."""

    PAUSE = "pause"
    RESUME = "resume"
    DISABLE = "disable"
    ASK = "ask"
    VERIFY = "verify"
    RETIRE = "retire"


MOVES: Mapping[tuple[EndpointState, EndpointVerb], EndpointState] = {
    (EndpointState.ACTIVE, EndpointVerb.PAUSE): EndpointState.PAUSED,
    (EndpointState.PAUSED, EndpointVerb.RESUME): EndpointState.ACTIVE,
    (EndpointState.DISABLED, EndpointVerb.RESUME): EndpointState.ACTIVE,
    (EndpointState.ACTIVE, EndpointVerb.DISABLE): EndpointState.DISABLED,
    (EndpointState.PAUSED, EndpointVerb.DISABLE): EndpointState.DISABLED,
    (EndpointState.PENDING, EndpointVerb.DISABLE): EndpointState.DISABLED,
    (EndpointState.PENDING, EndpointVerb.VERIFY): EndpointState.ACTIVE,
    (EndpointState.PENDING, EndpointVerb.ASK): EndpointState.PENDING,
    (EndpointState.ACTIVE, EndpointVerb.ASK): EndpointState.PENDING,
    (EndpointState.PAUSED, EndpointVerb.ASK): EndpointState.PENDING,
    (EndpointState.DISABLED, EndpointVerb.ASK): EndpointState.PENDING,
    (EndpointState.PENDING, EndpointVerb.RETIRE): EndpointState.RETIRED,
    (EndpointState.ACTIVE, EndpointVerb.RETIRE): EndpointState.RETIRED,
    (EndpointState.PAUSED, EndpointVerb.RETIRE): EndpointState.RETIRED,
    (EndpointState.DISABLED, EndpointVerb.RETIRE): EndpointState.RETIRED,
}
OWED = (EndpointState.PENDING, EndpointState.ACTIVE, EndpointState.PAUSED)
"""States in which what happens is owed to an endpoint; it may have to wait."""


def wants(event_types: Sequence[str], name: str) -> bool:
    """Say whether a filter takes an event: by name, by `noun.*`, or by `*`."""
    noun = name.partition(".")[0]
    return any(wanted in ("*", name, f"{noun}.*") for wanted in event_types)


def is_about(wanted: Collection[UUID], record_id: UUID, project_id: object) -> bool:
    """Say whether a fact is about one of these records: itself, or the project it is a part of."""
    return not wanted or record_id in wanted or str(project_id) in map(str, wanted)


_DATA = b',"data":'
"""Where the data of a message begins. It is the last member, and no text can hold these bytes:
within a text its quotes would be escaped."""


def thinned(body: bytes) -> bytes:
    """Leave the data out of a message: what is left says what happened, to what and when."""
    head, found, _ = body.partition(_DATA)
    return head + b"}" if found else body


def answers(challenge: str, answer: str) -> bool:
    """Say whether an answer gives the challenge back, as it is or as `{"challenge": …}`."""
    said: object = answer.strip()
    if answer.lstrip().startswith("{"):
        try:
            said = json.loads(answer).get("challenge")
        except ValueError:
            return False
    return isinstance(said, str) and hmac.compare_digest(said.encode(), challenge.encode())


def checked_labels(labels: Mapping[str, str]) -> Mapping[str, str]:
    """Give the labels of an endpoint if they are not too many.

    Raises:
        Invalid: they are.
    """
    if len(labels) > MOST_LABELS:
        words = Words(f"最多 {MOST_LABELS} 个。", f"There can be {MOST_LABELS} at most.")
        raise Invalid.at("/labels", words, code="too_many")
    return labels


def checked_mode(mode: EndpointMode, url: str | None, *, plain_allowed: bool) -> None:
    """Refuse an address where none is called, and none where one is.

    Raises:
        Invalid: it is missing, not wanted, or not an address an endpoint can have.
    """
    if mode == EndpointMode.PUSH:
        checked_url(url or "", plain_allowed=plain_allowed)
    elif url is not None:
        words = Words("拉取方式没有地址。", "An endpoint that is polled has no address.")
        raise Invalid.at("/url", words, code="polled")


def checked_url(url: str, *, plain_allowed: bool) -> str:
    """Give the URL if it can be an endpoint's.

    Raises:
        Invalid: not https (http only where loopback is allowed), with userinfo, without a host, or
        at a port of another trade.
    """
    schemes = ("https", "http") if plain_allowed else ("https",)
    if not _is_address(url, schemes):
        raise Invalid.at(
            "/url",
            Words(
                "须为 https 地址，不含用户名、密码或片段，端口不属于其他服务。",
                "This must be an https address without user name, password or fragment, at a port "
                "that is not another service's.",
            ),
            code="bad_url",
            allowed=tuple(f"{scheme}://host:port/path" for scheme in schemes),
        )
    return url


def _is_address(url: str, schemes: Collection[str]) -> bool:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    is_whole = parts.scheme in schemes and bool(parts.hostname)
    return is_whole and not (parts.username or parts.fragment) and (port is None or may_use(port))
