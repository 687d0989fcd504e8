"""`cat` of the files that say something about a network: /proc/net, /proc/sys/net, /sys/class/net, /etc."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.tools import proc_net
from netsandbox.commands.tools.context import ToolError, ToolResult
from netsandbox.commands.tools.names import lower_of
from netsandbox.engine.units import SECOND
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core import kind as kinds
from netsandbox.linux.core.inode import FileError
from netsandbox.linux.core.sysctl import SysctlError
from netsandbox.wire.addresses import format_ipv4, format_mac

if TYPE_CHECKING:
    from collections.abc import Callable

    from netsandbox.commands.tools.context import ToolContext
    from netsandbox.linux.core.interface import Interface
    from netsandbox.linux.core.namespace import NetworkNamespace

PROC_NET: dict[str, Callable[[NetworkNamespace], str]] = {
    "arp": proc_net.arp, "route": proc_net.route_table, "dev": proc_net.dev, "dev_mcast": proc_net.dev_mcast}
DIRECTORIES = ("/", "/etc", "/proc", "/proc/net", "/proc/sys", "/proc/sys/net", "/proc/sys/net/ipv4", "/sys",
               "/sys/class", "/sys/class/net")
COUNTERS = ("rx_packets", "rx_bytes", "rx_dropped", "tx_packets", "tx_bytes", "tx_dropped")
ETHERNET, LOOPBACK = 1, 772
"""ARPHRD_*."""


class NoFileError(Exception):
    """The errno's text for a path that cannot be read."""


def cat(context: ToolContext, arguments: list[str]) -> ToolResult:
    """Print files one after the other; complain about those that cannot be read."""
    out, err = "", ""
    for path in [word for word in arguments if not word.startswith("-")]:
        try:
            out += read_file(context, path)
        except NoFileError as error:
            err += f"cat: {path}: {error}\n"
    if not arguments:
        raise ToolError(1, "netsandbox: `cat` needs a file: it has no input here")
    return ToolResult(1 if err else 0, out, err)


def read_file(context: ToolContext, path: str) -> str:
    """The text of a file.

    Raises:
        NoFileError: there is none, or it cannot be read.
    """
    clean = "/" + "/".join(part for part in path.split("/") if part)
    clean = clean.replace("/proc/self/net/", "/proc/net/")
    if not path.startswith("/"):
        raise NoFileError("No such file or directory")
    if context.files is not None and context.files.exists(clean):
        try:
            return context.files.read(clean)
        except FileError as error:
            raise NoFileError(str(error)) from None
    if clean == "/etc/hostname":
        return context.machine.hostname(context.namespace) + "\n"
    for prefix, reader in (("/proc/net/", _proc_net), ("/proc/sys/", _sysctl), ("/sys/class/net/", _sysfs)):
        if clean.startswith(prefix):
            return reader(context.namespace, clean.removeprefix(prefix))
    raise NoFileError("Is a directory" if clean in DIRECTORIES else "No such file or directory")


def _proc_net(namespace: NetworkNamespace, name: str) -> str:
    if name in PROC_NET:
        return PROC_NET[name](namespace)
    directory, slash, rest = name.partition("/")
    for kind in kinds.all_kinds() if slash else ():
        text = kind.proc_file(namespace, rest) if kind.proc_directory == directory else None
        if text is not None:
            return text
    raise NoFileError("No such file or directory")


def _sysctl(namespace: NetworkNamespace, name: str) -> str:
    try:
        return namespace.sysctls.read(name) + "\n"
    except SysctlError:
        keys = (key.replace(".", "/") for key in list(namespace.sysctls.keys()))
        is_directory = any(key.startswith(name + "/") for key in keys)
        raise NoFileError("Is a directory" if is_directory else "No such file or directory") from None


def _sysfs(namespace: NetworkNamespace, name: str) -> str:
    device, _, attribute = name.partition("/")
    interface = namespace.interfaces.get(device)
    if interface is None:
        raise NoFileError("No such file or directory")
    if attribute in ("", "statistics") or (attribute == "bridge" and isinstance(interface, Bridge)):
        raise NoFileError("Is a directory")
    value = _attribute(interface, attribute)
    if value is None:
        raise NoFileError("No such file or directory")
    return f"{value}\n"


def _attribute(interface: Interface, name: str) -> str | int | None:
    """net-sysfs.c; None when there is no such file."""
    peer = lower_of(interface)
    link = peer.index if peer is not None else interface.index
    simple: dict[str, str | int] = {
        "address": format_mac(interface.mac), "mtu": interface.mtu, "operstate": interface.operstate.lower(),
        "ifindex": interface.index, "iflink": link, "tx_queue_len": interface.queue_length, "addr_len": 6,
        "type": LOOPBACK if interface.is_loopback else ETHERNET, "flags": f"0x{device_flags(interface):x}",
        "broadcast": format_mac(0 if interface.is_loopback else (1 << 48) - 1)}
    if name in simple:
        return simple[name]
    folder, _, leaf = name.partition("/")
    if folder == "statistics":
        return int(getattr(interface, leaf)) if leaf in COUNTERS else None
    if folder == "bridge" and isinstance(interface, Bridge):
        hundredths = interface.fdb.ageing_time * 100 // SECOND
        return {"stp_state": 0, "ageing_time": hundredths, "multicast_snooping": 0}.get(leaf)
    if name in ("carrier", "speed", "duplex"):
        return _link_attribute(interface, name)
    return None


def _link_attribute(interface: Interface, name: str) -> str | int:
    """What can be read only while the interface is up."""
    if not interface.up or (name != "carrier" and interface.kind != "veth"):
        raise NoFileError("Invalid argument")
    if name == "carrier":
        return int(interface.carrier)
    return 10000 if name == "speed" else "full"


def device_flags(interface: Interface) -> int:
    """IFF_* without those that follow the carrier: UP, BROADCAST or LOOPBACK, NOARP, MULTICAST."""
    kind = 0x8 if interface.is_loopback else 0x1002
    return kind | int(interface.up) | (0x80 if interface.noarp else 0)


def hostname(context: ToolContext, arguments: list[str]) -> ToolResult:
    """`hostname`, and with -I the addresses."""
    if not arguments or arguments[0] in ("-s", "-f", "--short", "--fqdn"):
        return ToolResult(0, context.machine.hostname(context.namespace) + "\n", "")
    if arguments[0] in ("-I", "--all-ip-addresses", "-i"):
        from_lo = [a for i in context.namespace.interfaces.values() if not i.is_loopback for a in i.addresses]
        return ToolResult(0, "".join(f"{format_ipv4(a.local)} " for a in from_lo) + "\n", "")
    raise ToolError(1, "netsandbox: the host name cannot be changed here")
