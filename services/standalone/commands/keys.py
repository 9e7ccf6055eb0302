"""`tuanzu keys`: the secrets of a compose installation, made once into its volumes."""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from services.core.kit.words import Words
from services.standalone import home, terminal
from services.standalone.postgres import APP, DATABASE, OWNER


def keys(
    app_folder: Annotated[Path, typer.Argument(help="Folder for what the application reads.")],
    owner_folder: Annotated[Path, typer.Argument(help="Folder for what only migrations read.")],
) -> None:
    """Make the master key and the database passwords, unless they are there already."""
    home.ensure_secret_key(app_folder / "secret.key")
    _ensure_password(app_folder / "pgpass", APP)
    password = _ensure_password(owner_folder / "pgpass", OWNER)
    if not (owner_folder / "password").exists():
        home.write_private(owner_folder / "password", password)
    terminal.say(Words("密钥已就绪。", "The keys are in place."))


def _ensure_password(passfile: Path, role: str) -> str:
    """Make a libpq password file with one line for one role; gives the password in it."""
    if not passfile.exists():
        home.write_private(passfile, f"*:*:{DATABASE}:{role}:{secrets.token_urlsafe(24)}\n")
    return passfile.read_text(encoding="ascii").strip().rpartition(":")[2]


def app_commands(app: typer.Typer) -> None:
    """Add the command to the app."""
    app.command()(keys)
