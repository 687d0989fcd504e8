"""The default host's way out: its LAN, a home router, and an internet of a few hosts with real names and addresses.

        host eth0 .10 ── 192.168.1.0/24 ── .1 uplink 203.0.113.10 ── 203.0.113.1 isp ── dns.google 8.8.8.8 …

All of it are ordinary hosts on ordinary cables; nothing answers that is not one of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from netsandbox.apps.name_server import Names, NameServer
from netsandbox.apps.server import Server
from netsandbox.engine.units import MILLISECOND
from netsandbox.lab.errors import LabError
from netsandbox.lab.nodes import Host, Remote
from netsandbox.linux.core.devices import cable, link
from netsandbox.linux.core.devices.device import NO_SPEED
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drivers.veth import VethInterface
from netsandbox.linux.ipv4 import address as addresses
from netsandbox.linux.netfilter.iptables import iptables
from netsandbox.linux.netlink import route as routes
from netsandbox.linux.netlink.route import RouteRequest
from netsandbox.wire.addresses import AddressError, Network, parse_ipv4, parse_network

if TYPE_CHECKING:
    from netsandbox.lab.lab import Lab

DEFAULT_LAN = "192.168.1.0/24"
ROUTER, ISP = "uplink", "isp"
HOST_NUMBER, ROUTER_NUMBER = 10, 1  # Which address of the LAN the host and the router have
SMALLEST_LAN = 28  # The longest prefix that has room for them
WAN = parse_network("203.0.113.10/24")
WAN_GATEWAY = parse_network("203.0.113.1/24")
REMOTE_PREFIX, REMOTE_GATEWAY = 24, 254
"""Each host of the internet has a subnet of its own, whose last address is the provider's."""


class NetworkCard(VethInterface):
    """A machine's card: the cable leads out of the machine, which knows of no device at its other end.

    It was not made by `ip link add`, has no kind in what the kernel tells, and is not deleted.
    """

    kind = "card"

    __slots__ = ("makes_room",)

    def __init__(self, namespace: NetworkNamespace, name: str, mac: int) -> None:
        super().__init__(namespace, name, mac)
        self.makes_room = False  # it is the uplink that nobody asked for, and gives way (lab.room)

    @property
    def lower(self) -> Interface | None:
        return None

    @property
    def speed(self) -> int | None:
        return NO_SPEED


COMMON_DATAGRAM = 1232  # What name servers take since the DNS flag day of 2020, dnsmasq too


class InternetHost(NamedTuple):
    """A host out there."""

    address: str
    # what the name server knows it by, the first of which is the node's; a content network has many
    names: tuple[str, ...]
    latency: int  # nanoseconds from the provider to it, one way
    kind: str = "public"  # of its web server; empty for none
    datagram: int = 0  # bytes of a datagram that its name server takes (RFC 6891); 0 for none


INTERNET = (
    InternetHost("8.8.8.8", ("dns.google",), 4 * MILLISECOND, "", 512),
    InternetHost("1.1.1.1", ("one.one.one.one",), 2 * MILLISECOND, "public", COMMON_DATAGRAM),
    InternetHost("114.114.114.114", ("public1.114dns.com",), 30 * MILLISECOND, "", COMMON_DATAGRAM),
    InternetHost("223.5.5.5", ("public1.alidns.com", "dns.alidns.com"), 25 * MILLISECOND, "", COMMON_DATAGRAM),
    InternetHost("93.184.215.14", ("example.com", "www.example.com", "example.org", "example.net"), 40 * MILLISECOND),
    InternetHost("142.250.72.14", ("google.com", "www.google.com"), 5 * MILLISECOND),
    InternetHost("110.242.68.66", ("www.baidu.com", "baidu.com"), 90 * MILLISECOND),
    InternetHost("151.101.2.132", (
        "deb.debian.org", "dl-cdn.alpinelinux.org", "pypi.org", "archive.ubuntu.com", "github.com",
        "www.github.com", "docker.com", "www.docker.com", "hub.docker.com", "docs.docker.com",
        "registry-1.docker.io", "www.dockercon.com", "stackoverflow.com", "kubernetes.io", "www.kernel.org",
        "bing.com", "www.bing.com", "yahoo.com", "www.yahoo.com", "facebook.com", "www.facebook.com", "amazon.com",
        "www.amazon.com", "microsoft.com", "www.microsoft.com", "cloudflare.com", "www.cloudflare.com",
        "wikipedia.org", "www.wikipedia.org", "httpbin.org", "redhat.com", "www.redhat.com", "debian.org",
        "www.debian.org", "ubuntu.com", "www.ubuntu.com"), 3 * MILLISECOND),
    InternetHost("34.160.111.145", ("ifconfig.me", "ifconfig.io", "ifconfig.co", "icanhazip.com", "ipinfo.io",
                                    "api.ipify.org", "ident.me", "checkip.amazonaws.com"), 8 * MILLISECOND, "asker"),
)
NAMES: dict[str, int] = {name: parse_ipv4(host.address) for host in INTERNET for name in host.names}
"""What the LAN's name server answers: every name out there."""
TO_PROVIDER = MILLISECOND
BACKLOG = 511
WEB = 80, 443
EVERYWHERE = Network(0, 0)
DHCP_METRIC = 100  # A default route that a person adds, with no metric, goes before it


