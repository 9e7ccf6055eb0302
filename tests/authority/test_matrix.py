"""Every role in every relation against every operation, compared with the table of authority."""

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.api.authority import RULES, rule_of
from services.api.main import create_app
from services.api.relations import SEES, Kind, Open, Relation
from services.core.access.rules import PERMISSIONS, Role
from services.core.kit.settings import settings
from tests.access.test_wall import FENCED
from tests.authority.requests import (
    BODIES,
    HIDDEN,
    LISTED,
    LISTS,
    QUERIES,
    body_of,
    filled,
    is_public,
    unknown,
)
from tests.authority.scene import NOW, Actor, World

REFUSED = (401, 403, 404)
DOCUMENT = create_app().openapi()
settings.cache_clear()  # what the document was made with is not what the tests run with
OPERATIONS = {
    operation["operationId"]: (method, path, operation)
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
}
BY_ROOM: dict[str, list[str]] = {}
for _name, (_, _, _operation) in OPERATIONS.items():
    BY_ROOM.setdefault(_operation["tags"][0], []).append(_name)


class Door:
    """Sends a request as somebody, and undoes whatever it did."""

    def __init__(self, client: TestClient, connection: Connection, world: World) -> None:
        self.client, self.connection, self.world = client, connection, world

    def ask(
        self,
        who: Actor | None,
        name: str,
        ids: dict[str, Any],
        *,
        body: Any = None,
        query: str = "",
    ) -> tuple[int, dict[str, Any]]:
        """Give status and body; what differs from one request to the next is left out."""
        method, path, _ = OPERATIONS[name]
        headers = {"If-Match": '"1-x"', **(who.headers if who else {"Accept-Language": "en"})}
        given = filled(body_of(name) if body is None else body, ids)
        undone = self.connection.begin_nested()
        answer = self.client.request(
            method.upper(),
            path.format(**ids) + (query or QUERIES.get(name, "")),
            headers=headers,
            json=given,
        )
        undone.rollback()
        is_json = "json" in answer.headers.get("content-type", "")
        said = answer.json() if is_json else {}
        if isinstance(said, dict):
            said.pop("trace_id", None)
        return answer.status_code, said


@pytest.fixture
def door(
    connection: Connection,
    session: Session,
    client: TestClient,
    set_clock: Callable[[datetime], None],
) -> Door:
    set_clock(NOW)
    return Door(client, connection, World(session))


def expected(name: str, role: str, stands: frozenset[Relation]) -> str:
    """Say what a cell of the matrix is: nothing but the table of authority."""
    rule = rule_of(name)
    holds = isinstance(rule.needs, Open) or rule.needs in PERMISSIONS[Role(role)]
    if rule.about and not stands & SEES[rule.about]:
        return "unseen" if holds else "unseen and not held"
    if not holds or (rule.acts is not None and not stands & rule.acts):
        return "forbidden"
    return "allowed"


def askers(world: World, name: str) -> list[Actor]:
    """Give whom to try: every role where it could do most, in each other relation three of them.

    Those three are two that hold the permission, if any is needed, and one that holds none at all.
    """
    some = {*(rule_of(name).roles() or ["reporter", "convener"])[:2], "observer"}
    return [
        actor
        for actor in world.actors
        if actor.is_office or actor.home & _MOST or actor.role in some
    ]


_MOST = frozenset({Relation.OWN, Relation.CONVENER})


def test_every_operation_is_named_in_the_table_and_no_other() -> None:
    assert RULES.keys() <= OPERATIONS.keys()
    made = OPERATIONS.keys() - RULES.keys()
    assert {name for name in made if not name.startswith("batch")} == {
        name for name in made if name.endswith("History")
    }
    for name in made:
        assert rule_of(name).needs is not None
    with pytest.raises(KeyError):
        rule_of("getSomethingNew")


def test_every_operation_that_takes_a_body_has_one_to_be_tried_with() -> None:
    asking = {name for name, (_, _, op) in OPERATIONS.items() if "requestBody" in op}
    batches = {name for name in asking if name.startswith("batch")}
    without = {"submitProgressReport", "putEvidencePart"}  # it may lack one; its body is no JSON
    assert asking - batches - without == BODIES.keys()


@pytest.mark.timeout(900)  # access alone checks passwords for minutes
@pytest.mark.parametrize("room", sorted(BY_ROOM))
def test_every_cell_of_the_matrix_is_as_the_table_says(door: Door, room: str) -> None:
    wrong: list[tuple[object, ...]] = []
    nowhere = unknown(door.world.home)
    for name in BY_ROOM[room]:
        anonymous = door.ask(None, name, door.world.home.ids)
        if is_public(name):
            assert anonymous[0] < 500, name
            continue  # it looks at no token
        if anonymous[0] != 401:
            wrong.append((name, "anonymous", "let in"))
        for actor in askers(door.world, name):
            cell = expected(name, actor.role, actor.home)
            status, said = door.ask(actor, name, door.world.home.ids)
            fits = {
                "allowed": status not in REFUSED and status < 500,
                "forbidden": status == 403,
                "unseen": status in (404, 422),
                "unseen and not held": status in (403, 404, 422),
            }[cell]
            if fits and cell == "unseen":
                fits = (status, said) == door.ask(actor, name, nowhere)
            if name == "signOut":
                fits = status == 404  # these are tokens of no session
            if not fits:
                wrong.append((name, actor.name, cell, status, said.get("detail")))
    assert wrong == []


