"""The master key changes while everything runs, and whatever happens meanwhile nothing is lost."""

import base64
import os
import signal
import subprocess
import sys
from collections.abc import Generator
from datetime import datetime
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from services.core.kit import cipher, idempotency, reading
from services.core.kit.errors import Invalid
from services.core.kit.settings import settings
from services.standalone.engines import Urls
from services.standalone.home import write_private
from services.standalone.postgres import plain
from tests.standalone.runs import REPOSITORY, eventually, surroundings, tuanzu

FIRST = base64.b64decode("dGVzdHMtb25seS0zMi1ieXRlcy1vZi1ub3RoaW5nISE=")
LATER = datetime.fromisoformat("2099-01-01T00:00:00Z")
SECRET = "what was answered"
MANY = 3000


@pytest.fixture
def key_file(homes: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[Path]:
    """Give a key file this process reads too."""
    file = homes / "secret.key"
    write_private(file, cipher.written((FIRST,)))
    monkeypatch.delenv("TUANZU_SECRET_KEY", raising=False)
    monkeypatch.setenv("TUANZU_SECRET_KEY_FILE", str(file))
    settings.cache_clear()
    yield file
    settings.cache_clear()


@pytest.fixture
def sealed_rows(key_file: Path, urls: Urls) -> Generator[psycopg.Connection]:
    """Give a connection to a database with answers that the first key sealed."""
    del key_file
    with psycopg.connect(plain(urls.migration), autocommit=True) as owner:
        account = uuid4()
        for number in range(MANY):
            made = idempotency.Attempt(account, f"key-{number}", (b"",))
            body = cipher.sealed(
                SECRET.encode(), owner=f"idempotency_record|{made.account_id}|{made.key}"
            )
            owner.execute(
                "INSERT INTO idempotency_record "
                "(account_id, key, fingerprint, status, headers, body, expires_at) "
                "VALUES (%s, %s, '', 201, '{}', %s, %s)",
                (made.account_id, made.key, body, LATER),
            )
        yield owner
        owner.execute("TRUNCATE idempotency_record")


def environment(urls: Urls, key_file: Path) -> dict[str, str]:
    return {
        "TUANZU_DATABASE_URL": urls.database,
        "TUANZU_REDIS_URL": urls.redis,
        "TUANZU_SECRET_KEY_FILE": str(key_file),
    }


def by_key(owner: psycopg.Connection) -> dict[str, int]:
    found = owner.execute(
        "SELECT split_part(body, ':', 2), count(*) FROM idempotency_record GROUP BY 1"
    )
    return dict(found.fetchall())


def all_open(owner: psycopg.Connection) -> bool:
    rows: list[tuple[UUID, str, str]] = owner.execute(
        "SELECT account_id, key, body FROM idempotency_record"
    ).fetchall()
    return len(rows) == MANY and all(
        cipher.opened(body, owner=f"idempotency_record|{account}|{key}").decode() == SECRET
        for account, key, body in rows
    )


def test_a_key_is_rotated_resealed_and_retired(
    homes: Path, key_file: Path, urls: Urls, sealed_rows: psycopg.Connection
) -> None:
    given = environment(urls, key_file)
    rotated = tuanzu(homes, "keys", "rotate", **given)
    assert rotated.returncode == 0, rotated.stderr
    assert key_file.stat().st_mode & 0o077 == 0
    new, old = cipher.read_keys(settings())
    assert old == FIRST
    assert all_open(sealed_rows), "before anything is resealed the former key opens"

    early = tuanzu(homes, "keys", "retire", **given)
    assert early.returncode == 1
    assert str(MANY) in early.stderr

    done = tuanzu(homes, "keys", "reseal", **given)
    assert done.returncode == 0, done.stderr
    assert by_key(sealed_rows) == {cipher.id_of(new): MANY}
    retired = tuanzu(homes, "keys", "retire", **given)
    assert retired.returncode == 0, retired.stderr
    assert cipher.read_keys(settings()) == (new,)
    assert all_open(sealed_rows)
    printed = rotated.stdout + done.stdout + retired.stdout + early.stderr
    assert not any(base64.b64encode(key).decode() in printed for key in (new, old))


def test_a_reseal_that_is_killed_is_finished_by_the_next(
    homes: Path, key_file: Path, urls: Urls, sealed_rows: psycopg.Connection
) -> None:
    given = environment(urls, key_file)
    assert tuanzu(homes, "keys", "rotate", **given).returncode == 0
    new = cipher.key_id()
    with subprocess.Popen(
        [sys.executable, "-m", "services.standalone.cli", "keys", "reseal"],
        env=surroundings(homes, **given),
        cwd=REPOSITORY,
    ) as process:
        assert eventually(lambda: by_key(sealed_rows).get(new, 0) > 0)
        os.kill(process.pid, signal.SIGKILL)
    half = by_key(sealed_rows)
    assert 0 < half[new] < MANY, "killed in the middle"
    assert all_open(sealed_rows)
    assert tuanzu(homes, "keys", "reseal", **given).returncode == 0
    assert by_key(sealed_rows) == {new: MANY}


def test_what_no_key_opens_is_said_and_the_rest_is_resealed(
    homes: Path, key_file: Path, urls: Urls, sealed_rows: psycopg.Connection
) -> None:
    sealed_rows.execute(
        "UPDATE idempotency_record SET body = 'v2:00000000:AAAA' WHERE key = 'key-7'"
    )
    given = environment(urls, key_file)
    assert tuanzu(homes, "keys", "rotate", **given).returncode == 0
    done = tuanzu(homes, "keys", "reseal", **given)
    assert done.returncode == 1
    assert "1 more" in done.stderr
    assert by_key(sealed_rows) == {cipher.key_id(): MANY - 1, "00000000": 1}


def test_a_key_from_the_environment_is_printed_and_not_written(homes: Path) -> None:
    key = cipher.written((FIRST,)).strip()
    done = tuanzu(homes, "keys", "rotate", TUANZU_SECRET_KEY=key)
    assert done.returncode == 0, done.stderr
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("TUANZU_SECRET_KEY=")]
    assert line.endswith(f' {key}"')
    assert list(homes.glob("**/secret.key")) == []


def test_a_running_process_reads_the_file_anew_and_takes_cursors_of_both_keys(
    key_file: Path,
) -> None:
    old_id, cursor = cipher.key_id(), cipher.cursor_signer().dumps(["q", [1]])
    text = cipher.sealed(b"x", owner="a|1")
    new = cipher.new_key()
    write_private(key_file, cipher.written((new, FIRST)))
    assert cipher.key_ids() == (cipher.id_of(new), old_id)
    assert cipher.opened(text, owner="a|1") == b"x"
    assert cipher.cursor_signer().loads(cursor) == ["q", [1]]
    assert cipher.derived("p", old_id) != cipher.derived("p")
    write_private(key_file, cipher.written((new,)))
    with pytest.raises(cipher.Unopenable):
        cipher.opened(text, owner="a|1")
    with pytest.raises(cipher.UnknownKey):
        cipher.derived("p", old_id)
    with pytest.raises(Invalid):
        reading._opened(str(cursor), "q", 1)  # noqa: SLF001 the one reader of cursors


def test_what_the_first_version_sealed_still_opens(key_file: Path) -> None:
    del key_file
    former = "v1:" + cipher.sealed(b"x", owner="a|1").rpartition(":")[2]
    assert cipher.opened(former, owner="a|1") == b"x"
    with pytest.raises(cipher.Unopenable):
        cipher.opened(former, owner="a|2")
