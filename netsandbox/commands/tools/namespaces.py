"""Which network namespaces there are: `lsns`."""

from __future__ import annotations

from netsandbox.apps.columns import columns
from netsandbox.apps.option_table import OptionTable, Read
from netsandbox.commands.tools.context import Tenant, ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.help import TEXTS
from netsandbox.commands.tools.inputs import files_of
from netsandbox.commands.tools.kernel.kernel_files import namespace_file, tenants
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.names import OtherNamespaces
from netsandbox.commands.tools.options import read

ALL_COLUMNS = ("NS", "TYPE", "NPROCS", "PID", "USER", "NETNSID", "NSFS", "COMMAND")
COLUMNS = ("NS", "TYPE", "NPROCS", "PID", "USER", "COMMAND")
NUMBERS = frozenset({"NS", "NPROCS", "PID", "NETNSID"})
LSNS = OptionTable(
    "lsns", 1, TEXTS["lsns"], by_letter=True, acts="t|type= p|task= o|output= n|noheadings h|help", usual="l|list",
    refused="u|notruncate r|raw P|persistent J|json Q|filter= W|nowrap T|tree? H|list-columns output-all")


@looks()
def lsns(context: ToolContext, arguments: list[str]) -> ToolResult:
    """util-linux' lsns; of the kinds of namespaces the sandbox has only net."""
    options = read(LSNS, arguments)
    if "h" in options:
        return ToolResult(0, TEXTS["lsns"] + "\n", "")
    if options.values.get("t", "net") != "net":
        raise ToolError(1, f"netsandbox: only network namespaces are modelled (lsns -t net), not {options.values['t']}")
    pid = options.values.get("p", "1")
    if not pid.isascii() or not pid.isdecimal():
        raise ToolError(1, f"lsns: invalid PID argument: '{pid[:40]}'")
    if options.operands:
        raise ToolError(1, f"netsandbox: lsns lists namespaces, not the processes of one ({options.operands[0][:40]})")
    chosen = _columns(options)
    numbers = OtherNamespaces(context.namespace).numbers
    wanted = [tenant for tenant in tenants(context.namespace, context.machine) if _is_wanted(context, tenant, options)]
    rows = [_cells(tenant, numbers.get(tenant.namespace)) for tenant in wanted]
    lines = [dict(zip(ALL_COLUMNS, ALL_COLUMNS, strict=True))] if "n" not in options else []
    return ToolResult(0, _table(chosen, lines + rows), "")


def _columns(options: Read) -> list[str]:
    if "o" not in options:
        return list(ALL_COLUMNS if options.values.get("t") == "net" else COLUMNS)
    names = options.values["o"].upper().split(",")
    unknown = next((name for name in names if name not in ALL_COLUMNS), None)
    if unknown is not None:
        raise ToolError(1, f"lsns: unknown column: {unknown}")
    return names


def _is_wanted(context: ToolContext, tenant: Tenant, options: Read) -> bool:
    if "p" not in options:
        return not ("P" in options and tenant.processes)
    return tenant.namespace is namespace_file(files_of(context), context.namespace, context.machine,
                                               f"/proc/{options.values['p']}/ns")


def _cells(tenant: Tenant, number: int | None) -> dict[str, str]:
    return {"NS": str(tenant.namespace.inode), "TYPE": "net", "NPROCS": str(tenant.processes),
            "PID": str(tenant.pid or ""), "USER": "root", "NETNSID": "unassigned" if number is None else str(number),
            "NSFS": tenant.file, "COMMAND": tenant.command}


def _table(names: list[str], rows: list[dict[str, str]]) -> str:
    right = {at for at, name in enumerate(names) if name in NUMBERS}
    lines = columns([[row[name] for name in names] for row in rows], right=right)
    return "".join(f"{line.rstrip()}\n" for line in lines)
