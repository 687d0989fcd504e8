"""`nstat` of iproute2: what a namespace has counted since it was asked last, which a file of history remembers."""

from __future__ import annotations

import json
import re
from fnmatch import fnmatchcase

from netsandbox.apps.option_table import OptionTable, Read
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.help import TEXTS
from netsandbox.commands.tools.kernel.proc_counters import NOT_COUNTED
from netsandbox.commands.tools.notes import note, say
from netsandbox.commands.tools.options import read
from netsandbox.linux.core.files.inode import FileError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.mib.counters import groups
from netsandbox.linux.mib.table import UNMODELLED

VERSION = "nstat utility, iproute2-6.15.0"
NO_COUNTERS = frozenset({"IpForwarding", "IpDefaultTTL", "TcpRtoAlgorithm", "TcpRtoMin", "TcpRtoMax", "TcpMaxConn",
                         "TcpCurrEstab"})
"""What stands among the counters and is none (useless_numbers)."""
SOURCE = "kernel"
USAGE, BROKEN = 255, 254
LONG_MAX = (1 << 63) - 1
Rows = dict[str, int]
NSTAT = OptionTable(
    "nstat", USAGE, TEXTS["nstat"], by_letter=True,
    acts="h|help ? v V|version z|zeros r|reset n|nooutput a|ignore s|noupdate t|interval= j|json p|pretty",
    refused="d|scan=")


def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    options = read(NSTAT, arguments)
    if options.values.keys() & {"h", "?"}:
        raise ToolError(USAGE, TEXTS["nstat"])
    if options.values.keys() & {"v", "V"}:
        return ToolResult(0, VERSION + "\n", "")
    _check_interval(options)
    history = _History(context, options)
    before = history.read()
    now = _counted(context.namespace)
    told = "" if "n" in options else _told(options, now, {} if "a" in options or before is None else before)
    history.write(now, before or {}, options)
    return ToolResult(0, told, history.complaint)


def _check_interval(options: Read) -> None:
    """As sscanf reads it: a long that is cut to an int."""
    interval = options.values.get("t", "1")
    found = re.match(r"\s*\+?([0-9]+)", interval, re.ASCII)
    if found is None or not 0 < min(int(found[1]), LONG_MAX) & 0xFFFFFFFF < 1 << 31:
        raise ToolError(USAGE, "nstat: invalid time constant divisor")
    if "t" in options:
        note("nstat -t")


def _counted(namespace: NetworkNamespace) -> Rows:
    return {group + name: value for group, counters in groups(namespace).items()
            for name, value in counters.items() if group + name not in NO_COUNTERS}


def _fits(name: str, patterns: list[str]) -> bool:
    return not patterns or any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)


def _told(options: Read, now: Rows, before: Rows) -> str:
    """What has been counted since, of the rows that are asked for."""
    shown: dict[str, tuple[int, str]] = {}
    for name, value in now.items():
        known = before.get(name, 0)
        more = max(value - known, 0)
        if (more or "z" in options) and _fits(name, options.operands):
            shown[name] = more, " (overflow)" if value < known else ""
    if "z" in options and not shown.keys().isdisjoint(UNMODELLED):
        say(NOT_COUNTED)
    if "j" in options:
        found = {SOURCE: {name: more for name, (more, _end) in shown.items()}}
        return json.dumps(found, indent=4 if "p" in options else None, separators=(",", ":" if "p" not in options
                                                                                  else ": ")) + "\n"
    return f"#{SOURCE}\n" + "".join(_row(name, more) + end + "\n" for name, (more, end) in shown.items())


def _row(name: str, value: int) -> str:
    return f"{name:<32}{value:<16}{0:6.1f}"


class _History:
    """The file that remembers what was told (complaint: what is said of it)."""

    def __init__(self, context: ToolContext, options: Read) -> None:
        self._path = context.environment.get("NSTAT_HISTORY") or "/tmp/.nstat.u0"
        self._files = context.files
        self._updates, self.complaint = "s" not in options, ""
        self._is_open = self._updates or "a" not in options
        if "r" in options and self._files is not None and self._files.exists(self._path):
            self._files.remove(self._path)

    def read(self) -> Rows | None:
        """By name, what was counted then; None where it is not of use (ToolError: it cannot be opened, or makes no
        sense)."""
        if not self._is_open or self._files is None:
            return None
        try:
            if not self._files.exists(self._path):
                self._files.write(self._path, "")
            lines = self._files.read(self._path).splitlines()
        except FileError as error:
            raise ToolError(USAGE, f"nstat: open history file: {error}") from None
        rows, source = {}, ""
        for line in lines:
            parts = line.split()
            if line.startswith("#"):
                source = line[1:]
            elif len(parts) < 2 or not parts[1].isdecimal():
                raise ToolError(BROKEN, "nstat.c:129: error parsing history file")
            elif parts[0] not in NO_COUNTERS:
                rows[parts[0]] = int(parts[1])
        if rows and source and source != SOURCE:
            self.complaint = "nstat: history is stale, ignoring it.\n"
            return None
        return rows

    def write(self, now: Rows, before: Rows, options: Read) -> None:
        """What was not asked for is still to be told (dump_kern_db)."""
        if not self._updates or self._files is None:
            return
        kept = {name: value if _fits(name, options.operands) else before.get(name, value)
                for name, value in now.items() if value or "z" in options}
        self._files.write(self._path, f"#{SOURCE}\n" + "".join(_row(*row) + "\n" for row in kept.items()))
