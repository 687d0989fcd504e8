"""802.1Q and 802.1ad devices: a VLAN of the device below (net/8021q/vlan.c, vlan_dev.c, vlan_netlink.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.interface import Interface, unhandled
from netsandbox.linux.core.devices.kind import (
    MOST_MTU,
    Attribute,
    Detail,
    Form,
    LinkKind,
    NewLink,
    choice,
    number,
    refused,
)
from netsandbox.linux.core.devices.stacked import StackedInterface, follow_carrier, leave, stack_of
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.device_events import TagPushed
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.ipv4.priority import priority
from netsandbox.wire.addresses import BROADCAST_MAC, MAC_GROUP_BIT
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.vlan import ETH_P_8021AD, ETH_P_8021Q, MAX_ID, SIZE, VlanTag

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Verdict

PROTOCOLS = {"802.1Q": ETH_P_8021Q, "802.1ad": ETH_P_8021AD}
NAMES = {number: name for name, number in PROTOCOLS.items()}
SWITCHES = {"reorder_hdr": "REORDER_HDR", "gvrp": "GVRP", "mvrp": "MVRP", "loose_binding": "LOOSE_BINDING",
            "bridge_binding": "BRIDGE_BINDING"}
"""What is switched on and off, and the flag that `ip -d link` shows; gvrp and mvrp are not modelled."""


def receive(interface: Interface, frame: Frame, tag: VlanTag) -> Verdict:
    """A tag that no VLAN device took: with a priority alone it means nothing, else the frame is not for us."""
    if not tag.vid:
        bare, is_for_us = frame.untagged(), frame.dst == interface.mac
        inner = bare.payload
        vlans = interface.stack.vlans if interface.stack is not None else {}
        vlan = vlans.get((bare.ethertype, inner.vid)) if isinstance(inner, VlanTag) else None
        if vlan is None:
            return interface.deliver(bare, is_for_us=is_for_us)
        vlan.take(bare.untagged(), is_for_us, bare)
        return Outcome.PASSED_UP
    if frame.ethertype == ETH_P_8021AD and interface.stack is None:
        return unhandled(frame.ethertype)
    return Dropped(DropReason.VLAN_UNKNOWN, (tag.vid, interface.name))


class VlanInterface(StackedInterface):
    """One VLAN of the device below."""

    kind = "vlan"
    min_mtu = 0

    __slots__ = ("below", "egress", "flags", "ingress", "kept", "multicast", "releases_dst", "switches",
                 "tpid", "tso_max", "vid")

    def __init__(self, namespace: NetworkNamespace, name: str, mac: int, below: Interface, vid: int, tpid: int) -> None:
        super().__init__(namespace, name, mac, below.mtu)
        self.below = below  # that device
        self.tso_max, self.releases_dst = below.tso_max, below.releases_dst
        self.vid = vid  # number of the VLAN
        self.tpid = tpid  # EtherType of its tag
        self.switches = {"reorder_hdr"}  # names of SWITCHES that are on
        self.egress: dict[int, int] = {}  # Priority of the tag by priority of the packet
        self.ingress: dict[int, int] = {}
        """Priority of the packet by priority of the tag; nothing that is modelled asks for it."""
        self.kept: tuple[Frame, ...] = ()
        """Of the frame that it takes: as it was with each tag that stays in its header."""
        self.noarp = below.noarp
        self.flags = tuple(flag for flag in below.flags if flag != "MASTER")
        self.multicast = 0  # Frames to groups that it received (rx_multicast)

    @property
    def lower(self) -> Interface | None:
        return self.below

    def hand_on(self, frame: Frame) -> bool:
        """vlan_dev_hard_start_xmit: put the tag in, if it is not there, and hand the frame down."""
        if "reorder_hdr" in self.switches or frame.ethertype != self.tpid:
            frame = self._tagged(frame)
        below = self.below
        return StackedInterface.transmit(below, frame) if isinstance(below, VlanInterface) else below.transmit(frame)

    def _tagged(self, frame: Frame) -> Frame:
        self.namespace.record(TagPushed(self.label, self.below.name, self.vid, NAMES[self.tpid]))
        mapped = self.egress.get(priority(frame, self), 0) if self.egress else 0
        return frame.tagged(self.vid, self.tpid, mapped)

    def transmit(self, frame: Frame) -> bool:
        is_own = self.port is None and (self.stack is None or self.stack.handler is None)
        return super().transmit(self.with_header(frame) if self.running and is_own else frame)

    def with_header(self, frame: Frame) -> Frame:
        """vlan_dev_hard_header: without reorder_hdr the tag is part of what its own host writes."""
        if "reorder_hdr" not in self.switches:
            frame = self._tagged(frame)
            frame.size += SIZE
        return self.below.with_header(frame) if isinstance(self.below, VlanInterface) else frame

    def take(self, frame: Frame, is_for_us: bool = False, shown: Frame | None = None) -> None:
        """vlan_do_receive: without reorder_hdr the tag goes back into the header, but for a bridge or macvlan above."""
        self.multicast += bool(self.up and frame.dst & MAC_GROUP_BIT and frame.dst != BROADCAST_MAC)
        self.kept = self.below.kept if isinstance(self.below, VlanInterface) else ()
        is_below_macvlan = self.stack is not None and any(upper.kind == "macvlan" for upper in self.stack.uppers)
        if shown is not None and "reorder_hdr" not in self.switches and self.port is None and not is_below_macvlan:
            self.kept = (*self.kept, shown)
        super().take(frame, is_for_us, self._with_kept(frame) if self.kept else None)
        self.kept = ()

    def _with_kept(self, frame: Frame) -> Frame:
        """As a tap shows a frame: the tag that was taken off last, those that are kept, and what is behind them."""
        outer = (frame,) if isinstance(frame.payload, VlanTag) else ()
        frame = frame.untagged() if outer else frame
        for one in (*reversed(self.kept), *outer):
            assert isinstance(one.payload, VlanTag)
            frame = frame.tagged(one.payload.tci, one.ethertype)
        return frame

    # -- following the device below

    def registered(self) -> None:
        stack = stack_of(self.below)
        stack.vlans[self.tpid, self.vid] = self
        stack.uppers.append(self)
        self._follow()

    def _follow(self) -> None:
        """netif_stacked_transfer_operstate; one that is bound to a bridge's ports has a carrier while one of these in
        its VLAN has (br_vlan_set_vlan_dev_state)."""
        below = self.below
        if "bridge_binding" in self.switches and isinstance(below, Bridge):
            link.set_carrier(self, any(port.interface.running and self.vid in port.vlan_group.vlans
                                       for port in below.ports))
        else:
            follow_carrier(self, below)

    def check_open(self) -> None:
        if not self.below.up and "loose_binding" not in self.switches:
            raise KernelError("ENETDOWN")

    def open(self) -> None:
        """vlan_dev_open: an address of its own makes the device below listen to everything."""
        self._follow()
        if self.namespace.linkwatch is not None:
            self.namespace.linkwatch.touch()
        self._listen(self.mac != self.below.mac)

    def stop(self) -> None:
        """vlan_dev_stop."""
        self._listen(False)
        if "bridge_binding" not in self.switches:
            link.set_carrier(self, False)

    def _listen(self, wanted: bool) -> None:
        stack_of(self.below).listen(self.name, wanted)

    def uninit(self) -> None:
        stack = self.below.stack
        if stack is not None:
            self._listen(False)
            stack.vlans.pop((self.tpid, self.vid), None)
            leave(self.below, self)

    def assign_mac(self, mac: int) -> None:
        super().assign_mac(mac)
        if self.up:
            self._listen(mac != self.below.mac)

    def on_lower(self, what: str, lower: Interface) -> None:
        """vlan_device_event."""
        if what == "features":
            self.tso_max = lower.tso_max
            return
        if "loose_binding" in self.switches and (what in ("up", "down") or not lower.up):
            return
        if what == "gone":
            link.delete(self)
        elif what == "mac" and not self.mac_is_set:
            link.change_mac(self, lower.mac)
        elif what == "mtu":
            link.set_mtu(self, min(self.mtu, lower.mtu))
        elif what == "down":
            link.set_down(self)
        elif what == "up":
            link.set_up(self)
        self._follow()

    def passes_down_to(self, _lower: Interface) -> bool:
        """vlan_dev_change_rx_flags."""
        return True

    def check_mtu(self, mtu: int) -> None:
        """vlan_dev_change_mtu: not above what is below; unlike other limits, without words."""
        if mtu > self.below.mtu:
            raise KernelError("ERANGE")


def _switch(word: str) -> Attribute:
    return Attribute((word,), Form.ON_OFF, '"on" or "off"', code=1)


class VlanKind(LinkKind):
    """`type vlan id N [ protocol 802.1ad ] …`."""

    name = "vlan"
    attributes = (
        choice("protocol*", choices=("802.1Q", "802.1ad"), complaint="protocol is invalid"),
        number("id*", complaint="id is invalid", high=0xFFFF), _switch("reorder_hdr*"), refused("gvrp*"),
        refused("mvrp*"), _switch("loose_binding*"), _switch("bridge_binding*"),
        Attribute(("ingress-qos-map*",), Form.MAP, "invalid ingress-qos-map"),
        Attribute(("egress-qos-map*",), Form.MAP, "invalid egress-qos-map"))
    without_effect = frozenset({"ingress-qos-map"})
    no_address = "8021q: Invalid link address"
    proc_directory = "vlan"
    unknown = 'vlan: unknown command "{word}"?'
    usage = """\
