"""A router with two interfaces, whose hooks are asked about packets one by one."""

from __future__ import annotations

from netsandbox.engine.chance import Chance
from netsandbox.engine.scheduler import Scheduler
from netsandbox.engine.trace import Trace
from netsandbox.linux.core.hooks import Hook, SocketBuffer
from netsandbox.linux.drivers.veth import VethPair
from netsandbox.linux.drop import CASCADE_TOO_LONG, Dropped
from netsandbox.linux.events import FrameReceived
from netsandbox.linux.ipv4 import address
from netsandbox.linux.netfilter.iptables import iptables
from netsandbox.linux.stack import create_namespace
from netsandbox.wire.addresses import Network, parse_ipv4
from netsandbox.wire.icmp import ECHO_REQUEST, IcmpMessage
from netsandbox.wire.ipv4 import ICMP, TCP, UDP, IPv4Packet
from netsandbox.wire.tcp import SYN, TcpSegment
from netsandbox.wire.udp import UdpDatagram

INSIDE, OUTSIDE = "10.0.0.1", "203.0.113.1"


class Router:
    """`eth0` is 10.0.0.1/24, `eth1` is 203.0.113.1/24."""

    def __init__(self) -> None:
        self.scheduler = Scheduler(Trace(), FrameReceived, CASCADE_TOO_LONG)
        chance = Chance(1)
        self.namespace = create_namespace("router", self.scheduler, chance)
        other = create_namespace("other", self.scheduler, chance)
        for number, text in enumerate((INSIDE, OUTSIDE)):
            VethPair.create((other, f"eth{number}", 0x020000000010 + number),
                            (self.namespace, f"eth{number}", 0x020000000020 + number))
            address.add(self.namespace.interfaces[f"eth{number}"], Network(parse_ipv4(text), 24))
        self.namespace.write_sysctl("net.ipv4.ip_forward", 1)

    def iptables(self, line: str) -> str:
        return iptables.execute(self.namespace, line.split())

    def pass_through(self, packet: IPv4Packet, entered: str, leaves: str) -> IPv4Packet | None:
        """A packet that is routed on: as it leaves, or None where a hook drops it."""
        buffer = SocketBuffer(packet)
        ways = self.namespace.interfaces
        for hook, way_in, way_out in ((Hook.PREROUTING, entered, ""), (Hook.FORWARD, entered, leaves),
                                      (Hook.POSTROUTING, "", leaves)):
            verdict = self.namespace.netfilter.traverse(self.namespace, hook, buffer, ways.get(way_in),
                                                        ways.get(way_out))
            if isinstance(verdict, Dropped):
                return None
        return buffer.packet


def packet(protocol: str, src: str, dst: str, sport: int = 1000, dport: int = 80, size: int = 8) -> IPv4Packet:
    ends = parse_ipv4(src), parse_ipv4(dst)
    if protocol == "udp":
        return IPv4Packet(*ends, UDP, UdpDatagram(sport, dport, bytes(size)))
    if protocol == "tcp":
        return IPv4Packet(*ends, TCP, TcpSegment(sport, dport, 1, 0, SYN, 100))
    return IPv4Packet(*ends, ICMP, IcmpMessage(ECHO_REQUEST, 0, sport << 16 | 1, bytes(size)))


