"""ps, pgrep, pidof, pkill and killall: a machine's processes are its init, the first one of each container, and what
lines have begun.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from netsandbox.apps.pattern import PatternError, compile_pattern
from netsandbox.apps.program import UsageError
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.inputs import files_of
from netsandbox.commands.tools.kernel.kernel_files import FIRST_SHELL_PID, comm
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.options import options_of, table
from netsandbox.docker.launch import SHELLS
from netsandbox.docker.signals import SIGNALS
from netsandbox.linux.netlink.credentials import RIGHTS

HEADINGS = {"pid": "    PID", "ppid": "   PPID", "user": "USER    ", "comm": "COMMAND", "args": "COMMAND", "cmd": "CMD",
            "command": "COMMAND", "tty": "TT      ", "time": "    TIME", "stat": "STAT", "netns": "     NETNS",
            **dict.fromkeys(("uname", "euser", "ruser"), "USER    "), **dict.fromkeys(("pcpu", "%cpu"), "%CPU"),
            **dict.fromkeys(("pmem", "%mem"), "%MEM"), "uid": "  UID", "vsz": "   VSZ", "rss": "  RSS"}
WIDTHS = {"comm": 15, **dict.fromkeys(("args", "cmd", "command"), 27)}  # Where another column follows
NOT_MODELLED = frozenset(
    ["bsdstart", "bsdtime", "c", "cgroup", "cgroupns", "class", "cls", "cp", "cputime", "cputimes", "cwd", "egid",
     "egroup", "eip", "esp", "etime", "etimes", "euid", "exe", "f", "fgid", "fgroup", "flag", "flags", "fname",
     "fuid", "fuser", "gid", "group", "ignored", "ipcns", "label", "lstart", "lwp", "lxc", "machine", "maj_flt",
     "min_flt", "mntns", "ni", "nice", "nlwp", "numa", "nwchan", "ouid", "pcap", "pending", "pgid", "pgrp", "pidns",
     "policy", "ppri", "pri", "psr", "pss", "rgid", "rgroup", "rsize", "rssize", "rtprio", "ruid", "s", "sched",
     "seat", "sess", "session", "sgi_p", "sgid", "sgroup", "sid", "sig", "size", "slice", "spid", "stackp", "start",
     "start_time", "stime", "state", "suid", "supgid", "supgrp", "suser", "svgid", "svuid", "sz", "tgid", "thcount",
     "tid", "time_ns", "tname", "tpgid", "tt", "tty_nr", "ucmd", "unit", "uss", "userns", "utsns", "uunit", "vsize",
     "wchan"])
"""Columns that procps knows besides."""
BY_USER = re.compile(r"-[efl]*[uU]|--[uU]ser")
WITH_VALUE = re.compile(r"-?([A-BD-Za-z]*?)([opC])(.*)")
"""Letters, of which some take what stands behind them, or the next word: `-eo pid,args`, `axo user`, `-C nginx`."""


class Process(NamedTuple):
    """One process (namespace: inode of its network's; 0 where nobody asks; terminal: whether a person typed it)."""

    pid: int
    parent: int
    command: str
    namespace: int
    terminal: bool = False

    @property
    def tty(self) -> str:
        return "pts/0" if self.terminal else "?"

    @property
    def name(self) -> str:
        return comm(self.command)


def processes(context: ToolContext) -> list[Process]:
    """Those that are seen: in a container its own, of which the first has the PID 1."""
    found = context.machine.processes(context.namespace)
    if not RIGHTS.get().contained:
        return [Process(pid, 0 if pid == 1 else 1, command, inode) for pid, command, inode in found]
    inside = context.machine.processes_inside(context.namespace, files_of(context))
    if not inside:
        return [Process(1, 0, command, inode) for _pid, command, inode in found if inode == context.namespace.inode][:1]
    return [Process(pid, parent, command, whose.inode) for pid, parent, command, whose in inside]


def _with_itself(context: ToolContext, arguments: list[str]) -> list[Process]:
    """What ps sees: the shell that it is typed into and itself too, where they are not among the others."""
    found, words = processes(context), " ".join(["ps", *arguments])
    is_typed = context.stdin is not None and context.stdin.is_terminal
    if any(one.command == words for one in found):
        return found
    inode, is_contained = context.namespace.inode, RIGHTS.get().contained
    if is_contained:  # a container's own shell is its first process, or docker exec's
        found = [one._replace(terminal=is_typed and one.name in SHELLS) for one in found]
    elif is_typed:
        found.append(Process(FIRST_SHELL_PID, 1, "bash", inode, True))
    shell = next((one.pid for one in reversed(found) if one.terminal), 0 if is_contained else 1)
    return [*found, Process(max(one.pid for one in found) + 1 if found else 1, shell, words, inode, is_typed)]


@looks()
def ps(context: ToolContext, arguments: list[str]) -> ToolResult:
    """`ps aux`, `ps -ef`, `ps -o pid,comm`, `ps -p PID`."""
    letters, columns, wanted = _read_ps(arguments)
    shows_all = bool(set(letters) & set("aexA"))
    seen = _with_itself(context, arguments)
    rows = [one for one in seen if ((str(one.pid) in wanted or one.name in wanted) if wanted else
                                    shows_all or one.terminal == seen[-1].terminal)]
    if columns:
        titles = {name: HEADINGS[name] if title is None else _titled(title, HEADINGS[name])
                  for name, title in columns.items()}
        last = next(reversed(columns))
        widths = [0 if name == last else WIDTHS.get(name, 0) for name in columns]
        found = _table(*([text.ljust(width)[:width or None] for text, width in zip(row, widths, strict=True)]
                         for row in (list(titles.values()), *([_cell(one, name) for name in columns] for one in rows))))
        return found._replace(code=0 if rows else 1)
    if "u" in letters:
        heading = "USER         PID %CPU %MEM    VSZ   RSS TTY      STAT START   TIME COMMAND"
        lines = [f"root     {one.pid:>7}  0.0  0.0      0     0 {one.tty:<8} Ss   00:00   0:00 {one.command}"
                 for one in rows]
    elif "f" in letters:
        heading = "UID          PID    PPID  C STIME TTY          TIME CMD"
        lines = [f"root     {one.pid:>7} {one.parent:>7}  0 00:00 {one.tty:<8} 00:00:00 {one.command}" for one in rows]
    else:
        heading = "    PID TTY          TIME CMD"
        lines = [f"{one.pid:>7} {one.tty:<8} 00:00:00 {one.name}" for one in rows]
    return ToolResult(0 if rows else 1, "\n".join([heading, *lines]) + "\n", "")


def _titled(title: str, heading: str) -> str:
    """A title of one's own, where the heading stands."""
    if heading.startswith(" "):
        return title.rjust(len(heading))
    return title.ljust(len(heading)) if heading.endswith(" ") else title


def _read_ps(arguments: list[str]) -> tuple[str, dict[str, str | None], set[str]]:
    """The letters of all options, the columns of -o with their own titles, and the processes of -p and -C (ToolError:
    there is no such column)."""
    letters, columns, wanted, words = "", dict[str, str | None](), set[str](), list(arguments)
    while words:
        word = {"--pid": "-p", "--format": "-o", "--command": "-C"}.get(words[0], words[0])
        del words[0]
        if BY_USER.fullmatch(word) and words:
            user = words.pop(0)
            if user not in ("root", "0"):
                raise ToolError(1, f"netsandbox: `ps -u {user[:40]}` is not modelled: all runs with root's rights")
            letters += word.strip("-uUser") + "e"
            continue
        found = WITH_VALUE.fullmatch(word)
        if found is None:
            letters += word.lstrip("-")
            continue
        letters += found[1]
        value = found[3] or (words.pop(0) if words else "")
        if found[2] != "o":
            wanted |= set(value.replace(",", " ").split())
        else:
            columns |= {name: title if equals else None
                        for name, equals, title in (part.partition("=") for part in value.replace(" ", ",").split(","))}
    wrong = next((name for name in columns if name not in HEADINGS), None)
    if wrong in NOT_MODELLED:
        raise ToolError(1, f"netsandbox: ps -o {wrong} is not modelled")
    if wrong is not None:
        raise ToolError(1, f'error: unknown user-defined format specifier "{wrong}"')
    return letters, columns, wanted


def busybox_ps(context: ToolContext, arguments: list[str]) -> ToolResult:
    """BusyBox lists all, whatever it is asked (procps/ps.c); columns of one's own are procps' here too."""
    if any(word.startswith("-o") for word in arguments):
        return ps(context, ["-e", *arguments])
    lines = [f"{one.pid:>5} root      0:00 {one.command}" for one in _with_itself(context, arguments)]
    return ToolResult(0, "\n".join(["PID   USER     TIME  COMMAND", *lines]) + "\n", "")


def _cell(one: Process, name: str) -> str:
    return {"pid": f"{one.pid:>7}", "ppid": f"{one.parent:>7}", "user": "root    ", "comm": one.name,
            "tty": f"{one.tty:<8}", "time": "00:00:00", "stat": "Ss  ",
            "netns": f"{one.namespace:>10}", **dict.fromkeys(("uname", "euser", "ruser"), "root    "),
            **dict.fromkeys(("pcpu", "%cpu", "pmem", "%mem"), " 0.0"), "uid": "    0", "vsz": "     0",
            "rss": "    0"}.get(name, one.command)


def _table(headings: list[str], *rows: list[str]) -> ToolResult:
    shown = [headings, *rows] if "".join(headings).strip() else rows
    return ToolResult(0 if rows else 1, "".join(" ".join(cells) + "\n" for cells in shown), "")


CHOICE = "f|full x|exact n|newest o|oldest c|count"
NO_CHOICE = ("g|pgroup= G|group= i|ignore-case O|older= P|parent= s|session= t|terminal= u|euid= U|uid= F|pidfile= "
             "L|logpidfile r|runstates= A|ignore-ancestors cgroup= ns= nslist=")
"""By what pgrep and pkill choose."""
PGREP = table("pgrep", 2, acts=f"{CHOICE} l|list-name a|list-full",
              refused=f"{NO_CHOICE} d|delimiter= v|inverse w|lightweight signal=")


@looks()
def pgrep(context: ToolContext, arguments: list[str]) -> ToolResult:
    options, words = options_of(PGREP, arguments)
    rows = _chosen(context, words, options, "pgrep")
    if "c" in options:
        return ToolResult(0 if rows else 1, f"{len(rows)}\n", "")
    shown = {one.pid: f" {one.command}" if "a" in options else f" {one.name}" if "l" in options else "" for one in rows}
    out = "".join(f"{one.pid}{shown[one.pid]}\n" for one in rows)
    return ToolResult(0 if rows else 1, out, "")


def _chosen(context: ToolContext, words: list[str], options: dict[str, str], name: str) -> list[Process]:
    if not words:
        raise ToolError(2, f"{name}: no matching criteria specified\nTry `{name} --help' for more information.")
    try:
        pattern = compile_pattern(f"^({words[0]})$" if "x" in options else words[0], longest=True)
    except PatternError as error:
        raise ToolError(2, f"{name}: {error}") from None
    rows = [one for one in processes(context) if pattern.matches(one.command if "f" in options else one.name)]
    return rows[-1:] if "n" in options else rows[:1] if "o" in options else rows


PIDOF = table("pidof", acts="s d= q", usual="c n x", refused="o= z")


@looks()
def pidof(context: ToolContext, arguments: list[str]) -> ToolResult:
    """The newest first."""
    options, names = options_of(PIDOF, arguments)
    found = [str(one.pid) for one in reversed(processes(context)) if one.name in names]
    found = found[:1] if "s" in options else found
    told = options.get("d", " ").join(found) + "\n" if found and "q" not in options else ""
    return ToolResult(0 if found else 1, told, "")


PKILL = table("pkill", 2, acts=f"{CHOICE} e|echo signal=", refused=f"{NO_CHOICE} H|require-handler q|queue=")


def pkill(context: ToolContext, arguments: list[str]) -> ToolResult:
    """A signal to what lines have begun; containers' own are docker's to end."""
    signal, others = signal_of(arguments)
    options, words = options_of(PKILL, others)
    name = options.get("signal", signal)
    if signal_number(name) is None:
        raise ToolError(2, f'Unknown signal "{name}".')
    rows = _chosen(context, words, options, "pkill")
    send(context, "pkill", rows, name)
    told = "".join(f"{one.name} killed (pid {one.pid})\n" for one in rows) if "e" in options else ""
    return ToolResult(0 if rows else 1, told + (f"{len(rows)}\n" if "c" in options else ""), "")


KILLALL_USAGE = Path(__file__).with_name("killall_usage.txt").read_text(encoding="utf-8")
KILLALL_SIGNALS = """\
HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT
CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS
"""
KILLALL = table("killall", acts="q|quiet v|verbose s|signal= l|list", usual="e|exact",
                refused="I|ignore-case g|process-group y|younger-than= o|older-than= i|interactive r|regexp "
                        "u|user= w|wait n|ns= Z|context= V|version")


def killall(context: ToolContext, arguments: list[str]) -> ToolResult:
    """By the whole name, and it says where there is none."""
    signal, others = signal_of(arguments)
    try:
        list(KILLALL.each(others, []))
    except UsageError:
        raise ToolError(1, KILLALL_USAGE) from None
    options, names = options_of(KILLALL, others)
    if "l" in options:
        return ToolResult(0, KILLALL_SIGNALS, "")
    signal = options.get("s", signal)
    if signal_number(signal) is None:
        raise ToolError(1, f"{signal}: unknown signal; killall -l lists signals.")
    if not names:
        raise ToolError(1, KILLALL_USAGE)
    found = {name: [one for one in processes(context) if one.name == name] for name in names}
    missing = [name for name, rows in found.items() if not rows]
    for rows in found.values():
        send(context, "killall", rows, signal)
    number = signal_number(signal)
    told = [f"Killed {one.name}({one.pid}) with signal {number}\n" for rows in found.values() for one in rows]
    return ToolResult(int(bool(missing)), "",
                      "".join(f"{name}: no process found\n" for name in missing if "q" not in options)
                      + "".join(told if "v" in options else ()))


def send(context: ToolContext, tool: str, rows: list[Process], signal: str) -> None:
    """Raises ToolError: one is a container's."""
    machine, files, number = context.machine, files_of(context), signal_number(signal) or 0
    others = " ".join(str(one.pid) for one in rows if not machine.send(context.namespace, files, one.pid, number))
    if others:
        raise ToolError(1, f"netsandbox: {tool} ends what lines have begun; `kill {others}` sends the signal")


def signal_of(arguments: list[str], usual: str = "TERM") -> tuple[str, list[str]]:
    """The signal that a word names (`-9`, `-KILL`, `-SIGKILL`), else the usual one; and the other words."""
    at = next((at for at, word in enumerate(arguments) if word[:1] == "-" and signal_number(word[1:])), len(arguments))
    return "".join(arguments[at:at + 1]).removeprefix("-") or usual, [*arguments[:at], *arguments[at + 1:]]


def signal_number(signal: str) -> int | None:
    name = signal.upper().removeprefix("SIG")
    return SIGNALS.get(name) or (int(name) if name.isdecimal() and 0 < int(name) < 65 else None)
