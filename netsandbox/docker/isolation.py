"""Containers of one bridge network do not reach those of another: Docker's rule in the host's FORWARD chain.

Docker 29 has it as `-A DOCKER ! -i BRIDGE -o BRIDGE -j DROP` for each of its
bridges.  Replies never need an exception here, for what goes from one bridge
to another is dropped in both directions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.docker.network import BridgeNetwork
from netsandbox.linux.core.hooks import Hook, SocketBuffer
from netsandbox.linux.drop import Dropped, DropReason

if TYPE_CHECKING:
    from netsandbox.docker.engine import DockerEngine
    from netsandbox.linux.core.namespace import NetworkNamespace


class Isolation:
    """The rule for all bridge networks of an Engine, those to come as well (a HookFunction)."""

    def __init__(self, engine: DockerEngine) -> None:
        self.engine = engine

    def __call__(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> Dropped | None:
        bridges = {n.bridge.name for n in self.engine.networks.values() if isinstance(n, BridgeNetwork)}
        entered, leaves = buffer.entered, buffer.leaves
        if entered is None or leaves is None or entered is leaves:
            return None
        name = leaves.name
        if name not in bridges or entered.name not in bridges:
            return None
        return Dropped(DropReason.NETFILTER_DROP, (f"-A DOCKER ! -i {name} -o {name} -j DROP",))


def isolate(engine: DockerEngine) -> None:
    """Set the rule up."""
    engine.namespace.netfilter.register(Hook.FORWARD, Isolation(engine))
