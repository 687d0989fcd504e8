"""Lines as they are pasted: several that make one, and the prompt before one: `$ docker ps`, `/ # ping 172.17.0.3`."""

from __future__ import annotations

import re
from collections.abc import Iterable

from netsandbox.commands.line import closer_of

PROMPT = re.compile(r"""\s*(?:
    (?: \([\w.-]+\)\s )?  # a virtual environment's name; then Debian's and Red Hat's
    (?: (?: [\w.-]+@[\w.-]+ (?: :\S*? | \s[~/]\S*? )? | \[[^\]]{1,80}\] ) \s? (?: \# \s* | [$%] \s+ )
      | (?: [~/][\w./~-]* )? \s? [$\#] \s+  # BusyBox's, and a bare one
      | (?: ba | da | z )? sh-[\d.]+ [$\#] \s+
      | └─[$\#] \s*  # Kali's, below the line that tells the place
      | ➜ \s+ \S+ \s+ (?: git:\(\S*\) \s+ (?: ✗ \s+ )? )?
      | (?P<host> [\w.-]+ ) [$\#%] \s+
      | ❯ \s+  # the sandbox's own
    ))(?=\S)""", re.VERBOSE)
PLACE = re.compile(r"\s*┌──.*")  # The first line of a prompt of two
SUBCOMMANDS = {
    "docker": "attach container create exec image images info inspect kill logs network port ps pull rename restart rm "
              "run start stop version wait",
    "ip": "a ad add addr address l li link r ro route n ne neigh neighbor neighbour netns rule",
    "bridge": "fdb link mdb vlan", "brctl": "addbr addif delbr delif setfd show showmacs showstp stp",
    "systemctl": "daemon-reload disable enable reload restart start status stop", "vconfig": "add rem",
    **dict.fromkeys(("apt", "apt-get", "dnf", "yum"), "install remove update upgrade"), "apk": "add update",
    **dict.fromkeys(("docker-compose", "compose"), "down exec logs ps stop up"), "tc": "class filter qdisc"}
"""Tools whose first word is one of few, by which a command is told from a comment."""
TOOLS = frozenset({"arp", "arping", "cat", "cd", "chmod", "conntrack", "cp", "curl", "dig", "echo", "ethtool", "grep",
                   "hostname", "ifconfig", "iptables", "iptables-restore", "iptables-save", "ln", "ls", "lsns", "mkdir",
                   "mtr", "mv", "nc", "netstat", "nohup", "nslookup", "nsenter", "ping", "pkill", "ps", "python3",
                   "readlink", "rm", "route", "sed", "ss", "sysctl", "tail", "tcpdump", "telnet", "touch", "tracepath",
                   "traceroute",
                   "tunctl", "unshare", "wget"})
ALONE = frozenset({"arp", "exit", "ifconfig", "lsmod", "lsns", "ss"})
ONE_WORD = frozenset({"modprobe", "rmmod", "pidof", "pgrep"})
"""Tools that take a name, and what follows it is no sentence."""
OPERAND = re.compile(r"[-/\d$\"'|>.]|\w+[._]\w|dev\b|\w+[=:]")


def without_prompt(line: str) -> str:
    """The line behind a pasted prompt; a comment stays one, though root's prompt begins as it does."""
    match = PROMPT.match(line)
    if match is None:
        return "" if PLACE.fullmatch(line) else line
    rest = line[match.end():]
    is_sure = line.lstrip()[0] != "#" and match["host"] is None
    return rest if is_sure or _is_command(rest.split()) else line


def _is_command(words: list[str]) -> bool:
    """Whether words behind a bare `#` are a command, not prose: by what follows a tool's name."""
    name, following = words[0], words[1] if len(words) > 1 else ""
    if name == "sudo":
        return len(words) > 1 and _is_command(words[1:])
    if name in SUBCOMMANDS:
        return following in SUBCOMMANDS[name].split() or following.startswith("-")
    if not following or following in ("|", "&&", ";"):
        return name in ALONE
    if name in ONE_WORD:
        return len(words) == 2 or not words[2].isalpha()
    if name == "export":
        return "=" in following
    return name in TOOLS and OPERAND.match(following) is not None


CONTINUATION = re.compile(r"^\s*>(?:\s+|$)")


def whole_lines(physical: Iterable[str], begun: str = "") -> tuple[list[str], str]:
    """(the lines that are whole, what was begun and goes on). A line goes on behind a backslash, in an open quote, in
    `if`, `for` and the like, and until a here-document's end (begun: what came before and is not whole yet)."""
    found: list[str] = []
    closer = ""
    for line in physical:
        text = f"{begun}\n{CONTINUATION.sub('', line, count=1).rstrip()}" if begun else without_prompt(line.strip())
        if not text:
            continue
        if begun and closer not in line and not begun.endswith("\\"):
            begun = text
            continue
        awaited = closer_of(text)
        if awaited is None:
            found.append(text)
        begun, closer = ("", "") if awaited is None else (text, awaited)
    return found, begun
