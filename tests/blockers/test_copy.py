"""A phone keeps blockers and consultations while it may see them, and not a moment longer."""

from services.core.kit.ids import new_id
from services.standalone.sweep import walk
from tests import given
from tests.blockers.scene import BLOCKERS, RAISED, Scene
from tests.sync.phone import Phone

KINDS = "blockers,consultations"


def settled(scene: Scene, moment: str = RAISED) -> None:
    """Let the relay and the ticks do what is theirs up to a moment."""
    walk(scene.session, upto=given.at(moment))
    scene.session.commit()
    scene.session.expire_all()
    scene.at(moment)


def test_a_phone_holds_what_a_read_shows_and_loses_what_its_unit_solves_no_more(
    scene: Scene,
) -> None:
    member = Phone(scene.client, scene.headers("member"), KINDS)
    bureau = Phone(scene.client, scene.headers("land"), KINDS)
    place = scene.assigned()
    blocker_id = place.rpartition("/")[2]
    scene.must("convener", place, "consult", on="2026-11-24")
    settled(scene)
    member.sync()
    bureau.sync()
    held = scene.consultation(held_on="2026-11-24", outcome="resolved")
    consultation = scene.must("convener", place, "consultations", **held)
    settled(scene)
    for phone, who in ((member, "member"), (bureau, "land")):
        phone.sync()
        assert phone.store["blockers", blocker_id] == scene.get(who, place).json()
        assert phone.store["consultations", consultation["id"]] == consultation
        assert phone.store["blockers", blocker_id]["consultation_count"] == 1

    scene.must(
        "convener",
        place,
        "assign",
        **scene.owner(owner_organisation_id=str(scene.gas.id), responsible_account_id=None),
    )
    settled(scene)
    assert bureau.sync()
    assert bureau.store == {}
    member.sync()
    assert member.store["blockers", blocker_id]["owner_organisation"]["name"] == scene.gas.name
    assert scene.get("land", place).status_code == 404


def test_a_project_that_leaves_the_group_takes_its_blockers_along(scene: Scene) -> None:
    place = scene.assigned()
    scene.must("convener", place, "consult", on="2026-11-24")
    held = scene.consultation(held_on="2026-11-24", outcome="resolved")
    scene.must("convener", place, "consultations", **held)
    settled(scene)
    member = Phone(scene.client, scene.headers("member"), KINDS)
    reporter = Phone(scene.client, scene.headers("reporter"), KINDS)
    for phone in (member, reporter):
        phone.sync()
        assert {kind for kind, _ in phone.store} == {"blockers", "consultations"}
    scene.project.group_id = None
    scene.session.commit()
    settled(scene)
    member.sync()
    assert member.store == {}
    reporter.sync()
    assert reporter.store["blockers", place.rpartition("/")[2]]["group_id"] is None


def test_a_phone_learns_that_it_is_late_and_that_its_clock_runs_again(scene: Scene) -> None:
    place = scene.assigned(due_on="2026-11-25")
    key = ("blockers", place.rpartition("/")[2])
    scene.must("convener", place, "suspend", limit_days=2, reason="等待批复")
    phone = Phone(scene.client, scene.headers("reporter"), KINDS)
    settled(scene)
    phone.sync()
    assert phone.store[key]["state"] == "suspended"
    settled(scene, "2026-11-26 00:01")
    phone.sync()
    runs = phone.store[key]
    assert (runs["state"], runs["assessed_due_on"], runs["is_overdue"]) == (
        "assigned",
        "2026-11-27",
        False,
    )
    settled(scene, "2026-11-27 17:31")
    phone.sync()
    assert phone.store[key]["is_overdue"] is True
    assert phone.store[key] == scene.get("reporter", place).json()


def test_a_request_told_twice_raises_one_blocker_and_a_batch_raises_many(scene: Scene) -> None:
    body = {
        "project_id": str(scene.project.id),
        "kind": "pain_point",
        "title": "用工紧缺",
        "description": "当地缺少焊工。",
        "due_on": "2026-12-18",
    }
    key = {**scene.headers("reporter"), "Idempotency-Key": str(new_id())}
    first, second = (scene.client.post(BLOCKERS, headers=key, json=body) for _ in range(2))
    assert (first.status_code, first.json()) == (second.status_code, second.json())
    sent = scene.client.post(
        f"{BLOCKERS}/batch",
        headers=scene.headers("reporter"),
        json={"items": [{"op": "create", "body": body | {"title": one}} for one in "甲乙"]},
    )
    assert sent.status_code == 200, sent.text
    listed = scene.get("reporter", f"{BLOCKERS}?include=total").json()
    assert listed["total"] == 3
