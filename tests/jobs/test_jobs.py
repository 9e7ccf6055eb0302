"""Jobs: large batches, done piece by piece with what their account may do at that moment."""

from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from services.api.batch import drain
from services.api.main import BATCHES
from services.core.access.models import Account
from services.core.jobs import actions, schemas
from services.core.jobs.models import Job, JobItem
from services.core.kit.clock import house_now
from services.core.kit.feed import PendingEvent
from services.core.kit.settings import settings
from services.core.regions.models import Region
from tests import given
from tests.jobs.test_batch import URL, village


@pytest.fixture
def account(session: Session) -> Account:
    given.places(session)
    sasac = given.unit(
        session, "浙江省国资委", region_code="330000", level="province", kind="sasac"
    )
    return given.account(session, "sasac-zj", of=sasac, role="regulator")


@pytest.fixture
def keeper(session: Session, account: Account) -> dict[str, str]:
    return given.headers(session, account)


@pytest.fixture
def job(client: TestClient, keeper: dict[str, str]) -> str:
    """A job of 201 items, one of which cannot be done."""
    items = [village(number) for number in range(1, 201)]
    items.insert(7, village(7, level="planet"))
    traced = {**keeper, "traceparent": f"00-{'ab' * 16}-{'cd' * 8}-01"}
    answer = client.post(URL, headers=traced, json={"items": items, "atomic": False})
    assert answer.status_code == 202, answer.text
    schemas.Job.model_validate(answer.json())
    assert (answer.json()["state"], answer.json()["total"]) == ("queued", 201)
    location: str = answer.headers["location"]
    shown = client.get(location, headers=keeper)
    assert shown.headers["etag"] == answer.headers["etag"]
    return location


def pieces(count: int) -> list[bool]:
    return [drain.do_piece(BATCHES) for _ in range(count)]


def regions(session: Session) -> int:
    return (session.scalar(select(func.count()).select_from(Region)) or 0) - 6


def test_a_job_is_done_piece_by_piece_and_keeps_what_came_of_each_item(
    client: TestClient, session: Session, keeper: dict[str, str], job: str
) -> None:
    assert pieces(1) == [True]
    halfway = client.get(job, headers=keeper).json()
    assert (halfway["state"], halfway["succeeded"], halfway["failed"]) == ("running", 49, 1)
    assert regions(session) == 49
    assert pieces(5) == [True, True, True, True, False]
    done = client.get(job, headers=keeper).json()
    assert (done["state"], done["succeeded"], done["failed"]) == ("done", 200, 1)
    assert regions(session) == 200
    (failed,) = client.get(f"{job}/items?failed=true", headers=keeper).json()["items"]
    schemas.JobItemShown.model_validate(failed)
    assert (failed["position"], failed["status"]) == (7, 422)
    assert failed["problem"]["errors"][0]["pointer"] == "/items/7/body/level"
    page = client.get(f"{job}/items?limit=2&sort=-position&include=total", headers=keeper).json()
    assert page["total"] == 201
    assert page["items"][0]["location"] == "/api/v1/regions/331127200"


def test_its_facts_belong_to_the_trace_of_the_request_that_began_it(
    session: Session, job: str
) -> None:
    assert pieces(1) == [True], job
    traces = set(session.scalars(select(PendingEvent.trace)))
    assert {trace[3:35] if trace else None for trace in traces} == {"ab" * 16}


def test_nobody_else_sees_a_job(
    client: TestClient, session: Session, account: Account, keeper: dict[str, str], job: str
) -> None:
    other = given.unit(session, "丽水市国资委", region_code="331100", level="city", kind="sasac")
    colleague = given.headers(
        session, given.account(session, "sasac-ls", of=other, role="regulator")
    )
    for path in (job, f"{job}/items"):
        assert client.get(path, headers=colleague).status_code == 404
    cancel = client.post(f"{job}/cancel", headers={**colleague, "If-Match": "*"})
    assert cancel.status_code == 404
    assert client.get("/api/v1/jobs", headers=colleague).json()["items"] == []
    assert len(client.get("/api/v1/jobs?state=queued", headers=keeper).json()["items"]) == 1
    assert account.login == "sasac-zj"


def test_a_cancelled_job_keeps_what_is_done_and_does_no_more(
    client: TestClient, session: Session, keeper: dict[str, str], job: str
) -> None:
    assert client.post(f"{job}/cancel", headers=keeper).status_code == 428
    pieces(1)
    answer = client.post(f"{job}/cancel", headers={**keeper, "If-Match": "*"})
    assert (answer.status_code, answer.json()["state"]) == (200, "cancelled")
    assert pieces(1) == [False]
    assert regions(session) == 49
    again = client.post(f"{job}/cancel", headers={**keeper, "If-Match": "*"})
    assert (again.status_code, again.json()["lawful"]) == (409, [])


def test_a_job_does_what_its_account_may_do_by_then(
    client: TestClient, session: Session, account: Account, keeper: dict[str, str], job: str
) -> None:
    pieces(1)
    account.role = "observer"
    session.flush()
    pieces(4)
    done = client.get(job, headers=keeper).json()
    assert (done["state"], done["succeeded"]) == ("done", 49)
    last = client.get(f"{job}/items?sort=-position&limit=1", headers=keeper).json()["items"][0]
    assert last["status"] == 403


def test_a_closed_account_does_nothing_more(session: Session, account: Account, job: str) -> None:
    account.is_active = False
    session.flush()
    assert pieces(2) == [True, False]
    session.expire_all()
    assert session.scalars(select(Job.state)).one() == "cancelled"
    assert regions(session) == 0, job


def test_what_is_asked_is_encrypted_and_forgotten_when_it_is_done(
    session: Session, job: str
) -> None:
    kept = session.scalars(select(JobItem.asked)).all()
    assert all(text and "331127" not in text for text in kept), job
    pieces(5)
    session.expire_all()
    assert set(session.scalars(select(JobItem.asked))) == {None}


def test_a_job_is_forgotten_when_it_has_been_over_for_long(session: Session, job: str) -> None:
    pieces(5)
    now = house_now(session)
    actions.forget_finished(session, now=now, kept=settings().job_kept)
    assert session.scalar(select(func.count()).select_from(Job)) == 1, job
    actions.forget_finished(session, now=now + settings().job_kept * 2, kept=settings().job_kept)
    assert session.execute(text("SELECT count(*) FROM job_item")).scalar_one() == 0


@pytest.mark.parametrize(
    ("count", "atomic", "pointer"), [(201, True, "/atomic"), (5001, False, "/items")]
)
def test_so_many_are_not_done_all_or_none(
    client: TestClient, keeper: dict[str, str], count: int, atomic: Any, pointer: str
) -> None:
    many = {"items": [{"op": "designate"}] * count, "atomic": atomic}
    answer = client.post(URL, headers=keeper, json=many)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
