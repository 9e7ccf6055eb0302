"""The application's role: it serves, and neither owns the tables nor is a superuser."""

from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict

from services.core.kit.settings import Settings
from services.core.kit.words import Words
from services.standalone.postgres import plain
from services.standalone.trouble import Trouble


def ensure_app_role(chosen: Settings) -> None:
    """Make the role of the database address, as the role of the migration address, if it lacks.

    Nothing is to be done where both addresses name the same role.

    Raises:
        Trouble: the server does not answer, or the owner may not make roles.
    """
    app = conninfo_to_dict(plain(chosen.database_url))
    owner = chosen.migration_url or chosen.database_url
    name = str(app.get("user") or "")
    if name in ("", conninfo_to_dict(plain(owner)).get("user")):
        return
    try:
        with psycopg.connect(plain(owner), autocommit=True, connect_timeout=5) as connection:
            found = connection.execute("SELECT FROM pg_roles WHERE rolname = %s", (name,))
            if found.fetchone() is None:
                connection.execute(_creation(name, _password(app)))
    except psycopg.Error as error:
        said = str(error).strip().splitlines()[0]
        raise Trouble(
            Words(
                f"无法为应用创建数据库角色 {name}：{said}",
                f"The role {name} for the application cannot be made: {said}",
            )
        ) from error


def _creation(name: str, password: str) -> sql.Composed:
    statement = sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(name))
    if password:
        statement += sql.SQL(" PASSWORD {}").format(sql.Literal(password))
    return statement


def _password(app: dict[str, str | int | None]) -> str:
    """Give the password of an address: its own, or the last field of its passfile's first line."""
    if app.get("password"):
        return str(app["password"])
    if app.get("passfile"):
        line = Path(str(app["passfile"])).read_text(encoding="ascii").splitlines()[0]
        return line.rpartition(":")[2]
    return ""
