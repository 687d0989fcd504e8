"""lsof -i: which process has which socket. Open files are not modelled."""

from __future__ import annotations

import re
from typing import NamedTuple

from netsandbox.apps.columns import columns
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.kernel.socket_rows import SocketRow
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.sockets.sockets_seen import rows_seen
from netsandbox.wire.services import service, service_name

WISH = re.compile(r"([46]?)(tcp|udp)?(?:@([^:]+))?(?::([\w,-]+))?", re.IGNORECASE)
CHOSEN = re.compile(r"-([nPtlwa]*)([pc])(.*)")
HEADINGS = ("COMMAND", "PID", "USER", "FD", "TYPE", "DEVICE", "SIZE/OFF", "NODE", "NAME")
TO_THE_RIGHT = frozenset({1, 5, 6, 7})  # Columns whose cells stand at their right edge
NAMES = {"ESTAB": "ESTABLISHED", "LISTEN": "LISTEN", "SYN-SENT": "SYN_SENT", "FIN-WAIT-1": "FIN_WAIT1",
         "FIN-WAIT-2": "FIN_WAIT2", "CLOSE-WAIT": "CLOSE_WAIT", "LAST-ACK": "LAST_ACK", "CLOSING": "CLOSING"}
LONGEST = 9  # Characters of a command
MORE = """lsof 4.99.4
 latest revision: https://github.com/lsof-org/lsof
 latest FAQ: https://github.com/lsof-org/lsof/blob/master/00FAQ
 latest (non-formatted) man page: https://github.com/lsof-org/lsof/blob/master/Lsof.8
 usage: [-?abhHKlnNoOPRtUvVX] [+|-c c] [+|-d s] [+D D] [+|-E] [+|-e s] [+|-f[gG]]
 [-F [f]] [-g [s]] [-i [i]] [+|-L [l]] [+m [m]] [+|-M] [-o [o]] [-p s]
 [+|-r [t]] [-s [p:s]] [-S [t]] [-T [t]] [-u s] [+|-w] [-x [fl]] [--] [names]
Use the ``-h'' option to get more help information."""
"""What it says behind each complaint."""


class Wish(NamedTuple):
    """What -i is told; empty for anything."""

    family: str = ""
    protocol: str = ""
    host: str = ""
    ports: frozenset[int] = frozenset()

    def takes(self, row: SocketRow) -> bool:
        ends = (row.local, row.peer)
        return (self.family in ("", "6" if row.family == "inet6" else "4") and self.protocol in ("", row.protocol)
                and (not self.host or any(self.host == address for address, _port in ends))
                and (not self.ports or any(port in self.ports for _address, port in ends)))


@looks()
def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    wishes, letters, state, rest = list[Wish](), "", "", list(arguments)
    wanted, commands = set[int](), list[str]()
    while rest:
        word = rest.pop(0)
        if word.startswith("-s") and word[2:].upper().startswith("TCP:"):
            state = word[6:].upper()
            continue
        chosen = CHOSEN.fullmatch(word)
        if chosen is not None and (chosen[3] or rest):
            letters, value = letters + chosen[1], chosen[3] or rest.pop(0)
            if chosen[2] == "c":
                commands.append(value)
            else:
                wanted |= {int(each) for each in value.split(",") if each.isdecimal()}
            continue
        flags, found, wish = word.removeprefix("-").partition("i")
        if not word.startswith("-") or set(flags) - set("nPtlwa"):
            raise ToolError(1, f"netsandbox: lsof {word} is not modelled; there is `lsof -i :PORT`")
        letters += flags
        if found:
            wishes.append(_wish(wish or (rest.pop(0) if rest and not rest[0].startswith("-") else "")))
    if not wishes:
        raise ToolError(1, "netsandbox: lsof without -i is not modelled: there are no open files")
    if (wanted or commands) and "a" not in letters:
        raise ToolError(1, "netsandbox: `lsof -p` without -a is not modelled: there are no open files")
    rows = [row for row in rows_seen(context) if row.fd and (not wanted or row.pid in wanted)
            and (not commands or row.process.startswith(tuple(commands)))
            and any(wish.takes(row) for wish in wishes) and (not state or NAMES.get(row.state) == state)]
    rows.sort(key=lambda row: (row.pid, row.fd))
    if "t" in letters:
        pids = dict.fromkeys(row.pid for row in rows)
        return ToolResult(0 if rows else 1, "".join(f"{pid}\n" for pid in pids), "")
    return ToolResult(0 if rows else 1, _table([_cells(row, letters) for row in rows]), "")


def _wish(text: str) -> Wish:
    """Raises ToolError: it is none."""
    found = WISH.fullmatch(text)
    if found is None:
        what = "host name" if text.startswith("@") else "protocol name"
        name = text.removeprefix("@").partition(":")[0]
        raise ToolError(1, f"lsof: unknown {what} ({name}) in: -i {text}\n{MORE}")
    ports: set[int] = set()
    for part in filter(None, (found[4] or "").split(",")):
        low, dash, high = part.partition("-")
        known = service(part)
        if known is not None:
            ports.add(known[0])
        elif low.isdecimal() and (not dash or high.isdecimal()):
            ports.update(range(int(low), int(high or low) + 1))
        else:
            kind = f" for {found[2].lower()}" if found[2] else ""
            raise ToolError(1, f"lsof: unknown service {part}{kind} in: -i {text}\n{MORE}")
    return Wish(found[1], (found[2] or "").lower(), found[3] or "", frozenset(ports))


def _cells(row: SocketRow, letters: str) -> tuple[str, ...]:
    name = _end(row, row.local, letters)
    if row.peer[1]:
        name += f"->{_end(row, row.peer, letters)}"
    state = f" ({NAMES[row.state]})" if row.protocol == "tcp" and row.state in NAMES else " "
    return (row.process[:LONGEST], str(row.pid), "0" if "l" in letters else "root", f"{row.fd}u  ",
            "IPv6" if row.family == "inet6" else "IPv4",
            str(row.inode), "0t0", row.protocol.upper(), f"{name}{state}")


def _end(row: SocketRow, end: tuple[str, int], letters: str) -> str:
    address, port = end[0].partition("%")[0], end[1]
    if address in ("0.0.0.0", "[::]", "::", "*"):
        address = "*"
    elif address == "127.0.0.1" and "n" not in letters:
        address = "localhost"
    return f"{address}:{port if 'P' in letters else service_name(port, row.protocol)}"


def _table(rows: list[tuple[str, ...]]) -> str:
    return "\n".join(columns([HEADINGS, *rows], right=TO_THE_RIGHT)) + "\n" if rows else ""
