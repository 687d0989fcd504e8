"""Read-only rows of a lab: what the panes, `show`, `expect` and the exports read.

A row holds names, numbers and texts, never an object of the model, so that a reader can keep it while the lab goes on.
Addresses are texts as Linux prints them; times are integer nanoseconds of virtual time; `seq` fields name the trace
record that made the row, or None when it is older than the trace.
"""

from __future__ import annotations

from typing import NamedTuple


class PublishedRow(NamedTuple):
    """A port of a host's that leads to a container."""

    address: str  # The host's, empty for all
    port: int
    protocol: str
    container: str
    target: int  # The container's port
    proxy_bridge: str  # The bridge by which a docker-proxy has carried something for it; empty where none has

    @property
    def outside(self) -> str:
        """The host's side in few characters: `:8080`, `127.0.0.1:53/udp`."""
        return f"{self.address}:{self.port}" + ("" if self.protocol == "tcp" else f"/{self.protocol}")


class CarriedRow(NamedTuple):
    """What a docker-proxy carried: a client's connection, and its own to the container."""

    client: str  # 172.17.0.2:40000
    source: str  # Whom the container sees in the client's place
    target: str


class EndpointRow(NamedTuple):
    """A container on a network of Docker's."""

    network: str
    interface: str
    address: str
    gateway: str  # Empty unless it gives the default route
    mac: str
    names: tuple[str, ...]  # Under which Docker's name server knows it there


class NodeRow(NamedTuple):
    """One thing that a person put into the lab."""

    name: str
    kind: str  # host, container, hub, switch or bridge (a two-port bridge)
    host: str | None
    """The host that a container runs on; of a host behind the uplink, the router that stands for all of them."""
    network: str | None  # A container's network mode: bridge, host, none, container:X
    image: str | None
    state: str  # running, exited, created; up for all that is not a container
    namespace: str  # The network namespace's name; a host-network container has its host's
    published: tuple[PublishedRow, ...] = ()  # Of a host, the ports that lead to containers
    addresses: tuple[str, ...] = ()  # With their lengths, of all its own interfaces but the loopback, in their order


class InterfaceRow(NamedTuple):
    """One network interface, or one port of a hub."""

    node: str  # The node whose namespace holds the interface
    name: str
    ifindex: int
    kind: str  # loopback, veth, bridge or port (of a hub)
    mac: str
    mtu: int
    up: bool
    carrier: bool
    state: str  # operstate: UP, DOWN, UNKNOWN, LOWERLAYERDOWN
    master: str | None  # The bridge it is a port of
    port_state: str | None  # disabled, forwarding … for a bridge port
    addresses: tuple[str, ...]  # 172.17.0.2/16 …
    peer: tuple[str, str] | None  # (node, interface) at the other end of the cable or veth pair
    rx_packets: int
    rx_bytes: int
    rx_dropped: int
    tx_packets: int
    tx_bytes: int
    tx_dropped: int
    overheard: int  # Frames received whose destination MAC was another station's
    title: str = ""
    """What a person calls it who did not make it by its name: a Docker network, a switch; empty for all others."""
    lower: str = ""  # The device that it stands on, as eth0 of eth0.10; host:eth0 where that is in another namespace
    vlan: int = 0  # The VLAN of a vlan device
    vni: int = 0  # The VXLAN network of a vxlan device
    vlans: tuple[str, ...] = ()
    """Of a bridge that filters by VLAN, and of its ports, as `bridge vlan` prints them: `10 PVID Egress Untagged`."""

    @property
    def called(self) -> str:
        """The title, else the name."""
        return self.title or self.name


class NeighbourRow(NamedTuple):
    """One row of `ip neigh`."""

    address: str
    interface: str
    mac: str | None
    state: str  # NUD state: INCOMPLETE, REACHABLE, STALE, DELAY, PROBE, FAILED, PERMANENT, NOARP
    since: int  # When the row entered its state
    deadline: int | None  # When its timer will fire, if one runs
    seq: int | None


class FdbRow(NamedTuple):
    """One row of `bridge fdb show br BRIDGE`."""

    bridge: str
    mac: str
    port: str
    permanent: bool
    updated: int  # When its source was last seen
    deadline: int | None  # When it will age out
    seq: int | None
    vlan: int = 0  # 0 while the bridge does not filter by VLAN


class RouteRow(NamedTuple):
    """One row of `ip route` (or of another table)."""

    table: str
    text: str  # As iproute2 prints it, without the trailing space
    seq: int | None = None  # The record that made it


class SocketRow(NamedTuple):
    """One bound socket, as `ss` lists it."""

    protocol: str
    state: str
    local: str  # 0.0.0.0:80
    peer: str
    process: str
    pid: int
    seq: int | None = None  # The record that made it


class RuleRow(NamedTuple):
    """One line of `iptables -S`: a rule, or the head of a chain."""

    namespaces: tuple[str, ...]  # The name of its namespace, then those that it had before
    table: str
    chain: str
    number: int  # From 1; 0 for the chain itself
    packets: int | None  # What it took; of a built-in chain what its policy decided; None for the head of another chain
    bytes: int | None
    text: str  # `-P INPUT ACCEPT`, `-N DOCKER`; of a rule what stands behind `-A CHAIN`
    made_at: int  # The first record after the rule was made; 0 for a chain


class ConnectionRow(NamedTuple):
    """One row of `conntrack -L`."""

    namespaces: tuple[str, ...]  # The name of its namespace, then those that it had before
    protocol: str
    state: str  # A TCP state, then [UNREPLIED] or [ASSURED]
    original: tuple[str, str]  # Who began it and whom it was sent to, each with its port: 172.17.0.2:40000
    reply: tuple[str, str]
    """Who answers and whom the answer is sent to, as on the wire: other ends than the original's after NAT."""
    since: int  # When its timer was set last
    deadline: int  # When it will be forgotten
    made_at: int  # The first record after its first packet came
    text: str  # The line of `conntrack -L`


class LinkRow(NamedTuple):
    """A veth pair or cable between two interfaces, for the topology."""

    a: tuple[str, str]  # (node, interface); the node is the one whose namespace holds it
    b: tuple[str, str]
    kind: str  # veth or cable
    up: bool  # Both ends are up
    delay: int = 0  # Nanoseconds that a frame takes longer than on a short cable, on the slower way
    loss: float = 0.0  # The share of frames that is lost, from 0 to 1, on the worse way


class LogRow(NamedTuple):
    """One line of the frame log: a frame at one interface."""

    seq: int
    at: int
    step: int
    node: str
    interface: str
    direction: str  # in or out
    source: str  # Who sent it, by the name a person gave, else an address
    destination: str
    protocol: str
    info: str  # One line in tcpdump's manner
    verdict: str  # One word: accepted, answered, bridged, flooded, ignored, dropped …
    dropped: bool
    reason: str  # The kernel's drop reason name, or empty
    journey: int = -1  # The number of the first record of the frame's way; -1 where it was not looked for
    hops: int = 0
    """Of a row that stands for a whole journey: the rows that it stands for; negative while they are shown."""
    master: str = ""  # The bridge that the interface was a port of then
    title: str = ""  # The switch that was all of that bridge, or the Docker network of it; of a bridge itself its own
    size: int = 0  # Bytes of the frame

    @property
    def key(self) -> tuple[int, str, str, str]:
        """What tells it from all others, however it is shown."""
        return self.seq, self.node, self.interface, self.direction


class Hop(NamedTuple):
    """What rows of the log say of a frame's way: to which journey they belong, and what became of the frame there."""

    journey: int
    verdict: str
    reason: str
    rows: int = 1  # How many rows say it, one after the other