Usage: ... vlan id VLANID
                [ protocol { 802.1q | 802.1ad } ]
                [ reorder_hdr { on | off } ]
                [ loose_binding { on | off } ]
                [ bridge_binding { on | off } ]

VLANID := 0-4095"""

    def make(self, request: NewLink) -> Interface:
        """vlan_newlink and vlan_check_real_dev."""
        settings, below = request.settings, request.lower
        if not settings:
            raise KernelError("EINVAL", "8021q: VLAN properties not specified")
        tpid, vid = PROTOCOLS[settings.get("protocol", "802.1Q")], settings.get("id")
        if vid is not None and vid > MAX_ID:
            raise KernelError("ERANGE", "8021q: Invalid VLAN id")
        if vid is None:
            raise KernelError("EINVAL", "8021q: VLAN id not specified")
        if below is None:
            raise KernelError("EINVAL", "8021q: link not specified")
        if below.is_loopback or below.hardware != "ether":
            raise KernelError("EOPNOTSUPP", "8021q: VLANs not supported on device")
        if below.stack is not None and (tpid, vid) in below.stack.vlans:
            raise KernelError("EEXIST", "8021q: VLAN device already exists")
        mac = below.mac if request.mac is None else request.mac
        made = VlanInterface(request.namespace, request.name, mac, below, vid, tpid)
        made.mac_is_set = request.mac is not None
        if request.mtu is not None and request.mtu > below.mtu:
            raise KernelError("EINVAL", "mtu greater than device maximum" if request.mtu > MOST_MTU else "")
        self.change(made, settings)
        return made

    def change(self, interface: Interface, settings: dict[str, Any]) -> None:
        """vlan_changelink: the flags alone; number and protocol are kept, whatever is asked."""
        assert isinstance(interface, VlanInterface)
        interface.egress.update(settings.get("egress-qos-map", {}))
        interface.ingress.update(settings.get("ingress-qos-map", {}))
        for name in SWITCHES:
            if name in settings:
                (interface.switches.add if settings[name] else interface.switches.discard)(name)

    def details(self, interface: Interface) -> list[Detail]:
        assert isinstance(interface, VlanInterface)
        flags = [flag for name, flag in SWITCHES.items() if name in interface.switches]
        rows = [Detail("protocol", NAMES[interface.tpid], f"protocol {NAMES[interface.tpid]} "),
                Detail("id", interface.vid, f"id {interface.vid} "),
                *([Detail("flags", flags, f"<{','.join(flags)}> ")] if flags else [])]
        for way, pairs in (("ingress", interface.ingress), ("egress", interface.egress)):
            shown = {old: new for old, new in _in_buckets(pairs) if new}
            if shown:
                value = [{"from": old, "to": new} for old, new in shown.items()]
                rows.append(Detail(f"{way}_qos", value, f"\n      {way}-qos-map {{ {_pairs(shown)} }} "))
        return rows

    def proc_names(self, namespace: NetworkNamespace) -> list[str]:
        return ["config", *(one.name for one in namespace.interfaces.values() if isinstance(one, VlanInterface))]

    def proc_file(self, namespace: NetworkNamespace, name: str) -> str | None:
        """vlan_seq_show and vlandev_seq_show (net/8021q/vlanproc.c)."""
        if name == "config":
            found = [one for one in namespace.interfaces.values() if isinstance(one, VlanInterface)]
            return ("VLAN Dev name\t | VLAN ID\nName-Type: VLAN_NAME_TYPE_RAW_PLUS_VID_NO_PAD\n"
                    + "".join(f"{one.name:<15}| {one.vid}  | {one.below.name}\n" for one in found))
        interface = namespace.interfaces.get(name)
        return _statistics(interface) if isinstance(interface, VlanInterface) else None


def _in_buckets(priorities: dict[int, int]) -> list[tuple[int, int]]:
    """egress_priority_map: sixteen lists, of which the newest is first."""
    return [pair for bucket in range(16) for pair in reversed(priorities.items()) if pair[0] & 15 == bucket]


def _pairs(priorities: dict[int, int]) -> str:
    return " ".join(f"{old}:{new}" for old, new in priorities.items())


def _statistics(vlan: VlanInterface) -> str:
    def count(what: str, number: int) -> str:
        return f"{what:>30} {number:>12}\n"
    ingress = "  ".join(f"{tag}:{vlan.ingress.get(tag, 0)}" for tag in range(7)) + f" 7:{vlan.ingress.get(7, 0)}"
    egress = _pairs(dict(_in_buckets(vlan.egress)))
    return (f"{vlan.name}  VID: {vlan.vid}\t REORDER_HDR: {int('reorder_hdr' in vlan.switches)}  "
            f"dev->priv_flags: {0x81001 | 0x20 * vlan.releases_dst:x}\n"
            + count("total frames received", vlan.rx_packets) + count("total bytes received", vlan.rx_bytes)
            + count("Broadcast/Multicast Rcvd", vlan.multicast) + "\n"
            + count("total frames transmitted", vlan.tx_packets) + count("total bytes transmitted", vlan.tx_bytes)
            + f"Device: {vlan.below.name}\n"
            f"INGRESS priority mappings: {ingress}\n"
            f" EGRESS priority mappings: {egress}{' ' if egress else ''}\n")


KIND = VlanKind()
