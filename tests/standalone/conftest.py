"""Homes for supervisors and engines, in folders the engines' account may enter."""

import shutil
import subprocess
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from services.core.kit.settings import Settings
from services.standalone import engines
from services.standalone.supervisor import ROOT
from tests.standalone.runs import left_over


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
    home = homes / "seasoned"
    subprocess.run(["cp", "-a", seasoned_once, home], check=True)  # noqa: S607 any cp keeps owners
    return home
