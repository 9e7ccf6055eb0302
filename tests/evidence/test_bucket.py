"""The same photos in a bucket: a real client of S3 against moto's server, started by the test."""

from collections.abc import Generator
from uuid import uuid4

import boto3
import pytest
from moto.server import ThreadedMotoServer
from sqlalchemy.orm import Session

from services.core.evidence import actions
from services.core.kit.settings import settings
from tests.evidence.conftest import PHOTO, TODAY, Jingning

SECRET = "a-secret-that-nobody-may-see"
HALF = len(PHOTO) // 2


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch, database: str) -> Generator[None]:  # noqa: ARG001 its settings come first
    """Start the store, and let the settings name it."""
    started = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    started.start()
    host, port = started.get_host_and_port()
    for name, value in {
        "BUCKET": f"evidence-{uuid4()}",  # moto keeps its buckets as long as the process lives
        "ENDPOINT": f"http://{host}:{port}",
        "ACCESS_KEY_ID": "tuanzu",
        "SECRET_ACCESS_KEY": SECRET,
    }.items():
        monkeypatch.setenv(f"TUANZU_EVIDENCE_S3_{name}", value)
    settings.cache_clear()
    yield
    started.stop()
    monkeypatch.undo()
    settings.cache_clear()


def kept() -> list[str]:
    """Name what lies in the bucket, by another library than the service's."""
    bucket = boto3.resource(
        "s3",
        endpoint_url=settings().evidence_s3_endpoint,
        region_name="us-east-1",
        aws_access_key_id="tuanzu",
        aws_secret_access_key=SECRET,
    ).Bucket(settings().evidence_s3_bucket)
    if not bucket.creation_date:
        bucket.create()
    return sorted(one.key.partition("/")[2] for one in bucket.objects.all())


@pytest.mark.usefixtures("server")
def test_a_photo_lies_in_the_bucket_and_comes_back(jingning: Jingning, session: Session) -> None:
    assert kept() == []
    begun = jingning.begin()
    address, path = begun.json()["address"], begun.headers["Location"]
    assert jingning.send(address, PHOTO[:HALF]).status_code == 200
    assert kept() == ["parts/0000000000000"]
    assert jingning.send(address, PHOTO[HALF:], HALF).json()["state"] == "complete"
    actions.tidy_due(session, now=TODAY, limit=10)
    assert kept() == ["original", "shown"]
    assert jingning.get(f"{path}/content?original=true").content == PHOTO
    assert jingning.get(f"{path}/content", "member").status_code == 200


@pytest.mark.usefixtures("server")
def test_a_bucket_that_is_not_there_costs_a_try_and_tells_no_secret(
    jingning: Jingning, caplog: pytest.LogCaptureFixture
) -> None:
    begun = jingning.begin().json()
    refused = jingning.send(begun["address"], PHOTO)
    assert refused.status_code == 503
    assert SECRET not in refused.text + caplog.text
    kept()  # somebody makes the bucket
    assert jingning.send(begun["address"], PHOTO).json()["state"] == "complete"
