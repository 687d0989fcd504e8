"""A kernel lab: one of the JSON labs of tests/kernel on the simulated stack, and the machine that its tools see.

A lab describes namespaces, links and timed actions; the result has the form that the rig writes after running it on a
real kernel, so that both can be compared frame by frame.
"""

from __future__ import annotations

from typing import Any

from netsandbox.commands.tools.context import Tenant, ToolContext, ToolResult
from netsandbox.commands.tools.registry import run_tool
from netsandbox.engine.chance import Chance
from netsandbox.engine.scheduler import Scheduler
from netsandbox.engine.trace import Trace
from netsandbox.engine.units import SECOND, seconds
from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.devices.linkwatch import LinkWatch
from netsandbox.linux.core.files.file_system import Files
from netsandbox.linux.core.kernel import Kernel
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drivers.bond_device import BondInterface
from netsandbox.linux.drop import CASCADE_TOO_LONG
from netsandbox.linux.events import FrameReceived
from netsandbox.linux.place import Place
from netsandbox.linux.stack import TRANSPORTS, create_namespace
from netsandbox.rig import building, snapshot
from netsandbox.rig.format import check
from netsandbox.rig.pace import pace_of
from netsandbox.rig.tap import Tap
from netsandbox.wire.addresses import Network, random_mac

CONFIGURING = 4 * SECOND // 10
"""How long after the links the rig gives addresses and begins to look whether all is ready, and what it waits then."""
CONNECTING = SECOND // 2  # How long before the first action the last link came up, where nothing had to be waited for


