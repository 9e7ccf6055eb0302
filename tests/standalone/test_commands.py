"""The command line: what an operator can mend is one sentence, and the doctor finds it."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from services.core.kit.settings import Settings
from services.standalone import cli, engines
from services.standalone.engines import Urls
from services.standalone.postgres import plain
from tests.standalone.runs import tuanzu

KEY = "dGVzdHMtb25seS0zMi1ieXRlcy1vZi1ub3RoaW5nISE="


def given(urls: Urls, **also: str) -> dict[str, str]:
    """Give the environment of an installation that works."""
    return {
        "TUANZU_DATABASE_URL": urls.database,
        "TUANZU_REDIS_URL": urls.redis,
        "TUANZU_SECRET_KEY": KEY,
    } | also


def test_help_names_every_command() -> None:
    shown = CliRunner().invoke(cli.built(), ["--help"])
    assert shown.exit_code == 0
    assert [name for name in cli.COMMANDS if name not in shown.stdout] == []


@pytest.mark.parametrize("name", sorted(cli.COMMANDS))
def test_a_command_is_loaded_by_its_name_and_has_help(name: str) -> None:
    assert CliRunner().invoke(cli.built(name), [name, "--help"]).exit_code == 0


def test_an_unreadable_setting_is_named_by_its_variable(homes: Path) -> None:
    done = tuanzu(homes / "one", "doctor", TUANZU_PORT="eighty")
    assert done.returncode == 1
    assert "TUANZU_PORT cannot be 'eighty'" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_terminal_in_chinese_is_answered_in_chinese(homes: Path) -> None:
    done = tuanzu(homes / "one", "token", "sasac-zj", LC_ALL="zh_CN.UTF-8")
    assert done.returncode == 1
    assert "没有正在运行的实例" in done.stderr


def test_migrating_twice_does_no_harm(urls: Urls, homes: Path) -> None:
    for _ in range(2):
        done = tuanzu(homes / "one", "migrate", **given(urls, TUANZU_MIGRATION_URL=urls.migration))
        assert done.returncode == 0, done.stderr


def test_two_migrations_at_once_run_one_after_the_other(homes: Path, embedded: Settings) -> None:
    with engines.running(homes / "one", embedded) as urls, ThreadPoolExecutor() as pool:
        sure = given(urls, TUANZU_MIGRATION_URL=urls.migration)
        both = [pool.submit(tuanzu, homes / "two", "migrate", **sure) for _ in range(2)]
        assert [done.result().returncode for done in both] == [0, 0]
        assert "migrations" in tuanzu(homes / "two", "doctor", **sure).stdout


def test_the_doctor_names_whoever_is_not_at_work_and_says_what_to_do(
    seasoned: Path, homes: Path, embedded: Settings
) -> None:
    with engines.running(seasoned, embedded) as urls:
        sick = tuanzu(homes / "one", "doctor", **given(urls))
        assert sick.returncode == 1
        assert "heartbeat relay" in sick.stdout
        assert "worker and beat" in " ".join(sick.stdout.split())
        assert tuanzu(homes / "one", "alive", "relay", **given(urls)).returncode == 1
        with psycopg.connect(plain(urls.migration), autocommit=True) as owner:
            owner.execute(
                "INSERT INTO heartbeat (name, at) VALUES ('relay', now()), ('watch', now())"
            )
        well = tuanzu(homes / "one", "doctor", **given(urls))
        assert well.returncode == 0, well.stdout
        assert "Nothing is broken." in well.stdout
        for name in ("relay", "worker", "beat"):
            assert tuanzu(homes / "one", "alive", name, **given(urls)).returncode == 0


_RAN_LAST_WEEK = """
INSERT INTO monitor_run (id, due_at, state, since_at, ran_at, runs_missed, projects_watched,
                         findings_opened, findings_cleared, findings_open, reminders_sent,
                         steps_taken, self_findings, version)
SELECT gen_random_uuid(), at, 'completed', at, at, 0, 0, 0, 0, 0, 0, 0, '[]', 1
FROM (SELECT now() - interval '7 days' AS at)
"""


def test_the_doctor_says_what_the_watch_finds_of_itself(
    seasoned: Path, homes: Path, embedded: Settings
) -> None:
    with engines.running(seasoned, embedded) as urls:
        wide = given(urls, COLUMNS="300")
        well = tuanzu(homes / "one", "doctor", **wide).stdout
        assert re.search(r"✓ +the watch +MR-23: 0 ", well)
        assert re.search(r"✓ +nightly proof +— ", well)
        with psycopg.connect(plain(urls.migration), autocommit=True) as owner:
            owner.execute(_RAN_LAST_WEEK)
            owner.execute(
                "INSERT INTO monitoring_proof (night, began_at, projects, differences) "
                "VALUES ('2026-11-26', now(), 291, 2)"
            )
        sick = tuanzu(homes / "one", "doctor", **wide).stdout
        assert re.search(r"! +the watch +\d+ run\(s\) of the watch not completed", sick)
        assert re.search(r"! +nightly proof +2026-11-26: 2 of 291 projects were not as kept", sick)


@pytest.mark.parametrize(
    ("variable", "value", "said"),
    [
        ("TUANZU_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none", "PostgreSQL"),
        ("TUANZU_REDIS_URL", "redis://127.0.0.1:1/0", "Redis"),
        ("TUANZU_SECRET_KEY", "c2hvcnQ=", "secret key"),
    ],
)
def test_the_doctor_finds_what_is_broken(
    urls: Urls, homes: Path, variable: str, value: str, said: str
) -> None:
    done = tuanzu(homes / "one", "doctor", **given(urls, **{variable: value}))
    assert done.returncode == 1
    assert any("✗" in line and said in line for line in done.stdout.splitlines())
    assert "Traceback" not in done.stderr


def test_the_doctor_warns_of_a_mighty_role_and_of_a_variable_nothing_reads(
    urls: Urls, homes: Path
) -> None:
    sure = given(urls, TUANZU_DATABASE_URL=urls.migration, TUANZU_SWEEP_EVRY="PT1S")
    done = tuanzu(homes / "one", "doctor", **sure)
    weak = [line for line in done.stdout.splitlines() if "!" in line]
    assert any("database role" in line for line in weak)
    assert any("settings" in line for line in weak)
