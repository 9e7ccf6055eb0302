"""Whom the engines run as, and where that account can reach its data.

PostgreSQL refuses to run as root. An ordinary user runs the engines as himself; root hands them
to `nobody` (initdb wants an account that exists), who must be able to enter every folder above
the data. Where he cannot (a home below /root, say), the data is put under /var/lib/tuanzu and a
link in the home says so.
"""

import os
import pwd
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from services.core.kit.words import Words
from services.standalone.home import Home
from services.standalone.trouble import Trouble

_ELSEWHERE = Path("/var/lib/tuanzu")


@dataclass(frozen=True, slots=True)
class Account:
    """A user and group, as numbers."""

    uid: int
    gid: int

    def can_enter(self, folder: Path) -> bool:
        """Tell whether this account may walk down to a folder and into it."""
        return all(self._may_execute(place) for place in (folder, *folder.parents))

    def can_run(self, program: Path) -> bool:
        """Tell whether this account may reach and execute a file."""
        return self.can_enter(program.parent) and self._may_execute(program)

    def _may_execute(self, path: Path) -> bool:
        """Ask the owner's or everybody's bit; a group's is left out, to stay on the safe side."""
        found = path.stat()
        mine = found.st_uid == self.uid
        return bool(found.st_mode & (stat.S_IXUSR if mine else stat.S_IXOTH))

    def owns(self, *paths: Path) -> None:
        """Hand files and folders to this account."""
        for path in paths:
            os.chown(path, self.uid, self.gid, follow_symlinks=False)


def engine_account(home: Home) -> Account | None:
    """Give the account for the engines when we are root; None: run them as ourselves.

    Data that an ordinary user began stays that user's, also when root runs it.
    """
    if os.geteuid() != 0:
        return None
    if home.engines.exists():
        owner = home.engines.stat()
        if owner.st_uid != 0:
            return Account(owner.st_uid, owner.st_gid)
    nobody = pwd.getpwnam("nobody")
    return Account(nobody.pw_uid, nobody.pw_gid)


def settled(home: Home, account: Account | None) -> Path:
    """Give the real folder of the engines' data, made where the account can work.

    Raises:
        Trouble: the folder is another user's, or cannot be entered by the account.
    """
    link = home.engines
    if not link.exists():
        if link.is_symlink():
            raise Trouble(_gone(link))
        _found(home, account)
    real = link.resolve()
    if account is None and real.stat().st_uid != os.geteuid():
        raise Trouble(_not_ours(real))
    if account is not None and not account.can_enter(real):
        raise Trouble(_not_reachable(real, account))
    return real


def _found(home: Home, account: Account | None) -> None:
    """Make the folder at home, or elsewhere with a link at home."""
    if account is None or account.can_enter(home.root):
        home.engines.mkdir(mode=0o700)
        if account is not None:
            account.owns(home.engines)
        return
    _ELSEWHERE.mkdir(mode=0o711, parents=True, exist_ok=True)
    elsewhere = Path(tempfile.mkdtemp(dir=_ELSEWHERE))
    account.owns(elsewhere)
    home.engines.symlink_to(elsewhere)


def moved_words(home: Home) -> Words | None:
    """Say where the data lies, if it is not in the home itself."""
    if not home.engines.is_symlink():
        return None
    place = home.engines.resolve()
    return Words(
        f"数据库文件位于 {place}：以 root 运行时数据库使用 nobody 账户，而它无法进入 {home.root}。",
        f"The engines keep their data in {place}: started by root they run as nobody, who cannot "
        f"enter {home.root}.",
    )


def usable_copy(tree: Path, program: str, *, into: Path, account: Account | None) -> Path:
    """Give a folder of programs the account can run: the installed one, or a copy of it.

    `tree` is the installed folder, `program` a file in it that must be executable, `into` the
    folder for the copy (named after the tree's version by the caller).
    """
    if account is None or account.can_run(tree / program):
        return tree
    if not into.exists():
        draft = into.with_name(into.name + ".new")
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(tree, draft, symlinks=True)
        account.owns(draft, *draft.rglob("*"))
        draft.rename(into)
    return into


def _gone(link: Path) -> Words:
    target = link.readlink()
    return Words(
        f"{link} 指向的数据目录 {target} 已不存在；请恢复该目录，或删除此链接后重新开始。",
        f"{link} points to {target}, which is gone; bring that folder back, or delete the link to "
        "begin anew.",
    )


def _not_ours(folder: Path) -> Words:
    owner = folder.stat().st_uid
    return Words(
        f"数据目录 {folder} 属于用户 {owner}（多半曾以 root 运行）；"
        "请以当时的用户运行，或更换 TUANZU_HOME。",
        f"The data folder {folder} belongs to user {owner} (it was probably made by root); run as "
        "the same user as then, or set TUANZU_HOME to another folder.",
    )


def _not_reachable(folder: Path, account: Account) -> Words:
    outermost = [place for place in (folder, *folder.parents) if not account.can_enter(place)][-1]
    return Words(
        f"用户 {account.uid} 无法进入数据目录 {folder}；请执行 chmod o+x {outermost}，"
        "或更换 TUANZU_HOME。",
        f"User {account.uid} cannot enter the data folder {folder}; allow it with chmod o+x "
        f"{outermost}, or set TUANZU_HOME to another folder.",
    )
