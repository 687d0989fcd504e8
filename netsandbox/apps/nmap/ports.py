"""nmap's SYN scan: half a connection to each port, and what came back; and its questions to hosts behind a router."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.apps.program import Program, UsageError
from netsandbox.engine.timers import Timer
from netsandbox.engine.units import SECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.ipv4 import ip_output
from netsandbox.wire.icmp import ECHO_REQUEST, UNREACHABLE, IcmpMessage, echo
from netsandbox.wire.ipv4 import ICMP, IPv4Packet
from netsandbox.wire.services import service, service_name
from netsandbox.wire.tcp import ACK, PROTOCOL, RST, SYN, TcpSegment

TRIES, PATIENCE = 2, SECOND  # Probes to a port or host that does not answer, and the time from one to the next
WINDOW, MSS = 1024, b"\x02\x04\x05\xb4"
FIRST_SOURCE, SOURCES = 33000, 32000
LEAST_TTL, TTLS = 37, 23
MOST_PORTS = 10_000
TIMESTAMP = 13
OWN_NAMES = {
    81: "hosts2-ns", 82: "xfer", 111: "rpcbind", 143: "imap", 444: "snpp", 1234: "hotline", 1883: "mqtt",
    2375: "docker", 2376: "docker", 2377: "swarm", 2379: "etcd-client", 2380: "etcd-server", 3000: "ppp",
    3128: "squid-http", 4000: "remoteanything", 4444: "krb524", 4789: "vxlan", 5000: "upnp", 5001: "commplex-link",
    5201: "targus-getdata1", 5353: "mdns", 5900: "vnc", 6000: "X11", 6443: "sun-sr-https", 7000: "afs3-fileserver",
    7001: "afs3-callback", 7777: "cbt", 8000: "http-alt", 8001: "vcom-tunnel", 8008: "http", 8080: "http-proxy",
    8081: "blackice-icecap", 8082: "blackice-alerts", 8086: "d-s-n", 8088: "radan-http", 8090: "opsmessaging",
    8123: "polipo", 8443: "https-alt", 8888: "sun-answerbook", 9000: "cslistener", 9001: "tor-orport",
    9090: "zeus-admin", 9092: "XmlIpcRegSvc", 9093: "copycat", 9100: "jetdirect", 9200: "wap-wsp",
    9443: "tungsten-https", 9999: "abyss", 10000: "snet-sensor-mgmt", 11211: "memcache", 12345: "netbus",
    27017: "mongod", 30000: "ndmps"}
"""What nmap calls ports that /etc/services calls otherwise or not; those that labs use."""
ASKED_PORTS = ((443, SYN), (80, ACK))  # By which a host behind a router is looked for, beside ICMP


class RawProbes:
    """What nmap sends to one host by a raw socket, and hears of it.

    Args:
        done: called once all is known, or nobody has answered in time.

    Attributes:
        delay: of the first answer, in nanoseconds.
    """

    def __init__(self, program: Program, address: int, done: Callable[[], None]) -> None:
        self.program, self.address, self._done = program, address, done
        self.namespace, self.scheduler = program.namespace, program.scheduler
        whose = f"{self.namespace.name}/{type(self).__name__}/{program.process.pid}/{address}"
        self._chance = self.namespace.chance.stream(whose)
        self.source, self.delay = 0, 0
        self.sources = set[int]()
        self._tries = self._sent = 0
        self._timer: Timer | None = None

    def start(self) -> None:
        self.namespace.open_raw(self)
        self._round(None)

    def _round(self, _argument: object) -> None:
        self._timer = None
        if self.is_complete or self._tries == TRIES:
            self._end(None)
            return
        self._tries += 1
        self.source = FIRST_SOURCE + self._chance.below(SOURCES)
        self.sources.add(self.source)
        self._sent = self.scheduler.clock
        number = self._chance.bits(32)
        for payload in self.probes(number):
            self._send(payload)
        self._timer = self.scheduler.after(PATIENCE, self._round, foreground=self.program.foreground)

    def _send(self, payload: TcpSegment | IcmpMessage) -> None:
        route = ip_output.find_route(self.namespace, self.address)
        if isinstance(route, str):
            return
        protocol = PROTOCOL if isinstance(payload, TcpSegment) else ICMP
        packet = IPv4Packet(route.source, self.address, protocol, payload, LEAST_TTL + self._chance.below(TTLS),
                            self._chance.bits(16))
        ip_output.send(self.namespace, packet, route)

    def heard(self) -> None:
        """Something has come from the host."""
        self.delay = self.delay or max(self.scheduler.clock - self._sent, 1000)
        if self.is_complete and self._timer is not None:
            self.scheduler.cancel(self._timer)
            self._timer = None
            self.scheduler.soon(self._end, None)

    def _end(self, _argument: object) -> None:
        self.stop()
        self._done()

    def stop(self) -> None:
        self.namespace.close_raw(self)
        self.scheduler.cancel(self._timer)

    @property
    def is_complete(self) -> bool:
        raise NotImplementedError

    def probes(self, number: int) -> list[TcpSegment | IcmpMessage]:
        """What is sent in a round, with a random number for them."""
        raise NotImplementedError

    def deliver(self, interface: Interface, packet: IPv4Packet) -> bool:
        raise NotImplementedError

    def error(self, interface: Interface, packet: IPv4Packet, message: IcmpMessage, quoted: IPv4Packet) -> None:
        raise NotImplementedError


class PortScan(RawProbes):
    """-sS: SYN to each port; the kernel resets what is answered, for it knows of no such connection.

    Attributes:
        states: open, closed or filtered, by port; those that nobody answers for are not in it before the end.
    """

    def __init__(self, program: Program, address: int, ports: list[int], done: Callable[[], None]) -> None:
        super().__init__(program, address, done)
        self.ports, self.states = ports, dict[int, str]()

    @property
    def is_complete(self) -> bool:
        return len(self.states) == len(self.ports)

    def probes(self, number: int) -> list[TcpSegment | IcmpMessage]:
        return [TcpSegment(self.source, port, number, 0, SYN, WINDOW, MSS) for port in self.ports
                if port not in self.states]

    def deliver(self, interface: Interface, packet: IPv4Packet) -> bool:
        segment = packet.payload
        if packet.protocol != PROTOCOL:
            return False
        if packet.src == self.address and isinstance(segment, TcpSegment) and segment.dport in self.sources:
            self._note(segment.sport, "closed" if segment.flags & RST else "open" if segment.flags & ACK else "")
        return True

    def error(self, interface: Interface, packet: IPv4Packet, message: IcmpMessage, quoted: IPv4Packet) -> None:
        source, port = (int.from_bytes(quoted.payload_bytes()[at:at + 2], "big") for at in (0, 2))
        if message.type == UNREACHABLE and quoted.dst == self.address and source in self.sources:
            self._note(port, "filtered")

    def _note(self, port: int, state: str) -> None:
        if state and port in self.ports and port not in self.states:
            self.states[port] = state
            self.heard()


class HostProbe(RawProbes):
    """Whether a host behind a router is up: echo, SYN to 443, ACK to 80 and a timestamp request; any answer will do."""

    is_up = False

    @property
    def is_complete(self) -> bool:
        return self.is_up

    def probes(self, number: int) -> list[TcpSegment | IcmpMessage]:
        found: list[TcpSegment | IcmpMessage] = [echo(ECHO_REQUEST, number & 0xFFFF, 0, b"")]
        for port, flags in ASKED_PORTS:
            sequence, acknowledged = (number, 0) if flags == SYN else (0, number)
            found.append(TcpSegment(self.source, port, sequence, acknowledged, flags, WINDOW,
                                    MSS if flags == SYN else b""))
        return [*found, IcmpMessage(TIMESTAMP, 0, number & 0xFFFF << 16, bytes(12))]

    def deliver(self, interface: Interface, packet: IPv4Packet) -> bool:
        if packet.src == self.address and packet.protocol in (ICMP, PROTOCOL):
            self._take()
        return packet.protocol in (ICMP, PROTOCOL)

    def error(self, interface: Interface, packet: IPv4Packet, message: IcmpMessage, quoted: IPv4Packet) -> None:
        if packet.src == self.address == quoted.dst:
            self._take()

    def _take(self) -> None:
        self.is_up = True
        self.heard()


def name_of(port: int) -> str:
    """A port's service."""
    known = OWN_NAMES.get(port) or service_name(port, "tcp")
    return "unknown" if known.isdecimal() else known


def ports_of(text: str) -> list[int]:
    """The ports of -p, in order (UsageError: there is no such port, or too many are meant)."""
    found: set[int] = set()
    for part in text.removeprefix("T:").split(","):
        low, dash, high = part.partition("-")
        named = service(part)
        if named is not None and not part.isdecimal():
            found.add(named[0])
        elif not (low + high).isdecimal() and part != "-":
            raise UsageError(f"Found no matches for the service mask '{part[:40]}' and your specified protocols\n"
                             "QUITTING!", 1)
        else:
            first, last = int(low or 1), int(high or (65535 if dash else low))
            if not 0 <= first <= last <= 65535:
                raise UsageError("Ports specified must be between 0 and 65535 inclusive\nQUITTING!" if last > 65535 else
                                 f"Your port range {first}-{last} is backwards. Did you mean {last}-{first}?\n"
                                 "QUITTING!", 1)
            found.update(range(first, last + 1))
    if len(found) > MOST_PORTS:
        raise UsageError(f"netsandbox: nmap of more than {MOST_PORTS} ports is not modelled", 1)
    return sorted(found)
