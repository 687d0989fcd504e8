"""IP in IP (RFC 2003; net/ipv4/ipip.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.linux.core.devices.kind import Detail, NewLink, choice
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.drivers import ip_tunnel
from netsandbox.linux.drivers.ip_tunnel import TunnelInterface, TunnelKind, deliver, frame_of
from netsandbox.wire.ethernet import Frame, Malformed
from netsandbox.wire.icmp import SOURCE_ROUTE_FAILED, IcmpMessage
from netsandbox.wire.ipv4 import IPv4Packet

if TYPE_CHECKING:
    from netsandbox.linux.core.devices.interface import Interface, Verdict

PROTOCOL = 4


class IpipInterface(TunnelInterface):
    """One end; only IP packets go through (mode: how it was asked for, `ipip` or `any`, which take the same here)."""

    kind = "ipip"

    __slots__ = ("mode",)

    def __init__(self, namespace: NetworkNamespace, name: str, settings: dict[str, Any], overhead: int) -> None:
        super().__init__(namespace, name, settings, overhead)
        self.mode: str = settings.get("mode", "any")


def receive(interface: Interface, frame: Frame, packet: IPv4Packet) -> Verdict:
    """ipip_rcv."""
    inner = frame_of(packet.payload_bytes())
    broken = isinstance(inner.payload, Malformed)
    return deliver(interface, frame, packet, None, None if broken else inner, ("ipip",))


def receive_error(interface: Interface, packet: IPv4Packet, message: IcmpMessage, quoted: IPv4Packet) -> None:
    """ipip_err."""
    ip_tunnel.receive_error(interface, packet, message, quoted, (SOURCE_ROUTE_FAILED,), ("ipip",))


class IpipKind(TunnelKind):
    """`type ipip remote ADDR local ADDR …`."""

    name = "ipip"
    attributes = (*TunnelKind.attributes,
                  choice("mode", choices=("ipip", "any"), complaint="Cannot guess tunnel mode."))

    def make(self, request: NewLink) -> Interface:
        request.namespace.kernel.add_protocol(PROTOCOL, receive)
        self.check(request.settings, request.namespace)
        return IpipInterface(request.namespace, request.name, request.settings, self.overhead)

    def details(self, interface: Interface) -> list[Detail]:
        assert isinstance(interface, IpipInterface)
        first = Detail("proto", interface.mode, f"{interface.mode} ")
        last = [Detail("pmtudisc", True, "pmtudisc ")] if interface.pmtudisc else [
            Detail("pmtudisc", False, "nopmtudisc ")]
        return [first, *self.common(interface), *last]


KIND = IpipKind()
