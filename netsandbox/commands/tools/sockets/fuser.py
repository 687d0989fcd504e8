"""fuser PORT/tcp: which process has a port (psmisc). Open files are not modelled."""

from __future__ import annotations

import re
from pathlib import Path

from netsandbox.apps.option_table import OptionTable
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.kernel.socket_rows import SocketRow
from netsandbox.commands.tools.options import options_of
from netsandbox.commands.tools.processes import Process, send, signal_number, signal_of
from netsandbox.commands.tools.sockets.sockets_seen import rows_seen
from netsandbox.wire.services import service

USAGE = Path(__file__).with_name("fuser_usage.txt").read_text(encoding="utf-8").removesuffix("\n")
OPTIONS = OptionTable(
    "fuser", 1, USAGE, by_letter=True, acts="k|kill n|namespace= s|silent u|user v|verbose a|all 4|ipv4 6|ipv6",
    refused="c f m|mount= M|ismountpoint i|interactive I|inode w|writeonly l|list-signals V|version")
NAME = re.compile(r"(?P<port>[^,/]+)(?P<rest>,[^/]*)?(?:/(?P<space>tcp|udp))?")
FAMILIES = ("-4", "-6")  # Which are no signals
WIDTH = 20  # Of a name with its colon
HEADING = f"{'':{WIDTH}} USER        PID ACCESS COMMAND\n"


class Told(ToolResult):
    """Names go to the error output, and the processes between them to the output."""

    rows: tuple[tuple[str, str], ...] = ()

    @property
    def parts(self) -> tuple[tuple[str, str], ...]:
        return self.rows or super().parts


def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    families = [word for word in arguments if word in FAMILIES]
    signal, rest = signal_of([word for word in arguments if word not in FAMILIES], "KILL")
    options, names = options_of(OPTIONS, [*families, *rest])
    if options.get("n", "tcp") not in ("tcp", "udp"):
        raise ToolError(1, f"Invalid namespace name\n{USAGE}" if options["n"] != "file" else
                        "netsandbox: fuser -n file is not modelled: there are no open files")
    if not names:
        raise ToolError(1, f"No process specification given\n{USAGE}")
    if signal_number(signal) is None:
        raise ToolError(1, f"{signal}: unknown signal; fuser -l lists signals.")
    held = dict(_holders(context, name, options) for name in names)
    found = {row.pid: row.process for rows in held.values() for row in rows}
    told = () if "s" in options else _told(held, options)
    if "k" in options:
        inode = context.namespace.inode
        send(context, "fuser", [Process(pid, 0, process, inode) for pid, process in found.items()], signal)
    made = Told(int(not found), *("".join(text for stream, text in told if stream == one) for one in ("out", "err")))
    made.rows = told
    return made


def _holders(context: ToolContext, name: str, options: dict[str, str]) -> tuple[str, list[SocketRow]]:
    """(how a port is called, the sockets that have it) (ToolError: the name is none of a port)."""
    match = NAME.fullmatch(name)
    space = (match["space"] if match is not None else None) or options.get("n", "")
    if match is None or not space:
        raise ToolError(1, f"Specified filename {name} does not exist." if context.files is None or not (
            context.files.exists(name)) else f"netsandbox: fuser {name} is not modelled; PORT/tcp is")
    if match["rest"]:
        raise ToolError(1, f"netsandbox: fuser {name} is not modelled; PORT/tcp is")
    known = service(match["port"])
    port = int(match["port"]) if match["port"].isascii() and match["port"].isdecimal() else known[0] if known else None
    if port is None:
        raise ToolError(1, f"Cannot resolve local port {match['port']}: Servname not supported for ai_socktype")
    families = {"inet"} if "4" in options else {"inet6"} if "6" in options else {"inet", "inet6"}
    return f"{match['port']}/{space}", [
        row for row in rows_seen(context)
        if row.fd and row.protocol == space and row.local[1] == port and row.family in families]


def _told(held: dict[str, list[SocketRow]], options: dict[str, str]) -> tuple[tuple[str, str], ...]:
    found = [("err", HEADING)] if "v" in options and any(held.values()) else []
    for name, rows in held.items():
        pids = {row.pid: row.process for row in sorted(rows, key=lambda row: row.pid)}
        if not pids and "a" in options:
            found.append(("err", f"{name}:\n"))
        elif pids and "v" in options:
            shown = [f"root     {pid:>7} F.... {process}\n" for pid, process in pids.items()]
            found.append(("err", f"{name}:".ljust(WIDTH + 1) + (" " * (WIDTH + 1)).join(shown)))
        elif pids:
            owner = "(root)" * ("u" in options)
            found += [("err", f"{name}:".ljust(WIDTH)), *(
                part for pid in pids for part in (("out", f" {pid:>5}"), ("err", owner)) if part[1]), ("err", "\n")]
    return tuple(found)
