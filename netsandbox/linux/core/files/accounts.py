"""Users and groups as a fresh Debian has them (/etc/passwd and /etc/group of base-passwd)."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

GROUPS = {
    "root": 0, "daemon": 1, "bin": 2, "sys": 3, "adm": 4, "tty": 5, "disk": 6, "lp": 7, "mail": 8, "news": 9,
    "uucp": 10, "man": 12, "proxy": 13, "kmem": 15, "dialout": 20, "fax": 21, "voice": 22, "cdrom": 24, "floppy": 25,
    "tape": 26, "sudo": 27, "audio": 29, "dip": 30, "www-data": 33, "backup": 34, "operator": 37, "list": 38,
    "irc": 39, "src": 40, "shadow": 42, "utmp": 43, "video": 44, "sasl": 45, "plugdev": 46, "staff": 50, "games": 60,
    "users": 100, "nogroup": 65534}
USERS = {
    "root": (0, "root", "/root"), "daemon": (1, "daemon", "/usr/sbin"), "bin": (2, "bin", "/bin"),
    "sys": (3, "sys", "/dev"), "sync": (4, "nogroup", "/bin"), "games": (5, "games", "/usr/games"),
    "man": (6, "man", "/var/cache/man"), "lp": (7, "lp", "/var/spool/lpd"), "mail": (8, "mail", "/var/mail"),
    "news": (9, "news", "/var/spool/news"), "uucp": (10, "uucp", "/var/spool/uucp"), "proxy": (13, "proxy", "/bin"),
    "www-data": (33, "www-data", "/var/www"), "backup": (34, "backup", "/var/backups"),
    "list": (38, "list", "/var/list"), "irc": (39, "irc", "/run/ircd"), "_apt": (42, "nogroup", "/nonexistent"),
    "nobody": (65534, "nogroup", "/nonexistent")}
"""By name: the number, the group's name, the home."""
MOST = (1 << 31) - 1


GECOS = {"list": "Mailing List Manager", "irc": "ircd", "_apt": ""}  # Full names other than the user's
SHELLS = {"root": "/bin/bash", "sync": "/bin/sync"}


def passwd_file() -> str:
    """/etc/passwd (passwd(5))."""
    return "".join(f"{name}:x:{uid}:{GROUPS[group]}:{GECOS.get(name, name)}:{home}:"
                   f"{SHELLS.get(name, '/usr/sbin/nologin')}\n" for name, (uid, group, home) in USERS.items())


def group_file() -> str:
    """/etc/group (group(5))."""
    return "".join(f"{name}:x:{gid}:\n" for name, gid in GROUPS.items())


class Account(NamedTuple):
    """Who a process is (groups: further ones (docker run --group-add))."""

    uid: int = 0
    gid: int = 0
    groups: tuple[int, ...] = ()

    @property
    def user(self) -> str:
        """The name, or empty for a number that has none."""
        return next((name for name, (uid, _group, _home) in USERS.items() if uid == self.uid), "")

    @property
    def group(self) -> str:
        return group_name(self.gid)

    @property
    def home(self) -> str:
        return USERS[self.user][2] if self.user else "/"


def group_name(number: int) -> str:
    """Empty for a number that has none."""
    return next((name for name, gid in GROUPS.items() if gid == number), "")


SUPERUSER = Account()


class UnknownAccountError(Exception):
    """There is no such user or group; as runc says it."""


@lru_cache(64)
def account(text: str) -> Account:
    """USER[:GROUP], by names or numbers (UnknownAccountError: one of the names is unknown, or no number)."""
    user, colon, group = text.partition(":")
    uid = USERS[user][0] if user in USERS else _number(user or "0", f"unable to find user {user}: no matching entries "
                                                       "in passwd file")
    own = Account(uid).user
    gid = GROUPS[USERS[own][1]] if own else 0
    if colon and group:
        gid = GROUPS[group] if group in GROUPS else _number(
            group, f"unable to find group {group}: no matching entries in group file")
    return Account(uid, gid)


def _number(text: str, refusal: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise UnknownAccountError(refusal)
    if int(text) > MOST:
        raise UnknownAccountError(f"uids and gids must be in range 0-{MOST}")
    return int(text)
