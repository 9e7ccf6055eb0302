"""docker-compose.yml starts what the table says, safely; Docker itself is not needed to see it."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from services.core.kit.settings import Settings
from services.standalone.processes import TABLE, Process, Site
from tests.standalone.runs import REPOSITORY

SITE = Site(host="0.0.0.0", port=8000, scratch=Path("/tmp"), worker_processes=3)  # noqa: S104, S108 a container's
TEXT = (REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8")
FILE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = FILE["services"]
ENGINES = {"postgres", "valkey"}
OURS = set(SERVICES) - ENGINES


def named(process: Process) -> str:
    return process.name


def test_the_services_are_those_of_the_table_with_their_engines_and_keys() -> None:
    assert {process.name for process in TABLE} == set(SERVICES) - ENGINES - {"keys"}


@pytest.mark.parametrize("process", TABLE, ids=named)
def test_a_service_runs_the_tables_command(process: Process) -> None:
    assert tuple(SERVICES[process.name]["command"]) == process.command(SITE)


@pytest.mark.parametrize("process", TABLE, ids=named)
def test_a_service_is_checked_as_the_table_says(process: Process) -> None:
    service = SERVICES[process.name]
    if process.one_shot:
        assert "healthcheck" not in service
        assert service["restart"] == "no"
    else:
        assert tuple(service["healthcheck"]["test"]) == ("CMD", *process.health)
        assert service["restart"] == "unless-stopped"


def test_whatever_may_be_scaled_has_no_name_or_port_of_its_own() -> None:
    for process in TABLE:
        service = SERVICES[process.name]
        assert "container_name" not in service
        assert all("-" in port.split(":")[1] for port in service.get("ports", []))


def test_only_the_api_is_published_and_only_on_this_machine() -> None:
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert list(published) == ["api"]
    assert all(port.startswith("127.0.0.1:") for port in published["api"])


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_services_may_do_nothing_they_need_not(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert int(service["user"].partition(":")[0]) > 0


def test_only_those_that_migrate_or_store_can_read_the_owners_password() -> None:
    reading = {
        name
        for name, service in SERVICES.items()
        if any(mount.startswith("owner-keys:") for mount in service["volumes"])
    }
    assert reading == {"keys", "postgres", "migrate"}


def test_the_engines_are_on_a_network_that_leads_nowhere() -> None:
    assert FILE["networks"]["engines"]["internal"] is True
    for name in ENGINES:
        assert SERVICES[name]["networks"] == ["engines"]


def test_every_volume_that_is_mounted_is_named_and_kept() -> None:
    mounted = {mount.split(":")[0] for service in SERVICES.values() for mount in service["volumes"]}
    assert mounted == set(FILE["volumes"])


def test_every_service_waits_for_what_it_needs_and_nothing_waits_in_a_circle() -> None:
    after = {name: set(service.get("depends_on") or ()) for name, service in SERVICES.items()}
    assert after["postgres"] == {"keys"}
    assert after["migrate"] == {"postgres"}
    for name in ("api", "relay", "worker", "beat"):
        assert after[name] == {"migrate", "valkey"}


def test_there_is_no_secret_in_the_file() -> None:
    assert not re.search(r"://[^@\s]*:[^@\s]+@", TEXT)
    for service in SERVICES.values():
        for name, value in (service.get("environment") or {}).items():
            assert "PASSWORD" not in name or str(value).startswith("/")
            assert name != "TUANZU_SECRET_KEY"


def test_every_setting_it_gives_exists() -> None:
    given = {
        name
        for service in SERVICES.values()
        for name in (service.get("environment") or {})
        if name.startswith("TUANZU_")
    }
    assert given <= {"TUANZU_" + name.upper() for name in Settings.model_fields}


def test_the_engines_keep_acknowledged_writes_and_forget_no_task() -> None:
    postgres, valkey = SERVICES["postgres"]["command"], SERVICES["valkey"]["command"]
    assert {"--fsync=on", "--synchronous_commit=on"} <= set(postgres)
    assert valkey[valkey.index("--maxmemory-policy") + 1] == "noeviction"


def test_the_image_runs_as_a_number_that_is_not_root_and_installs_by_hash() -> None:
    lines = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8").splitlines()
    users = [line.split()[1] for line in lines if line.startswith("USER ")]
    assert users == [SERVICES["api"]["user"]]
    assert any("--require-hashes" in line for line in lines)


def test_the_image_holds_whatever_the_dockerfile_copies_and_no_more() -> None:
    dockerfile = (REPOSITORY / "Dockerfile").read_text(encoding="utf-8")
    copied = {
        word
        for line in re.findall(r"^COPY (?!--from)(.+)$", dockerfile, re.MULTILINE)
        for word in line.split()[:-1]
    }
    ignore = (REPOSITORY / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert copied == {line.removeprefix("!") for line in ignore if line.startswith("!")}
