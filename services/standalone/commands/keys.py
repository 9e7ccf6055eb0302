"""`tuanzu keys`: the secrets of a compose installation, and the change of the master key."""

import secrets
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import select

from services.core import catalogue
from services.core.kit import cipher, ledger, sealing
from services.core.kit.clock import house_now
from services.core.kit.events import Actor
from services.core.kit.settings import Settings
from services.core.kit.words import Words
from services.standalone import home, inside, terminal
from services.standalone.postgres import APP, DATABASE, OWNER
from services.standalone.trouble import Trouble

_BATCH = 200


def make(
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


def rotate() -> None:
    """Put a new master key before the former ones, which still open what they sealed."""
    _change((cipher.new_key(), *_keys()))
    terminal.say(
        Words(
            "新密钥已启用；接着执行 tuanzu keys reseal。",
            "The new key is in use; run tuanzu keys reseal next.",
        )
    )


def reseal() -> None:
    """Seal again, with the current key, what former ones sealed; may be stopped and run again."""
    done = unopenable = 0
    for sealed in catalogue.SEALED:
        after: tuple[object, ...] | None = None
        while True:
            with inside.transaction() as session:
                batch = sealing.reseal(session, sealed, after=after, limit=_BATCH)
            done, unopenable = done + batch.resealed, unopenable + batch.unopenable
            if batch.last is None:
                break
            after = batch.last
    with inside.transaction() as session:
        ledger.note(
            session,
            "keys.resealed",
            by=Actor.part("keys"),
            now=house_now(session),
            details={"resealed": done, "unopenable": unopenable},
        )
    if unopenable:
        raise Trouble(
            Words(
                f"已重新加密 {done} 项；另有 {unopenable} 项无法用现有密钥打开，须找回原密钥。",
                f"Resealed {done}; {unopenable} more open with no key that is here: "
                "bring the key that sealed them back.",
            )
        )
    terminal.say(
        Words(
            f"已重新加密 {done} 项；可执行 tuanzu keys retire。",
            f"Resealed {done}; tuanzu keys retire may follow.",
        )
    )


def retire() -> None:
    """Take away former keys that nothing needs any more; page cursors they signed end with them."""
    with inside.transaction() as session:
        left = {
            sealed.name: count
            for sealed in catalogue.SEALED
            if (count := sealing.left(session, sealed))
        }
        named = {
            key_id
            for column in catalogue.KEY_IDS
            for key_id in session.scalars(select(column).distinct())
        }
    if left:
        listed = ", ".join(f"{name}: {count}" for name, count in left.items())
        raise Trouble(
            Words(
                f"仍有内容由旧密钥加密（{listed}）；先执行 tuanzu keys reseal。",
                f"Former keys still seal {listed}; run tuanzu keys reseal first.",
            )
        )
    current, *former = _keys()
    kept = tuple(key for key in former if cipher.id_of(key) in named)
    if len(kept) == len(former):
        terminal.say(Words("没有可移除的旧密钥。", "There is no former key to take away."))
        return
    _change((current, *kept))
    gone = len(former) - len(kept)
    terminal.say(Words(f"已移除 {gone} 个旧密钥。", f"{gone} former key(s) taken away."))


def _chosen() -> Settings:
    """Give the settings, with the file of the one-machine run if none is named."""
    chosen = Settings()
    file = chosen.secret_key_file or home.Home(chosen.home.expanduser().resolve()).secret_key
    return chosen.model_copy(update={"secret_key_file": file})


def _keys() -> tuple[bytes, ...]:
    """Read the keys from the environment or the file.

    Raises:
        Trouble: there is none, or none that can be used.
    """
    try:
        return cipher.read_keys(_chosen())
    except (cipher.NoSecretKey, OSError, ValueError) as error:
        raise Trouble(Words(f"无法读取密钥（{error}）。", f"No usable key: {error}")) from error


def _change(keys: tuple[bytes, ...]) -> None:
    """Write the keys where they were read from; an environment can only be told to the operator."""
    chosen = _chosen()
    if not chosen.secret_key and chosen.secret_key_file:
        home.write_private(chosen.secret_key_file, cipher.written(keys))
        return
    value = " ".join(cipher.written(keys).split())
    terminal.say(
        Words(
            "密钥来自环境变量：请在所有进程中改为下一行的值并重新启动。",
            "The key comes from the environment: give every process the next line, and restart.",
        )
    )
    typer.echo(f'TUANZU_SECRET_KEY="{value}"')


def _ensure_password(passfile: Path, role: str) -> str:
    """Make a libpq password file with one line for one role; gives the password in it."""
    if not passfile.exists():
        home.write_private(passfile, f"*:*:{DATABASE}:{role}:{secrets.token_urlsafe(24)}\n")
    return passfile.read_text(encoding="ascii").strip().rpartition(":")[2]


def app_commands(app: typer.Typer) -> None:
    """Add the group to the app."""
    group = typer.Typer(no_args_is_help=True, help="Make, rotate, reseal and retire keys.")
    for command in (make, rotate, reseal, retire):
        group.command()(command)
    app.add_typer(group, name="keys")
