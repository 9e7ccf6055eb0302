"""What the tools for integrators are made of: a plan of a day, a stream's blocks, a secret."""

import random
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook

from services.standalone import hooks, outside, recording
from services.standalone.recording import Mischief, Sending
from services.standalone.trouble import Trouble
from tests.standalone.runs import REPOSITORY, tuanzu

DAY = recording.read(REPOSITORY / "examples" / "receivers" / "day.jsonl")


def planned(seed: int, *, speed: float = 60, **mischief: float) -> list[Sending]:
    chance = random.Random(seed)  # noqa: S311 repeatable on purpose
    return recording.plan(DAY, speed=speed, mischief=Mischief(**mischief), chance=chance)


def test_a_plain_day_is_sent_once_in_order_with_its_own_spacing() -> None:
    plan = planned(1)
    assert [sending.event for sending in plan] == DAY
    assert plan[0].at == 0
    assert plan[3].at == pytest.approx(140 * 60 / 60), "9:00 to 11:20, a second for a minute"
    assert planned(1, speed=3600)[-1].at == pytest.approx(plan[-1].at / 60)


def test_the_same_seed_does_the_same_mischief() -> None:
    assert planned(3, duplicates=0.5, failures=0.5) == planned(3, duplicates=0.5, failures=0.5)
    assert planned(3, duplicates=0.5, failures=0.5) != planned(4, duplicates=0.5, failures=0.5)


@pytest.mark.parametrize("seed", range(50))
def test_whatever_goes_wrong_every_event_arrives_and_time_goes_forward(seed: int) -> None:
    plan = planned(seed, duplicates=0.5, failures=0.9)
    assert {sending.event.id for sending in plan if not sending.is_lost} == {
        event.id for event in DAY
    }
    assert all(one.at <= other.at for one, other in pairwise(plan))
    assert max(Counter(sending.event.id for sending in plan).values()) <= 3


def test_some_arrive_behind_later_ones_for_the_first_time() -> None:
    arrived = [sending.event.seq for sending in planned(5, failures=1) if not sending.is_lost]
    first = list(dict.fromkeys(arrived))
    assert first != sorted(first)


def test_a_block_ends_at_line_feeds_alone_wherever_the_pieces_are_cut() -> None:
    said = 'retry: 2000\n\nid: 7\ndata: {"a":"一\u2028二\u0085 ev: x"}\n\nevent: end\n\n'.encode()
    whole = list(outside.blocks(iter([said])))
    assert whole[1] == {b"id": b"7", b"data": '{"a":"一\u2028二\u0085 ev: x"}'.encode()}
    assert list(outside.blocks(iter(bytes([one]) for one in said))) == whole
    assert len(whole) == 3


def test_a_secret_is_made_once_and_is_its_owners_alone(tmp_path: Path) -> None:
    place = tmp_path / "secret"
    made = hooks.key(place)
    assert hooks.key(place) == made
    assert place.stat().st_mode & 0o077 == 0
    assert len(made) == 32
    Webhook(place.read_text().strip())


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_c2hvcnQ=", "whsec_*", "A" * 44])
def test_a_secret_that_is_none_is_refused(tmp_path: Path, text: str) -> None:
    place = tmp_path / "secret"
    place.write_text(text)
    with pytest.raises(Trouble, match="whsec_ and base64 of at least 24 bytes"):
        hooks.key(place)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("listen", "--forward", "http://127.0.0.1:1/"), "There is no token; set TUANZU_TOKEN"),
        (("simulate", "play", "none.jsonl", "--to", "http://127.0.0.1:1/"), "cannot be read"),
        (("simulate", "play", "pyproject.toml", "--to", "http://x/"), "This is no event"),
        (("simulate", "play", "examples/receivers/day.jsonl", "--to", "here"), "is no address"),
    ],
)
def test_what_is_wrong_is_said_in_one_sentence(
    tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    done = tuanzu(tmp_path, *words)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
