"""The spanning tree of a bridge: which of its ports forward, so that no frame goes round in a circle.

IEEE 802.1D-1998 as net/bridge/br_stp.c, br_stp_if.c and br_stp_timer.c have it; functions are named after theirs.  What
it says on the wire is in stp_bpdu, and what is better than what in stp_election.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.units import SECOND
from netsandbox.linux.bridge import stp_bpdu, stp_election
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.bridge.port import BridgePort
from netsandbox.linux.bridge.stp_port import PortTree, TimerSet, identifier
from netsandbox.linux.device_events import BpduTaken, RootChosen, TopologyChanged
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.wire import stp as wire
from netsandbox.wire.addresses import format_mac
from netsandbox.wire.errors import ParseError
from netsandbox.wire.ethernet import Frame

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Verdict

MAC_BITS = (1 << 48) - 1


class SpanningTree:
    """The protocol on one bridge.

    Attributes:
        root, cost, root_port: the root that it knows, the way to it and the port that leads there (0: it is the root).
        max_age, hello_time, forward_delay: nanoseconds, as the root has them.
        changing: the tree has changed lately, so that rows age faster.  noticed: this bridge has told so.
        enabled: the protocol runs; it has been switched off else, and what its ports still wait for runs out.
    """

    def __init__(self, bridge: Bridge) -> None:
        self.bridge = bridge
        self.root = self.bridge_id
        self.cost = self.root_port = 0
        self.max_age, self.hello_time, self.forward_delay = bridge.max_age, bridge.hello_time, bridge.forward_delay
        self.changing = self.noticed = False
        self.enabled = True
        self.timers = TimerSet(bridge.namespace.scheduler)

    @property
    def bridge_id(self) -> int:
        return identifier(self.bridge.priority, self.bridge.mac)

    @property
    def is_root(self) -> bool:
        return self.root == self.bridge_id

    def trace_key(self) -> str:
        return f"spanning tree of {self.bridge.label}"

    # -- ports and the bridge come and go

    def start(self) -> None:
        """br_stp_enable_bridge: the bridge comes up, or the protocol is switched on."""
        if not self.enabled:
            return
        self.timers.start("hello", self.hello_time, self._hello)
        self._generate()

    def switch(self, on: bool) -> None:
        """br_stp_start, br_stp_stop: off, ports stay as they are until a timer or a link has them looked at."""
        self.enabled = on
        self.timers.stop("hello")
        if on and self.bridge.up:
            self.timers.start("hello", self.hello_time, self._hello)
            self._select_states()

    def set_by_hand(self, port: BridgePort, state: str) -> None:
        """br_set_port_state, where the protocol is off: what the tree still knows has the last word."""
        self.bridge.set_state(port, state)
        self._select_states()

    def stop(self) -> None:
        """br_stp_disable_bridge."""
        self._set_changing(False)
        self.noticed = False
        self.timers.stop_all()
        for port in self.bridge.ports:
            if port.tree is not None:
                port.tree.timers.stop_all()

    def link_is_up(self, port: BridgePort) -> None:
        """linkwatch_urgent_event: a device whose index is not that of the one below is seen to at once, others once a
        second; only here are there times long enough for that to matter."""
        lower = port.interface.lower
        if not self.enabled or (lower is not None and lower.index != port.interface.index):
            self.enable_port(port)
        elif not self.timers.is_running(f"linkwatch {port.number}"):
            self.timers.start(f"linkwatch {port.number}", SECOND, self._notice, port)

    def _notice(self, port: BridgePort) -> None:
        if port.interface.running and port.interface.port is port and port.state == "disabled":
            self.enable_port(port)

    def enable_port(self, port: BridgePort) -> None:
        """br_stp_enable_port."""
        port.tree = PortTree(self, port)
        self._become_designated(port)
        self.bridge.set_state(port, "blocking")
        self._select_states()

    def disable_port(self, port: BridgePort) -> None:
        """br_stp_disable_port."""
        was_root = self.is_root
        if port.tree is not None:
            self._become_designated(port)
            port.tree.timers.stop_all()
            port.tree.ack = port.tree.config_pending = False
        self.bridge.set_state(port, "disabled")
        self._update(was_root)

    def identity_changed(self, old: int) -> None:
        """br_stp_change_bridge_id, br_stp_set_bridge_priority: it has another MAC or priority now."""
        was_root = self.root == old
        for port in self._live():
            tree = port.tree
            assert tree is not None
            tree.bridge = self.bridge_id if tree.bridge == old else tree.bridge
            tree.root = self.bridge_id if tree.root == old else tree.root
        if was_root:
            self.root = old
        self._update(was_root)

    def port_changed(self, port: BridgePort, old_id: int) -> None:
        """br_stp_set_port_priority, br_stp_set_path_cost."""
        tree = port.tree
        if tree is None:
            return
        if tree.bridge == self.bridge_id and tree.port == old_id:
            tree.port = port.port_id
        self._update(self.is_root)

    def _update(self, was_root: bool) -> None:
        self._configure()
        self._select_states()
        if self.is_root and not was_root:
            self._become_root()

    def _live(self) -> list[BridgePort]:
        """The ports that take part, in the kernel's order: the newest first."""
        return [port for port in reversed(self.bridge.ports) if port.state != "disabled" and port.tree is not None]

    # -- who is what

    def _become_designated(self, port: BridgePort) -> None:
        tree = port.tree
        assert tree is not None
        tree.root, tree.cost, tree.bridge, tree.port = self.root, self.cost, self.bridge_id, port.port_id

    def _configure(self) -> None:
        """br_configuration_update: the root, then the segments to speak for."""
        old = self.root
        best: BridgePort | None = None
        for port in self._live():
            if not stp_election.is_designated(self, port) and stp_election.leads_better(self, port, best):
                if port.root_block:
                    self._block_root(port)
                else:
                    best = port
        self.root_port = best.number if best is not None else 0
        if best is None or best.tree is None:
            self.root, self.cost = self.bridge_id, 0
        else:
            self.root, self.cost = best.tree.root, best.tree.cost + best.path_cost
        if self.root != old:
            self.bridge.namespace.record(RootChosen(
                self.bridge.label, self.root >> 48, format_mac(self.root & MAC_BITS),
                best.interface.name if best is not None else "", self.cost))
        for port in self._live():
            if stp_election.should_speak(self, port):
                self._become_designated(port)

    def _block_root(self, port: BridgePort) -> None:
        """br_root_port_block: a port that may not lead to the root listens anew at each message that says it would."""
        self.bridge.set_state(port, "listening")
        self._wait(port)

    def _select_states(self) -> None:
        """br_port_state_selection."""
        for port in self._live():
            tree = port.tree
            assert tree is not None
            if port.number == self.root_port:
                tree.config_pending = tree.ack = False
                self._make_forwarding(port)
            elif stp_election.is_designated(self, port):
                tree.timers.stop("message_age")
                self._make_forwarding(port)
            else:
                tree.config_pending = tree.ack = False
                self._make_blocking(port)
        self.bridge.states_changed()

    def _make_blocking(self, port: BridgePort) -> None:
        if port.state == "blocking" or port.tree is None:
            return
        if port.state in ("forwarding", "learning"):
            self._detect_change()
        self.bridge.set_state(port, "blocking")
        port.tree.timers.stop("forward_delay")

    def _make_forwarding(self, port: BridgePort) -> None:
        if port.state != "blocking" or port.tree is None:
            return
        if not self.enabled or not self.forward_delay:
            self.bridge.set_state(port, "forwarding")
            port.start_forward_delay()
            self._detect_change()
            return
        port.forward_end = 0
        self.bridge.set_state(port, "listening")
        self._wait(port)

    def _wait(self, port: BridgePort) -> None:
        """The port stays in its state for the forward delay."""
        assert port.tree is not None
        if self.forward_delay:
            port.tree.timers.start("forward_delay", self.forward_delay, self._forward_delay_over, port)

    def _become_root(self) -> None:
        """br_become_root_bridge."""
        bridge = self.bridge
        self.max_age, self.hello_time, self.forward_delay = bridge.max_age, bridge.hello_time, bridge.forward_delay
        self._detect_change()
        self.timers.stop("tcn")
        if bridge.up and self.enabled:
            self._generate()
            self.timers.start("hello", self.hello_time, self._hello)

    # -- the tree has changed

    def _detect_change(self) -> None:
        """br_topology_change_detection: the root tells everybody, another bridge tells the root."""
        bridge = self.bridge
        if not self.enabled:
            return
        if self.is_root:
            self._set_changing(True)
            self.timers.start("topology_change", bridge.forward_delay + bridge.max_age, self._change_over)
        elif not self.noticed:
            stp_bpdu.send_tcn(self)
            self.timers.start("tcn", bridge.hello_time, self._tcn_again)
        self.noticed = True

    def _set_changing(self, changing: bool) -> None:
        """__br_set_topology_change: rows of the table age in twice the forward delay meanwhile."""
        if self.changing != changing:
            bridge = self.bridge
            bridge.fdb.hurry = self.forward_delay if changing else 0
            bridge.namespace.record(TopologyChanged(bridge.label, changing))
        self.changing = changing

    def _change_over(self, _argument: object) -> None:
        self.noticed = False
        self._set_changing(False)

    def _tcn_again(self, _argument: object) -> None:
        if not self.is_root and self.bridge.up:
            stp_bpdu.send_tcn(self)
            self.timers.start("tcn", self.bridge.hello_time, self._tcn_again)

    # -- messages

    def take_bpdu(self, port: BridgePort, frame: Frame) -> Verdict:
        """br_stp_rcv."""
        payload = frame.payload
        try:
            bpdu = wire.parse(payload) if isinstance(payload, bytes) else None
        except ParseError:
            return Dropped(DropReason.BPDU_INVALID, (port.interface.name,))
        if port.state == "disabled" or port.tree is None:
            return Dropped(DropReason.BRIDGE_INGRESS_STP_STATE, (port.state,))
        if port.flags.get("guard"):
            self.disable_port(port)
            port.hold("disabled")
            return Dropped(DropReason.BPDU_INVALID, ("guard", port.interface.name))
        if bpdu is None:
            self._take_tcn(port)
        elif bpdu.message_age <= bpdu.max_age:
            self._take_config(port, bpdu)
        return Outcome.ACCEPTED

    def _take_tcn(self, port: BridgePort) -> None:
        """br_received_tcn_bpdu."""
        if stp_election.is_designated(self, port) and port.tree is not None:
            self._detect_change()
            port.tree.ack = True
            stp_bpdu.send_config(self, port)

    def _take_config(self, port: BridgePort, bpdu: wire.ConfigBpdu) -> None:
        """br_received_config_bpdu."""
        was_root, tree = self.is_root, port.tree
        assert tree is not None
        if not stp_election.supersedes(self, port, bpdu):
            if stp_election.is_designated(self, port):
                stp_bpdu.send_config(self, port)
            return
        self._learn(port, bpdu)
        self._configure()
        self._select_states()
        if was_root and not self.is_root:
            self.timers.stop("hello")
            if self.noticed:
                self.timers.stop("topology_change")
                stp_bpdu.send_tcn(self)
                self.timers.start("tcn", self.bridge.hello_time, self._tcn_again)
        if port.number == self.root_port:
            self.max_age, self.hello_time, self.forward_delay = (
                ticks * SECOND // wire.TICKS for ticks in (bpdu.max_age, bpdu.hello_time, bpdu.forward_delay))
            self._set_changing(bool(bpdu.flags & wire.TOPOLOGY_CHANGE))
            self._generate()
            if bpdu.flags & wire.ACKNOWLEDGEMENT:
                self.noticed = False
                self.timers.stop("tcn")

    def _learn(self, port: BridgePort, bpdu: wire.ConfigBpdu) -> None:
        """br_record_config_information."""
        tree, scheduler = port.tree, self.bridge.namespace.scheduler
        assert tree is not None
        if tree.vector() != (bpdu.root, bpdu.cost, bpdu.bridge, bpdu.port):
            self.bridge.namespace.record(BpduTaken(
                port.interface.label, bpdu.root >> 48, format_mac(bpdu.root & MAC_BITS), bpdu.cost,
                format_mac(bpdu.bridge & MAC_BITS)))
        tree.root, tree.cost, tree.bridge, tree.port = bpdu.root, bpdu.cost, bpdu.bridge, bpdu.port
        tree.age = scheduler.now - bpdu.message_age * SECOND // wire.TICKS
        left = (bpdu.max_age - bpdu.message_age) * SECOND // wire.TICKS
        tree.timers.start("message_age", left, self._message_too_old, port)

    def _message_too_old(self, port: BridgePort) -> None:
        """br_message_age_timer_expired: who spoke for the segment speaks no more."""
        if port.state != "disabled":
            was_root = self.is_root
            self._become_designated(port)
            self._update(was_root)

    def _forward_delay_over(self, port: BridgePort) -> None:
        """br_forward_delay_timer_expired."""
        if port.tree is None:
            return
        if port.state == "listening":
            self.bridge.set_state(port, "learning")
            self._wait(port)
        elif port.state == "learning":
            self.bridge.set_state(port, "forwarding")
            if any(stp_election.is_designated(self, other) for other in self._live()):
                self._detect_change()
            self.bridge.states_changed()

    def _hello(self, _argument: object) -> None:
        if self.bridge.up:
            self._generate()
            self.timers.start_at_second("hello", self.hello_time, self._hello)

    def _generate(self) -> None:
        """br_config_bpdu_generation: by each port whose segment this bridge speaks for."""
        for port in self._live():
            if stp_election.is_designated(self, port):
                stp_bpdu.send_config(self, port)
