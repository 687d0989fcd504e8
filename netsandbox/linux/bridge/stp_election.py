"""Which of two claims of the spanning tree is the better: for the root, the way to it, and a segment (br_stp.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.linux.bridge.port import BridgePort
from netsandbox.wire.stp import ConfigBpdu

if TYPE_CHECKING:
    from netsandbox.linux.bridge.stp import SpanningTree


def is_designated(protocol: SpanningTree, port: BridgePort) -> bool:
    """Whether this bridge speaks for the port's segment (br_is_designated_port)."""
    tree = port.tree
    return tree is not None and tree.bridge == protocol.bridge_id and tree.port == port.port_id


def leads_better(protocol: SpanningTree, port: BridgePort, best: BridgePort | None) -> bool:
    """br_should_become_root_port."""
    tree = port.tree
    assert tree is not None
    if protocol.bridge_id <= tree.root:
        return False
    if best is None or best.tree is None:
        return True
    return (tree.root, tree.cost + port.path_cost, tree.bridge, tree.port, port.port_id) < (
        best.tree.root, best.tree.cost + best.path_cost, best.tree.bridge, best.tree.port, best.port_id)


def should_speak(protocol: SpanningTree, port: BridgePort) -> bool:
    """br_should_become_designated_port."""
    tree = port.tree
    assert tree is not None
    if is_designated(protocol, port) or tree.root != protocol.root:
        return True
    return (protocol.cost, protocol.bridge_id, port.port_id) < (tree.cost, tree.bridge, tree.port)


def supersedes(protocol: SpanningTree, port: BridgePort, bpdu: ConfigBpdu) -> bool:
    """br_supersedes_port_info: the message is better than what the port has, or from who gave it that."""
    tree = port.tree
    assert tree is not None
    found, known = (bpdu.root, bpdu.cost, bpdu.bridge), (tree.root, tree.cost, tree.bridge)
    if found != known:
        return found < known
    return bpdu.bridge != protocol.bridge_id or bpdu.port <= tree.port
