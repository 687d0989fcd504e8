"""Which network namespaces there are: `lsns`, `readlink /proc/PID/ns/net`, `ls -l /proc/PID/ns`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from netsandbox.apps.server import civil_date
from netsandbox.commands.tools.context import Tenant, ToolError, ToolResult
from netsandbox.commands.tools.names import OtherNamespaces
from netsandbox.commands.tools.options import Options, read_options
from netsandbox.engine.units import EPOCH, SECOND
from netsandbox.linux.netlink.credentials import RIGHTS

if TYPE_CHECKING:
    from netsandbox.commands.tools.context import ToolContext
    from netsandbox.linux.core.namespace import NetworkNamespace

PROCESS = re.compile(r"/proc/(self|thread-self|\$\$|\d{1,9})/ns(/net)?")
ALL_COLUMNS = ("NS", "TYPE", "NPROCS", "PID", "USER", "NETNSID", "NSFS", "COMMAND")
COLUMNS = ("NS", "TYPE", "NPROCS", "PID", "USER", "COMMAND")
NUMBERS = frozenset({"NS", "NPROCS", "PID", "NETNSID"})
LONG = {"type": "t", "task": "p", "output": "o", "noheadings": "n", "list": "l", "notruncate": "u", "raw": "r",
        "persistent": "P", "help": "h"}
MONTHS = "JanFebMarAprMayJunJulAugSepOctNovDec"


def namespace_at(context: ToolContext, path: str) -> NetworkNamespace | None:
    """Whose namespace a file /proc/PID/ns/net, or its folder, stands for; None where there is no such process."""
    match = PROCESS.fullmatch(path)
    if match is None:
        return None
    pid = int(match[1]) if match[1].isdecimal() else None
    if pid is None or (pid == 1 and RIGHTS.get().contained):
        return context.namespace
    if RIGHTS.get().contained:
        return None
    return next((tenant.namespace for tenant in tenants(context) if tenant.processes and tenant.pid == pid),
                context.machine.namespace_of_pid(pid))


def tenants(context: ToolContext) -> list[Tenant]:
    """The namespaces that a program sees: in a container only its own processes are there."""
    found = context.machine.tenants(context.namespace)
    if RIGHTS.get().contained:
        return [tenant._replace(pid=1, file="") for tenant in found if tenant.namespace is context.namespace]
    return found


def link_text(namespace: NetworkNamespace) -> str:
    return f"net:[{namespace.inode}]"


def readlink(context: ToolContext, arguments: list[str]) -> ToolResult:
    """coreutils' readlink, of the only links that there are; for another name it says nothing and fails."""
    options = [word for word in arguments if word.startswith("-")]
    paths = [word for word in arguments if not word.startswith("-")]
    if not paths:
        raise ToolError(1, "readlink: missing operand\nTry 'readlink --help' for more information.")
    out, code = "", 0
    for path in paths:
        namespace = namespace_at(context, path) if path.endswith("/net") else None
        if namespace is None:
            code = 1
            continue
        prefix = path.removesuffix("net") if "-f" in options else ""
        out += prefix + link_text(namespace) + ("" if "-n" in options else "\n")
    return ToolResult(code, out, "")


def listed(context: ToolContext, path: str, is_long: bool) -> list[str] | None:
    """What `ls` shows of /proc/PID/ns and of the link in it; None for any other path."""
    namespace = namespace_at(context, path)
    if namespace is None:
        return None
    name = path if path.endswith("/net") else "net"
    if not is_long:
        return [name]
    days, seconds = divmod((EPOCH + context.namespace.scheduler.now) // SECOND, 86400)
    _year, month, day = civil_date(days)
    when = f"{MONTHS[month * 3 - 3:month * 3]} {day:2d} {seconds // 3600:02d}:{seconds % 3600 // 60:02d}"
    return [f"lrwxrwxrwx 1 root root 0 {when} {name} -> '{link_text(namespace)}'"]


def lsns(context: ToolContext, arguments: list[str]) -> ToolResult:
    """util-linux' lsns; of the kinds of namespaces the sandbox has only net."""
    options = read_options("lsns", arguments, "t:p:o:nlurPh", LONG, 1)
    if options.values.get("t", "net") != "net":
        raise ToolError(1, f"netsandbox: only network namespaces are modelled (lsns -t net), not {options.values['t']}")
    pid = options.values.get("p", "1")
    if not pid.isascii() or not pid.isdecimal():
        raise ToolError(1, f"lsns: invalid PID argument: '{pid[:40]}'")
    if options.words:
        raise ToolError(1, f"netsandbox: lsns lists namespaces, not the processes of one ({options.words[0][:40]})")
    chosen = _columns(options)
    numbers = OtherNamespaces(context.namespace).numbers
    wanted = [tenant for tenant in tenants(context) if _is_wanted(context, tenant, options)]
    rows = [_cells(tenant, numbers.get(tenant.namespace)) for tenant in wanted]
    lines = [dict(zip(ALL_COLUMNS, ALL_COLUMNS, strict=True))] if "n" not in options else []
    return ToolResult(0, _table(chosen, lines + rows), "")


def _columns(options: Options) -> list[str]:
    if "o" not in options:
        return list(ALL_COLUMNS if options.values.get("t") == "net" else COLUMNS)
    names = options.values["o"].upper().split(",")
    unknown = next((name for name in names if name not in ALL_COLUMNS), None)
    if unknown is not None:
        raise ToolError(1, f"lsns: unknown column: {unknown}")
    return names


def _is_wanted(context: ToolContext, tenant: Tenant, options: Options) -> bool:
    if "p" not in options:
        return not ("P" in options and tenant.processes)
    return tenant.namespace is namespace_at(context, f"/proc/{options.values['p']}/ns")


def _cells(tenant: Tenant, number: int | None) -> dict[str, str]:
    return {"NS": str(tenant.namespace.inode), "TYPE": "net", "NPROCS": str(tenant.processes),
            "PID": str(tenant.pid or ""), "USER": "root", "NETNSID": "unassigned" if number is None else str(number),
            "NSFS": tenant.file, "COMMAND": tenant.command}


def _table(names: list[str], rows: list[dict[str, str]]) -> str:
    width = {name: max((len(row[name]) for row in rows), default=0) for name in names}
    return "".join(" ".join(row[name].rjust(width[name]) if name in NUMBERS else row[name].ljust(width[name])
                            for name in names).rstrip() + "\n" for row in rows)