def parse_lan(text: str) -> Network:
    """The LAN of `--uplink` and of a scenario's key (LabError: it is no network with room for host and router, or one
    that the internet has itself)."""
    try:
        lan = parse_network(text)
    except AddressError as error:
        raise LabError(str(error)) from None
    if "/" not in text or lan.length > SMALLEST_LAN or lan.length < 8 or lan.address != lan.network:
        raise LabError(f"{text!r} is no LAN for an uplink: expected a network of /8 to /{SMALLEST_LAN}, "
                       f"as {DEFAULT_LAN}")
    if any(taken in lan for taken in (*NAMES.values(), WAN.address)):
        raise LabError(f"{text!r} is a part of the internet that is behind the uplink")
    return lan


def connect(lab: Lab, host: Host, lan: Network) -> None:
    """Give a host eth0, a default route and a name server, and all that is behind them.

    It forwards, as a machine that a course or a cloud prepared: dockerd finds it so and leaves FORWARD on ACCEPT.
    """
    router, isp = (_add(lab, name) for name in (ROUTER, ISP))
    for namespace in (router, isp, host.namespace):
        namespace.write_sysctl("net.ipv4.ip_forward", 1)
    host.forwards_from_boot = True
    inner = Network(lan.network + ROUTER_NUMBER, lan.length)
    card, _other = _join(lab, (host.namespace, Network(lan.network + HOST_NUMBER, lan.length)), (router, inner))
    card.makes_room = lan == parse_network(DEFAULT_LAN)
    _join(lab, (router, WAN), (isp, WAN_GATEWAY), TO_PROVIDER)
    set_route_out(host.namespace, lan, "eth0")
    set_default_route(router, WAN_GATEWAY.address, "eth1")
    iptables.execute(router, ["-t", "nat", "-A", "POSTROUTING", "-o", "eth1", "-j", "MASQUERADE"])
    host.name_servers = (inner.address,)
    NameServer(router, "dnsmasq", lab.next_pid(), Names(NAMES), datagram=COMMON_DATAGRAM).start()
    for remote in INTERNET:
        _add_remote(lab, isp, remote)


def _add_remote(lab: Lab, isp: NetworkNamespace, remote: InternetHost) -> None:
    own = Network(parse_ipv4(remote.address), REMOTE_PREFIX)
    gateway = Network(own.network + REMOTE_GATEWAY, REMOTE_PREFIX)
    namespace = _add(lab, remote.names[0])
    _join(lab, (isp, gateway), (namespace, own), remote.latency)
    set_default_route(namespace, gateway.address, "eth0")
    pid = lab.next_pid()
    if remote.datagram:
        NameServer(namespace, "named", pid, Names(NAMES), datagram=remote.datagram).start()
    if remote.kind:
        Server(namespace, "nginx", remote.kind, WEB, BACKLOG, False, pid).start()


def _add(lab: Lab, name: str) -> NetworkNamespace:
    return lab.add_remote(Remote(name, lab.new_namespace(name), ROUTER if name != ROUTER else None)).namespace


def _join(lab: Lab, left: tuple[NetworkNamespace, Network], right: tuple[NetworkNamespace, Network],
          latency: int = 0) -> list[NetworkCard]:
    """A cable between two namespaces, each with the address of its end."""
    ends = [_interface(lab, namespace) for namespace, _address in (left, right)]
    cable.plug(ends[0], ends[1], latency)
    for end, (_namespace, own) in zip(ends, (left, right), strict=True):
        addresses.add(end, own, own.broadcast)
        link.set_up(end)
    return ends


def _interface(lab: Lab, namespace: NetworkNamespace) -> NetworkCard:
    number = sum(not interface.is_loopback for interface in namespace.interfaces.values())
    interface = NetworkCard(namespace, f"eth{number}", lab.new_mac())
    namespace.add_interface(interface)
    return interface


def set_route_out(host: NetworkNamespace, lan: Network, ifname: str) -> None:
    """The default route of a machine that asked by DHCP, as NetworkManager and networkd set it."""
    routes.put(host, RouteRequest(EVERYWHERE, gateway=lan.network + ROUTER_NUMBER, interface=host.interfaces[ifname],
                                  source=lan.network + HOST_NUMBER, protocol="dhcp", metric=DHCP_METRIC), "add")


def set_default_route(namespace: NetworkNamespace, gateway: int, ifname: str) -> None:
    routes.put(namespace, RouteRequest(EVERYWHERE, gateway=gateway, interface=namespace.interfaces[ifname]), "add")
