"""What a blocker does to its project's health: MR-11 on real PostgreSQL, check by check."""

from typing import Any

from sqlalchemy import select

from services.core.blockers import actions as blockers
from services.core.monitoring import actions
from services.core.monitoring.models import Finding
from services.core.projects.models import ProjectWatch
from tests import given
from tests.blockers.scene import Scene


def looked(scene: Scene, moment: str) -> dict[str, Any]:
    """Let the clock tick at a moment; gives the project's health as the blockers' rule says it."""
    now = given.at(moment)
    scene.set_clock(now)
    blockers.resume_due(scene.session, now=now, limit=10)
    actions.check_due(scene.session, now=now, limit=10)
    scene.session.commit()
    health = scene.get("regulator", f"/api/v1/projects/{scene.project.id}/health").json()
    (dimension,) = [one for one in health["dimensions"] if one["rule"] == "MR-11"]
    return {**dimension, "next_check_at": health["next_check_at"]}


def findings(scene: Scene) -> list[tuple[str, str]]:
    scene.session.expire_all()
    found = scene.session.scalars(select(Finding).where(Finding.rule == "MR-11"))
    return [(one.state, one.light) for one in found]


def test_a_blocker_lights_its_project_from_its_due_until_it_is_solved(scene: Scene) -> None:
    assert looked(scene, "2026-11-24 10:00")["light"] is None
    place = scene.assigned(due_on="2026-12-18")
    fresh = looked(scene, "2026-11-24 10:01")
    assert fresh["light"] == "green"
    assert fresh["next_check_at"].startswith("2026-12-18T09:30:00.000001")

    late = looked(scene, "2026-12-18 17:31")
    assert (late["light"], late["inputs"]["working_days_late"]) == ("yellow", "0")
    assert "1号站用地未获批复" in late["arithmetic"]["zh"]
    assert findings(scene) == [("open", "yellow")]

    red = looked(scene, "2026-12-25 00:00")
    assert (red["light"], red["inputs"]["working_days_late"]) == ("red", "5")
    assert findings(scene) == [("open", "red")]

    scene.must("land", place, "resolve", resolution="已批复")
    assert looked(scene, "2026-12-25 00:01")["light"] is None
    assert findings(scene) == [("cleared", "red")]


def test_a_stopped_clock_takes_the_light_away_and_gives_its_days_back(scene: Scene) -> None:
    place = scene.assigned(due_on="2026-11-25")
    late = looked(scene, "2026-11-26 09:00")
    assert (late["light"], late["inputs"]["working_days_late"]) == ("yellow", "1")
    scene.must("convener", place, "suspend", limit_days=4, reason="等待批复")
    stopped = looked(scene, "2026-11-29 09:00")
    assert (stopped["light"], stopped["inputs"]["blockers_stopped"]) == ("green", "1")
    assert findings(scene) == [("cleared", "yellow")]

    runs = looked(scene, "2026-11-30 00:00")
    assert (runs["light"], runs["inputs"]["working_days_late"]) == ("yellow", "1")
    assert runs["inputs"]["assessed_due_on"] == "2026-11-27"
    assert findings(scene) == [("open", "yellow")]


def test_neither_an_extension_nor_the_next_level_makes_it_less_late(scene: Scene) -> None:
    place = scene.assigned(due_on="2026-11-25")
    scene.at("2026-11-26 09:00")
    scene.must("convener", place, "assign", **scene.owner(due_on="2027-01-29"))
    scene.must("convener", place, "escalate", reason="县内无解", due_on="2027-02-26")
    light = looked(scene, "2026-11-26 09:01")
    assert (light["light"], light["inputs"]["level"]) == ("yellow", "city")
    assert light["inputs"]["original_due_on"] == "2026-11-25"
    watch = scene.session.get_one(ProjectWatch, scene.project.id, populate_existing=True)
    assert watch.light == "yellow"
