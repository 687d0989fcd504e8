"""macvlan devices: several MACs on one parent, told apart by them (drivers/net/macvlan.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.interface import HARD_HEADER, Interface
from netsandbox.linux.core.devices.kind import MOST_MTU, Attribute, Detail, Form, LinkKind, NewLink, choice, refused
from netsandbox.linux.core.devices.mac_hash import bucket
from netsandbox.linux.core.devices.stacked import StackedInterface, follow_carrier, give_copy, leave, stack_of
from netsandbox.linux.core.errors import KernelError, NotModelledError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.device_events import ChildChosen
from netsandbox.linux.drop import NOT_READY, Outcome
from netsandbox.linux.place import Place
from netsandbox.wire.addresses import BROADCAST_MAC, MAC_GROUP_BIT, format_mac, multicast_mac
from netsandbox.wire.ethernet import Frame

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Verdict

MODES = ("private", "vepa", "bridge", "passthru", "source")
ALL_SYSTEMS = 0xE0000001  # 224.0.0.1: everybody is a member
QUEUE = 1000  # bcqueuelen: broadcasts that may wait for the work queue


class MacvlanPort:
    """What a parent knows of its children (struct macvlan_port)."""

    def __init__(self, parent: Interface) -> None:
        self.parent = parent
        self.children: list[MacvlanInterface] = []
        self.master: Interface | None = None

    @property
    def place(self) -> Place:
        return self.parent.place

    def receive(self, frame: Frame) -> Verdict:
        """A child sent it to a sibling: it goes by the parent, whose taps see it (dev_forward_skb)."""
        child = self.child_of(frame.dst)
        if child is None or not self.parent.up:
            return NOT_READY
        self._give(child, frame, "sibling")
        return Outcome.PASSED_UP

    @property
    def is_passthru(self) -> bool:
        return any(child.mode == "passthru" for child in self.children)

    def child_of(self, mac: int) -> MacvlanInterface | None:
        return next((child for child in self.children if child.up and child.mac == mac), None)

    def handle_frame(self, frame: Frame, _is_for_us: bool) -> Verdict | None:
        """macvlan_handle_frame."""
        source = self.child_of(frame.src)
        if frame.dst & MAC_GROUP_BIT:
            if source is not None and source.mode not in ("vepa", "bridge"):
                self._give(source, frame, "mac")
                return Outcome.PASSED_UP
            self._spread(frame, source)
            return None
        self._give_by_source(frame)
        if self.is_passthru:
            self._give(self.children[0], frame, "passthru")
            return Outcome.PASSED_UP
        child = self.child_of(frame.dst)
        if child is None or child.mode == "source":
            return None
        self._give(child, frame, "mac")
        return Outcome.PASSED_UP

    def _give(self, child: MacvlanInterface, frame: Frame, why: str) -> None:
        self.parent.namespace.record(ChildChosen(self.parent.label, child.label, why))
        child.take(frame, is_for_us=True)

    def _spread(self, frame: Frame, source: MacvlanInterface | None) -> None:
        """macvlan_multicast_rx, from a work queue: what bridge children sent they have heard on the way out."""
        if source is None:
            modes: tuple[str, ...] = ("private", "vepa", "passthru", "bridge")
        else:
            modes = ("vepa", "bridge") if source.mode == "vepa" else ("vepa",)
        self.broadcast(frame, source, modes, later=True)
        self._give_by_source(frame)

    def _give_by_source(self, frame: Frame) -> None:
        """macvlan_forward_source: a copy, by the queue, to those that want what this station sends."""
        for child in self.children:
            if child.mode == "source" and frame.src in child.sources and child.up:
                self.parent.namespace.record(ChildChosen(self.parent.label, child.label, "source"))
                self.parent.namespace.scheduler.transmit((child,), frame)

    def broadcast(self, frame: Frame, source: MacvlanInterface | None, modes: tuple[str, ...],
                  later: bool = False) -> None:
        """macvlan_broadcast: a copy to each child of some modes that listens, by the queue (later: a work queue does
        it, which has its turn when all frames have arrived)."""
        heard = [child for child in self.children if child is not source and child.up and child.mode in modes
                 and (frame.dst == BROADCAST_MAC or child.listens_to(frame.dst))]
        scheduler = self.parent.namespace.scheduler
        for child in sorted(heard, key=lambda child: bucket(child.mac)):
            if later:
                scheduler.soon(give_copy, (child, frame))
            else:
                child.heard_bytes += HARD_HEADER * child.running  # of what one sends, which still has its header
                scheduler.transmit((child,), frame)


class MacvlanInterface(StackedInterface):
    """One child (mode: one of MODES.  sources: MACs whose frames a source child takes)."""

    is_cut_off = True
    kind = "macvlan"
    uncounted = 0
    releases_dst = False

    __slots__ = ("below", "max_mtu", "mode", "multicast", "port_below", "sources", "tso_max")

    def __init__(self, namespace: NetworkNamespace, name: str, mac: int, below: Interface, mode: str) -> None:
        super().__init__(namespace, name, mac, below.mtu)
        self.below = below
        self.max_mtu, self.tso_max = below.max_mtu, below.tso_max
        self.mode = mode
        self.sources: list[int] = []
        self.multicast = 0
        self.port_below: MacvlanPort

    def receive(self, frame: Frame) -> Verdict:
        """macvlan_count_rx, which takes broadcasts for multicasts."""
        self.multicast += bool(self.running and frame.dst & MAC_GROUP_BIT)
        return super().receive(frame)

    def change_protodown(self, _on: bool) -> None:
        raise NotModelledError("protodown of a macvlan is not modelled")

    @property
    def lower(self) -> Interface | None:
        return self.below

    @property
    def takes_stations(self) -> bool:  # type: ignore[override]
        """macvlan_fdb_add: only where it alone stands on the device below."""
        return self.mode == "passthru"

    def listens_to(self, group: int) -> bool:
        """Whether a group is in its filter: all systems, and those that it joined."""
        joined = (number for name, number in self.namespace.groups if name == self.name)
        return group in (multicast_mac(ALL_SYSTEMS), *self.group_macs, *map(multicast_mac, joined))

    def hand_on(self, frame: Frame) -> bool:
        """macvlan_queue_xmit."""
        port = self.port_below
        if self.mode == "bridge" and self.below.up:
            if frame.dst & MAC_GROUP_BIT:
                port.broadcast(frame, self, ("bridge",))
            else:
                sibling = port.child_of(frame.dst)
                if sibling is not None and sibling.mode == "bridge":
                    self.namespace.scheduler.transmit((port,), frame)
                    return True
        return self.below.transmit(frame)

    # -- following the parent

    def registered(self) -> None:
        stack = stack_of(self.below)
        if stack.handler is None:
            stack.handler = MacvlanPort(self.below)
        assert isinstance(stack.handler, MacvlanPort)
        self.port_below = stack.handler
        self.port_below.children.append(self)
        stack.uppers.append(self)
        follow_carrier(self, self.below)

    def check_open(self) -> None:
        if self.mode != "passthru" and self._is_busy(self.mac):
            raise KernelError("EADDRINUSE")

    def open(self) -> None:
        """macvlan_open: a veth has no filter for unicast addresses, so the parent takes every frame."""
        follow_carrier(self, self.below)
        stack_of(self._unfiltered).listen("macvlan", True)

    @property
    def _unfiltered(self) -> Interface:
        """The device whose card would have to filter: a VLAN hands the addresses down (dev_uc_sync)."""
        below = self.below
        while below.kind == "vlan" and below.lower is not None:
            below = below.lower
        return below

    def stop(self) -> None:
        stack = self._unfiltered.stack
        if stack is not None and not any(child.up for child in self.port_below.children if child is not self):
            stack.listen("macvlan", False)

    def uninit(self) -> None:
        stack = self.below.stack
        if stack is None or self not in self.port_below.children:
            return
        self.port_below.children.remove(self)
        if not self.port_below.children:
            stack.handler = None
            stack_of(self._unfiltered).listen("macvlan", False)
        leave(self.below, self)

    def on_lower(self, what: str, lower: Interface) -> None:
        if what == "gone":
            link.delete(self)
            return
        if what == "mtu" and self.mtu > lower.mtu:
            link.set_mtu(self, lower.mtu)
        elif what == "mac" and self.mode == "passthru" and self.mac != lower.mac:
            link.change_mac(self, lower.mac)
        follow_carrier(self, lower)

    def check_mtu(self, mtu: int) -> None:
        if mtu > self.below.mtu:
            raise KernelError("EINVAL")

    def accept_mac(self, mac: int) -> int:
        if self.mode != "passthru" and mac != self.mac and self._is_busy(mac):
            raise KernelError("EADDRINUSE")
        return mac

    def _is_busy(self, mac: int) -> bool:
        """macvlan_addr_busy: the parent has the address, or another child that is up."""
        return mac == self.below.mac or self.port_below.child_of(mac) is not None

    def assign_mac(self, mac: int) -> None:
        super().assign_mac(mac)
        if self.mode == "passthru" and self.below.mac != mac:
            link.change_mac(self.below, mac)


class MacvlanKind(LinkKind):
    """`type macvlan [ mode MODE ]`."""

    name = "macvlan"
    attributes = (
        choice("mode*", choices=MODES, code=1, complaint=(
            'Error: argument of "mode" must be "private", "vepa", "bridge", "passthru" or "source", not "{word}"')),
        refused("nopromisc", words=0), Attribute(("macaddr*",), Form.LIST, words=2),
        refused("bcqueuelen*"), refused("bclim"))
    unknown = 'macvlan: unknown option "{word}"?'
    usage = """\
