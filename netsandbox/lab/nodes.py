"""The things that a person puts into a lab."""

from __future__ import annotations

from netsandbox.docker.engine import DockerEngine
from netsandbox.docker.network import BridgeNetwork
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.files.inode import FileSystem
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drivers.hub import Hub

OWN_NAME = "br-"  # How the engine begins a bridge's name that nobody chose


class Node:
    """Anything with a name, a namespace and files of its own."""

    kind = "node"

    def __init__(self, name: str, namespace: NetworkNamespace) -> None:
        self.name = name
        self.namespace = namespace
        self._files: FileSystem | None = None

    @property
    def titled_bridges(self) -> dict[str, str]:
        """What a person calls a bridge of its namespace, by the bridge's name; the node's own name where it is all of
        the node."""
        return {}

    @property
    def has_files(self) -> bool:
        """Whether somebody has looked at its files."""
        return self._files is not None

    @property
    def files(self) -> FileSystem:
        """Made when somebody looks at it."""
        if self._files is None:
            self._files = FileSystem(self.namespace.scheduler)
            for folder in ("/etc/iptables", "/etc/ufw"):  # iptables-persistent's, as every tool is installed
                self._files.furnish(folder, {})
        return self._files


class Host(Node):
    """A machine: one namespace, and Docker if it is installed."""

    kind = "host"

    def __init__(self, name: str, namespace: NetworkNamespace) -> None:
        super().__init__(name, namespace)
        self.docker: DockerEngine | None = None
        # addresses in its /etc/resolv.conf; empty for a resolver of its own at 127.0.0.53
        self.name_servers: tuple[int, ...] = ()
        self.forwards_from_boot = False  # its /etc/sysctl.conf says so

    @property
    def titled_bridges(self) -> dict[str, str]:
        networks = self.docker.networks.values() if self.docker is not None else ()
        return {network.bridge.name: network.name for network in networks
                if isinstance(network, BridgeNetwork) and network.bridge.name.startswith(OWN_NAME)}


class Remote(Host):
    """A host behind the uplink, or the router that leads there."""

    def __init__(self, name: str, namespace: NetworkNamespace, group: str | None) -> None:
        super().__init__(name, namespace)
        # the node that stands for it where the internet is folded into one; None for that node itself
        self.group = group


class Switch(Node):
    """A bridge in a box of its own; `bridge` is one with two ports only."""

    kind = "switch"

    def __init__(self, name: str, namespace: NetworkNamespace, bridge: Bridge, port_limit: int | None = None) -> None:
        super().__init__(name, namespace)
        self.bridge = bridge
        self.port_limit = port_limit
        if port_limit is not None:
            self.kind = "bridge"

    @property
    def titled_bridges(self) -> dict[str, str]:
        return {self.bridge.name: self.name}


class HubNode(Node):
    """A repeater in a box of its own."""

    kind = "hub"

    def __init__(self, name: str, namespace: NetworkNamespace) -> None:
        super().__init__(name, namespace)
        self.hub = Hub(namespace)


class Cable:
    """What joins two interfaces that a person connected."""

    def __init__(self, left: Interface, right: Interface) -> None:
        self.left = left
        self.right = right