class KernelLab:
    """One lab, as `building` made it; `actions` performs it, and `snapshot` looks at it."""

    def __init__(self, spec: dict[str, Any], seed: int = 0) -> None:
        check(spec)
        self.spec = spec
        self.nodes: dict[str, dict[str, Any]] = spec["nodes"]
        self.pace = pace_of(spec)
        self.chance = Chance(seed)
        self.trace = Trace()
        self.scheduler = Scheduler(self.trace, FrameReceived, CASCADE_TOO_LONG)
        self.linkwatch = LinkWatch(self.scheduler)
        self.kernel = Kernel(TRANSPORTS)
        self.namespaces: dict[str, NetworkNamespace] = {}
        self.snapshots: dict[str, Any] = {}
        self._macs = self.chance.stream("mac")
        building.build(self)
        self._settle()
        self.start = self.scheduler.now
        self.linkwatch.ran = min(self.linkwatch.ran, self.start - CONNECTING)
        self.tap = Tap(self.trace, self.start, spec.get("frame_cap", 400), self._tapped())
        self.interfaces = snapshot.interfaces(self)

    # -- names (commands.tools.context.Machine)

    def namespace(self, node: str) -> NetworkNamespace:
        """The namespace of a node; `netns_of` makes two nodes share one."""
        return self.namespaces[self.nodes[node].get("netns_of", node)]

    def namespace_named(self, name: str) -> NetworkNamespace | None:
        return self.namespaces.get(name)

    def namespace_owners(self, _namespace: NetworkNamespace, _files: Files, _pid: int | None) -> dict[str, int]:
        return {}

    def pid_seen(self, _namespace: NetworkNamespace, _files: Files, pid: int) -> int:
        return pid

    def namespace_of_pid(self, _pid: int) -> NetworkNamespace | None:
        return None

    def send(self, _namespace: NetworkNamespace, _files: Files, _pid: int, _number: int) -> bool:
        return False

    def begun(self, _pid: int) -> None:
        """No lines are typed here."""

    def processes_inside(self, _namespace: NetworkNamespace,
                         _files: Files) -> list[tuple[int, int, str, NetworkNamespace]]:
        return []

    def processes(self, namespace: NetworkNamespace) -> list[tuple[int, str, int]]:
        return [(1, "/sbin/init", namespace.inode)]

    def tenants(self, namespace: NetworkNamespace) -> list[Tenant]:
        return [Tenant(namespace, 1, 1, "/sbin/init", "")]

    def namespace_names(self) -> list[str]:
        return list(self.namespaces)

    def add_namespace(self, name: str) -> NetworkNamespace:
        self.namespaces[name] = create_namespace(name, self.scheduler, self.chance, lo_up=False)
        self.namespaces[name].kernel = self.kernel
        self.namespaces[name].inode += len(self.namespaces)
        return self.namespaces[name]

    def remove_namespace(self, name: str) -> None:
        for interface in list(self.namespaces.pop(name).interfaces.values()):
            if not interface.is_loopback:
                link.delete(interface)

    def new_mac(self) -> int:
        """A random locally administered unicast address."""
        return random_mac(self._macs.bits(48))

    def hostname(self, namespace: NetworkNamespace, _seen: Files | None) -> str:
        return namespace.uts_name or namespace.name

    def set_hostname(self, namespace: NetworkNamespace, name: str, _seen: Files | None) -> None:
        namespace.uts_name = name

    def make_room(self, _namespace: NetworkNamespace, _name: str, _network: Network | None,
                  _gateway: int | None = None) -> str:
        return ""

    def tool(self, node: str, argv: list[str]) -> ToolResult:
        """A tool asks the kernel about each device that it is given (ll_name_to_index), and then about those that it
        prints the name of, but those that it has listed (ll_index_to_name)."""
        namespace = self.namespace(node)
        self.ask_about(namespace, argv)
        result = run_tool(ToolContext(namespace, self), argv)
        self.ask_about(namespace, result.out.split())
        return result

    def ask_about(self, namespace: NetworkNamespace, words: list[str]) -> None:
        for interface in filter(None, map(namespace.interfaces.get, words)):
            self.linkwatch.sync(interface)

    @property
    def seconds(self) -> float:
        """Virtual seconds since the lab began."""
        return (self.scheduler.clock - self.start) / SECOND

    # -- what it was described as

    def owners(self) -> list[str]:
        return [node for node, body in self.nodes.items() if "netns_of" not in body]

    def ifaces(self, node: str) -> dict[str, dict[str, Any]]:
        ifaces: dict[str, dict[str, Any]] = self.nodes[node].get("ifaces", {})
        return ifaces

    # -- observing

    def run_until(self, when: int) -> None:
        """Let the lab go on to a virtual time, capturing on the way."""
        scheduler = self.scheduler

        def goes_on() -> bool:
            self.tap.drain(only_if_long=True)
            due = scheduler.next_time()
            return due is not None and due <= when
        scheduler.run_while(goes_on)
        scheduler.run_until(when)

    def _tapped(self) -> list[Place]:
        return [interface.place for node in self.namespaces.values() for interface in node.interfaces.values()]

    def _settle(self) -> None:
        """Wait, as the rig does and no longer, until all links have a carrier and all bridge ports forward."""
        end = self.scheduler.now + seconds(self.spec.get("settle", 3.0))
        self.scheduler.run_while(lambda: not self.scheduler.is_idle)
        poll = SECOND // 4
        while self.scheduler.now < end and any(map(self._is_late, self._all_interfaces())):
            self.scheduler.run_until(self.scheduler.now + poll)
            poll = min(2 * poll, 2 * SECOND)
        if poll != SECOND // 4 or any(namespace.groups for namespace in self.namespaces.values()):
            self.scheduler.run_until(self.scheduler.now + CONFIGURING)

    def _all_interfaces(self) -> list[Interface]:
        return [interface for namespace in self.namespaces.values() for interface in namespace.interfaces.values()]

    @staticmethod
    def _is_late(interface: Interface) -> bool:
        if interface.up and interface.operstate in ("DOWN", "LOWERLAYERDOWN"):
            return True
        if isinstance(interface, BondInterface):
            return any(slave.interface.running and slave.state == "down" for slave in interface.slaves)
        return interface.port is not None and not interface.port.forwarding
