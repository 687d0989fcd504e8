"""What the kernel's log says of addresses that cannot be, where log_martians asks for it (net/ipv4/route.c)."""

from __future__ import annotations

from netsandbox.linux.core import printk
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.ipv4 import IPv4Packet

SOURCE, DESTINATION, HEADER = "IPv4: martian source ", "IPv4: martian destination ", "ll header: "
SOURCES = frozenset({DropReason.IP_RPFILTER, DropReason.IP_LOCAL_SOURCE, DropReason.IP_INVALID_SOURCE})


def note(interface: Interface, frame: Frame, packet: IPv4Packet, refusal: Dropped) -> None:
    """ip_handle_martian_source, and what is said of a destination."""
    namespace = interface.namespace
    if not namespace.sysctls.either(interface.conf, "log_martians"):
        return
    source, destination = format_ipv4(packet.src), format_ipv4(packet.dst)
    is_local = refusal.reason is DropReason.IP_LOCALNET
    if refusal.reason in SOURCES or (is_local and packet.src >> 24 == 127):
        lines = [f"{SOURCE}{destination} from {source}, on dev {interface.name}"]
        if interface.hardware == "ether":
            lines.append(f"{HEADER}00000000: {frame.wire()[:14].hex(' ')}")
        printk.write_limited(namespace, *lines)
    elif is_local or refusal.reason is DropReason.IP_INVALID_DEST:
        printk.write_limited(namespace, f"{DESTINATION}{destination} from {source}, dev {interface.name}")
