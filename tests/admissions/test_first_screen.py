"""What waits at a gate, and what came back from one, is on the first screen of whose turn it is."""

from typing import Any

from services.core.access.models import Account
from services.core.overview.schemas import Home
from tests.admissions.conftest import Office


def waiting(office: Office, who: Account) -> tuple[list[str] | None, list[str] | None]:
    """Name the proposals somebody is to check and to correct; None: no work of theirs."""
    shown = office.get(who, "/home").json()
    Home.model_validate(shown)

    def codes(section: Any) -> list[str] | None:
        return section and [one["code"] for one in section["items"]]

    return codes(shown["to_check"]), codes(shown["to_correct"])


def test_a_proposal_waits_on_the_screen_of_the_one_gate_it_is_at(office: Office) -> None:
    found, reporter = office.draft().json(), office.scene.reporter
    assert [waiting(office, gate)[0] for gate in office.gates] == [[], [], []]
    office.do(reporter, found, "submit")
    for place, gate in enumerate(office.gates):
        seen = [waiting(office, each)[0] for each in office.gates]
        assert seen == [["P-NEW"] if at == place else [] for at in range(3)]
        assert office.do(gate, found, "check").status_code == 200
    assert [waiting(office, gate)[0] for gate in office.gates] == [[], [], []]


def test_what_a_gate_returned_waits_on_its_unit_s_screen(office: Office) -> None:
    found, reporter = office.draft().json(), office.scene.reporter
    office.do(reporter, found, "submit")
    assert waiting(office, reporter) == (None, [])
    office.do(office.scene.county, found, "return", reason="请补充用地批复")
    assert waiting(office, reporter) == (None, ["P-NEW"])
    assert waiting(office, office.scene.county)[0] == []
    (line,) = office.get(reporter, "/home").json()["to_correct"]["items"]
    assert line["return_count"] == 1
    office.do(reporter, found, "submit")
    assert waiting(office, reporter) == (None, [])