@pytest.fixture
def without_the_second_wall(door: Door) -> None:
    """Take row-level security away, so that only the conditions of the queries are left."""
    for name in FENCED:
        door.connection.execute(text(f"ALTER TABLE {name} DISABLE ROW LEVEL SECURITY"))


@pytest.mark.usefixtures("without_the_second_wall")
def test_the_conditions_alone_hide_what_is_out_of_sight(door: Door) -> None:
    wrong = []
    for name, (method, _, _) in OPERATIONS.items():
        for actor in askers(door.world, name) if method in ("get", "patch", "delete") else []:
            if actor.role != "observer" and expected(name, actor.role, actor.home) == "unseen":
                status, _ = door.ask(actor, name, door.world.home.ids)
                if status != 404:
                    wrong.append((name, actor.name, status))
    assert wrong == []


@pytest.mark.usefixtures("without_the_second_wall")
@pytest.mark.parametrize("name", sorted(LISTS))
def test_the_conditions_alone_keep_a_list_to_what_its_reader_sees(door: Door, name: str) -> None:
    test_a_list_holds_what_its_reader_sees_and_nothing_else(door, name)


@pytest.mark.parametrize("name", sorted(LISTS))
def test_a_list_holds_what_its_reader_sees_and_nothing_else(door: Door, name: str) -> None:
    kind, key = LISTED[name], LISTS[name]
    for actor in door.world.actors:
        seen = {
            str(place.ids[key])
            for place, stands in (
                (door.world.home, actor.home),
                (door.world.away, actor.abroad),
            )
            if stands & SEES[kind]
        }
        for query in ("?include=total&limit=200", "?include=total&limit=200&fields=id"):
            status, page = door.ask(actor, name, {}, query=query)
            found = {item["id"] for item in page["items"]}
            assert (actor.name, status, found, page["total"]) == (actor.name, 200, seen, len(seen))


def _filters() -> Iterator[tuple[str, str]]:
    for name, (_, _, operation) in OPERATIONS.items():
        for parameter in operation["parameters"]:
            if parameter["in"] == "query" and parameter["name"] in HIDDEN:
                yield name, parameter["name"]


def _fields() -> Iterator[tuple[str, str]]:
    for name, (_, _, operation) in OPERATIONS.items():
        for content in operation.get("requestBody", {}).get("content", {}).values():
            reference = content["schema"].get("$ref", "").rpartition("/")[2]
            properties = DOCUMENT["components"]["schemas"].get(reference, {}).get("properties", {})
            yield from ((name, field) for field in properties if field in HIDDEN)


@pytest.mark.parametrize(("name", "field"), list(_filters()))
def test_a_filter_tells_nothing_of_a_record_out_of_sight(door: Door, name: str, field: str) -> None:
    foreign = door.world.away.ids[HIDDEN[field]]
    for who in ("chair-convener", "unit-reporter", "sasac-jn-regulator", "helper-observer"):
        actor = door.world.by_name[who]
        answers = [
            door.ask(actor, name, {}, query=f"?include=total&{field}={one}")
            for one in (foreign, uuid4())
        ]
        assert answers[0] == answers[1], who


@pytest.mark.parametrize(("name", "field"), list(_fields()))
def test_a_field_that_names_a_record_out_of_sight_is_as_one_that_names_none(
    door: Door, name: str, field: str
) -> None:
    home, foreign = door.world.home, door.world.away.ids[HIDDEN[field]]
    for who in ("chair-convener", "unit-reviewer", "sasac-jn-regulator"):
        actor = door.world.by_name[who]
        answers = [
            door.ask(actor, name, home.ids, body=BODIES[name] | {field: str(one)})
            for one in (foreign, uuid4())
        ]
        assert answers[0] == answers[1], who
        assert answers[0][0] in (403, 404, 422), who


def test_an_operation_about_a_part_asks_for_its_whole(door: Door) -> None:
    """A part of Taishun's under a whole of Jingning's is not there."""
    chair = door.world.by_name["chair-convener"]
    for name, part in (
        ("getConvenerDuty", "duty_id"),
        ("endConvenerDuty", "duty_id"),
        ("endGroupMember", "member_id"),
        ("getOfficer", "officer_id"),
    ):
        ids = door.world.home.ids | {part: door.world.away.ids[part]}
        assert door.ask(chair, name, ids)[0] == 404, name


def test_the_table_covers_every_kind() -> None:
    assert SEES.keys() == set(Kind)
