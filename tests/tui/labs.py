"""Small labs as rows, for the tests of the topology: what `netsandbox.lab.tables` would give."""

from __future__ import annotations

from dataclasses import dataclass, field

from netsandbox.lab.tables import InterfaceRow, LinkRow, NodeRow


@dataclass
class Rows:
    """A lab in rows, built call by call."""

    nodes: list[NodeRow] = field(default_factory=list)
    interfaces: list[InterfaceRow] = field(default_factory=list)
    links: list[LinkRow] = field(default_factory=list)
    count: int = 0

    def node(self, name: str, kind: str, host: str | None = None, network: str | None = None, state: str = "") -> str:
        shown = state or ("running" if kind == "container" else "up")
        namespace = host if network == "host" and host else name
        image = "nginx" if kind == "container" else None
        self.nodes.append(NodeRow(name, kind, host, network, image, shown, namespace))
        if kind in ("host", "container") and namespace == name:
            self.interface(name, "lo", kind="loopback", addresses=("127.0.0.1/8",))
        return name

    def interface(self, node: str, name: str, kind: str = "veth", master: str | None = None,
                  addresses: tuple[str, ...] = (), up: bool = True, carrier: bool = True,
                  peer: tuple[str, str] | None = None) -> tuple[str, str]:
        self.count += 1
        mac = f"02:00:00:00:{self.count >> 8:02x}:{self.count & 255:02x}"
        state = "UP" if up and carrier else "DOWN"
        port_state = "forwarding" if master else None
        row = InterfaceRow(node, name, self.count, kind, mac, 1500, up, carrier, state, master, port_state, addresses,
                           peer, 0, 0, 0, 0, 0, 0, 0)
        self.interfaces.append(row)
        return node, name

    def host(self, name: str, *bridges: str) -> str:
        self.node(name, "host")
        for index, bridge in enumerate(bridges):
            self.interface(name, bridge, "bridge", addresses=(f"172.{17 + index}.0.1/16",))
        return name

    def link(self, a: tuple[str, str], b: tuple[str, str], kind: str = "veth", up: bool = True) -> None:
        self.links.append(LinkRow(a, b, kind, up))

    def container(self, name: str, host: str, *bridges: str, up: bool = True, carrier: bool = True,
                  state: str = "running") -> str:
        self.node(name, "container", host, "bridge", state)
        for index, bridge in enumerate(bridges):
            self.count += 1
            net = 17 + [row.name for row in self.interfaces if row.node == host and row.kind == "bridge"].index(bridge)
            address = f"172.{net}.0.{self.count % 250 + 2}/16"
            ends = (name, f"eth{index}"), (host, f"veth{self.count + 1:07x}")
            near = self.interface(*ends[0], addresses=(address,), up=up, carrier=up and carrier, peer=ends[1])
            far = self.interface(*ends[1], master=bridge, carrier=up and carrier, peer=ends[0])
            self.link(near, far, up=up)
        return name

    def cable(self, a: str, b: str, master: str | None = None, address: str = "", up: bool = True) -> None:
        """A cable between the next free interfaces of two nodes; `master` is the bridge of the first end."""
        ends = []
        for node, bridge, ip in ((a, master, address), (b, None, "")):
            taken = {row.name for row in self.interfaces if row.node == node}
            name = next(f"eth{index}" for index in range(999) if f"eth{index}" not in taken)
            ends.append(self.interface(node, name, "veth", bridge, (ip,) if ip else (), up=up, carrier=up))
        self.link(ends[0], ends[1], "cable", up)


def docker0(count: int = 3) -> Rows:
    """The ready lab: one host, docker0, some containers."""
    rows = Rows()
    rows.host("host", "docker0")
    for index in range(count):
        rows.container(f"nginx-{index + 1}", "host", "docker0")
    return rows


def lan() -> Rows:
    """Three hosts on a hub, two of them with containers bridged to it."""
    rows = Rows()
    for number in (1, 2):
        rows.host(f"host{number}", "docker0")
        for index in range(6):
            rows.container(f"c{6 * number - 5 + index:02}", f"host{number}", "docker0")
    rows.host("host3")
    rows.node("lan0", "hub")
    for number in (1, 2, 3):
        rows.cable(f"host{number}", "lan0", "docker0" if number < 3 else None, f"10.0.0.{number}/24")
    return rows


