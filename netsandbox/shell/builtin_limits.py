"""ulimit: what a process may use, as it was given it (getrlimit(2)); nothing in the sandbox comes near."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.linux.netlink.credentials import RIGHTS

if TYPE_CHECKING:
    from netsandbox.shell.builtin import Builtin

ENDLESS = -1
ANY = (ENDLESS, ENDLESS)
KIB, HALF = 1024, 512
NOT_DONE = "note: the sandbox tells limits, and sets none"
NO_RIGHT = {"bash": "{title}: cannot modify limit: Operation not permitted",
            "dash": "error setting limit (Operation not permitted)",
            "ash": "error setting limit: Operation not permitted"}
USAGE = "ulimit: usage: ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]"


class Limit(NamedTuple):
    """One of them."""

    name: str  # as `docker run --ulimit` has it; empty where that has none
    host: tuple[int, int]  # soft and hard, of root's shell on a fresh Debian
    contained: tuple[int, int]  # of a container that was told nothing
    # title, unit: as bash and ash tell it; what is told in kbytes or blocks is kept in bytes
    title: str
    unit: str = ""
    of_dash: str = ""  # as dash tells it, empty where it has none

    @property
    def own(self) -> tuple[int, int]:
        """Soft and hard, of the one who asks."""
        rights = RIGHTS.get()
        told = next(((own.soft, own.hard) for own in rights.limits if self.name == own.name), None)
        return told or (self.contained if rights.contained else self.host)

    def size(self, shell: str) -> int:
        """Of one of what a shell tells it in."""
        return {"kbytes": KIB, "blocks": KIB if shell == "bash" else HALF}.get(self.unit, 1)


THREADS, QUEUES, LOCKED, STACK, FILES = (15364, 15364), (819200, 819200), (8 << 20, 8 << 20), 8 << 20, 1 << 20
LIMITS = {
    "R": Limit("", ANY, ANY, "real-time non-blocking time", "microseconds"),
    "c": Limit("core", (0, ENDLESS), ANY, "core file size", "blocks", "coredump(blocks)"),
    "d": Limit("data", ANY, ANY, "data seg size", "kbytes", "data(kbytes)"),
    "e": Limit("nice", (0, 0), (0, 0), "scheduling priority"),
    "f": Limit("fsize", ANY, ANY, "file size", "blocks", "file(blocks)"),
    "i": Limit("sigpending", THREADS, THREADS, "pending signals"),
    "l": Limit("memlock", LOCKED, LOCKED, "max locked memory", "kbytes", "locked memory(kbytes)"),
    "m": Limit("rss", ANY, ANY, "max memory size", "kbytes", "memory(kbytes)"),
    "n": Limit("nofile", (1024, FILES), (FILES, FILES), "open files", "", "nofiles"),
    "p": Limit("", (8, 8), (8, 8), "pipe size", "512 bytes"),
    "q": Limit("msgqueue", QUEUES, QUEUES, "POSIX message queues", "bytes"),
    "r": Limit("rtprio", (0, 0), (0, 0), "real-time priority", "", "rtprio"),
    "s": Limit("stack", (STACK, ENDLESS), (STACK, ENDLESS), "stack size", "kbytes", "stack(kbytes)"),
    "t": Limit("cpu", ANY, ANY, "cpu time", "seconds", "time(seconds)"),
    "u": Limit("nproc", THREADS, ANY, "max user processes", "", "process"),
    "v": Limit("", ANY, ANY, "virtual memory", "kbytes", "vmemory(kbytes)"),
    "x": Limit("locks", ANY, ANY, "file locks", "", "locks"),
}
"""By bash's letter, in its order."""
IN_PROC = (
    ("Max cpu time", "t", "seconds"), ("Max file size", "f", "bytes"), ("Max data size", "d", "bytes"),
    ("Max stack size", "s", "bytes"), ("Max core file size", "c", "bytes"), ("Max resident set", "m", "bytes"),
    ("Max processes", "u", "processes"), ("Max open files", "n", "files"), ("Max locked memory", "l", "bytes"),
    ("Max address space", "v", "bytes"), ("Max file locks", "x", "locks"), ("Max pending signals", "i", "signals"),
    ("Max msgqueue size", "q", "bytes"), ("Max nice priority", "e", ""), ("Max realtime priority", "r", ""),
    ("Max realtime timeout", "", "us"))
