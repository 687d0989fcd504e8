"""Frames that a bridge does not simply pass on: for 802.1D's own addresses, or by a port that is no plain one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.bridge import output, suppress, vlan
from netsandbox.linux.bridge.port import FORWARDING, LEARNING, BridgePort
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.events import Forwarding
from netsandbox.wire.addresses import MAC_GROUP_BIT
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.vlan import ETH_P_8021AD

if TYPE_CHECKING:
    from netsandbox.linux.bridge.bridge import Bridge
    from netsandbox.linux.core.devices.interface import Verdict

LINK_LOCAL = 0x0180C2000000 >> 4
"""01:80:C2:00:00:00 to 0F: 802.1D's reserved group addresses, without their last four bits."""
PAUSE = 0x0180C2000001
PROVIDER_FORWARDS = 0xB801  # BR_GROUPFWD_8021AD: what is a customer's business, and not a provider's bridge's


def is_kept(bridge: Bridge, port: BridgePort, destination: int) -> bool:
    """Whether a reserved address is the bridge's own host's alone."""
    required = PROVIDER_FORWARDS if bridge.vlan_protocol == ETH_P_8021AD else 0
    kept_back = ~(bridge.group_fwd_mask | port.group_fwd_mask | required) & 0xFFFE
    return bool(kept_back >> (destination & 15) & 1)


def handle_frame(bridge: Bridge, port: BridgePort, frame: Frame) -> Verdict:
    """Where the port does not forward, or the bridge filters by VLAN, answers ARP, or shows its host everything."""
    if frame.dst >> 4 == LINK_LOCAL:
        return handle_link_local(bridge, port, frame)
    filters = bridge.vlan_filtering and port.state in (LEARNING, FORWARDING)
    if not port.forwarding and not filters:
        return refuse(bridge, port, frame)
    hooks = bridge.namespace.bridge_hooks
    verdict = hooks.look(bridge, port, frame) if hooks is not None else None
    if verdict is None and filters:
        return vlan.handle_frame(bridge, port, frame)
    if verdict is None:
        verdict = learn_source(bridge, port, frame)
    if verdict is None:
        verdict = suppress.handle_frame(bridge, port, frame)
    return verdict


def handle_link_local(bridge: Bridge, port: BridgePort, frame: Frame) -> Verdict:
    """br_handle_frame: 802.1D's reserved addresses are its own business, whatever state the port is in."""
    is_learned = not bridge.no_linklocal_learn or not (
        is_kept(bridge, port, frame.dst) or (frame.dst == LINK_LOCAL << 4 and bridge.has_stp))
    if (is_learned and port.learning and port.state in (LEARNING, FORWARDING) and frame.dst != PAUSE
            and bridge.fdb.ageing_time):
        _learn_local(bridge, port, frame)
    verdict = handle_reserved(bridge, port, frame)
    if verdict is not None:
        return verdict
    if bridge.vlan_filtering and port.state in (LEARNING, FORWARDING):
        return vlan.handle_frame(bridge, port, frame)
    return bridge.handle_group(port, frame) if port.forwarding else refuse(bridge, port, frame)


def _learn_local(bridge: Bridge, port: BridgePort, frame: Frame) -> None:
    """__br_handle_local_finish, br_should_learn: who sends such a frame is a station as others are."""
    found = vlan.admit(bridge, port.vlan_group, frame) if bridge.vlan_filtering else vlan.Admitted(0, 0, frame)
    if not isinstance(found, int) and frame.src and not frame.src & MAC_GROUP_BIT:
        bridge.fdb.learn(port, frame.src, bridge.fdb.entries.get(found.vid << 48 | frame.src), found.vid)


def handle_reserved(bridge: Bridge, port: BridgePort, frame: Frame) -> Verdict | None:
    """What is not for other ports: the spanning tree's messages, pauses, and what group_fwd_mask keeps back."""
    if frame.dst == LINK_LOCAL << 4 and bridge.tree is not None and bridge.tree.enabled:
        return bridge.tree.take_bpdu(port, frame)
    if frame.dst == PAUSE:
        return Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (frame.dst,))
    return port.interface.deliver(frame) if is_kept(bridge, port, frame.dst) else None


def by_group(bridge: Bridge, port: BridgePort | None, frame: Frame) -> Verdict | None:
    """Where the bridge looks into IGMP, and somebody asks: to the ports that want the group; None: it is flooded."""
    assert bridge.snooping is not None
    wanted = bridge.snooping.look(port, frame, 0)
    if wanted is None or isinstance(wanted, Dropped):
        return wanted
    output.send_by(bridge, port, wanted.ports, frame, Forwarding.GROUP, wanted.to_host)
    if wanted.to_host:
        bridge.pass_up(frame)
    return Outcome.BRIDGED


def learn_source(bridge: Bridge, port: BridgePort, frame: Frame) -> Dropped | None:
    """Note at which port a station is; one that cannot be, or that a locked port does not know, is refused."""
    source = frame.src
    entry = bridge.fdb.entries.get(source)
    if entry is not None and entry.port is port and port.learning and not entry.local:
        entry.updated = bridge.namespace.scheduler.now
    elif source == 0 or source & MAC_GROUP_BIT:
        return Dropped(DropReason.MAC_INVALID_SOURCE, (source,))
    elif port.locked and frame.dst >> 4 != LINK_LOCAL and (entry is None or entry.port is not port or entry.local):
        return Dropped(DropReason.BRIDGE_INGRESS_STP_STATE, ("locked",))
    elif port.learning and bridge.fdb.ageing_time and frame.dst != PAUSE:
        bridge.fdb.learn(port, source, entry)
    return None


def refuse(bridge: Bridge, port: BridgePort, frame: Frame) -> Verdict:
    """A port that does not forward; while it is learning it learns all the same."""
    source = frame.src
    if port.state == LEARNING and port.learning and source and not source & MAC_GROUP_BIT and bridge.fdb.ageing_time:
        bridge.fdb.learn(port, source, bridge.fdb.entries.get(source))
    return Dropped(DropReason.BRIDGE_INGRESS_STP_STATE, (port.state,))
