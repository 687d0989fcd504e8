"""What a tunnel's device made goes out as any packet of this host (net/ipv4/ip_tunnel_core.c)."""

from __future__ import annotations

from netsandbox.linux.core.devices.stacked import TunnelEnd
from netsandbox.linux.ipv4 import icmp, ip_output
from netsandbox.linux.ipv4.routing import OutputRoute
from netsandbox.wire.icmp import FRAGMENTATION_NEEDED, UNREACHABLE
from netsandbox.wire.ipv4 import IPv4Packet

INHERIT_TOS = 1
ECN, ECT_0, CE = 3, 2, 3


def tos(wanted: int, inner: IPv4Packet | None) -> int:
    """The outer packet's, whose ECN bits are the inner one's, but that nobody has met with congestion yet
    (INET_ECN_encapsulate)."""
    inside = inner.tos if inner is not None else 0
    ecn = ECT_0 if inside & ECN == CE else inside & ECN
    return ((inside if wanted & INHERIT_TOS else wanted) & ~ECN) | ecn


def transmit(device: TunnelEnd, outer: IPv4Packet, route: OutputRoute, size: int) -> None:
    """iptunnel_xmit; what must stay whole and is too big for the way does not go, and the host tells itself so (size:
    bytes that the device counts as sent)."""
    home = device.home
    if outer.df and outer.total_length > route.mtu:
        device.tx_dropped += 1
        icmp.send_error(None, home, outer, UNREACHABLE, FRAGMENTATION_NEEDED, route.mtu)
        return
    home.depth += 1
    try:
        has_left = ip_output.send(home, outer, route) == ip_output.OK
    finally:
        home.depth -= 1
    if has_left:
        device.sent += 1
        device.sent_bytes += size
    else:
        device.tx_dropped += 1
