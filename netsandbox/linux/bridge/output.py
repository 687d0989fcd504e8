"""Where the frames of a bridge leave: by which ports, and what becomes of one that is too long (br_forward.c)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from netsandbox.linux.bridge.port import BridgePort
from netsandbox.linux.bridge.roll import Newest
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.events import Forwarding, FrameBridged, SendFailed
from netsandbox.linux.place import Place
from netsandbox.wire.ethernet import Frame

if TYPE_CHECKING:
    from netsandbox.linux.bridge.bridge import Bridge
    from netsandbox.linux.core.devices.interface import Verdict


KNOWN, BRIDGED = Forwarding.KNOWN, Outcome.BRIDGED
MOST_PASSED_OVER = 8  # Ports that a record lists by which a flood did not leave


def place_of(port: BridgePort | None) -> Place | None:
    return None if port is None else port.place


def forward(bridge: Bridge, port: BridgePort | None, out: BridgePort, frame: Frame, row: int) -> Verdict:
    """br_forward: to the one port that the table names (row: the record that made the row)."""
    if out is port or out.isolated or not out.forwarding:
        refusal = refusal_to(port, out, frame.dst)
        if refusal is not None:
            return refusal
    interface, namespace, size = out.interface, bridge.namespace, frame.size
    if size > out.limit or size > interface.peer_limit:
        return send_singly(bridge, port, (out,), frame, KNOWN, False, row)
    namespace.trace.events.append((FrameBridged, bridge.place, place_of(port), frame, out.alone, False, KNOWN, row, ()))
    interface.sent += 1
    interface.sent_bytes += size
    namespace.scheduler.transmit(interface.wire, frame)
    return BRIDGED


def refusal_to(port: BridgePort | None, out: BridgePort, destination: int) -> Dropped | None:
    """should_deliver: why a frame does not leave by the port that the table names."""
    if out is port and not port.hairpin:
        return Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (destination, "same port"))
    if not out.forwarding:
        return Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (destination, out.state))
    if out.isolated and port is not None and port.isolated:
        return Dropped(DropReason.BRIDGE_NO_EGRESS_PORT, (destination, "isolated"))
    return None


def send_by(bridge: Bridge, port: BridgePort | None, ports: Sequence[BridgePort], frame: Frame, why: Forwarding,
            to_host: bool, row: int | None = None, passed: tuple[tuple[Place, str], ...] = ()) -> Verdict:
    """The same bytes by some ports, as one entry of the queue where all of them take a frame of its size."""
    size = frame.size
    for out in ports:
        if size > out.limit or size > out.interface.peer_limit:
            return send_singly(bridge, port, ports, frame, why, to_host, row)
    places = tuple([out.place for out in ports])
    bridge.namespace.record((FrameBridged, bridge.place, place_of(port), frame, places, to_host, why, row, passed))
    for out in ports:
        out.interface.sent += 1
        out.interface.sent_bytes += size
    targets = tuple([target for out in ports for target in out.interface.wire])
    bridge.namespace.scheduler.transmit(targets, frame)
    return Outcome.BRIDGED


def send_singly(bridge: Bridge, source: BridgePort | None, ports: Sequence[BridgePort], frame: Frame,
                why: Forwarding, to_host: bool, row: int | None = None) -> Verdict:
    """Port by port: one of them or its peer does not take a frame of this size, and there is no ICMP about that; or
    what it sends goes further than to a wire, and does so before the next port's turn."""
    namespace, size = bridge.namespace, frame.size
    fitting = [port for port in ports if size <= port.longest]
    tells_of_host = to_host
    for run in _runs(ports):
        shown = tuple(port.place for port in run if port in fitting and not port.interface.is_delayed)
        namespace.record((FrameBridged, bridge.place, place_of(source), frame, shown, tells_of_host, why, row))
        for port in run:
            send_one(port, frame)
        tells_of_host = False
    if fitting or to_host:
        return Outcome.BRIDGED
    return Dropped(DropReason.PKT_TOO_BIG, (size,))


def _runs(ports: Sequence[BridgePort]) -> list[list[BridgePort]]:
    """The ports in order, cut behind each whose frame goes on at once, as a tunnel's does."""
    runs: list[list[BridgePort]] = [[]]
    for port in ports:
        if runs[-1] and not (runs[-1][-1].interface.is_wired or runs[-1][-1].interface.is_delayed):
            runs.append([])
        runs[-1].append(port)
    return runs


def send_one(port: BridgePort, frame: Frame) -> None:
    """br_dev_queue_push_xmit, and what a pair of veths does with what the other end does not take."""
    interface, size = port.interface, frame.size
    limit = port.longest if not interface.is_wired else min(port.longest, interface.peer_limit)
    if size > port.longest:  # which nobody counts
        refusal = Dropped(DropReason.PKT_TOO_BIG, (size, limit))
        interface.namespace.record(SendFailed(interface.place, frame, refusal))
    elif size > limit:
        interface.fail_too_big(frame, limit)
    else:
        interface.start_xmit(frame)


def passed_over(bridge: Bridge, source: BridgePort | None, served: Sequence[BridgePort],
                is_in_vlan: Callable[[BridgePort], bool] | None = None) -> tuple[tuple[Place, str], ...]:
    """Other ports that a flood does not leave by, and why (should_deliver, br_flood); of many the first few."""
    if len(served) + (source is not None) >= len(bridge.ports):
        return ()
    others = served.missing_from(bridge.ports) if isinstance(served, Newest) else _without(bridge.ports, served)
    left = (port for port in others if port is not source)
    return tuple((port.place, _why_not(source, port, is_in_vlan)) for port in islice(left, MOST_PASSED_OVER))


def _without(ports: Iterable[BridgePort], served: Iterable[BridgePort]) -> Iterator[BridgePort]:
    reached = frozenset(served)
    return (port for port in ports if port not in reached)


def _why_not(source: BridgePort | None, port: BridgePort, is_in_vlan: Callable[[BridgePort], bool] | None) -> str:
    if not port.forwarding:
        return port.state
    if port.isolated and source is not None and source.isolated:
        return "isolated"
    if is_in_vlan is not None and not is_in_vlan(port):
        return "vlan"
    return "neighbour" if port.neigh_suppress else "flag"


def flood_ports(bridge: Bridge, source: BridgePort | None, why: Forwarding) -> Sequence[BridgePort]:
    """All ports that a flood serves but where it came from, the newest first."""
    return bridge.floods.plan(source, why).reach(source)[0]
