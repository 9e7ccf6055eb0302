"""Where bytes lie: a folder, or a bucket of an S3-compatible store, behind the same few verbs.

Under an id lie `parts/<offset>` while it is uploaded, then `original`, and `shown` where others
get a copy. Names are made of ids and numbers alone.
"""

import os
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from uuid import UUID

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from services.core.kit.errors import Unavailable
from services.core.kit.settings import Settings, settings
from services.core.kit.words import Words

_log = structlog.get_logger(__name__)
ORIGINAL, SHOWN, PARTS = "original", "shown", "parts/"
_TIMEOUT = timedelta(seconds=10)
"""A bucket that takes longer for a request is not there: the client tries again."""


def folder(chosen: Settings) -> Path:
    """Give the folder of the bytes, where they lie in one."""
    return chosen.evidence_folder or chosen.home / "evidence"


def part(offset: int) -> str:
    """Name a part by where it begins."""
    return f"{PARTS}{offset:013}"


def put(evidence_id: UUID, name: str, data: bytes) -> None:
    """Keep bytes, over what was there under that name; they outlast a power cut.

    Raises:
        Unavailable: the store does not answer.
    """
    store = _store()
    with _answering():
        obstore.put(store, f"{evidence_id}/{name}", data)
        if isinstance(store, LocalStore):
            _settle(folder(settings()) / str(evidence_id) / name)


def get(evidence_id: UUID, name: str) -> bytes:
    """Give bytes back.

    Raises:
        Unavailable: the store does not answer, or has lost them.
    """
    with _answering():
        return bytes(obstore.get(_store(), f"{evidence_id}/{name}").bytes())


def forget(evidence_id: UUID, below: str = "") -> None:
    """Remove what lies under an id, or only what is `below` it.

    Raises:
        Unavailable: the store does not answer.
    """
    store = _store()
    with _answering():
        for found in obstore.list(store, f"{evidence_id}/{below}"):
            obstore.delete(store, [one["path"] for one in found])


def _store() -> LocalStore | S3Store:
    return _opened(settings())


@lru_cache(maxsize=1)
def _opened(chosen: Settings) -> LocalStore | S3Store:
    """Open what the settings say; nothing of it is ever logged."""
    if not chosen.evidence_s3_bucket:
        place = folder(chosen)
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        return LocalStore(place, automatic_cleanup=True)
    endpoint = chosen.evidence_s3_endpoint
    return S3Store(
        chosen.evidence_s3_bucket,
        config={
            "region": chosen.evidence_s3_region,
            "access_key_id": chosen.evidence_s3_access_key_id,
            "secret_access_key": chosen.evidence_s3_secret_access_key,
            **({"endpoint": endpoint} if endpoint else {}),
        },
        client_options={"allow_http": endpoint.startswith("http://"), "timeout": _TIMEOUT},
        retry_config={"max_retries": 2, "retry_timeout": _TIMEOUT},
    )


@contextmanager
def _answering() -> Generator[None]:
    try:
        yield
    except (BaseError, OSError) as error:
        _log.warning("the store of evidence does not answer", error=type(error).__name__)
        words = Words(
            "文件存储暂时不可用，请稍后重试。", "The store of files does not answer; try again."
        )
        raise Unavailable(words) from None  # what a bucket says of a refusal may name the key


def _settle(path: Path) -> None:
    """Write a file and its name to the disk itself."""
    for place in (path, path.parent):
        handle = os.open(place, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
