"""`ifconfig` of net-tools."""

from __future__ import annotations

from netsandbox.commands.natural import natural
from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.looks import looks
from netsandbox.commands.tools.older import ifconfig_requests as requests
from netsandbox.commands.tools.older.interface_table import FLAGS, IFCONFIG, interface_flags, table
from netsandbox.commands.tools.older.net_tools import VERSION
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.interface_address import InterfaceAddress
from netsandbox.wire.addresses import format_ipv4, format_mac

UNITS = ((10 ** 12, "TB"), (10 ** 9, "GB"), (10 ** 6, "MB"), (10 ** 3, "KB"))


@looks(r"(?:-a)?|\S+")
def run(context: ToolContext, arguments: list[str]) -> ToolResult:
    words = list(arguments)
    while words and words[0].startswith("-"):
        option = words.pop(0)
        if option in ("-V", "--version", "-version"):
            return ToolResult(0, VERSION + "\n", "")
        if option in ("-h", "--help", "-help", "-?"):
            return ToolResult(0, requests.USAGE + "\n", "")
        if option not in ("-a", "-v", "-s"):
            raise ToolError(1, f"ifconfig: option `{option}' not recognised.\n{requests.HELP}")
    interfaces = context.namespace.interfaces
    if "-s" in arguments and not words[1:] and all(word in interfaces for word in words):
        return ToolResult(0, table(context.namespace, IFCONFIG, words, "-a" in arguments), "")
    if not words:
        found = sorted(interfaces.values(), key=lambda interface: natural(interface.name))
        return ToolResult(0, "".join(_block(i) + _aliases(i) for i in found if i.up or "-a" in arguments), "")
    interface = interfaces.get(words[0].partition(":")[0])
    if interface is None and words[1:]:
        raise requests.missing(words[0], words[1:])
    if interface is None:
        unknown = f"{words[0][:15]}: error fetching interface information: Device not found\n"
        return ToolResult(1, IFCONFIG if "-s" in arguments else "", unknown)
    if words[1:]:
        return _configured(context, interface, words)
    return ToolResult(0, _block(interface) if words[0] == interface.name else _alias(interface, words[0]), "")


def _configured(context: ToolContext, interface: Interface, words: list[str]) -> ToolResult:
    before = [own.network for own in interface.addresses]
    requests.configure(interface, words[0], words[1:], context.files)
    notes = [context.machine.make_room(context.namespace, interface.name, own.network)
             for own in interface.addresses if own.network not in before]
    return ToolResult(0, "", "".join(notes))


def _block(interface: Interface) -> str:
    plain = [own for own in interface.addresses if own.label in ("", interface.name)]
    text = _heading(interface, interface.name, plain[:1])
    text += f"        RX packets {interface.rx_packets}  bytes {_scaled(interface.rx_bytes)}\n"
    text += f"        RX errors 0  dropped {interface.rx_dropped}  overruns 0  frame 0\n"
    text += f"        TX packets {interface.tx_packets}  bytes {_scaled(interface.tx_bytes)}\n"
    return text + f"        TX errors 0  dropped {interface.tx_dropped} overruns 0  carrier 0  collisions 0\n\n"


def _aliases(interface: Interface) -> str:
    """A short block for each address with a label of its own."""
    return "".join(_alias(interface, own.label) for own in interface.addresses if own.label not in ("", interface.name))


def _alias(interface: Interface, label: str) -> str:
    return _heading(interface, label, [own for own in interface.addresses if own.label == label][:1]) + "\n"


def _heading(interface: Interface, name: str, addresses: list[InterfaceAddress]) -> str:
    number = interface_flags(interface)
    names = ",".join(text for bit, text in FLAGS.items() if number & bit)
    shown = number - 0x10000 if number & 0x8000 else number  # a short of C
    text = f"{name}: flags={shown}<{names}>  mtu {interface.mtu}\n"
    for own in addresses:
        text += f"        inet {format_ipv4(own.local)}  netmask {format_ipv4(own.network.mask)}"
        text += "" if interface.is_loopback else f"  broadcast {format_ipv4(own.broadcast or 0)}"
        text += "\n"
    if interface.is_loopback:
        return text + f"        loop  txqueuelen {interface.queue_length}  (Local Loopback)\n"
    return text + f"        ether {format_mac(interface.mac)}  txqueuelen {interface.queue_length}  (Ethernet)\n"


def _scaled(count: int) -> str:
    scale, unit = next(((scale, unit) for scale, unit in UNITS if count >= scale), (1, "B"))
    return f"{count} ({count * 10 // scale / 10:.1f} {unit})"
