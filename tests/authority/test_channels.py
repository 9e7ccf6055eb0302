"""Whatever is read on from (facts, copies, the phone's home, audit, histories), and batches."""

from collections.abc import Iterator
from typing import Any

import pytest

from services.api.batch.collections import Operation
from services.api.main import BATCHES
from services.api.relations import SEES, Kind
from services.core.access.rules import Role
from services.core.kit import ledger
from services.core.kit.events import Actor as By
from services.core.kit.events import Subject
from services.core.regions.events import RegionChanged
from services.worker.stamp import stamp
from tests.authority.requests import BODIES, PUBLIC, filled
from tests.authority.scene import NOW, Actor
from tests.authority.test_matrix import OPERATIONS, Door, door, without_the_second_wall

__all__ = ("door", "without_the_second_wall")
HISTORIES = sorted(name for name in OPERATIONS if name.endswith("History"))
_PATHS = {
    "events": ("/events?limit=200",),
    "sync": ("/sync",),
    "home": ("/home",),
    "audit": ("/audit?limit=200",),
}
CHANNELS = (*_PATHS, "history")


def some(world: Any) -> Iterator[Actor]:
    """Give one person of each unit, every regulator and every administrator."""
    for actor in world.actors:
        if actor.is_office or actor.role in ("convener", "integrator") or len(actor.home) > 1:
            yield actor


def hidden(world: Any, actor: Actor) -> dict[str, str]:
    """Give the ids that nothing may tell this person, with what they are.

    Not those of notifications: a reminder shows whoever sees it which message told whom. And a
    project shows whoever sees it the name of its group.
    """
    sees = {**SEES, Kind.GROUP: SEES[Kind.GROUP] | SEES[Kind.PROJECT]}
    return {
        str(place.of(kind)): f"{kind} of {place.group.code}"
        for place, stands in ((world.home, actor.home), (world.away, actor.abroad))
        for kind in Kind
        if kind not in (Kind.UNIT, Kind.MESSAGE) and not stands & sees[kind]
    }


def tell(world: Any) -> None:
    """Let something happen to a record of each place, and be numbered."""
    for place in (world.home, world.away):
        for kind in (Kind.GROUP, Kind.PROJECT, Kind.MEETING):
            ledger.record(
                world.session,
                RegionChanged(region_code=place.ids["region_code"], change="changed"),
                about=Subject(kind, place.of(kind), group_id=place.group.id),
                by=By.part("test"),
                now=NOW,
                changes={"record_id": [None, str(place.of(kind))]},
            )
    stamp(world.session, 100)
    world.session.commit()


def read(door: Door, actor: Actor, channel: str) -> str:
    """Give all that somebody is answered there, as text."""
    said: list[str] = []
    waiting = list(_PATHS.get(channel, ()))
    if channel == "history":
        waiting = [
            OPERATIONS[name][1].removeprefix("/api/v1").format(**place.ids)
            for place in (door.world.home, door.world.away)
            for name in HISTORIES
        ]
    while waiting:
        answer = door.client.get(f"/api/v1{waiting.pop()}", headers=actor.headers)
        assert answer.status_code in (200, 403, 404), answer.text
        if answer.status_code == 200:
            said.append(answer.text)
            if answer.json().get("has_more"):
                waiting.append(f"/sync?cursor={answer.json()['next_cursor']}")
    return "\n".join(said)


@pytest.mark.parametrize("channel", CHANNELS)
def test_nothing_that_is_read_on_from_names_what_is_out_of_sight(door: Door, channel: str) -> None:
    tell(door.world)
    is_told = False
    for actor in some(door.world):
        if channel == "audit" and actor.role == Role.AUDIT_ADMIN:
            continue  # sees that everything happened, by law
        text = read(door, actor, channel)
        found = [what for each, what in hidden(door.world, actor).items() if each in text]
        assert found == [], (actor.name, channel)
        is_told |= str(door.world.home.of(Kind.PROJECT)) in text
    assert is_told, "a channel that tells nobody anything shows nothing either"


@pytest.mark.usefixtures("without_the_second_wall")
@pytest.mark.parametrize("channel", CHANNELS)
def test_nor_do_the_conditions_alone(door: Door, channel: str) -> None:
    test_nothing_that_is_read_on_from_names_what_is_out_of_sight(door, channel)


def items() -> Iterator[tuple[str, str, Operation]]:
    """Give what a batch can do to a record that is there already, and is not everybody's."""
    for path, collection in BATCHES.items():
        for name, operation in collection.operations.items():
            if operation.id_parameter and operation.id_parameter not in PUBLIC:
                yield path, name, operation


@pytest.mark.parametrize(("path", "op", "operation"), list(items()))
def test_an_item_of_a_batch_is_refused_as_the_single_route_refuses(
    door: Door, path: str, op: str, operation: Operation
) -> None:
    first, *rest = operation.route.__name__.split("_")
    single = first + "".join(word.capitalize() for word in rest)
    home, away = door.world.home.ids, door.world.away.ids
    assert operation.id_parameter
    for who in ("chair-convener", "unit-observer", "sasac-jn-regulator"):
        actor = door.world.by_name[who]
        for record in (home, away):
            ids = home | {operation.id_parameter: record[operation.id_parameter]}
            status, said = door.ask(actor, single, ids)
            if status not in (403, 404):
                continue
            item = {"op": op, "id": str(ids[operation.id_parameter]), "if_match": '"1-x"'}
            body = filled(BODIES.get(single), ids)
            answer = door.client.post(
                f"/api/v1{path.format(**home)}/batch",
                headers=actor.headers,
                json={"items": [item if body is None else item | {"body": body}]},
            )
            (undone,) = answer.json()["items"]
            assert (undone["status"], undone["problem"]["code"]) == (status, said["code"]), who
