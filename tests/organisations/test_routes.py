"""The directory and the officers over HTTP."""

from typing import Any
from uuid import UUID, uuid4

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from services.core.kit.ledger import AuditEntry
from services.core.organisations import queries
from services.core.organisations.models import Organisation
from tests import given
from tests.groups.scene import Scene

NEW = {
    "code": "O-JNSC",
    "name": "景宁县国资控股集团",
    "level": "county",
    "kind": "soe_group",
    "region_code": "331127",
}
SECRET = {"phone", "account_id", "deputy_account_id"}


def ids(scene: Scene, *names: str) -> list[str]:
    return [str(scene.units[name].id) for name in names]


def path_of(scene: Scene, name: str) -> str:
    return f"/organisations/{scene.units[name].id}"


def lineages(scene: Scene) -> dict[str, list[str]]:
    scene.session.expire_all()
    names = {row.id: name for name, row in scene.units.items()}
    return {name: [names[unit] for unit in row.lineage] for name, row in scene.units.items()}


@pytest.fixture
def officer(jingning: Scene) -> dict[str, Any]:
    """A liaison of the convener unit, with a deputy."""
    body = {
        "name": "叶某",
        "duty": "liaison",
        "phone": "0578-1234567",
        "account_id": str(jingning.accounts["convener"].id),
        "deputy_account_id": str(jingning.accounts["parent"].id),
    }
    answer = jingning.post("convener", f"{path_of(jingning, 'jngas')}/officers", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.mark.parametrize("who", ["outsider", "other_city", "removed", "security_admin"])
def test_everybody_reads_the_directory(jingning: Scene, who: str) -> None:
    shown = jingning.get(who, path_of(jingning, "jngas")).json()
    energy = jingning.units["energy"]
    assert shown["parent"] == {"id": str(energy.id), "name": "energy"}
    assert shown["region"] == {"code": "331127", "name": "景宁畲族自治县"}
    assert shown["lineage"] == ids(jingning, "sasac_zj", "energy", "jngas")
    assert jingning.get(who, "/organisations?include=total").json()["total"] == 12
    assert jingning.get(who, f"/organisations/{uuid4()}").status_code == 404


def test_the_directory_is_filtered(jingning: Scene) -> None:
    given.unit(jingning.session, "100%_国资", short_names=["景城投"], level="city")
    jingning.session.commit()

    def found(query: str) -> set[str]:
        answer = jingning.get("member", f"/organisations?{query}")
        assert answer.status_code == 200, answer.text
        return {item["name"] for item in answer.json()["items"]}

    energy = jingning.units["energy"].id
    assert found(f"under={energy}") == {"energy", "jngas", "tsgas"}
    assert found(f"under={energy}&region=331100") == {"jngas"}
    assert found("region=330300&level=city") == {"sasac_wz", "wzport"}
    assert found("kind=school") == {"college"}
    assert found("q=JNG") == {"jngas"}
    assert found("q=%25") == {"100%_国资"}
    assert found("q=_") == {"100%_国资", "sasac_zj", "sasac_ls", "sasac_jn", "sasac_wz"}
    assert found("q=景城") == {"100%_国资"}
    assert found(f"under={uuid4()}") == set()
    assert jingning.get("member", "/organisations?kind=club").status_code == 422
    assert jingning.get("member", "/organisations?parent=x").status_code == 422


def test_a_regulator_enters_a_unit_below_its_parent(jingning: Scene) -> None:
    body = {**NEW, "parent_id": ids(jingning, "sasac_jn")[0], "credit_code": "91331127MA2E0ABC1X"}
    answer = jingning.post("county", "/organisations", body)
    assert answer.status_code == 201, answer.text
    made = answer.json()
    assert made["lineage"] == [*ids(jingning, "sasac_zj", "sasac_ls", "sasac_jn"), made["id"]]
    assert jingning.get("county", f"/organisations/{made['id']}").json() == made
    fact = jingning.fact("organisation.changed")
    assert (fact.data["change"], fact.organisation_ids) == ("entered", [UUID(made["id"])])
    for field, value in (("code", "O-OTHER"), ("credit_code", "91331127MA2E0ABC2X")):
        other = {**body, "code": "O-2", "credit_code": "91331127MA2E0ABC3X"}
        taken = jingning.post("county", "/organisations", {**other, field: body[field]})
        assert taken.status_code == 409, value
        assert taken.json()["errors"][0]["pointer"] == f"/{field}"


@pytest.mark.parametrize(
    ("who", "change", "status", "pointer"),
    [
        ("convener", {}, 403, None),
        ("security_admin", {}, 403, None),
        ("other_city", {}, 403, None),
        ("county", {"region_code": "331100"}, 403, None),
        ("county", {"region_code": "111111"}, 422, "/region_code"),
        ("county", {"parent_id": str(uuid4())}, 422, "/parent_id"),
        ("county", {"credit_code": "123"}, 422, "/credit_code"),
        ("county", {"kind": "club"}, 422, "/kind"),
        ("county", {"lineage": []}, 422, "/lineage"),
    ],
)
def test_a_unit_is_entered_from_whole_input_by_who_oversees_the_place(
    jingning: Scene, who: str, change: dict[str, Any], status: int, pointer: str | None
) -> None:
    answer = jingning.post(who, "/organisations", {**NEW, **change})
    assert answer.status_code == status, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == ([pointer] if pointer else [])
    assert jingning.facts() == []


def test_a_unit_moves_with_all_that_is_below_it(jingning: Scene) -> None:
    before = lineages(jingning)
    answer = jingning.patch(
        "province", path_of(jingning, "energy"), {"parent_id": ids(jingning, "mech")[0]}
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["parent"]["name"] == "mech"
    after = lineages(jingning)
    above = ["sasac_zj", "mech"]
    moved = {
        "energy": [*above, "energy"],
        "jngas": [*above, "energy", "jngas"],
        "tsgas": [*above, "energy", "tsgas"],
    }
    assert after == before | moved
    fact = jingning.fact("organisation.changed")
    assert (fact.data["change"], fact.data["parent_id"]) == ("moved", ids(jingning, "mech")[0])
    line = jingning.session.scalars(sa.select(AuditEntry)).one()
    assert line.changes == {"parent_id": ids(jingning, "sasac_zj", "mech")}
    to_the_top = jingning.patch("province", path_of(jingning, "energy"), {"parent_id": None})
    assert to_the_top.json()["lineage"] == ids(jingning, "energy")
    assert lineages(jingning)["jngas"] == ["energy", "jngas"]


def test_scope_follows_the_tree_with_the_next_request(jingning: Scene) -> None:
    group = f"/groups/{jingning.jingning.id}"
    assert jingning.get("below_a_member", group).status_code == 404
    parent = {"parent_id": ids(jingning, "college")[0]}
    moved = jingning.patch("province", path_of(jingning, "lsci"), parent)
    assert moved.status_code == 200, moved.text
    assert jingning.get("below_a_member", group).status_code == 200


@pytest.mark.parametrize("below", ["energy", "jngas"])
def test_no_unit_moves_below_itself(jingning: Scene, below: str) -> None:
    before = lineages(jingning)
    body = {"parent_id": ids(jingning, below)[0]}
    refused = jingning.patch("province", path_of(jingning, "energy"), body)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "cycle"
    assert lineages(jingning) == before


def test_a_regulator_cannot_take_a_unit_from_whom_it_does_not_oversee(jingning: Scene) -> None:
    taken = {"parent_id": ids(jingning, "sasac_jn")[0]}
    assert jingning.patch("county", path_of(jingning, "jngas"), taken).status_code == 403
    given_away = {"parent_id": ids(jingning, "energy")[0]}
    assert jingning.patch("city", path_of(jingning, "lsci"), given_away).status_code == 403
    elsewhere = {"region_code": "330300"}
    assert jingning.patch("county", path_of(jingning, "jngas"), elsewhere).status_code == 403
    assert jingning.patch("county", path_of(jingning, "mech"), {"name": "x"}).status_code == 403
    assert jingning.patch("county", path_of(jingning, "jngas"), {"name": "气"}).status_code == 200


def test_two_changes_of_the_tree_wait_for_each_other(engine: Engine) -> None:
    with Session(engine) as first, Session(engine) as second:
        queries.hold_the_tree(first)
        second.execute(sa.text("SET LOCAL lock_timeout = '50ms'"))
        with pytest.raises(OperationalError):
            queries.hold_the_tree(second)
        second.rollback()
        first.rollback()
        queries.hold_the_tree(second)


def test_a_change_is_refused_without_or_with_an_old_version(jingning: Scene) -> None:
    path = path_of(jingning, "jngas")
    headers = jingning.headers["county"]
    bare = jingning.client.patch(f"/api/v1{path}", headers=headers, json={"name": "x"})
    assert bare.status_code == 428
    old = {**headers, "If-Match": jingning.get("county", path).headers["etag"]}
    assert jingning.patch("county", path, {"short_names": ["景宁燃气"]}).status_code == 200
    stale = jingning.client.patch(f"/api/v1{path}", headers=old, json={"name": "x"})
    assert stale.status_code == 412
    assert stale.json()["current"]["short_names"] == ["景宁燃气"]


def test_a_placeholder_can_be_named_once_and_holds_no_officers(jingning: Scene) -> None:
    jingning.units["nameless"] = given.unit(jingning.session, "(来源未载明)", is_placeholder=True)
    jingning.session.commit()
    path = path_of(jingning, "nameless")
    body = {"name": "叶某", "duty": "liaison"}
    assert jingning.post("county", f"{path}/officers", body).status_code == 409
    named = jingning.patch("county", path, {"name": "景宁交投", "is_placeholder": False})
    assert named.json()["is_placeholder"] is False
    again = jingning.patch("county", path, {"is_placeholder": True})
    assert again.json()["errors"][0]["pointer"] == "/is_placeholder"
    assert jingning.post("county", f"{path}/officers", body).status_code == 201


@pytest.mark.parametrize("who", ["convener", "parent", "county", "city", "province"])
def test_who_has_the_unit_in_scope_can_reach_its_officers(
    jingning: Scene, officer: dict[str, Any], who: str
) -> None:
    path = f"{path_of(jingning, 'jngas')}/officers"
    listed = jingning.get(who, path).json()["items"]
    assert listed == [officer]
    assert listed[0]["phone"] == "0578-1234567"
    assert jingning.get(who, f"{path}/{officer['id']}").json() == officer


@pytest.mark.parametrize(
    "who", ["outsider", "member", "other_city", "system_admin", "security_admin", "audit_admin"]
)
def test_to_everybody_else_an_officer_is_a_name_and_a_duty(
    jingning: Scene, officer: dict[str, Any], who: str
) -> None:
    path = f"{path_of(jingning, 'jngas')}/officers"
    listed = jingning.get(who, path).json()["items"]
    assert listed == [{**officer, **dict.fromkeys(SECRET)}]
    assert jingning.get(who, f"{path}/{officer['id']}").json() == listed[0]
    assert jingning.get(who, f"{path}?fields=phone").json()["items"][0]["phone"] is None


@pytest.mark.parametrize("who", ["outsider", "member", "other_city", "parent", "security_admin"])
def test_who_does_not_keep_the_unit_appoints_nobody(
    jingning: Scene, officer: dict[str, Any], who: str
) -> None:
    path = f"{path_of(jingning, 'jngas')}/officers"
    assert jingning.post(who, path, {"name": "x", "duty": "leader"}).status_code == 403
    one = f"{path}/{officer['id']}"
    assert jingning.post(who, f"{one}/end", {}, of=one).status_code == 403


def test_an_officer_serves_from_one_day_until_another(
    jingning: Scene, officer: dict[str, Any]
) -> None:
    path = f"{path_of(jingning, 'jngas')}/officers"
    one = f"{path}/{officer['id']}"
    assert (officer["valid_from"], officer["valid_to"]) == ("2026-11-24", None)
    assert jingning.post("convener", f"{one}/end", {}).status_code == 428
    early = jingning.post("convener", f"{one}/end", {"valid_to": "2026-11-23"}, of=one)
    assert early.json()["errors"][0]["allowed"] == [">= 2026-11-24"]
    body = {"valid_to": "2026-12-01", "reason": "调任"}
    assert jingning.post("convener", f"{one}/end", body, of=one).json()["valid_to"] == "2026-12-01"

    def serving(day: str) -> int:
        return len(jingning.get("convener", f"{path}?as_of={day}&duty=liaison").json()["items"])

    days = ("2026-11-23", "2026-11-24", "2026-11-30", "2026-12-01")
    assert [serving(day) for day in days] == [0, 1, 1, 0]
    assert jingning.get("convener", f"{path}?duty=leader").json()["items"] == []
    assert jingning.facts() == ["officer.appointed", "officer.ended"]
    fact = jingning.fact("officer.ended")
    assert fact.organisation_ids == [jingning.units["jngas"].id]
    assert fact.data["reason"] == "调任"
    assert "叶某" not in str(fact.data)


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"account_id": "outsider"}, "/account_id"),
        ({"account_id": "member"}, "/account_id"),
        ({"account_id": "security_admin"}, "/account_id"),
        ({"deputy_account_id": "far_member"}, "/deputy_account_id"),
        ({"valid_from": "2026-12-01", "valid_to": "2026-11-01"}, "/valid_to"),
        ({"phone": "call me"}, "/phone"),
        ({"duty": "treasurer"}, "/duty"),
        ({"email": "x@example.test"}, "/email"),
    ],
)
def test_an_officer_is_appointed_from_whole_input(
    jingning: Scene, change: dict[str, str], pointer: str
) -> None:
    sent = {
        name: str(jingning.accounts[value].id) if value in jingning.accounts else value
        for name, value in change.items()
    }
    body = {"name": "叶某", "duty": "liaison", **sent}
    answer = jingning.post("county", f"{path_of(jingning, 'jngas')}/officers", body)
    assert answer.status_code == 422, answer.text
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert jingning.facts() == []
    assert jingning.get("county", f"{path_of(jingning, 'jngas')}/officers").json()["items"] == []


def test_officers_belong_to_their_unit(jingning: Scene, officer: dict[str, Any]) -> None:
    elsewhere = f"{path_of(jingning, 'energy')}/officers/{officer['id']}"
    assert jingning.get("convener", elsewhere).status_code == 404
    assert jingning.post("province", f"{elsewhere}/end", {}, of=elsewhere).status_code == 404
    assert jingning.get("convener", f"/organisations/{uuid4()}/officers").status_code == 404


def test_the_whole_tree_stays_true_to_its_parents(jingning: Scene) -> None:
    for unit, parent in (("mech", "energy"), ("lsci", "mech"), ("mech", "tsgas")):
        body = {"parent_id": ids(jingning, parent)[0]}
        assert jingning.patch("province", path_of(jingning, unit), body).status_code == 200
    jingning.session.expire_all()
    for row in jingning.session.scalars(sa.select(Organisation)):
        above = jingning.session.get(Organisation, row.parent_id) if row.parent_id else None
        assert row.lineage == [*(above.lineage if above else []), row.id]
