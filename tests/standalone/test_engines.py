"""The embedded engines: real, durable, and found again."""

import os
import shutil
import subprocess
from pathlib import Path

import psycopg
import pytest
import redis
from psycopg.conninfo import conninfo_to_dict

from services.core.kit.settings import Settings
from services.standalone import accounts, engines, home, postgres, valkey
from services.standalone.engines import Urls
from services.standalone.postgres import plain
from services.standalone.trouble import Trouble
from tests.standalone.runs import copied

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root changes accounts")


def _works(urls: Urls) -> bool:
    """Ask the database something, as the application."""
    with psycopg.connect(plain(urls.database)) as app:
        return app.execute("SELECT 1").fetchone() == (1,)


def test_they_start_keep_their_word_and_find_their_data_again(
    homes: Path, embedded: Settings
) -> None:
    with engines.running(homes / "one", embedded) as urls:
        with psycopg.connect(plain(urls.migration), autocommit=True) as owner:
            owner.execute("CREATE TABLE kept (word text)")
            owner.execute("INSERT INTO kept VALUES ('团组')")
        with redis.Redis.from_url(urls.redis) as client:
            assert client.info("memory")["maxmemory_policy"] == "noeviction"
            assert client.config_get("appendonly") == {"appendonly": "yes"}
    with (
        engines.running(homes / "one", embedded) as urls,
        psycopg.connect(plain(urls.migration)) as owner,
    ):
        assert owner.execute("SELECT word FROM kept").fetchall() == [("团组",)]


def test_the_server_is_set_up_for_durability_utc_and_any_language(urls: Urls) -> None:
    wanted = {
        "fsync": "on",
        "synchronous_commit": "on",
        "data_checksums": "on",
        "jit": "off",
        "TimeZone": "UTC",
        "listen_addresses": "",
    }
    with psycopg.connect(plain(urls.database)) as app:
        found = app.execute(
            "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", (list(wanted),)
        )
        assert dict(found.fetchall()) == wanted
        locale = app.execute("SELECT datlocale FROM pg_database WHERE datname = current_database()")
        assert locale.fetchone() == ("C.UTF-8",)


def test_the_application_role_is_no_superuser_and_owns_nothing(urls: Urls) -> None:
    with psycopg.connect(plain(urls.database)) as app:
        mighty = app.execute(
            "SELECT rolsuper OR rolcreatedb OR rolcreaterole OR rolbypassrls "
            "FROM pg_roles WHERE rolname = current_user"
        )
        assert mighty.fetchone() == (False,)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute("CREATE TABLE mine ()")


def test_the_database_addresses_hold_no_secret_and_name_their_role(urls: Urls) -> None:
    assert conninfo_to_dict(plain(urls.migration))["user"] == postgres.OWNER
    app = conninfo_to_dict(plain(urls.database))
    assert app["user"] == postgres.APP
    assert "password" not in app


def test_an_engine_that_already_runs_is_used_and_none_embedded(
    homes: Path, embedded: Settings, urls: Urls
) -> None:
    given = embedded.model_copy(update={"database_url": urls.database, "redis_url": urls.redis})
    with engines.running(homes / "two", given) as others:
        assert (others.database, others.redis) == (urls.database, urls.redis)
        assert not (homes / "two" / "engines").exists()


@pytest.mark.parametrize("name", ['团组 数据, "a"', "long" * 25, "with space"])
def test_a_home_may_have_any_name(
    homes: Path, seasoned_once: Path, embedded: Settings, name: str
) -> None:
    with engines.running(copied(seasoned_once, homes / name), embedded) as urls:
        assert _works(urls)


@as_root
def test_root_gives_the_engines_to_an_account_without_rights(seasoned_once: Path) -> None:
    engines_folder = seasoned_once / "engines"
    assert engines_folder.stat().st_uid != 0
    owners = {path.stat().st_uid for path in (engines_folder / "postgres").iterdir()}
    assert owners == {engines_folder.stat().st_uid}


