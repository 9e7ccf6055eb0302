"""The doctor's look at this machine: settings, the secret key, the disk."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

from services.core.kit import cipher
from services.core.kit.settings import Settings
from services.core.kit.words import Words
from services.standalone import children
from services.standalone.checkup.findings import Finding, broken, weak, well

_LOW_BYTES = 2_000_000_000
"""Below this an operator should act: a backup and a busy month's facts need about as much."""
_FULL_BYTES = 200_000_000
"""Below this PostgreSQL may not find room for its next write-ahead files (16 MB each)."""
_PREFIX = "TUANZU_"

_SETTINGS = Words("设置", "settings")
_KEY = Words("密钥", "secret key")
_DISK = Words("磁盘", "disk")


def machine(chosen: Settings, variables: dict[str, str]) -> Iterator[Finding]:
    """Check what needs no engine; `variables` is the environment."""
    yield _settings(variables)
    yield _secret_key(chosen)
    yield _disk(chosen.home)


def _settings(variables: dict[str, str]) -> Finding:
    """Warn about a variable that no setting reads: most likely it is misspelt."""
    known = {_PREFIX + name.upper() for name in Settings.model_fields}
    known |= {children.MARK, children.NAME}
    given = [name for name in variables if name.startswith(_PREFIX)]
    strange = sorted(
        name for name in given if name not in known and not name.startswith("TUANZU_TEST_")
    )
    if strange:
        named = ", ".join(strange)
        return weak(
            _SETTINGS,
            Words(f"未知的环境变量 {named}", f"nothing reads {named}"),
            Words("检查拼写，或删除它。", "Check the spelling, or remove it."),
        )
    return well(_SETTINGS, f"{len(given)} × {_PREFIX}…")


def _secret_key(chosen: Settings) -> Finding:
    file = chosen.secret_key_file or chosen.home / "secret.key"
    try:
        cipher.read_keys(chosen.model_copy(update={"secret_key_file": file}))
    except (cipher.NoSecretKey, OSError, ValueError) as error:
        return broken(
            _KEY,
            Words(
                f"无法使用（{type(error).__name__}）", f"cannot be used ({type(error).__name__})"
            ),
            Words(
                "恢复原来的密钥文件；没有它，已加密的内容无法读取。",
                "Bring the former key file back; without it what was encrypted cannot be read.",
            ),
        )
    if not chosen.secret_key and file.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return weak(
            _KEY,
            Words(f"{file} 可被其他用户读取", f"{file} can be read by others"),
            Words(f"执行 chmod 600 {file}", f"chmod 600 {file}"),
        )
    return well(_KEY, f"{_PREFIX}SECRET_KEY" if chosen.secret_key else str(file))


def _disk(home: Path) -> Finding:
    place = home if home.exists() else Path()
    free = shutil.disk_usage(place).free
    room = f"{free / 1e9:.1f} GB"
    found = Words(f"{os.fspath(place)} 剩余 {room}", f"{room} free at {place}")
    remedy = Words("请清理磁盘或扩容。", "Make room, or move to a larger disk.")
    if free < _FULL_BYTES:
        return broken(_DISK, found, remedy)
    if free < _LOW_BYTES:
        return weak(_DISK, found, remedy)
    return well(_DISK, room)