def odd() -> Rows:
    """Everything at once: several bridges, all network modes, dead links, cables between anything."""
    rows = Rows()
    rows.host("h1", "docker0", "br-front")
    rows.container("web", "h1", "docker0", "br-front")
    rows.container("db", "h1", "br-front")
    rows.container("old", "h1", "docker0", state="exited")
    rows.container("cut", "h1", "docker0", up=False)
    rows.node("hostnet", "container", "h1", "host")
    rows.node("side", "container", "h1", "container:web")
    rows.node("alone", "container", "h1", "none")
    rows.host("h2")
    rows.host("路由器")
    for name, kind in (("sw1", "switch"), ("sw2", "switch"), ("集线器", "hub"), ("br9", "bridge")):
        rows.node(name, kind)
    rows.cable("h1", "sw1", "br-front")
    rows.cable("h2", "sw1")
    rows.cable("sw1", "sw2", up=False)
    rows.cable("sw2", "br9")
    rows.cable("br9", "集线器")
    rows.cable("h2", "路由器")
    rows.cable("路由器", "集线器")
    rows.cable("db", "集线器")
    rows.cable("old", "db")
    rows.cable("h2", "alone")
    return rows


def chain(count: int) -> Rows:
    """Routers in a row, each cabled to the next."""
    rows = Rows()
    for number in range(count):
        rows.host(f"r{number + 1}")
    for number in range(1, count):
        rows.cable(f"r{number}", f"r{number + 1}")
    return rows


def stubs() -> Rows:
    """Veth pairs that end in the host's own stack: routed to a container, to a bridge, and to themselves."""
    rows = Rows()
    rows.host("h", "br0")
    rows.node("c", "container", "h", "none")
    rows.link(rows.interface("c", "eth0"), rows.interface("h", "vethc", addresses=("10.1.1.1/24",)))
    rows.link(rows.interface("h", "v0"), rows.interface("h", "v1", master="br0"))
    rows.link(rows.interface("h", "w0"), rows.interface("h", "w1", carrier=False))
    return rows


def switches(count: int = 3) -> Rows:
    """Switches in a chain, two hosts on each, and a hub at the end."""
    rows = Rows()
    for number in range(1, count + 1):
        rows.node(f"sw{number}", "switch")
    rows.node("hub0", "hub")
    for number in range(1, count + 1):
        for side in "ab":
            rows.host(f"h{number}{side}")
            rows.cable(f"h{number}{side}", f"sw{number}")
        rows.cable(f"sw{number}", f"sw{number + 1}" if number < count else "hub0")
    return rows


def chinese() -> Rows:
    """Wide names everywhere."""
    rows = Rows()
    rows.host("主机甲", "网桥")
    for name in ("前端", "数据库", "缓存服务器"):
        rows.container(name, "主机甲", "网桥")
    rows.node("交换机一", "switch")
    rows.cable("主机甲", "交换机一", "网桥")
    return rows


def two_networks() -> Rows:
    """Twelve containers that are all on two bridges."""
    rows = Rows()
    rows.host("host", "docker0", "br-back")
    for number in range(1, 13):
        rows.container(f"app-{number}", "host", "docker0", "br-back")
    return rows


def many_hosts(count: int = 40) -> Rows:
    """Many hosts with containers on one switch."""
    rows = Rows()
    rows.node("core", "switch")
    for number in range(1, count + 1):
        rows.host(f"node-{number}", "docker0")
        for letter in "xyz":
            rows.container(f"{letter}{number}", f"node-{number}", "docker0")
        rows.cable(f"node-{number}", "core", "docker0")
    return rows


def two_port() -> Rows:
    """Two hubs with two hosts each, and the two-port bridge between them."""
    rows = Rows()
    for hub in ("hub1", "hub2"):
        rows.node(hub, "hub")
    rows.node("br1", "bridge")
    for number in range(1, 5):
        rows.host(f"pc{number}")
        rows.cable(f"pc{number}", f"hub{(number + 1) // 2}", address=f"10.0.0.{number}/24")
    rows.cable("hub1", "br1")
    rows.cable("br1", "hub2")
    return rows


def hub(count: int = 4) -> Rows:
    """Some hosts on a hub."""
    rows = Rows()
    rows.node("hub1", "hub")
    for number in range(1, count + 1):
        rows.host(f"pc{number}")
        rows.cable(f"pc{number}", "hub1", address=f"10.0.0.{number}/24")
    return rows