Usage: ... macvlan mode MODE [MODE_OPTS]

MODE: private | vepa | bridge | passthru | source
MODE_OPTS: for mode "source":
\tmacaddr { add <macaddr> | del <macaddr> | flush }"""

    def make(self, request: NewLink) -> Interface:
        """macvlan_common_newlink."""
        below = request.lower
        if below is None:
            raise KernelError("EINVAL")
        if below.is_loopback or below.hardware != "ether" or below.l3_table is not None:
            raise KernelError("EINVAL")
        if isinstance(below, MacvlanInterface):
            below = below.below
        handler = below.stack.handler if below.stack is not None else None
        if (handler is not None and not isinstance(handler, MacvlanPort)) or below.port is not None:
            raise KernelError("EBUSY")
        mode = request.settings.get("mode", "vepa")
        children = handler.children if handler is not None else []
        if children and (mode == "passthru" or any(child.mode == "passthru" for child in children)):
            raise KernelError("EINVAL")
        mac = below.mac if mode == "passthru" else request.address
        if request.mtu is not None and request.mtu > below.mtu:
            raise KernelError("EINVAL", "mtu greater than device maximum" if request.mtu > MOST_MTU else "")
        made = MacvlanInterface(request.namespace, request.name, mac, below, mode)
        self._change_sources(made, request.settings)
        return made

    def change(self, interface: Interface, settings: dict[str, Any]) -> None:
        """macvlan_changelink: passthru is chosen when it is made, and for good."""
        assert isinstance(interface, MacvlanInterface)
        mode = settings.get("mode", interface.mode)
        if (mode == "passthru") != (interface.mode == "passthru"):
            raise KernelError("EINVAL")
        interface.mode = mode
        self._change_sources(interface, settings)

    @staticmethod
    def _change_sources(interface: MacvlanInterface, settings: dict[str, Any]) -> None:
        for command, mac in settings.get("macaddr", ()):
            if interface.mode != "source":
                raise KernelError("EINVAL")
            if command == "flush":
                interface.sources.clear()
            elif command == "add" and mac not in interface.sources:
                interface.sources.append(mac)
            elif command == "del" and mac in interface.sources:
                interface.sources.remove(mac)

    def details(self, interface: Interface) -> list[Detail]:
        assert isinstance(interface, MacvlanInterface)
        rows = [Detail("mode", interface.mode, f"mode {interface.mode} "),
                Detail("bcqueuelen", QUEUE, f"bcqueuelen {QUEUE} "),
                Detail("usedbcqueuelen", QUEUE, f"usedbcqueuelen {QUEUE} ")]
        if interface.mode == "source":
            shown = [format_mac(mac) for mac in sorted(interface.sources, key=bucket)]
            rows.append(Detail("macaddr_data", shown, f"remotes ({len(shown)}) " + "".join(f"{mac} " for mac in shown)))
        return rows


KIND = MacvlanKind()
