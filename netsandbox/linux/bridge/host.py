"""What the host sends by its own bridge (net/bridge/br_device.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.bridge import output, special, vlan
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.linux.events import Forwarding, SendFailed
from netsandbox.wire.addresses import BROADCAST_MAC, MAC_GROUP_BIT
from netsandbox.wire.ethernet import Frame

if TYPE_CHECKING:
    from netsandbox.linux.bridge.bridge import Bridge

UNKNOWN, BROADCAST, MULTICAST = Forwarding.UNKNOWN, Forwarding.BROADCAST, Forwarding.MULTICAST


def transmit(bridge: Bridge, frame: Frame) -> None:
    """br_dev_xmit: of a frame that is recorded already."""
    namespace = bridge.namespace
    if namespace.bridge_hooks is not None and namespace.bridge_hooks.resume(bridge, frame):
        return
    bridge.sent += 1
    bridge.sent_bytes += frame.size
    destination = frame.dst
    if bridge.vlan_filtering:
        vlan.transmit(bridge, frame)
        return
    if destination & MAC_GROUP_BIT:
        why = BROADCAST if destination == BROADCAST_MAC else MULTICAST
        if bridge.snooping is None or why is BROADCAST or not special.by_group(bridge, None, frame):
            bridge.flood(None, frame, why, False)
        return
    entry = bridge.fdb.entries.get(destination)
    if entry is None:
        bridge.flood(None, frame, UNKNOWN, False)
    elif entry.port is None:
        namespace.record(SendFailed(bridge.place, frame, Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (destination,))))
    else:
        verdict = output.forward(bridge, None, entry.port, frame, entry.seq)
        if isinstance(verdict, Dropped) and verdict.reason is not DropReason.PKT_TOO_BIG:
            namespace.record(SendFailed(bridge.place, frame, verdict))
