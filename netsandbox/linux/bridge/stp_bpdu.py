"""What a bridge says in the spanning tree protocol: its messages on the wire (net/bridge/br_stp_bpdu.c, br_stp.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.linux.bridge.port import BridgePort
from netsandbox.wire import stp as wire
from netsandbox.wire.ethernet import Frame

if TYPE_CHECKING:
    from netsandbox.linux.bridge.stp import SpanningTree

HOLD_TIME = SECOND
AGE_INCREMENT = 4 * MILLISECOND  # MESSAGE_AGE_INCR: one jiffy a hop


def send_config(protocol: SpanningTree, port: BridgePort) -> None:
    """br_transmit_config: one a second at most."""
    tree = port.tree
    assert tree is not None
    if not protocol.enabled:
        return
    if tree.timers.is_running("hold"):
        tree.config_pending = True
        return
    age = 0
    if not protocol.is_root:
        root = _root_port(protocol)
        since = root.tree.age if root is not None and root.tree is not None else 0
        age = protocol.bridge.namespace.scheduler.now - since + AGE_INCREMENT
    if age >= protocol.max_age:
        return
    flags = wire.TOPOLOGY_CHANGE * protocol.changing | wire.ACKNOWLEDGEMENT * tree.ack
    times = (nanoseconds * wire.TICKS // SECOND for nanoseconds in (
        age, protocol.max_age, protocol.hello_time, protocol.forward_delay))
    _send(port, wire.ConfigBpdu(flags, protocol.root, protocol.cost, protocol.bridge_id, port.port_id, *times).emit())
    tree.ack = tree.config_pending = False
    tree.timers.start_at_second("hold", HOLD_TIME, _hold_over, (protocol, port))


def _hold_over(what: tuple[SpanningTree, BridgePort]) -> None:
    protocol, port = what
    if port.tree is not None and port.tree.config_pending:
        send_config(protocol, port)


def send_tcn(protocol: SpanningTree) -> None:
    """br_transmit_tcn: towards the root."""
    port = _root_port(protocol)
    if port is not None and protocol.enabled:
        _send(port, wire.emit_tcn())


def _root_port(protocol: SpanningTree) -> BridgePort | None:
    return next((port for port in protocol.bridge.ports if port.number == protocol.root_port), None)


def _send(port: BridgePort, payload: bytes) -> None:
    port.interface.transmit(Frame(wire.GROUP_ADDRESS, port.interface.mac, len(payload), payload))
