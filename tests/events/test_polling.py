"""The feed by polling: in order, in scope, on and on, and honest about what is not kept."""

from typing import Any

import pytest
from sqlalchemy import delete, text
from sqlalchemy.orm import Session

from services.core.kit import ledger, listening
from services.core.kit.events import Actor, Subject
from services.core.kit.feed import FeedEvent
from services.core.kit.ids import new_id
from services.core.regions.events import RegionChanged
from services.worker.stamp import stamp
from tests import given
from tests.groups.scene import Scene, jingning

__all__ = ["jingning"]
NOW = given.at("2026-11-24 10:00")


def happen(scene: Scene, code: str, **seen_by: Any) -> int:
    """Record a fact and number it; gives its number."""
    session = scene.session
    fact = RegionChanged(region_code=code, change="changed")
    subject = Subject("region", new_id(), **seen_by, for_everybody=not seen_by)
    ledger.record(session, fact, about=subject, by=Actor.part("test"), now=NOW)
    stamp(session, 100)
    session.commit()
    return listening.ends(session).newest


def heard(scene: Scene, who: str, query: str = "") -> dict[str, Any]:
    answer = scene.get(who, f"/events{query}")
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def codes(page: dict[str, Any]) -> list[str]:
    return [item["data"]["region_code"] for item in page["items"]]


def test_everybody_hears_just_what_is_theirs_in_order(jingning: Scene) -> None:
    head = listening.ends(jingning.session).newest
    happen(jingning, "331127", group_id=jingning.jingning.id)
    happen(jingning, "330329", group_id=jingning.taishun.id)
    happen(jingning, "331100", organisation_ids=(jingning.units["lsci"].id,))
    last = happen(jingning, "330000")
    seen = {
        "member": ["331127", "331100", "330000"],
        "city": ["331127", "331100", "330000"],
        "outsider": ["330329", "330000"],
        "removed": ["330000"],
        "audit_admin": ["330000"],
    }
    for who, expected in seen.items():
        page = heard(jingning, who, f"?after={head}")
        assert codes(page) == expected, who
        assert (page["next_after"], page["newest"]) == (last, last)


def test_an_event_is_byte_for_byte_what_is_kept(jingning: Scene) -> None:
    seq = happen(jingning, "331127")
    kept = jingning.session.get_one(FeedEvent, seq).body
    answer = jingning.get("member", f"/events?after={seq - 1}")
    assert answer.text.startswith(f'{{"items":[{kept}],')
    assert int(answer.json()["items"][0]["sequence"]) == seq


def test_pages_lead_on_by_number_and_by_link(jingning: Scene) -> None:
    head = listening.ends(jingning.session).newest
    for _ in range(5):
        happen(jingning, "330329", group_id=jingning.taishun.id)
        happen(jingning, "331127", group_id=jingning.jingning.id)
    path: str | None = f"/api/v1/events?after={head}&limit=2"
    found: list[int] = []
    while path:
        answer = jingning.client.get(path, headers=jingning.headers["member"])
        found += [int(item["sequence"]) for item in answer.json()["items"]]
        path = answer.links["next"]["url"] if "next" in answer.links else None
    assert found == [head + 2, head + 4, head + 6, head + 8, head + 10]


def test_a_page_moves_on_where_nothing_was_to_hear(
    jingning: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = listening.ends(jingning.session).newest
    for _ in range(4):
        happen(jingning, "330329", group_id=jingning.taishun.id)
    monkeypatch.setattr(listening, "STRETCH", 3)
    page = heard(jingning, "member", f"?after={head}")
    assert (page["items"], page["next_after"], page["newest"]) == ([], head + 3, head + 4)
    page = heard(jingning, "member", f"?after={head + 3}")
    assert page["next_after"] == page["newest"] == head + 4


def test_filters_by_type_group_and_subject(jingning: Scene) -> None:
    head = listening.ends(jingning.session).newest
    seq = happen(jingning, "331127", group_id=jingning.jingning.id)
    happen(jingning, "330000")
    subject = jingning.session.get_one(FeedEvent, seq).aggregate_id
    counts = {
        "type=region.changed": 2,
        "type=region.*,project.paused": 2,
        "type=*": 2,
        "type=project.*": 0,
        f"group_id={jingning.jingning.id}": 1,
        f"group_id={jingning.taishun.id}": 0,
        f"subject=region/{subject}": 1,
        f"subject=project/{subject}": 0,
    }
    for query, count in counts.items():
        page = heard(jingning, "member", f"?after={head}&{query}")
        assert len(page["items"]) == count, query
        assert page["next_after"] == page["newest"]


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("type=nothing.ever", "?type"),
        ("after=-1", "?after"),
        ("after=99999999999999999999", "?after"),
        ("limit=0", "?limit"),
        ("subject=x", "?subject"),
        ("subject=region/------------------------------------", "?subject"),
        ("cursor=1", "?cursor"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(jingning: Scene, query: str, pointer: str) -> None:
    answer = jingning.get("member", f"/events?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, pointer)


def test_the_ends_of_the_feed(jingning: Scene) -> None:
    seq = happen(jingning, "330000")
    page = jingning.get("member", "/events/head").json()
    assert (page["oldest"], page["newest"]) == (1, seq)
    assert page["newest_at"]


def test_what_is_not_kept_is_gone_and_the_rest_can_be_read(jingning: Scene) -> None:
    seq = max(happen(jingning, "330000") for _ in range(3))
    session: Session = jingning.session
    session.execute(delete(FeedEvent).where(FeedEvent.seq < seq))
    session.commit()
    assert jingning.get("member", "/events/head").json()["oldest"] == seq
    for after in (0, seq - 2):
        answer = jingning.get("member", f"/events?after={after}")
        assert (answer.status_code, answer.json()["code"]) == (410, "events_gone")
    for query in ("", f"?after={seq - 1}"):
        assert len(heard(jingning, "member", query)["items"]) == 1
    assert jingning.get("member", f"/events?after={seq + 1}").status_code == 410
    session.execute(text("DELETE FROM event"))
    session.commit()
    assert heard(jingning, "member")["next_after"] == seq


def test_nobody_hears_of_the_tokens_of_other_units(jingning: Scene) -> None:
    made = jingning.client.post(
        "/api/v1/tokens", headers=jingning.headers["member"], json={"name": "phone"}
    )
    assert made.status_code == 201, made.text
    stamp(jingning.session, 100)
    jingning.session.commit()
    said = {who: [one["type"] for one in heard(jingning, who)["items"]] for who in jingning.headers}
    assert "token.issued" in said["member"]
    assert "token.issued" not in said["outsider"]
