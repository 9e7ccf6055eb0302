"""A blocker climbs from its unit to the city, is solved, struck off, and comes back."""

from services.core.blockers import schemas
from tests.blockers.scene import BLOCKERS, Scene


def test_a_blocker_climbs_is_solved_verified_by_another_unit_closed_and_comes_back(  # noqa: PLR0915 one story, told in order
    scene: Scene,
) -> None:
    made = scene.raised()
    assert made.status_code == 201, made.text
    schemas.Blocker.model_validate(made.json())
    place = f"{BLOCKERS}/{made.json()['id']}"
    assert (made.json()["state"], made.json()["level"]) == ("raised", "unit")

    triaged = scene.must("convener", place, "triage", level="county")
    assert (triaged["state"], triaged["level"]) == ("triaged", "county")
    assigned = scene.must("convener", place, "assign", **scene.owner(due_on="2026-12-11"))
    assert assigned["owner_organisation"]["name"] == "景宁县自然资源局"
    assert (assigned["original_due_on"], assigned["current_due_on"]) == ("2026-12-18", "2026-12-11")

    called = scene.must("convener", place, "consult")
    assert (called["state"], called["next_consultation_on"]) == ("consulting", "2026-11-25")
    scene.at("2026-11-26 09:00")
    held = scene.must("convener", place, "consultations", **scene.consultation())
    schemas.Consultation.model_validate(held)
    assert (held["number"], held["level"], held["outcome"]) == (1, "county", "unresolved")

    climbed = scene.get("convener", place).json()
    assert (climbed["state"], climbed["level"]) == ("triaged", "city")
    assert climbed["consultation_count"] == 1
    scene.must("city", place, "assign", **scene.owner(due_on="2027-01-08"))
    scene.at("2026-12-10 09:00")
    solved = scene.must("land", place, "resolve", resolution="市局已调剂指标。")
    assert (solved["state"], solved["resolved_on"]) == ("resolved", "2026-12-10")

    same_unit = scene.act("lands-reviewer", place, "verify")
    assert (same_unit.status_code, same_unit.json()["code"]) == (403, "forbidden")
    scene.must("regulator", place, "verify")
    closed = scene.must("convener", place, "close", evidence="景自然资用〔2026〕41号")
    assert (closed["state"], closed["closed_on"]) == ("closed", "2026-12-10")
    assert closed["recheck_due_on"] == "2027-03-10"

    scene.at("2027-03-09 09:00")
    due = f"{BLOCKERS}?recheck_due=true"
    assert scene.get("convener", due).json()["items"] == []
    early = scene.act("regulator", place, "recheck", outcome="holds")
    assert early.status_code == 409, early.text
    scene.at("2027-03-10 09:00")
    (listed,) = scene.get("convener", due).json()["items"]
    assert listed["id"] == made.json()["id"]
    back = scene.must(
        "regulator", place, "recheck", outcome="reopens", reason="指标被收回", due_on="2027-04-16"
    )
    schemas.Blocker.model_validate(back)
    assert (back["state"], back["reopened_count"], back["evidence"]) == ("assigned", 1, None)
    assert (back["original_due_on"], back["assessed_due_on"]) == ("2026-12-18", "2027-04-16")

    assert scene.told() == [
        "blocker.raised",
        "blocker.triaged",
        "blocker.assigned",
        "blocker.consultation_called",
        "consultation.concluded",
        "blocker.escalated",
        "blocker.assigned",
        "blocker.resolved",
        "blocker.verified",
        "blocker.closed",
        "blocker.reopened",
    ]
