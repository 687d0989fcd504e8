"""GRE tunnels for IP packets (RFC 2784, RFC 2890; net/ipv4/ip_gre.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.linux.core.devices import link
from netsandbox.linux.core.devices.kind import Attribute, Detail, Form, NewLink, flag
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drivers import ip_tunnel
from netsandbox.linux.drivers.ip_tunnel import TunnelInterface, TunnelKind, deliver, frame_of
from netsandbox.linux.drop import Dropped, DropReason
from netsandbox.wire.addresses import format_ipv4, is_multicast
from netsandbox.wire.errors import ParseError
from netsandbox.wire.ethernet import ETH_P_IP, Frame, Malformed
from netsandbox.wire.gre import ETHERNET, PROTOCOL, GrePacket
from netsandbox.wire.icmp import PORT_UNREACHABLE, SOURCE_ROUTE_FAILED, IcmpMessage
from netsandbox.wire.ipv4 import IPv4Packet

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Interface, Verdict

KEYS = ("key", "ikey", "okey")
FLAGS = ("seq", "iseq", "oseq", "csum", "icsum", "ocsum")


def _flags(settings: dict[str, Any], has: set[str]) -> set[str]:
    """What it has once each of the words, in their order, has turned one or both sides on or off."""
    for name in (one for one in settings if one in FLAGS):
        sides = {name} if name[0] in "io" else {f"i{name}", f"o{name}"}
        has = has | sides if settings[name] else has - sides
    return has


class GreInterface(TunnelInterface):
    """One end.

    Attributes:
        ikey, okey: keys that come in and go out; None for none.  has: which of FLAGS are on.
        sequence, expected: the numbers of the next packets that go out and come in.
    """

    kind = "gre"
    hardware = "gre"
    protocol = PROTOCOL
    ethertype = ETH_P_IP

    __slots__ = ("expected", "has", "ikey", "okey", "sequence")

    def __init__(self, namespace: NetworkNamespace, name: str, settings: dict[str, Any], overhead: int) -> None:
        key = settings.get("key")
        self.ikey: int | None = settings.get("ikey", key)
        self.okey: int | None = settings.get("okey", key)
        self.has = _flags(settings, set())
        self.sequence = self.expected = 0
        super().__init__(namespace, name, settings, overhead + self.options_size)

    @property
    def options_size(self) -> int:
        """Bytes of the header behind the first four (gre_calc_hlen)."""
        return 4 * sum((self.okey is not None, "oseq" in self.has, "ocsum" in self.has))

    @property
    def outer_size(self) -> int:
        return super().outer_size + 4 + self.options_size

    def has_what_it_expects(self, header: GrePacket | None) -> bool:
        """A checksum where and only where one is configured; a number that is not lower than the one awaited."""
        if header is None or header.has_checksum != ("icsum" in self.has):
            return False
        if "iseq" not in self.has:
            return True
        if header.sequence is None or (self.expected and header.sequence < self.expected):
            return False
        self.expected = header.sequence + 1
        return True

    @property
    def key(self) -> int:
        return self.ikey or 0

    @property
    def is_for_many(self) -> bool:
        """Without another end its neighbours say where to: their addresses stand in its outer header (ipgre_header)."""
        return not self.remote and self.ethertype == ETH_P_IP

    @property
    def link_address(self) -> int:
        return self.local if self.is_for_many else self.mac

    def next_hop(self, frame: Frame, inner: IPv4Packet | None) -> int:
        return frame.dst if self.is_for_many else super().next_hop(frame, inner)

    def wrap(self, frame: Frame) -> bytes:
        """gre_build_header."""
        data = frame.wire() if self.ethertype == ETHERNET else frame.wire()[14:]
        sequence = None
        if "oseq" in self.has:
            sequence, self.sequence = self.sequence, self.sequence + 1
        return GrePacket(self.ethertype, data, self.okey, sequence, "ocsum" in self.has).emit()


def receive(interface: Interface, frame: Frame, packet: IPv4Packet) -> Verdict:
    """gre_rcv: by what is inside, for a gre or a gretap device."""
    try:
        found = GrePacket.parse(packet.payload_bytes())
        inner = Frame.parse(found.data) if found.ethertype == ETHERNET else frame_of(found.data)
    except ParseError:
        return Dropped(DropReason.TUNNEL_INVALID, (interface.name,))
    if isinstance(inner.payload, Malformed) or found.ethertype not in (ETHERNET, ETH_P_IP):
        return Dropped(DropReason.TUNNEL_INVALID, (interface.name,))
    kinds = ("gretap",) if found.ethertype == ETHERNET else ("gre",)
    return deliver(interface, frame, packet, found.key, inner, kinds, found)


def receive_error(interface: Interface, packet: IPv4Packet, message: IcmpMessage, quoted: IPv4Packet) -> None:
    """gre_err, ipgre_err: a port unreachable is no answer to GRE."""
    is_ethernet = quoted.payload_bytes()[2:4] == ETHERNET.to_bytes(2, "big")
    ip_tunnel.receive_error(interface, packet, message, quoted, (SOURCE_ROUTE_FAILED, PORT_UNREACHABLE),
                            ("gretap",) if is_ethernet else ("gre",))


def _cut_short(attribute: Attribute) -> Attribute:
    """Of gre alone each word may be, and it has no `tc`."""
    words = (word.rstrip("*") for word in attribute.spellings if word != "tc")
    return attribute if attribute.form is Form.REFUSED else attribute._replace(
        spellings=tuple(f"{word}*" for word in words))


class GreKind(TunnelKind):
    """`type gre remote ADDR local ADDR [ key KEY ] …`."""

    name = "gre"
    overhead = 24
    device: type[GreInterface] = GreInterface
    attributes: tuple[Attribute, ...] = (
        *(Attribute((f"{word}*",), Form.TUNNEL_KEY) for word in KEYS), *(flag(f"{word}*") for word in FLAGS),
        *(flag(f"no{word}*", name=word, value=None) for word in (*KEYS, *FLAGS)),
        *map(_cut_short, TunnelKind.attributes),
        flag("ignore-df", name="ignore_df"), flag("noignore-df", name="ignore_df", value=False))

    def complaint(self, settings: dict[str, Any], makes: bool) -> str:
        is_group = is_multicast(settings.get("remote", 0))
        return "A broadcast tunnel requires a source address." if is_group and not settings.get("local") else ""

    def make(self, request: NewLink) -> Interface:
        request.namespace.kernel.add_protocol(PROTOCOL, receive)
        settings = request.settings
        if is_multicast(settings.get("remote", 0)):  # as iproute2 has it: the group is the key, where none was given
            settings = {"key": settings["remote"]} | settings
        self.check(settings, request.namespace)
        return self.device(request.namespace, request.name, settings, self.overhead)

    def change(self, interface: Interface, settings: dict[str, Any]) -> None:
        """ipgre_changelink: keys and flags as well, and the MTU follows their room (ipgre_link_update)."""
        assert isinstance(interface, GreInterface)
        super().change(interface, settings)
        size = interface.options_size
        for side in ("ikey", "okey"):
            if "key" in settings or side in settings:
                setattr(interface, side, settings.get(side, settings.get("key")))
        interface.has = _flags(settings, interface.has)
        if interface.options_size != size:
            link.set_mtu(interface, interface.mtu + size - interface.options_size)

    def details(self, interface: Interface) -> list[Detail]:
        assert isinstance(interface, GreInterface)
        rows = self.common(interface)
        if not interface.pmtudisc:
            rows.append(Detail("pmtudisc", False, "nopmtudisc "))
        if interface.ignore_df:
            rows.append(Detail("ignore_df", True, "ignore-df "))
        for name, key in (("ikey", interface.ikey), ("okey", interface.okey)):
            if key is not None:
                rows.append(Detail(name, format_ipv4(key), f"{name} {format_ipv4(key)} "))
        return rows + [Detail(name, True, f"{name} ") for name in ("iseq", "oseq", "icsum", "ocsum")
                       if name in interface.has]


KIND = GreKind()
