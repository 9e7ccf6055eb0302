"""Every room has a card, and what the card says is there."""

import ast
import re

import pytest

from services.worker import queues
from tests.house.sources import CORE, ROOT, ROUTES, TASKS, named, parsed, rooms

_PATH = re.compile(r"`([\w/.]+\.py)`")

NO_ROOM = {"terms": "labels of every room's codes", "events": "the facts of every room"}
"""Route files that serve the whole house instead of one noun, each with its reason."""


def routes() -> list[str]:
    return sorted(
        path.stem for path in ROUTES.glob("*.py") if path.stem not in ("__init__", *NO_ROOM)
    )


@pytest.mark.parametrize("room", rooms())
def test_a_room_has_a_card_and_nothing_else_in_its_init(room: str) -> None:
    init = CORE / room / "__init__.py"
    assert init.exists(), f"{room} has no card"
    tree = parsed(init)
    card = ast.get_docstring(tree)
    assert card, f"{room}'s card is empty"
    assert len(tree.body) == 1, f"{named(init)} holds more than its card"
    assert card.lower().startswith(f"{room}:"), "a card begins with the room's name"
    assert re.search(r"\bLife( of [\w ]+)?:", card), "a card tells the life of its noun"
    assert "Doors:" in card, "a card names its doors"


@pytest.mark.parametrize("room", rooms())
def test_every_file_a_card_names_exists(room: str) -> None:
    card = ast.get_docstring(parsed(CORE / room / "__init__.py")) or ""
    named_on_it = _PATH.findall(card)
    missing = [
        name for name in named_on_it if not any((at / name).exists() for at in (ROOT, CORE / room))
    ]
    assert missing == []


@pytest.mark.parametrize("room", routes())
def test_every_route_file_has_a_room_whose_card_names_it(room: str) -> None:
    assert room in rooms()
    card = ast.get_docstring(parsed(CORE / room / "__init__.py")) or ""
    assert f"`{named(ROUTES / room)}.py`" in card


def test_there_is_one_file_of_tasks_for_each_queue() -> None:
    assert {path.stem for path in TASKS.glob("*.py")} == {"__init__", *queues.ALL}
