"""Homes for supervisors and engines, in folders the engines' account may enter."""

import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import psutil
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from services.core.kit.settings import Settings
from services.standalone import engines
from services.standalone.engines import Urls
from services.standalone.home import Home, is_locked
from services.standalone.supervisor import ROOT
from tests.standalone.runs import copied, eventually, left_over


def _swept(folder: Path) -> None:
    """Remove a folder of homes, and nothing that still runs in it."""
    alive = [process for home in folder.iterdir() if home.is_dir() for process in left_over(home)]
    for process in alive:
        process.kill()
    shutil.rmtree(folder)
    assert alive == []


@pytest.fixture
def homes() -> Generator[Path]:
    """Give a folder for homes; pytest's own may not be entered by another account."""
    folder = Path(tempfile.mkdtemp(prefix="homes-"))
    folder.chmod(0o711)
    yield folder
    _swept(folder)


@pytest.fixture(scope="session")
def embedded() -> Settings:
    """Give settings that embed both engines, whatever the developer's environment says."""
    return Settings(database_url="", migration_url="", redis_url="")


@pytest.fixture(scope="session")
def seasoned_once(embedded: Settings) -> Generator[Path]:
    """Give a home whose database is made and migrated; nobody may change what it holds."""
    folder = Path(tempfile.mkdtemp(prefix="homes-"))
    folder.chmod(0o711)
    with engines.running(folder / "seasoned", embedded) as urls:
        config = Config(ROOT / "alembic.ini")
        engine = create_engine(urls.migration)
        with engine.connect() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")
        engine.dispose()
    yield folder / "seasoned"
    _swept(folder)


@pytest.fixture
def seasoned(seasoned_once: Path, homes: Path) -> Path:
    """Give a copy of that home for one test, to do with as it likes."""
    return copied(seasoned_once, homes / "seasoned")


@pytest.fixture(scope="session")
def urls(seasoned_once: Path, embedded: Settings) -> Generator[Urls]:
    """Give the addresses of engines, with migrated tables, that tests only look at."""
    with engines.running(
        copied(seasoned_once, seasoned_once.with_name("shared")), embedded
    ) as found:
        yield found


@pytest.fixture(scope="session")
def _lived_in_by_all(seasoned_once: Path) -> Path:
    return copied(seasoned_once, seasoned_once.with_name("lived-in"))


@pytest.fixture
def lived_in(_lived_in_by_all: Path) -> Generator[Path]:
    """Give a home that one test after the other runs from, as an operator's own is.

    A test that fails may leave its supervisor: it is killed, so that the next test can start.
    """
    place = Home(_lived_in_by_all)
    yield place.root
    if is_locked(place):
        psutil.Process(int(place.lock.read_text())).kill()
        assert eventually(lambda: not is_locked(place))
