"""A project of another system is admitted or changed by the id its source knows it by."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.core.access.models import Account
from services.core.kit.errors import Invalid
from services.core.projects import actions, rules, schemas
from services.core.projects.models import Project, ProjectExternal
from tests import given, watching
from tests.given import at
from tests.projects.conftest import Jingning

PATH = "/api/v1/sources/erp-zjny/projects/2026-0417"


def body_of(jingning: Jingning, **also: Any) -> dict[str, Any]:
    return {
        "code": "P-EXT",
        "name": "LNG站",
        "group_id": str(jingning.group.id),
        "region_code": "331127",
        "thrust": "livelihood",
        "domain": "energy",
        "stage": "preparatory",
        "lead_organisation_id": str(jingning.energy.id),
        **also,
    }


def put(client: TestClient, jingning: Jingning, who: Account, path: str = PATH, **also: Any) -> Any:
    headers = jingning.as_(who, Accept_Language="en")
    return client.put(path, headers=headers, json=body_of(jingning, **also))


def told(jingning: Jingning) -> list[str]:
    rows = jingning.session.execute(text("SELECT type FROM event_pending ORDER BY id"))
    return [row.type for row in rows]


def test_a_project_is_admitted_once_and_then_changed(
    client: TestClient, jingning: Jingning
) -> None:
    made = put(client, jingning, jingning.program)
    assert made.status_code == 200, made.text
    schemas.Project.model_validate(made.json())
    again = put(client, jingning, jingning.program)
    assert (again.status_code, again.content) == (200, made.content)
    assert told(jingning) == ["project.admitted"]
    changed = put(client, jingning, jingning.program, name="LNG站二期")
    assert (changed.json()["id"], changed.json()["name"]) == (made.json()["id"], "LNG站二期")
    assert told(jingning) == ["project.admitted", "project.changed"]
    read = client.get(PATH, headers=jingning.as_(jingning.tourist))
    assert read.json() == changed.json()
    assert jingning.session.scalar(select(func.count()).select_from(Project)) == 1


def test_what_is_not_sent_stays_as_people_keep_it(client: TestClient, jingning: Jingning) -> None:
    made = put(client, jingning, jingning.program).json()
    path = f"/api/v1/projects/{made['id']}"
    etag = client.get(path, headers=jingning.as_(jingning.convener)).headers["etag"]
    headers = jingning.as_(jingning.convener, If_Match=etag)
    client.patch(path, headers=headers, json={"description": "本地补充"})
    again = put(client, jingning, jingning.program, responsible_organisation_id=None)
    assert again.json()["description"] == "本地补充"
    assert again.json()["responsible_organisation"]["id"] == str(jingning.energy.id)


@pytest.mark.parametrize(
    ("also", "pointer", "allowed"),
    [
        ({"code": "P-OTHER"}, "/code", "P-EXT"),
        ({"stage": "under_construction"}, "/stage", "preparatory"),
        ({"track": "service", "stage": "preparatory"}, "/track", "investment"),
    ],
)
def test_what_has_a_verb_does_not_change_this_way(
    client: TestClient, jingning: Jingning, also: dict[str, Any], pointer: str, allowed: str
) -> None:
    put(client, jingning, jingning.program)
    answer = put(client, jingning, jingning.program, **also)
    (error,) = answer.json()["errors"]
    assert (answer.status_code, error["pointer"], error["allowed"]) == (422, pointer, [allowed])


def test_one_source_has_one_id_for_a_project_and_another_has_its_own(
    client: TestClient, jingning: Jingning
) -> None:
    put(client, jingning, jingning.program)
    taken = put(client, jingning, jingning.program, f"{PATH}-2")
    assert taken.status_code == 409
    other = "/api/v1/sources/other/projects/2026-0417"
    second = put(client, jingning, jingning.program, other, code="P-EXT-2")
    assert second.status_code == 200, second.text
    assert jingning.session.scalar(select(func.count()).select_from(Project)) == 2


def test_only_a_program_of_its_own_units_says_it_and_strangers_learn_nothing(
    client: TestClient, jingning: Jingning
) -> None:
    put(client, jingning, jingning.program)
    tourism = given.account(jingning.session, "erp-t", of=jingning.tourism, role="integrator")
    abroad = given.account(jingning.session, "erp-ts", of=jingning.outsider, role="integrator")
    for who in (jingning.tourist, jingning.convener, jingning.regulator, tourism):
        assert put(client, jingning, who).status_code == 403, who.login
    hidden = put(client, jingning, abroad)
    nothing = put(client, jingning, abroad, f"{PATH}-9")
    assert (hidden.status_code, hidden.json()["errors"]) == (422, nothing.json()["errors"])
    assert client.get(PATH, headers=jingning.as_(jingning.stranger)).status_code == 404


def test_a_program_may_do_nothing_else_to_a_project(client: TestClient, jingning: Jingning) -> None:
    path = f"/api/v1/projects/{put(client, jingning, jingning.program).json()['id']}"
    headers = jingning.as_(jingning.program, If_Match="*")
    for refused in (
        client.patch(path, headers=headers, json={"name": "x"}),
        client.post(f"{path}/pause", headers=headers, json={"reason": "x"}),
        client.post("/api/v1/projects", headers=headers, json=body_of(jingning, code="P-2")),
        client.post("/api/v1/admissions", headers=headers, json=body_of(jingning, code="P-2")),
    ):
        assert refused.status_code == 403


def test_fixed_fields_are_each_named() -> None:
    recorded = {"code": "A", "group_id": None, "track": "service", "stage": "agreed"}
    recorded["is_illustrative"] = "False"
    rules.check_fixed(recorded, {"code": "A", "name": "x"})
    with pytest.raises(Invalid) as refusal:
        rules.check_fixed(recorded, {"code": "B", "stage": "running"})
    assert [fault.pointer for fault in refusal.value.faults] == ["/code", "/stage"]


def test_two_at_once_make_one_project(engine: Engine) -> None:
    """On two real connections: the second waits for the first, and finds its project."""
    with Session(engine, expire_on_commit=False) as making:
        place = watching.site(making)
        program = given.account(making, "erp", of=place.unit, role="integrator")
        caller = watching.caller_at(making, program, at("2026-12-01 10:00"))
        making.commit()
    given_project = schemas.NewProject(
        code="P-EXT",
        name="LNG站",
        group_id=place.group.id,
        region_code="331127",
        thrust=rules.Thrust.LIVELIHOOD,
        domain=rules.Domain.ENERGY,
        stage=rules.Stage.PREPARATORY,
        lead_organisation_id=place.unit.id,
    )

    def send(_: int) -> UUID:
        with Session(engine) as session, session.begin():
            return actions.put_external(
                session, source_id="erp", external_id="1", given=given_project, by=caller
            )

    try:
        with ThreadPoolExecutor(4) as pool:
            found = set(pool.map(send, range(4)))
        assert len(found) == 1
        with Session(engine) as reading:
            assert reading.scalar(select(func.count()).select_from(ProjectExternal)) == 1
            assert len(watching.facts(reading, "project.admitted")) == 1
    finally:
        watching.empty(engine)
