"""`arp` of net-tools: the neighbour table in the older manner, which knows no states."""

from __future__ import annotations

from netsandbox.apps.option_table import OptionTable, Read
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult, failing_as
from netsandbox.commands.tools.help import TEXTS
from netsandbox.commands.tools.kernel.proc_net import ArpRow, arp_entries
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.older.net_tools import VERSION, resolve
from netsandbox.commands.tools.options import read
from netsandbox.commands.tools.word_values import SCOPE_NUMBERS
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.errors import STRERROR
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.neighbours.nud import NudState
from netsandbox.linux.netlink import neighbour as requests
from netsandbox.wire.addresses import format_ipv4, format_mac

HEADING = "Address                  HWtype  HWaddress           Flags Mask            Iface\n"
FAILED = 255
WRONG_OPTION = 3
MAC_LENGTH = 6
ARP = OptionTable(
    "arp", WRONG_OPTION, TEXTS["arp"], by_letter=True,
    acts="v|verbose a|all d|delete s|set i|device= f|file D|use-device h|help",
    usual="n|numeric e", refused="p|protocol= A= H|hw-type= t= V|version")


@looks(r"(?:-[aenv]+|\S+\.\S+| )*")
def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    options = read(ARP, arguments)
    namespace = context.namespace
    if "V" in options:
        return ToolResult(0, VERSION + "\n", "")
    if "h" in options:
        return ToolResult(0, TEXTS["arp"] + "\n", "")
    if "f" in options or "D" in options:
        raise ToolError(1, "netsandbox: `arp -f` and `arp -D` are not modelled")
    if "d" in options:
        return _delete(namespace, options, context.files)
    if "s" in options:
        _set(namespace, options, context.files)
        return ToolResult(0, "", "")
    return _show(namespace, options, context.files)


def _device(namespace: NetworkNamespace, options: Read, address: int) -> Interface:
    """The interface that is named, or by which the address is on a link."""
    if "i" in options:
        found = namespace.interfaces.get(options.values["i"])
        if found is None:
            raise ToolError(FAILED, "SIOCSARP: No such device")
        return found
    for route in namespace.routes.matches(address):
        if route.interface is not None and SCOPE_NUMBERS[route.scope] >= SCOPE_NUMBERS["link"]:
            return route.interface
    raise ToolError(FAILED, "SIOCSARP: Network is unreachable")


# -- showing

def _show(namespace: NetworkNamespace, options: Read, files: Files | None) -> ToolResult:
    rows = arp_entries(namespace)
    wanted = resolve(files, options.operands[0], FAILED) if options.operands else None
    found = [row for row in rows if wanted in (None, row.address) and options.values.get("i", row.device) == row.device]
    is_bsd = "a" in options
    text = "".join(_bsd_line(row) if is_bsd else _line(row) for row in found)
    if found and not is_bsd:
        text = HEADING + text
    if "v" in options:
        text += f"Entries: {len(rows)}\tSkipped: {len(rows) - len(found)}\tFound: {len(found)}\n"
    if not found and wanted is not None and not is_bsd:
        text += f"{options.operands[0]} ({format_ipv4(wanted)}) -- no entry\n"
    elif not found and (wanted is not None or "i" in options):
        text += f"arp: in {len(rows)} entries no match found.\n"
    return ToolResult(0, text, "")


def _line(row: ArpRow) -> str:
    hardware, mac = ("ether", format_mac(row.mac)) if row.is_complete else ("", "(incomplete)")
    if row.is_published:
        hardware, mac = "ether" if row.is_complete else "*", "*" if row.is_complete else "<from_interface>"
    flags = ("C" if row.is_complete else "") + ("M" if row.is_permanent else "") + ("P" if row.is_published else "")
    return f"{format_ipv4(row.address):<23.23}  {hardware:<8.8}{mac:<20.20}{flags:<6.6}{'':<15.15} {row.device}\n"


def _bsd_line(row: ArpRow) -> str:
    mac = f"{format_mac(row.mac)} [ether]" if row.is_complete else (
        "<from_interface>" if row.is_published else "<incomplete>")
    marks = ("PERM " if row.is_permanent else "") + ("PUB " if row.is_published else "")
    return f"? ({format_ipv4(row.address)}) at {mac} {marks}on {row.device}\n"


# -- changing

def _set(namespace: NetworkNamespace, options: Read, files: Files | None) -> None:
    """arp_req_set."""
    if not options.operands:
        raise ToolError(FAILED, "arp: need host name")
    address = resolve(files, options.operands[0], FAILED)
    if len(options.operands) < 2:
        raise ToolError(FAILED, "arp: need hardware address")
    mac = _hardware(options.operands[1])
    _check_words(options.operands[2:], ("temp", "pub", "dontpub", "priv", "trail", "auto", "netmask=", "dev="))
    if "pub" in options.operands[2:]:
        raise ToolError(1, "netsandbox: use `ip neigh add proxy` for published entries")
    if {"dontpub", "netmask"} & set(options.operands[2:]):
        raise ToolError(FAILED, f"SIOCSARP: {STRERROR['EINVAL']}")
    state = NudState.STALE if "temp" in options.operands[2:] else NudState.PERMANENT
    device = _device(namespace, options, address)
    with failing_as(FAILED, "SIOCSARP"):
        requests.put(device, address, mac, state, "replace")


def _hardware(word: str) -> list[int]:
    """in_ether: up to six hexadecimal bytes; what is missing is zero."""
    try:
        octets = [int(part, 16) for part in word.split(":")]
    except ValueError:
        octets = []
    if not octets or len(octets) > MAC_LENGTH or any(not 0 <= octet <= 255 for octet in octets):
        raise ToolError(FAILED, "arp: invalid hardware address")
    return octets + [0] * (MAC_LENGTH - len(octets))


def _check_words(words: list[str], known: tuple[str, ...]) -> None:
    """What may stand behind an address, `=` where it takes the next word."""
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if f"{word}=" in known and rest:
            rest.pop(0)
        elif word not in known:
            raise ToolError(WRONG_OPTION, TEXTS["arp"])


def _delete(namespace: NetworkNamespace, options: Read, files: Files | None) -> ToolResult:
    if not options.operands:
        raise ToolError(FAILED, "arp: need host name")
    address = resolve(files, options.operands[0], FAILED)
    _check_words(options.operands[1:], ("pub", "dontpub", "priv", "netmask=", "dev="))
    if "pub" in options.operands[1:]:
        raise ToolError(1, "netsandbox: use `ip neigh del proxy` for published entries")
    for interface in namespace.interfaces.values():
        if options.values.get("i", interface.name) == interface.name and address in interface.neighbours:
            with failing_as(FAILED, "SIOCDARP(dontpub)"):
                requests.delete(interface, address)
            return ToolResult(0, "", "")
    return ToolResult(FAILED, f"No ARP entry for {options.operands[0]}\n", "")
