"""Whoever proposed something may take it back until it is decided."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.admissions.conftest import URL, Office


@pytest.fixture(params=["at_county", "at_city", "at_province", "returned"])
def waiting(request: pytest.FixtureRequest, office: Office) -> Any:
    """Give a proposal at each gate, and one that was returned."""
    found = office.draft().json()
    office.do(office.scene.reporter, found, "submit")
    if request.param == "returned":
        return office.do(office.scene.county, found, "return", reason="材料不全").json()
    for who in office.gates:
        if (shown := office.get(who, f"/admissions/{found['id']}").json())[
            "state"
        ] == request.param:
            return shown
        office.do(who, found, "check")
    raise AssertionError(request.param)


def test_what_was_submitted_goes_with_a_reason_and_is_told(office: Office, waiting: Any) -> None:
    scene = office.scene
    silent = office.withdraw(scene.reporter, waiting)
    assert (silent.status_code, silent.json()["errors"][0]["pointer"]) == (422, "/reason")
    gone = office.withdraw(scene.reporter, waiting, reason="另行申报").json()
    assert (gone["state"], gone["gate_level"]) == ("withdrawn", None)
    last = gone["steps"][-1]
    assert (last["verb"], last["reason"]) == ("withdraw", "另行申报")
    assert last["gate_level"] == waiting["gate_level"]
    name, data = scene.session.execute(
        text("SELECT type, data FROM event_pending ORDER BY id DESC LIMIT 1")
    ).one()
    assert (name, data["reason"]) == ("project.proposal_withdrawn", "另行申报")
    assert (data["admission_kind"], data["admission_state"]) == ("entry", "withdrawn")
    history = office.get(scene.county, f"/admissions/{waiting['id']}/history").json()["items"]
    assert history[0]["action"] == "project.proposal_withdrawn"
    for who, verb in ((scene.reporter, "submit"), (scene.county, "check")):
        assert office.do(who, gone, verb).status_code == 409
    assert office.withdraw(scene.reporter, gone, reason="x").status_code == 409
    assert office.draft().status_code == 201, "its code is free again"


def test_a_draft_goes_without_a_word_and_stays_its_units_own(office: Office) -> None:
    scene = office.scene
    found = office.draft().json()
    gone = office.withdraw(scene.reporter, found).json()
    assert gone["state"] == "withdrawn"
    assert office.told() == []
    assert office.get(scene.county, f"/admissions/{found['id']}").status_code == 404
    assert office.get(scene.reporter, f"/admissions/{found['id']}").status_code == 200


def test_only_whoever_proposed_it_or_answers_for_it_withdraws(office: Office) -> None:
    scene = office.scene
    found = office.draft(scene.convener).json()
    office.do(scene.convener, found, "submit")
    for other, status in ((scene.county, 403), (scene.tourist, 403), (scene.stranger, 404)):
        refused = office.withdraw(other, found, reason="不符")
        assert refused.status_code == status, other.login
    assert office.withdraw(scene.convener, found, reason="另行申报").status_code == 200
    again = office.draft(scene.county).json()
    assert office.withdraw(scene.reporter, again, reason="另行申报").status_code == 404
    office.do(scene.county, again, "submit")
    assert office.withdraw(scene.reporter, again, reason="另行申报").status_code == 200


def test_what_was_decided_is_not_withdrawn(office: Office) -> None:
    found = office.draft().json()
    office.do(office.scene.reporter, found, "submit")
    for who in office.gates:
        office.do(who, found, "check")
    late = office.withdraw(office.scene.reporter, found, reason="太晚")
    assert (late.status_code, late.json()["code"]) == (409, "unlawful_move")
    assert office.client.get(URL, headers=office.scene.as_(office.scene.county)).json()["items"]