"""Each in /proc/PID/limits, with bash's letter."""
LETTERS_OF_DASH = {"t": "t", "f": "f", "d": "d", "s": "s", "c": "c", "m": "m", "l": "l", "p": "u", "n": "n", "v": "v",
                   "w": "x", "r": "r"}
"""Dash's letters in its order, each with bash's for the same."""
LETTERS = {"bash": {letter: letter for letter in LIMITS}, "dash": LETTERS_OF_DASH,
           "ash": {letter: letter for letter in LIMITS if letter not in "Rp"}}


def ulimit(call: Builtin) -> int:
    shell, which, is_hard = call.state.dialect.name, "", False
    letters, words = LETTERS[shell], list(call.arguments)
    while words and words[0].startswith("-") and len(words[0]) > 1:
        for letter in words.pop(0)[1:]:
            if letter in "SH":
                is_hard = letter == "H"
            elif letter == "a" or letter in letters:
                which += letter
            else:
                return _unknown(call, letter)
    if words:
        return _set(call, words, LIMITS[letters[which[-1:] or "f"]])
    several = "".join(letters) if "a" in which else which if shell == "bash" else ""
    for letter in several or which[-1:] or "f":
        shown = _shown(LIMITS[letters[letter]], shell, is_hard)
        call.out((_title(shell, letter) if "a" in which or len(several) > 1 else "") + shown + "\n")
    return 0


def _shown(limit: Limit, shell: str, is_hard: bool) -> str:
    value = limit.own[is_hard]
    return "unlimited" if value == ENDLESS else str(value // limit.size(shell))


def limits_file() -> str:
    """/proc/self/limits (fs/proc/base.c)."""
    rows = [("Limit", "Soft Limit", "Hard Limit", "Units"), *(
        (title, *("unlimited" if value == ENDLESS else str(value) for value in (LIMITS[letter].own if letter else ANY)),
         unit) for title, letter, unit in IN_PROC)]
    return "".join(f"{title:<25} {soft:<20} {hard:<20} {unit:<10}\n" for title, soft, hard, unit in rows)


def _title(shell: str, letter: str) -> str:
    """In front of a value where several are told."""
    limit = LIMITS[LETTERS[shell][letter]]
    if shell == "dash":
        return f"{limit.of_dash:<20} "
    if shell == "ash":
        unit = f" ({limit.unit.replace('kbytes', 'kb')})" if limit.unit else ""
        return f"{limit.title + unit:<31} (-{letter}) "
    unit = f"({limit.unit}, -{letter}) " if limit.unit else f"(-{letter}) "
    return f"{limit.title:<20} {unit:>20}"


def _unknown(call: Builtin, letter: str) -> int:
    shell = call.state.dialect.name
    if shell == "ash":
        call.output.append(("err", f"ulimit: invalid option -- '{letter}'\n"))
        return 1
    status = call.fail(f"-{letter}: invalid option" if shell == "bash" else f"Illegal option -{letter}", 2)
    if shell == "bash":
        call.output.append(("err", USAGE + "\n"))
    return status


def _set(call: Builtin, words: list[str], limit: Limit) -> int:
    """A limit is to be another one: none above the hard one in a container, which has no CAP_SYS_RESOURCE."""
    shell = call.state.dialect.name
    if shell == "dash" and len(words) > 1:
        return call.fail("too many arguments", 2)
    if not words[0].isdecimal() and words[0] not in ("unlimited", *(("hard", "soft") if shell == "bash" else ())):
        return call.fail(f"{words[0]}: invalid number") if shell == "bash" else call.fail("bad number", 2)
    hard, is_endless = limit.own[True], words[0] == "unlimited"
    above = words[0].isdecimal() and int(words[0]) * limit.size(shell) > hard
    if hard != ENDLESS and (is_endless or above) and RIGHTS.get().contained:
        return call.fail(NO_RIGHT[shell].format(title=limit.title), 1 if shell == "bash" else 2)
    call.fail(NOT_DONE)
    return 0
