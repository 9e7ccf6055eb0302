"""From a phone's first request to a photo that others see, and every way it may come to nothing."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from services.core.evidence import actions, schemas, store
from services.core.evidence.models import Evidence, EvidenceUpload
from services.core.kit.feed import PendingEvent
from services.core.kit.ledger import AuditEntry
from services.core.kit.settings import settings
from services.core.projects.models import Milestone
from tests.evidence.conftest import PHOTO, TODAY, Jingning
from tests.evidence.photos import CAMERA, DOCX, PDF, photo
from tests.given import at

HALF = len(PHOTO) // 2


def kept(path: str) -> list[str]:
    """Name the files that lie in the store under this evidence."""
    folder = store.folder(settings()) / path.rsplit("/", 1)[1]
    return sorted(str(file.relative_to(folder)) for file in folder.rglob("*") if file.is_file())


def row(session: Session, path: str) -> Evidence:
    return session.get_one(Evidence, UUID(path.rsplit("/", 1)[1]), populate_existing=True)


def told(session: Session) -> list[PendingEvent]:
    rows = session.scalars(select(PendingEvent).order_by(PendingEvent.id))
    return [row for row in rows if row.aggregate_kind == "evidence"]


@pytest.mark.parametrize("of", ["report", "milestone", "blocker", "guarantee"])
def test_a_photo_is_uploaded_in_two_parts_and_seen(
    jingning: Jingning, session: Session, of: str
) -> None:
    answer = jingning.begin(of=of, caption="基础浇筑完成")
    assert answer.status_code == 201, answer.text
    begun = schemas.NewUpload.model_validate(answer.json())
    path = answer.headers["Location"]
    assert begun.evidence.subject.id == jingning.ids[of]
    assert begun.upload.received_bytes == 0
    first = jingning.send(begun.address, PHOTO[:HALF])
    assert first.status_code == 200, first.text
    assert first.headers["Upload-Offset"] == str(HALF)
    assert jingning.get(path).json()["state"] == "uploading"
    assert jingning.get(f"{path}/content").status_code == 404
    assert not told(session)
    asked = jingning.client.head(begun.address)
    assert asked.headers["Upload-Offset"] == str(HALF)
    last = schemas.Upload.model_validate(jingning.send(begun.address, PHOTO[HALF:], HALF).json())
    assert last.state == "complete"
    shown = schemas.Evidence.model_validate(jingning.get(path).json())
    assert shown.state == "complete"
    assert shown.taken_at == datetime(2026, 11, 20, 7, 4, 5, tzinfo=UTC)
    (fact,) = told(session)
    assert fact.type == "evidence.added"
    assert fact.data["subject_id"] == str(jingning.ids[of])


def test_a_file_comes_back_as_an_attachment_that_a_browser_does_not_guess_about(
    jingning: Jingning,
) -> None:
    path = jingning.uploaded(
        PDF, file_name="批复 1.pdf", media_type="application/pdf", who="reporter"
    )
    answer = jingning.get(f"{path}/content", "member")
    assert answer.content == PDF
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment; filename*=UTF-8''%E6")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    again = jingning.get(f"{path}/content", "member", **{"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_others_see_the_photo_without_what_the_camera_wrote(jingning: Jingning) -> None:
    path = jingning.uploaded()
    for who in ("reporter", "reviewer", "convener", "regulator"):
        shown = jingning.get(path, who).json()
        assert (shown["is_open"], shown["latitude"], shown["longitude"]) == (
            True,
            27.973,
            119.635,
        ), who
        original = jingning.get(f"{path}/content?original=true", who)
        assert original.content == PHOTO
    shown = jingning.get(path, "member").json()
    assert not shown["is_open"]
    assert {shown[name] for name in ("taken_at", "latitude", "longitude")} == {None}
    copy = jingning.get(f"{path}/content", "member")
    assert copy.status_code == 200
    assert CAMERA.encode() not in copy.content
    assert jingning.get(f"{path}/content?original=true", "member").status_code == 403
    history = jingning.get(f"{path}/history", "member").text
    assert "27.973" not in history
    assert "27.973" in jingning.get(f"{path}/history").text


def test_outside_the_scope_there_is_nothing(jingning: Jingning) -> None:
    path = jingning.uploaded()
    for below in ("", "/content", "/content?original=true", "/history"):
        assert jingning.get(path + below, "stranger").status_code == 404
    assert jingning.get("/api/v1/evidence", "stranger").json()["items"] == []
    assert jingning.begin(who="stranger").status_code == 404
    assert jingning.begin(who="member").status_code == 403
    assert jingning.begin(who="observer").status_code == 403


def test_a_record_s_evidence_is_listed(jingning: Jingning) -> None:
    jingning.uploaded()
    jingning.uploaded(of="milestone")
    jingning.begin(of="report")
    of_report = f"/api/v1/evidence?subject_kind=progress_report&subject_id={jingning.ids['report']}"
    listed = schemas.EvidencePage.model_validate(jingning.get(of_report, "member").json())
    assert [one.state for one in listed.items] == ["complete", "uploading"]
    complete = jingning.get(f"{of_report}&state=complete&include=total").json()
    assert complete["total"] == 1


def test_a_part_sent_twice_is_harmless_and_a_gap_is_told_where_to_go_on(
    jingning: Jingning,
) -> None:
    address = jingning.begin().json()["address"]
    jingning.send(address, PHOTO[:HALF])
    again = jingning.send(address, PHOTO[:HALF])
    assert again.json()["received_bytes"] == HALF
    gap = jingning.send(address, PHOTO[HALF + 1 :], HALF + 1)
    assert gap.status_code == 409
    assert gap.json()["code"] == "wrong_offset"
    assert gap.json()["errors"][0]["allowed"] == [str(HALF)]
    jingning.send(address, PHOTO[HALF:], HALF)
    repeated = jingning.send(address, PHOTO[HALF:], HALF)
    assert repeated.json()["state"] == "complete", "its answer was lost, and it is asked for again"


def test_nobody_sends_parts_without_the_address(jingning: Jingning) -> None:
    one, other = jingning.begin().json(), jingning.begin().json()
    path, signature = one["address"].split("?signature=")
    for address in (
        f"{path}?signature={other['address'].split('?signature=')[1]}",
        f"{path}?signature={signature[:-1]}",
        f"{path}?signature=x",
        f"/api/v1/evidence/{uuid4()}/upload?signature={signature}",
    ):
        assert jingning.send(address, PHOTO).status_code == 404, address
        assert jingning.client.get(address).status_code == 404
    assert jingning.client.get(path).status_code == 422


def test_a_part_is_bytes_and_no_longer_than_a_body(jingning: Jingning) -> None:
    address = jingning.begin().json()["address"]
    text = jingning.send(address, b"{}", kind="application/json")
    assert text.status_code == 415
    too_long = jingning.send(address, bytes(settings().body_limit_bytes + 1))
    assert too_long.status_code == 413
    other = jingning.client.post(
        f"/api/v1/progress-reports/{jingning.ids['report']}/evidence",
        content=b"\xff",
        headers={**jingning.people["reporter"], "Content-Type": "application/octet-stream"},
    )
    assert other.status_code == 415, "elsewhere a body is JSON"


@pytest.mark.parametrize(
    ("data", "also", "code"),
    [
        (PHOTO, {"sha256": "0" * 64}, "hash_differs"),
        (PDF, {}, "other_type"),
        (PHOTO, {"media_type": "image/png", "file_name": "a.png"}, "other_type"),
        (DOCX, {"media_type": "application/pdf", "file_name": "a.pdf"}, "other_type"),
        (PHOTO[:500], {}, "broken_picture"),
    ],
)
def test_what_is_not_what_was_declared_is_refused_for_good(
    jingning: Jingning, session: Session, data: bytes, also: dict[str, Any], code: str
) -> None:
    begun = jingning.begin(data, **also)
    answer = jingning.send(begun.json()["address"], data)
    assert answer.status_code == 422, answer.text
    assert answer.json()["code"] == "evidence_refused"
    assert answer.json()["errors"][0]["code"] == code
    path = begun.headers["Location"]
    assert jingning.get(path).json()["state"] == "refused"
    assert jingning.send(begun.json()["address"], data).status_code == 410
    assert not told(session)
    lines = session.scalars(select(AuditEntry).where(AuditEntry.subject_id == UUID(path[-36:])))
    assert [line.outcome for line in lines][-1] == code
    assert kept(path) != []
    actions.tidy_due(session, now=TODAY, limit=10)
    assert kept(path) == []


@pytest.mark.parametrize(
    ("also", "pointer"),
    [
        ({"size_bytes": 20_971_521}, "/size_bytes"),
        ({"size_bytes": 0}, "/size_bytes"),
        ({"sha256": "zz"}, "/sha256"),
        ({"media_type": "text/html"}, "/media_type"),
        ({"file_name": "../a.jpg"}, "/file_name"),
        ({"file_name": "a.pdf"}, "/file_name"),
    ],
)
def test_what_cannot_be_evidence_is_refused_before_a_byte_is_sent(
    jingning: Jingning, also: dict[str, Any], pointer: str
) -> None:
    answer = jingning.begin(**also)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer


def test_an_account_has_only_so_many_uploads_under_way(jingning: Jingning) -> None:
    made = [jingning.begin() for _ in range(21)]
    assert [answer.status_code for answer in made] == [201] * 20 + [409]
    assert jingning.send(made[0].json()["address"], PHOTO).status_code == 200
    assert jingning.begin().status_code == 201


def test_parts_are_removed_once_the_file_is_whole(jingning: Jingning, session: Session) -> None:
    path = jingning.uploaded()
    actions.tidy_due(session, now=TODAY, limit=10)
    assert kept(path) == ["original", "shown"]
    assert jingning.get(f"{path}/content?original=true").content == PHOTO
    upload = session.get_one(EvidenceUpload, row(session, path).id, populate_existing=True)
    assert upload.next_at is None


def test_an_upload_that_never_ends_expires_and_leaves_no_byte(
    jingning: Jingning, session: Session, set_clock: Any
) -> None:
    begun = jingning.begin()
    path = begun.headers["Location"]
    jingning.send(begun.json()["address"], PHOTO[:HALF])
    assert kept(path) == ["parts/0000000000000"]
    assert actions.tidy_due(session, now=at("2026-12-04 09:59"), limit=10) == 0
    set_clock(at("2026-12-04 10:00"))
    late = jingning.send(begun.json()["address"], PHOTO[HALF:], HALF)
    assert late.status_code == 410, "the address has expired, whether or not anybody has tidied up"
    assert actions.tidy_due(session, now=at("2026-12-04 10:00"), limit=10) == 1
    assert kept(path) == []
    assert jingning.get(path).json()["state"] == "expired"
    assert jingning.client.get(begun.json()["address"]).status_code == 410


def test_withdrawn_evidence_stays_in_the_record_and_is_shown_to_nobody(
    jingning: Jingning, session: Session
) -> None:
    path = jingning.uploaded()
    assert jingning.withdraw(path, "convener").status_code == 403
    answer = jingning.withdraw(path)
    assert answer.status_code == 200, answer.text
    shown = schemas.Evidence.model_validate(answer.json())
    assert shown.state == "withdrawn"
    assert shown.withdrawn_reason == "误传了其他项目的照片"
    assert shown.withdrawn_by is not None
    assert jingning.get(f"{path}/content").status_code == 404
    assert jingning.withdraw(path).status_code == 409
    assert [fact.type for fact in told(session)] == ["evidence.added", "evidence.withdrawn"]
    assert "original" in kept(path)


def test_no_address_place_or_time_is_in_a_fact(jingning: Jingning, session: Session) -> None:
    path = jingning.uploaded()
    found = row(session, path)
    assert (found.latitude, found.longitude) == (Decimal("27.973000"), Decimal("119.635000"))
    (fact,) = told(session)
    said = str(fact.data)
    assert "signature" not in said
    assert "27.973" not in said
    assert "07:04" not in said
    lines = session.scalars(select(AuditEntry).where(AuditEntry.subject_id == found.id)).all()
    assert len(lines) == 2
    assert not any("signature" in str(line.changes) for line in lines)


def test_a_store_that_does_not_answer_costs_a_try_and_nothing_else(
    jingning: Jingning,
) -> None:
    begun = jingning.begin()
    folder = store.folder(settings()) / begun.json()["evidence"]["id"]
    folder.parent.mkdir(exist_ok=True)
    folder.write_text("in the way")
    refused = jingning.send(begun.json()["address"], PHOTO)
    assert refused.status_code == 503
    folder.unlink()
    assert jingning.send(begun.json()["address"], PHOTO).status_code == 200


def test_a_large_photo_comes_in_parts_of_a_body(jingning: Jingning) -> None:
    data = photo("PNG", size=(64, 48)) + bytes(2_500_000)
    begun = jingning.begin(data, media_type="image/png", file_name="a.png").json()
    step = begun["upload"]["part_bytes"]
    states = [
        jingning.send(begun["address"], data[offset : offset + step], offset).json()["state"]
        for offset in range(0, len(data), step)
    ]
    assert states == ["uploading", "uploading", "complete"]
    path = f"/api/v1/evidence/{begun['evidence']['id']}"
    assert len(jingning.get(f"{path}/content").content) < len(data), "nothing comes along behind it"
    assert jingning.get(f"{path}/content?original=true").content == data


def test_a_milestone_reached_without_a_photo_is_asked_of_the_reporter_until_there_is_one(
    jingning: Jingning, session: Session
) -> None:
    session.get_one(Milestone, jingning.ids["milestone"]).actual_on = date(2026, 11, 20)
    session.flush()
    report = f"/api/v1/progress-reports/{jingning.ids['report']}"

    def asked() -> set[str]:
        tag = jingning.get(report).headers["ETag"]
        saved = jingning.client.patch(
            report,
            json={"image_progress": "封顶"},
            headers={**jingning.people["reporter"], "If-Match": tag},
        )
        assert saved.status_code == 200, saved.text
        return {one["code"] for one in saved.json()["warnings"]}

    assert "milestone_no_files" in asked()
    path = jingning.uploaded(of="milestone")
    assert "milestone_no_files" not in asked()
    jingning.withdraw(path)
    assert "milestone_no_files" in asked(), "withdrawn evidence shows nothing"
