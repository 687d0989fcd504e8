"""`ip ntable` (ip/ipntable.c): the table of neighbours, and what its entries on each device go by."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.names import find_interface, in_order, interface_named
from netsandbox.commands.tools.output import Row, Style, render
from netsandbox.commands.tools.rights import check_net_admin
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.commands.tools.word_values import number
from netsandbox.commands.tools.words import USAGE, Words, key, parse, wrong
from netsandbox.engine.units import MILLISECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace

TABLE = "arp_cache"


class Parameter(NamedTuple):
    """One of them: its setting in net.ipv4.neigh, and how many of ours one of the setting's units is."""

    name: str
    setting: str
    factor: int = 1

    def path(self, device: Interface | None) -> str:
        return f"net/ipv4/neigh/{device.name if device is not None else 'default'}/{self.setting}"


PARAMETERS = ((Parameter("base_reachable", "base_reachable_time_ms"), Parameter("retrans", "retrans_time_ms")),
              (Parameter("gc_stale", "gc_stale_time", 1000), Parameter("delay_probe", "delay_first_probe_time", 1000),
               Parameter("queue", "unres_qlen")),
              (Parameter("app_probes", "app_solicit"), Parameter("ucast_probes", "ucast_solicit"),
               Parameter("mcast_probes", "mcast_solicit")),
              (Parameter("anycast_delay", "anycast_delay", 10), Parameter("proxy_delay", "proxy_delay", 10),
               Parameter("proxy_queue", "proxy_qlen"), Parameter("locktime", "locktime", 10)))
"""As they stand in lines."""
ALL = tuple(parameter for line in PARAMETERS for parameter in line)
OF_TABLE = (*(Parameter(f"thresh{which}", f"gc_thresh{which}") for which in (1, 2, 3)),
            Parameter("gc_int", "gc_interval", 1000))
"""Of the table as a whole, in a machine's first namespace."""


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    command, words = subcommand("ip ntable", arguments, ("change*", "chg*", "show*", "lst*", "list*", "help*"))
    if command in ("change", "chg"):
        check_net_admin(2)
        return _change(context.namespace, words)
    return _show(context.namespace, words, style)


def _unknown(word: str, _words: Words) -> None:
    raise wrong(word, "unknown")


def _change(namespace: NetworkNamespace, words: Words) -> ToolResult:
    """neightbl_set."""
    found = parse(words, (
        key("name", once="NAME"), key("dev", read=lambda rest: interface_named(namespace, rest.next(), 1)),
        *(key(one.name, read=number(f'"{one.name}" value is invalid')) for one in (*OF_TABLE, *ALL))), _unknown)
    if "name" not in found:
        raise ToolError(USAGE, 'Error: argument "NAME" is required')
    asked = [one for one in (*OF_TABLE, *ALL) if one.name in found]
    if not asked:
        raise ToolError(USAGE, "Not enough information: changeable attributes required.")
    is_first, device = namespace.sysctls.first is None, found.get("dev")
    if found["name"] != TABLE or (not is_first and (device is None or any(one in OF_TABLE for one in asked))):
        raise KernelError("ENOENT")
    for one in asked:
        if found[one.name] % one.factor:
            raise ToolError(1, f"netsandbox: {one.name} {found[one.name]} is not modelled")
    for one in asked:
        namespace.write_sysctl(one.path(None if one in OF_TABLE else device), found[one.name] // one.factor)
    return ToolResult(0, "", "")


def _show(namespace: NetworkNamespace, words: Words, style: Style) -> ToolResult:
    """neightbl_dump_info: the table first, then its devices, the last one that came before the others."""
    found = parse(words, (key("dev"), key("name")), _unknown)
    if "dev" in found and found["dev"] != "none" and find_interface(namespace, found["dev"]) is None:
        raise wrong(found["dev"], '"DEV" is invalid')
    if style.stats:
        raise ToolError(1, "netsandbox: `ip -s ntable` is not modelled")
    rows = []
    if style.family in ("", "inet") and found.get("name", TABLE) == TABLE:
        rows = [_row(namespace, device, style) for device in (None, *reversed(list(in_order(namespace))))
                if found.get("dev") in (None, "none" if device is None else device.name)]
    return ToolResult(0, render(rows, style), "")


def _row(namespace: NetworkNamespace, device: Interface | None, style: Style) -> Row:
    """print_ntable; of a device's entries each has hold of what they go by."""
    row = Row(style)
    row.put("family", "inet", "inet ")
    row.put("name", TABLE, f"{TABLE} ")
    row.new_line()
    row.say("    ")
    machine = namespace.sysctls.first or namespace.sysctls
    if device is None:
        for one in OF_TABLE:
            value = int(machine.read(one.path(None))) * one.factor
            row.put("gc_interval" if one.name == "gc_int" else one.name, value, f"{one.name} {value} ")
    else:
        row.put("dev", device.name, f"dev {device.name} ")
    row.new_line()
    count = 1 + (len(device.neighbours) if device is not None else 0)
    row.put("refcnt", count, f"    refcnt {count} ")
    at = _reachable(device) if device is not None else int(machine.read(ALL[0].path(None)))
    row.put("reachable", at, f"reachable {at} ")
    for number_of_line, line in enumerate(PARAMETERS):
        row.say("    " if number_of_line else "")
        for one in line:
            value = int((machine if device is None else namespace.sysctls).read(one.path(device))) * one.factor
            row.put(one.name, value, f"{one.name} {value} ")
        row.new_line()
    row.say("\n")
    return row


def _reachable(device: Interface) -> int:
    """How long a confirmation counts there: drawn once one has, of a base that may be another by now."""
    drawn, of, _at = device.reachable
    base = device.neigh.base_reachable_time_ms
    return drawn // MILLISECOND if of == base and drawn else base