@as_root
def test_a_home_below_a_closed_folder_still_works_and_says_where_the_data_is(
    homes: Path, embedded: Settings
) -> None:
    closed = homes / "closed"
    closed.mkdir(mode=0o700)
    place = home.opened(closed / "one")
    try:
        for _ in range(2):
            with engines.running(place.root, embedded) as urls:
                assert _works(urls)
        words = accounts.moved_words(place)
        assert words is not None
        assert str(place.engines.resolve()) in words.en
    finally:
        shutil.rmtree(place.engines.resolve())


@as_root
def test_programs_the_account_cannot_reach_are_copied(homes: Path) -> None:
    closed, nobody = homes / "closed", accounts.Account(65534, 65534)
    (closed / "bin").mkdir(parents=True, mode=0o700)
    closed.chmod(0o700)
    (closed / "bin" / "tool").write_text("#!/bin/sh\n")
    (closed / "bin" / "tool").chmod(0o700)
    copy = accounts.usable_copy(closed, "bin/tool", into=homes / "copy", account=nobody)
    assert copy == homes / "copy"
    assert nobody.can_run(copy / "bin" / "tool")


def test_a_home_serves_one_at_a_time(seasoned: Path, embedded: Settings) -> None:
    place = home.opened(seasoned)
    with (
        home.locked(place),
        pytest.raises(Trouble, match=rf"in use by process {os.getpid()}"),
        engines.running(place.root, embedded),
    ):
        pass


def test_servers_that_outlived_their_supervisor_are_stopped_first(
    seasoned: Path, embedded: Settings
) -> None:
    place = home.opened(seasoned)
    account = accounts.engine_account(place)
    server = postgres.placed(place.engines, place.log("postgres"), account)
    cache = valkey.placed(place.engines, place.log("valkey"), account)
    cache.write_config()
    orphans = [
        subprocess.Popen(  # noqa: S603 the engines' own command lines
            program.argv,
            cwd=program.folder,
            env=program.environment,
            user=account.uid if account else None,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for program in (server.program(), cache.program())
    ]
    with engines.running(place.root, embedded) as urls:
        assert [orphan.wait(timeout=10) for orphan in orphans] == [0, 0]
        assert _works(urls)


def test_a_stale_postmaster_pid_with_a_strangers_number_blocks_nobody(
    seasoned: Path, embedded: Settings
) -> None:
    stale = seasoned / "engines" / "postgres" / "postmaster.pid"
    stale.write_text(f"{os.getppid()}\n{stale.parent}\n1\n5432\n\n\n\n\n")
    with engines.running(seasoned, embedded) as urls:
        assert _works(urls)


def test_a_half_made_cluster_is_thrown_away(homes: Path, embedded: Settings) -> None:
    place = home.opened(homes / "one")
    folder = accounts.settled(place, accounts.engine_account(place))
    (folder / "postgres.new").mkdir()
    (folder / "postgres.new" / "PG_VERSION").write_text("18\n")
    with engines.running(place.root, embedded) as urls:
        assert _works(urls)


def test_a_server_that_may_lose_acknowledged_writes_is_refused(
    seasoned: Path, embedded: Settings
) -> None:
    with (
        engines.running(seasoned, embedded) as urls,
        psycopg.connect(plain(urls.migration), autocommit=True) as owner,
    ):
        owner.execute("ALTER ROLE tuanzu_app SET synchronous_commit = off")
    with (
        pytest.raises(Trouble, match="synchronous_commit=off"),
        engines.running(seasoned, embedded),
    ):
        pass


def test_data_of_another_major_version_is_refused_in_one_sentence(
    seasoned: Path, embedded: Settings
) -> None:
    (seasoned / "engines" / "postgres" / "PG_VERSION").write_text("17\n")
    with (
        pytest.raises(Trouble, match="made by PostgreSQL 17"),
        engines.running(seasoned, embedded),
    ):
        pass
