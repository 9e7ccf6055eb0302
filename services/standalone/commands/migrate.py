"""`tuanzu migrate`: brings the tables to this version."""

import typer
from alembic import command
from alembic.config import Config

from services.core.kit.settings import Settings
from services.core.kit.words import Words
from services.standalone import instance, roles, terminal
from services.standalone.supervisor import ROOT


def migrate() -> None:
    """Bring the tables to this version, as the role that owns them; two at once do no harm."""
    instance.connect_environment()
    chosen = Settings()
    roles.ensure_app_role(chosen)
    config = Config(ROOT / "alembic.ini")
    command.upgrade(config, "head")
    terminal.say(Words("数据表已是最新版本。", "The tables are at this version."))


def app_commands(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(migrate)
