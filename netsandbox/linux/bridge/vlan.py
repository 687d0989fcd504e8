"""VLAN filtering of a bridge: which VLANs a port lets in and out, and with or without a tag (net/bridge/br_vlan.c).

The bridge itself is a port too: what its host gets and sends is filtered by the bridge's own group.  Inside the bridge
a frame has no tag; its VLAN is kept beside it, as the kernel does.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from netsandbox.engine.trace import UNDER_WAY
from netsandbox.linux.bridge import output, suppress
from netsandbox.linux.bridge.fdb import FdbEntry
from netsandbox.linux.bridge.port import FORWARDING, LEARNING, BridgePort
from netsandbox.linux.bridge.vlan_group import VlanGroup
from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.interface import HARD_HEADER
from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.device_events import VlanEntered, VlanLeft
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.events import Forwarding, FrameBridged, FrameReceived, SendFailed
from netsandbox.linux.place import Place
from netsandbox.wire.addresses import BROADCAST_MAC, MAC_GROUP_BIT
from netsandbox.wire.arp import ArpPacket
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.vlan import VlanTag

if TYPE_CHECKING:
    from netsandbox.linux.bridge.bridge import Bridge
    from netsandbox.linux.core.devices.interface import Verdict


class Admitted(NamedTuple):
    """A frame inside the bridge."""

    vid: int
    priority: int
    frame: Frame  # Without the tag of its VLAN
    buffer: SocketBuffer | None = None  # What iptables has looked at of it, should it have


def admit(bridge: Bridge, group: VlanGroup, frame: Frame) -> Admitted | int:
    """Which VLAN a frame is in (__allowed_ingress); if none, the VLAN that the port lacks, or 0: it has no PVID."""
    tag = frame.payload
    vid = priority = 0
    if isinstance(tag, VlanTag) and frame.ethertype == bridge.vlan_protocol:
        vid, priority, frame = tag.vid, tag.priority, frame.untagged()
    if not vid:
        if not group.pvid:
            return 0
        vid = group.pvid
    is_open = group.states.get(vid, LEARNING) == LEARNING
    return Admitted(vid, priority, frame) if vid in group.vlans and is_open else vid


def leaving(bridge: Bridge, group: VlanGroup, found: Admitted) -> Frame:
    """The frame as it leaves: untagged or with its tag (br_handle_vlan)."""
    if found.vid in group.untagged:
        return found.frame
    return found.frame.tagged(found.vid, bridge.vlan_protocol, found.priority)


def handle_frame(bridge: Bridge, port: BridgePort, frame: Frame, buffer: SocketBuffer | None = None) -> Verdict:
    """br_handle_frame_finish, where a bridge filters by VLAN."""
    source, destination = frame.src, frame.dst
    if source == 0 or source & MAC_GROUP_BIT:
        return Dropped(DropReason.MAC_INVALID_SOURCE, (source,))
    found = admit(bridge, port.vlan_group, frame)
    if isinstance(found, int):
        return _not_admitted(port.vlan_group, found, port.interface.name)
    found = found._replace(buffer=buffer)
    bridge.namespace.record(VlanEntered(bridge.label, port.interface.name, found.vid, found.frame is not frame))
    key = found.vid << 48 | source
    entry = bridge.fdb.entries.get(key)
    if port.locked and (entry is None or entry.port is not port or entry.local):
        return Dropped(DropReason.BRIDGE_INGRESS_STP_STATE, ("locked",))
    if port.learning and bridge.fdb.ageing_time:
        bridge.fdb.learn(port, source, entry, found.vid)
    if not port.forwarding or found.vid in port.vlan_group.states:
        return Dropped(DropReason.BRIDGE_INGRESS_STP_STATE, (port.vlan_group.states.get(found.vid, port.state),))
    if destination & MAC_GROUP_BIT:
        why = Forwarding.BROADCAST if destination == BROADCAST_MAC else Forwarding.MULTICAST
        verdict = _by_group(bridge, port, found) if why is Forwarding.MULTICAST else None
        if verdict is not None:
            return verdict
        is_kept = type(found.frame.payload) is ArpPacket and bridge.suppresses and suppress.keeps(
            bridge, port, found.frame, found.vid)
        _flood(bridge, port, found, why, is_kept)
        _pass_up(bridge, port, found)
        return Outcome.BRIDGED
    target = bridge.fdb.entries.get(found.vid << 48 | destination)
    if target is not None and target.local:
        target.used = bridge.namespace.scheduler.now
        return _pass_up(bridge, port, found, destination == port.interface.mac, is_known=True)
    verdict = _by_row(bridge, port, found, target)
    return _pass_up(bridge, port, found) if bridge.takes_all else verdict


def _by_row(bridge: Bridge, port: BridgePort, found: Admitted, row: FdbEntry | None) -> Verdict:
    """To the port that the table names, or to all of them."""
    if row is None:
        return _flood(bridge, port, found, Forwarding.UNKNOWN)
    row.used = bridge.namespace.scheduler.now
    if row.port is None:
        return Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (found.frame.dst,))
    return _forward(bridge, port, row, found)


def transmit(bridge: Bridge, frame: Frame) -> None:
    """br_dev_xmit: the host sends by its bridge, as a port among others."""
    found = admit(bridge, bridge.vlan_group, frame)
    namespace, destination = bridge.namespace, frame.dst
    if isinstance(found, int):
        namespace.record(SendFailed(bridge.place, frame, _not_admitted(bridge.vlan_group, found, bridge.name)))
        return
    if destination & MAC_GROUP_BIT:
        why = Forwarding.BROADCAST if destination == BROADCAST_MAC else Forwarding.MULTICAST
        if why is Forwarding.BROADCAST or not _by_group(bridge, None, found):
            _flood(bridge, None, found, why)
        return
    entry = bridge.fdb.entries.get(found.vid << 48 | destination)
    if entry is None:
        verdict = _flood(bridge, None, found, Forwarding.UNKNOWN)
    elif entry.port is None:
        verdict = Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (destination,))
    else:
        verdict = _forward(bridge, None, entry, found)
    if isinstance(verdict, Dropped):
        namespace.record(SendFailed(bridge.place, frame, verdict))


def _pass_up(bridge: Bridge, port: BridgePort | None, found: Admitted, is_for_us: bool = False,
             is_known: bool = False) -> Verdict:
    """br_pass_frame_up: the host gets it if the bridge itself is in the VLAN."""
    namespace, group = bridge.namespace, bridge.vlan_group
    bridge.heard += 1
    bridge.heard_bytes += found.frame.size - HARD_HEADER
    if not group.lets_out(found.vid) and not bridge.takes_all:
        verdict = _not_let_out(group, found, bridge.name)
        if is_known:
            return verdict
        namespace.record(SendFailed(bridge.place, found.frame, verdict))
        return Outcome.BRIDGED
    frame = leaving(bridge, group, found)
    if found.buffer is not None and namespace.bridge_hooks is not None:
        refused = namespace.bridge_hooks.hand(found.buffer, confirms=not is_known)
        if refused is not None:
            return refused
    if is_known:
        namespace.record((FrameBridged, bridge.place, output.place_of(port), found.frame, (), True, Forwarding.LOCAL,
                          None))
    events = namespace.trace.events
    mark = len(events)
    events.append(UNDER_WAY)
    events[mark] = FrameReceived, bridge.place, frame, bridge.to_host(frame, is_for_us)
    return Outcome.BRIDGED


def _not_admitted(group: VlanGroup, vid: int, name: str) -> Dropped:
    if vid in group.vlans:
        return Dropped(DropReason.BRIDGE_INGRESS_STP_STATE, (group.states[vid],))
    return Dropped(DropReason.BRIDGE_INGRESS_VLAN, (vid, name))


def _not_let_out(group: VlanGroup, found: Admitted, name: str) -> Dropped:
    if found.vid in group.vlans:
        return Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (found.frame.dst, group.states[found.vid]))
    return Dropped(DropReason.BRIDGE_EGRESS_VLAN, (found.vid, name))


def _forward(bridge: Bridge, port: BridgePort | None, row: FdbEntry, found: Admitted) -> Verdict:
    """br_forward: to the one port that the table names."""
    out = row.port
    assert out is not None, "the bridge's own rows are asked about before"
    refusal = output.refusal_to(port, out, found.frame.dst)
    if refusal is not None:
        return refusal
    if not out.vlan_group.lets_out(found.vid):
        return _not_let_out(out.vlan_group, found, out.interface.name)
    return _send(bridge, port, [out], found, Forwarding.KNOWN, False, row.seq)


def _flood(bridge: Bridge, port: BridgePort | None, found: Admitted, why: Forwarding, is_kept: bool = False) -> Verdict:
    """br_flood: the ports that are in the VLAN (is_kept: from ports with neigh_suppress)."""
    ports = [out for out in output.flood_ports(bridge, port, why)
             if out.vlan_group.lets_out(found.vid) and not (is_kept and out.neigh_suppress)]
    to_host = why is not Forwarding.UNKNOWN and port is not None and bridge.vlan_group.lets_out(found.vid)
    if not ports and not to_host and why is Forwarding.UNKNOWN:
        return Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (found.frame.dst, "nobody"))
    passed = output.passed_over(bridge, port, ports, lambda out: out.vlan_group.lets_out(found.vid))
    return _send(bridge, port, ports, found, why, to_host, passed=passed)


def _by_group(bridge: Bridge, port: BridgePort | None, found: Admitted) -> Verdict | None:
    """As special.by_group, within a VLAN."""
    wanted = bridge.snooping.look(port, found.frame, found.vid) if bridge.snooping is not None else None
    if wanted is None or isinstance(wanted, Dropped):
        return wanted
    ports = [out for out in wanted.ports if out.vlan_group.lets_out(found.vid)]
    _send(bridge, port, ports, found, Forwarding.GROUP, wanted.to_host)
    if wanted.to_host and port is not None:
        _pass_up(bridge, port, found)
    return Outcome.BRIDGED


def _send(bridge: Bridge, port: BridgePort | None, ports: list[BridgePort], found: Admitted, why: Forwarding,
          to_host: bool, row: int | None = None, passed: tuple[tuple[Place, str], ...] = ()) -> Verdict:
    """One transmission for each run of ports that get the same bytes."""
    verdict: Verdict = Outcome.BRIDGED
    if not ports:
        bridge.namespace.record((FrameBridged, bridge.place, output.place_of(port), found.frame, (), to_host, why,
                                 None, passed))
    for is_untagged, run in groupby(ports, key=lambda out: found.vid in out.vlan_group.untagged):
        group = tuple(run)
        bridge.namespace.record(VlanLeft(bridge.label, ", ".join(out.interface.name for out in group), found.vid,
                                         not is_untagged))
        frame, hooks = leaving(bridge, group[0].vlan_group, found), bridge.namespace.bridge_hooks
        if found.buffer is not None and hooks is not None and port is not None and is_untagged:
            verdict = hooks.send(bridge, port, group, frame, why, to_host, row, found.buffer)
        else:  # bridge-nf-filter-vlan-tagged=0: what leaves with a tag is none of iptables' business
            verdict = output.send_by(bridge, port, group, frame, why, to_host, row, passed)
        to_host = False
    return verdict


# -- changing

def set_filtering(bridge: Bridge, on: bool) -> None:
    """__br_vlan_filter_toggle: nothing is flushed."""
    ensure(bridge)
    bridge.vlan_filtering = on
    for port in bridge.ports:
        port.note_simple()
    bridge.floods.flags_changed()


def ensure(bridge: Bridge) -> None:
    """Somebody asks for VLANs: the groups that a kernel has from the start, and their rows."""
    if bridge.vlans is None:
        bridge.fdb.add_local(bridge.mac, None, bridge.default_pvid)
        for port in bridge.ports:
            bridge.fdb.add_local(port.interface.mac, port, bridge.default_pvid)
    assert bridge.vlan_group is not None


def set_state(group: VlanGroup, vid: int, state: str) -> None:
    """br_vlan_modify_state."""
    group.states.pop(vid, None)
    if state != FORWARDING:
        group.states[vid] = state


def groups_of(bridge: Bridge, port: BridgePort | None) -> VlanGroup:
    return bridge.vlan_group if port is None else port.vlan_group


def everywhere(bridge: Bridge) -> set[int]:
    """The VLANs that the bridge or any port of it is in."""
    return bridge.vlan_group.vlans.union(*(port.vlan_group.vlans for port in bridge.ports))


def add(bridge: Bridge, port: BridgePort | None, vid: int, pvid: bool, untagged: bool) -> None:
    """nbp_vlan_add, br_vlan_add: the port's own address becomes known in the VLAN."""
    group = groups_of(bridge, port)
    is_new = vid not in group.vlans
    group.add(vid, pvid, untagged)
    if is_new:
        bridge.fdb.add_local(port.interface.mac if port is not None else bridge.mac, port, vid)
    link.tell_uppers(bridge, "ports")


def remove(bridge: Bridge, port: BridgePort | None, vid: int) -> bool:
    """nbp_vlan_delete, br_vlan_delete: all rows of the VLAN on the port go; False where it is not there."""
    group = groups_of(bridge, port)
    if vid not in group.vlans:
        return False
    group.remove(vid)
    for entry in list(bridge.fdb.entries.values()):
        if entry.vlan == vid and entry.port is port:
            if entry.local and not entry.by_user:
                bridge.fdb.remove_local(entry.mac, port, vid)
            else:
                bridge.fdb.forget(entry, "vlan")
    link.tell_uppers(bridge, "ports")
    return True


def set_default_pvid(bridge: Bridge, pvid: int) -> None:
    """__br_vlan_set_default_pvid: who still has the old default, and not the new VLAN already, gets the new one."""
    old, bridge.default_pvid = bridge.default_pvid, pvid
    if pvid == old:
        return
    for port in (None, *bridge.ports):
        group = groups_of(bridge, port)
        if (old and (group.pvid != old or old not in group.untagged)) or (pvid and pvid in group.vlans):
            continue
        if pvid:
            add(bridge, port, pvid, pvid=True, untagged=True)
        if old:
            remove(bridge, port, old)
