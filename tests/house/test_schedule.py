"""Beat asks for tasks that exist, in queues that a worker serves, and its messages expire."""

import importlib
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from services.standalone import processes
from services.worker import queues


@pytest.fixture
def app(database: str) -> Celery:
    """Give the Celery app with its tasks loaded; it reads the settings as it is imported."""
    assert database, "the engines' addresses are set first"
    loaded: Celery = importlib.import_module("services.worker.app").app
    loaded.loader.import_default_modules()
    return loaded


@pytest.fixture
def entries(app: Celery) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = app.conf.beat_schedule
    return found


def test_every_entry_names_a_task_that_exists(
    app: Celery, entries: dict[str, dict[str, Any]]
) -> None:
    assert entries
    assert [entry["task"] for entry in entries.values() if entry["task"] not in app.tasks] == []


def test_every_message_of_beat_expires_before_the_next_but_one(
    entries: dict[str, dict[str, Any]],
) -> None:
    for name, entry in entries.items():
        assert 0 < entry["options"]["expires"] <= max(entry["schedule"], 1.0), name
        assert not {"eta", "countdown"} & set(entry["options"]), name


def test_every_queue_is_filled_by_beat(entries: dict[str, dict[str, Any]]) -> None:
    assert {entry["options"]["queue"] for entry in entries.values()} == set(queues.ALL)


def test_every_queue_is_served_by_the_worker() -> None:
    worker = next(process for process in processes.TABLE if process.name == "worker")
    command = worker.command(processes.Site("127.0.0.1", 8000, Path(), 2))
    served = command[command.index("-Q") + 1].split(",")
    assert sorted(served) == sorted(queues.ALL)


def test_every_task_of_ours_is_named_after_its_queue(app: Celery) -> None:
    ours = [name for name in app.tasks if not name.startswith("celery.")]
    assert {name.partition(".")[0] for name in ours} == set(queues.ALL)
