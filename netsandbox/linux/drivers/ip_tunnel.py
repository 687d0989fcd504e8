"""What ipip, GRE and gretap devices share: their ends, and the outer packet (net/ipv4/ip_tunnel.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from netsandbox.engine.units import SECOND
from netsandbox.linux.core.devices.kind import Attribute, Detail, Form, LinkKind, address, flag, refused
from netsandbox.linux.core.devices.stacked import TunnelEnd
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.device_events import Decapsulated, Encapsulated
from netsandbox.linux.drop import Dropped, DropReason, Outcome
from netsandbox.linux.events import RouteMissing
from netsandbox.linux.ipv4 import icmp, tunnel_output
from netsandbox.linux.ipv4.routing import OutputRoute, learn_mtu, route_output
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.ethernet import ETH_P_IP, HEADER, Frame
from netsandbox.wire.gre import GrePacket
from netsandbox.wire.icmp import (
    FRAGMENTATION_NEEDED,
    HOST_UNREACHABLE,
    PORT_UNREACHABLE,
    REDIRECT,
    TIME_EXCEEDED,
    TTL_EXCEEDED,
    UNREACHABLE,
    IcmpMessage,
)
from netsandbox.wire.ipv4 import HEADER as IP_HEADER
from netsandbox.wire.ipv4 import IPv4Packet

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Interface, Verdict

LIMIT = 3  # IP_TUNNEL_RECURSION_LIMIT: how many tunnels a packet may be inside of before it enters another one
INHERIT = 0
ERROR_TIME = 30 * SECOND
"""IPTUNNEL_ERR_TIMEO: for how long an error about an outer packet is passed on to who sends through the tunnel."""


class TunnelInterface(TunnelEnd):
    """One end of a tunnel."""

    hardware = "ipip"
    min_mtu = max_mtu = 0
    tso_max = 65536
    uncounted = HEADER
    link_address_size = 4
    protocol: ClassVar[int] = 4

    __slots__ = ("below", "err_count", "err_time", "ignore_df", "local", "pmtudisc", "remote", "rx_errors", "tos",
                 "ttl")

    def __init__(self, namespace: NetworkNamespace, name: str, settings: dict[str, Any], overhead: int) -> None:
        super().__init__(namespace, name, 0)
        # local, remote: outer addresses; 0 for any
        self.local: int = settings.get("local", 0)
        self.remote: int = settings.get("remote", 0)
        self.ttl: int = settings.get("ttl", INHERIT)  # of the outer packet; 0 takes that of the inner one
        self.tos: int = settings.get("tos", 0)  # of the outer packet; 1 takes that of the inner one
        self.pmtudisc: bool = settings.get("pmtudisc", True)  # the outer packet must stay whole
        # without that it may be cut, even where the inner one may not
        self.ignore_df: bool = settings.get("ignore_df", False)
        self.below: Interface | None = settings.get("dev")
        base = self.below.mtu if self.below is not None else 1500
        self.mtu = base - overhead
        self.rx_errors = self.err_count = self.err_time = 0
        """Errors about outer packets that nobody has been told of, and when the last one came."""
        self.noarp = True
        self.carrier_changes = 0

    def check_mtu(self, mtu: int) -> None:
        """ip_tunnel_change_mtu: the outer packet has its limit, and without words."""
        if not 68 <= mtu <= 65535 - self.outer_size:
            raise KernelError("EINVAL")

    @property
    def outer_size(self) -> int:
        """Bytes that the outer packet has besides what is put into it (t_hlen)."""
        return IP_HEADER

    @property
    def hardware_addresses(self) -> tuple[str, str] | None:
        return format_ipv4(self.local), format_ipv4(self.remote)

    @property
    def flags(self) -> tuple[str, ...]:  # type: ignore[override]
        """It leads to one end, where one was named (ip_tunnel_bind_dev)."""
        return ("POINTOPOINT",) if self.remote else ()

    @property
    def is_unbound(self) -> bool:
        return self.below is None

    @property
    def lower(self) -> Interface | None:
        return self.below

    @property
    def key(self) -> int:
        """The number that tells it from others with the same ends."""
        return 0

    # -- sending

    def wrap(self, frame: Frame) -> bytes:
        """What goes into the outer packet."""
        return frame.wire()[14:]

    def hand_on(self, frame: Frame) -> bool:
        """ip_tunnel_xmit."""
        packet = frame.payload
        inner = packet if isinstance(packet, IPv4Packet) else None
        remote = self.remote or self.next_hop(frame, inner)
        if not remote:
            self.fail(frame, DropReason.IP_OUTNOROUTES, remote)
            return True
        namespace = self.home
        route = route_output(namespace, remote, self.local)
        if isinstance(route, RouteMissing):
            self.carrier_errors += 1
            self.fail(frame, DropReason.IP_OUTNOROUTES, remote)
            return True
        if route.interface is self:
            self.collisions += 1
            self.fail(frame, DropReason.RECURSION_LIMIT, self.name)
            return True
        body = self.wrap(frame)
        df = self.pmtudisc or (inner is not None and inner.df and not self.ignore_df)
        if inner is not None and not self._fits(frame, inner, route.mtu - 20 - (len(body) - inner.size) if df else 0):
            return True
        self._pass_error_on(inner, frame)
        ttl = self.ttl or (inner.ttl if inner is not None else 64)
        ident = namespace.next_ident(route.source, remote, self.protocol)
        outer = IPv4Packet(route.source, remote, self.protocol, body, ttl, ident, df,
                           tunnel_output.tos(self.tos, inner))
        namespace.record(Encapsulated(self.label, self.kind, self.key, remote, "remote" if self.remote else "route"))
        if namespace.depth >= LIMIT:
            self.fail(frame, DropReason.RECURSION_LIMIT, self.name)
            return True
        tunnel_output.transmit(self, outer, route, frame.size - HEADER)
        return True

    def next_hop(self, frame: Frame, inner: IPv4Packet | None) -> int:
        """A tunnel without another end asks the route (NBMA)."""
        if inner is None:
            return 0
        route = route_output(self.namespace, inner.dst)
        return 0 if isinstance(route, RouteMissing) else route.next_hop or 0

    def _fits(self, frame: Frame, inner: IPv4Packet, room: int) -> bool:
        """tnl_update_pmtu: the inner route learns how much fits, and the sender of what must stay whole is told (room:
        bytes for the inner packet, or 0: the outer one may be cut, and what is known of the way counts)."""
        namespace = self.namespace
        is_bridged = self.port is not None
        if not room:
            way = route_output(namespace, inner.dst, 0, self.l3mdev)
            room = way.mtu if isinstance(way, OutputRoute) and not is_bridged else self.mtu
        if not is_bridged:
            learn_mtu(namespace, inner.dst, room, self.l3mdev)
        if not inner.df or inner.size <= room:
            return True
        if not is_bridged:
            icmp.send_error(self, namespace, inner, UNREACHABLE, FRAGMENTATION_NEEDED, room, frame)
        self.fail(frame, DropReason.PKT_TOO_BIG, inner.size)
        return False

    def note_error(self) -> None:
        """Somebody on the way has refused an outer packet (the end of ipip_err)."""
        now = self.namespace.scheduler.now
        self.err_count = self.err_count + 1 if now < self.err_time + ERROR_TIME else 1
        self.err_time = now

    def _pass_error_on(self, inner: IPv4Packet | None, frame: Frame) -> None:
        """Who sends the next packet hears of it (dst_link_failure); the packet goes its way all the same."""
        if not self.err_count:
            return
        if self.namespace.scheduler.now >= self.err_time + ERROR_TIME:
            self.err_count = 0
            return
        self.err_count -= 1
        if inner is not None and self.port is None:
            icmp.send_error(self, self.namespace, inner, UNREACHABLE, HOST_UNREACHABLE, 0, frame)

    # -- receiving

    def accepts(self, packet: IPv4Packet, key: int | None) -> bool:
        """ip_tunnel_lookup."""
        return (self.up and self.local in (0, packet.dst) and self.remote in (0, packet.src) and self.key == (key or 0))

    def has_what_it_expects(self, header: GrePacket | None) -> bool:
        """What ip_tunnel_rcv asks of the header before it takes what is inside."""
        return True

    def take_packet(self, packet: IPv4Packet, frame: Frame) -> None:
        """ip_tunnel_rcv: what was inside comes in by the tunnel, in its turn (gro_cells_receive)."""
        self.namespace.record(Decapsulated(self.label, self.kind, self.key, packet.src))
        self.namespace.scheduler.transmit((self,), frame)


def deliver(interface: Interface, frame: Frame, packet: IPv4Packet, key: int | None, inner: Frame | None,
            kinds: tuple[str, ...], header: GrePacket | None = None) -> Verdict:
    """Find the tunnel that an outer packet belongs to; without one, its sender is told so (kinds: of the devices that
    the protocol is for)."""
    namespace = interface.namespace
    tunnels = [cast(TunnelInterface, one) for one in namespace.tunnels if one.kind in kinds]
    found = [one for one in tunnels if one.accepts(packet, key)]
    if not found or inner is None:
        if not tunnels or inner is not None:
            icmp.send_error(interface, namespace, packet, UNREACHABLE, PORT_UNREACHABLE, 0, frame)
        reason = DropReason.TUNNEL_UNKNOWN if inner is not None else DropReason.TUNNEL_INVALID
        return Dropped(reason, (key or 0, interface.name) if inner is not None else (interface.name,))
    best = max(found, key=lambda one: (one.local != 0) + 2 * (one.remote != 0))
    if not best.has_what_it_expects(header):
        best.rx_errors += 1
        return Dropped(DropReason.TUNNEL_INVALID, (best.name,))
    best.take_packet(packet, inner)
    return Outcome.DECAPSULATED


def receive_error(interface: Interface, packet: IPv4Packet, message: IcmpMessage, quoted: IPv4Packet,
                  ignored: tuple[int, ...], kinds: tuple[str, ...]) -> None:
    """ipip_err, gre_err: an error about an outer packet: a smaller MTU is learned, others wait for the next packet
    (ignored: codes of `unreachable` that say nothing)."""
    if interface.is_loopback and icmp.is_fragmentation_needed(message):
        return  # ipv4_update_pmtu: no way by lo leads there
    if icmp.is_fragmentation_needed(message) or message.type == REDIRECT:
        icmp.learn_way(interface, packet, message, quoted)
        return
    is_over = message.type == TIME_EXCEEDED and message.code == TTL_EXCEEDED
    if not is_over and (message.type != UNREACHABLE or message.code in ignored):
        return
    for one in interface.namespace.tunnels:
        if one.kind in kinds and isinstance(one, TunnelInterface) and one.remote == quoted.dst and one.local in (
                0, quoted.src) and (not is_over or one.ttl):
            one.note_error()
            return


def frame_of(data: bytes) -> Frame:
    """A packet without a link layer, as a frame whose addresses are zero."""
    return Frame.parse(bytes(12) + ETH_P_IP.to_bytes(2, "big") + data)


class TunnelKind(LinkKind):
    """What `ip link` sets of any such tunnel."""

    attributes: tuple[Attribute, ...] = (
        flag("nopmtudisc", name="pmtudisc", value=False), flag("pmtudisc"), address("remote"), address("local"),
        Attribute(("dev*",), Form.DEVICE, code=255),
        Attribute(("ttl", "hoplimit", "hlim"), Form.TTL, "invalid TTL\n", name="ttl"),
        Attribute(("tos", "tclass", "tc", "dsfield*"), Form.TTL, "bad TOS value", name="tos"),
        *(refused(word) for word in ("encap", "encap-sport", "encap-dport")), refused("external"))
    overhead = 20
    is_raw = True
    unknown = None

    def check(self, settings: dict[str, Any], namespace: NetworkNamespace) -> None:
        """ip_tunnel_newlink: no two with the same ends and key (KernelError: there is one)."""
        key = settings.get("ikey", settings.get("key")) or 0
        wanted = (settings.get("local", 0), settings.get("remote", 0), key)
        self._refuse_twin(namespace, wanted, None)

    def _refuse_twin(self, namespace: NetworkNamespace, wanted: tuple[int, int, int],
                     own: TunnelInterface | None) -> None:
        for one in namespace.tunnels:
            if one.kind == self.name and isinstance(one, TunnelInterface) and one is not own and (
                    one.local, one.remote, one.key) == wanted:
                raise KernelError("EEXIST")

    def change(self, interface: Interface, settings: dict[str, Any]) -> None:
        """ip_tunnel_changelink: neither does it become what another is already."""
        assert isinstance(interface, TunnelInterface)
        key = settings.get("ikey", settings.get("key", interface.key)) or 0
        self._refuse_twin(interface.home, (settings.get("local", interface.local),
                                           settings.get("remote", interface.remote), key), interface)
        for name in ("local", "remote", "ttl", "tos", "pmtudisc", "ignore_df"):
            if name in settings:
                setattr(interface, name, settings[name])

    def common(self, interface: TunnelInterface) -> list[Detail]:
        """`remote 10.0.0.2 local 10.0.0.1 ttl inherit`."""
        ends = [(name, format_ipv4(number) if number else "any") for name, number in (
            ("remote", interface.remote), ("local", interface.local))]
        rows = [Detail(name, text, f"{name} {text} ") for name, text in ends]
        if interface.below is not None:
            rows.append(Detail("link", interface.below.name, f"dev {interface.below.name} "))
        ttl = str(interface.ttl) if interface.ttl else "inherit"
        rows.append(Detail("ttl", interface.ttl, f"ttl {ttl} "))
        if interface.tos:
            tos = "inherit" if interface.tos == 1 else f"0x{interface.tos:x}"
            rows.append(Detail("tos", tos, f"tos {tos} "))
        return rows
