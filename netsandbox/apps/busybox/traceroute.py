"""traceroute, as BusyBox 1.37 has it in the images busybox and alpine: one probe after another."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from netsandbox.apps.bounds import MOST, bounded
from netsandbox.apps.busybox.usages import usage
from netsandbox.apps.errno import TEXTS
from netsandbox.apps.hosts import lookup
from netsandbox.apps.named_lines import PLACE, NamedLines
from netsandbox.apps.option_table import OptionTable
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.resolved import Resolved, must_ask
from netsandbox.apps.traceroute.methods import FRAGMENTATION_NEEDED, Probe, ProbeError
from netsandbox.apps.traceroute.options import FIRST_PORT, IP_HEADER, TRANSPORT_HEADER, TracerouteOptions
from netsandbox.apps.traceroute.raw import EPHEMERAL, PORTS, IcmpMethod, RawMethod
from netsandbox.engine.timers import Timer
from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import Process
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.linux.ipv4.udp import ReportedError
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.icmp import ECHO_REQUEST, TIME_EXCEEDED, IcmpMessage, echo
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.udp import PROTOCOL, UdpDatagram

DATA_SIZE = 18  # Bytes behind a probe's headers: its number, its TTL, and room for a time that nobody reads
MOST_SIZE = 32 * 1024
ARRIVED, ARRIVED_BY = 3, 2  # Port and protocol unreachable: the target itself has answered
MARKS = {0: "!N", 1: "!H", 2: "!P", 5: "!S", 6: "!U", 7: "!U", 8: "!I", 9: "!A", 10: "!C", 11: "!T", 12: "!T",
         13: "!A", 14: "!V", 15: "!C"}
USAGE = usage("traceroute")
OPTIONS = OptionTable("traceroute", 1, USAGE, acts="I n v t= i= m= p= q= s= w= z= f=", usual="4", idle="F d l",
                      refused="6 r")


class BusyboxProbe(Probe):
    """One probe; `final` says that the target has answered, `mark` that somebody refused it."""

    def take_report(self, report: ReportedError) -> None:
        self.responder, self.received, self.ttl = report.offender, report.at, report.ttl
        if report.type == TIME_EXCEEDED:
            return
        self.final = report.code in (ARRIVED, ARRIVED_BY)
        if report.code == FRAGMENTATION_NEEDED:
            self.mark = f"!F-{report.info}"
        elif report.code != ARRIVED:
            self.mark = MARKS.get(report.code, f"!<{report.code}>")
        elif report.ttl <= 1:
            self.mark = "!"


class Numbered(RawMethod):
    """What is in its probes: a number, the TTL, and zeros."""

    _ttl = 0

    def send(self, probe: Probe, ttl: int) -> int | None:
        self._ttl = ttl
        return super().send(probe, ttl)

    def data(self, number: int) -> bytes:
        return bytes([number & 0xFF, self._ttl]).ljust(self.options.size - IP_HEADER - TRANSPORT_HEADER, b"\0")


class UdpMethod(Numbered):
    """Datagrams from one port to one after another; what the raw socket hears of them is ICMP."""

    protocol = PROTOCOL

    def __init__(self, namespace: NetworkNamespace, process: Process, options: TracerouteOptions) -> None:
        super().__init__(namespace, process, options)
        self._source = EPHEMERAL + namespace.chance.stream(
            f"{namespace.name}/traceroute/{process.pid}/port").below(PORTS)
        self._first = FIRST_PORT if options.port is None else options.port
        self._sent = 0

    def next_probe(self) -> tuple[int, UdpDatagram]:
        self._sent += 1
        port = (self._first + self._sent) & 0xFFFF
        return port, UdpDatagram(self._source, port, self.data(self._sent))

    def answered(self, packet: IPv4Packet) -> int | None:
        """A datagram's own answer is nothing to it."""
        return None

    def quoted(self, head: bytes) -> int | None:
        return int.from_bytes(head[2:4], "big")

    def deliver(self, interface: Interface, packet: IPv4Packet) -> bool:
        """It is ICMP's socket."""
        return False


class EchoMethod(Numbered, IcmpMethod):
    """-I: echo requests, numbered from 1."""

    def next_probe(self) -> tuple[int, IcmpMessage]:
        number, _message = super().next_probe()
        return number, echo(ECHO_REQUEST, self.ident, number, self.data(number))


class BusyboxTraceroute(Program):
    """One run of it.  Exit status 0, or 1 when a system call failed."""

    name = "traceroute"

    def __init__(self, context: Context, options: TracerouteOptions, verbose: bool, notes: tuple[str, ...]) -> None:
        super().__init__(context.namespace, context.next_pid())
        self.options, self._verbose, self._notes = options, verbose, notes
        self.method: RawMethod = (EchoMethod if options.icmp else UdpMethod)(self.namespace, self.process, options)
        self._lines = NamedLines(self, None if options.numeric else context, "{number} ({number})")
        self._ttl = options.first_hop
        self._hop: list[BusyboxProbe] = []
        self._line, self._senders = "", list[int]()
        self._timer: Timer | None = None

    def start(self) -> None:
        options = self.options
        for note in self._notes:
            self.complain(note)
        if options.device and options.device not in self.namespace.interfaces:
            self.complain(f"traceroute: can't bind to interface {options.device}: No such device")
            options.device = ""
        try:
            self.method.prepare()
        except ProbeError as error:
            where = format_ipv4(options.address)
            self._fail(f"can't connect to remote host ({where}): {TEXTS.get(error.error, error.error)}"
                       if error.call == "connect" else "can't set multicast source interface")
            return
        route = route_output(self.namespace, options.address, options.source, self.method.interface)
        if isinstance(route, OutputRoute) and options.size <= route.interface.mtu:
            options.dont_fragment = True  # a socket's own way as long as that is not too much (IP_PMTUDISC_WANT)
        origin = f" from {format_ipv4(options.source)}" if options.source else ""
        self.print(f"traceroute to {options.target} ({format_ipv4(options.address)}){origin}, "
                   f"{options.max_hops} hops max, {options.size} byte packets")
        self._begin_hop()

    def _begin_hop(self) -> None:
        self._hop, self._line, self._senders = [], f"{self._ttl:2d}", []
        self._probe(None)

    def _probe(self, _argument: object) -> None:
        if self.code is not None:
            return
        probe = BusyboxProbe()
        self._hop.append(probe)
        self.method.listen(self._hear)
        self._timer = self.scheduler.wake_after(self.options.wait, self._give_up, foreground=self.foreground)
        try:
            self.method.send(probe, self._ttl)
        except ProbeError as error:
            self._say()
            self._fail(f"sendto: {TEXTS.get(error.error, error.error)}")

    def _hear(self) -> None:
        """Something came: the probe's answer, or that of one which was given up."""
        self.method.collect()
        if self._hop[-1].done:
            self._take()
        else:
            self.method.listen(self._hear)

    def _give_up(self, _argument: object) -> None:
        self.method.listen(None)
        self.method.give_up(self._hop[-1])
        self._take()

    def _take(self) -> None:
        """The last probe's part of the line; then the next probe, the next hop or the end."""
        self.scheduler.cancel(self._timer)
        if self.code is not None:
            return
        self._line += self._cell(self._hop[-1])
        if len(self._hop) < self.options.probes:
            self._timer = self.scheduler.wake_after(self.options.pause, self._probe, foreground=self.foreground)
            return
        self._say()
        unreachable = sum(1 for probe in self._hop if probe.mark and not probe.final)
        self._ttl += 1
        if self._ttl > self.options.max_hops or any(probe.final for probe in self._hop) or (
                0 < unreachable >= self.options.probes - 1):
            self._lines.then(self._done)
        else:
            self._begin_hop()

    def _cell(self, probe: BusyboxProbe) -> str:
        if probe.received is None or probe.sent is None or probe.responder is None:
            return "  *"
        text, micros = "", (probe.received - probe.sent) // 1000
        answered = [one.responder for one in self._hop[:-1] if one.responder is not None]
        if len(self._hop) == 1 or not answered or answered[-1] != probe.responder:
            text = f"  {PLACE}"
            self._senders.append(probe.responder)
            if self._verbose:
                text += f" {TRANSPORT_HEADER + min(self.options.size, 548)} bytes to {format_ipv4(self._own())}"
        return f"{text}  {micros // 1000}.{micros % 1000:03d} ms" + (f" {probe.mark}" if probe.mark else "")

    def _own(self) -> int:
        route = route_output(self.namespace, self.options.address, self.options.source, self.method.interface)
        return self.options.source or (route.source if isinstance(route, OutputRoute) else 0)

    def _say(self) -> None:
        self._lines.say(self._line, *self._senders)

    def _done(self) -> None:
        self.exit(0)

    def _fail(self, what: str) -> None:
        self.complain(f"traceroute: {what}")
        self.exit(1)

    def interrupt(self) -> None:
        """Ctrl-C: what was printed so far stands."""
        self._say()
        self.exit(130)

    def stop(self) -> None:
        self.scheduler.cancel(self._timer)
        self.method.close()
        self._lines.stop()


def parse(arguments: list[str], names: dict[str, int]) -> tuple[TracerouteOptions, bool, tuple[str, ...]]:
    """The options of a command line, whether it is told more (-v), and notes on what does nothing here (UsageError: an
    option or a value that it does not take)."""
    told = OPTIONS.read(arguments)
    given, operands = told.values, told.operands
    if not operands:
        raise UsageError(USAGE, 1)
    notes = tuple(OPTIONS.notes(told.given))
    read = partial(bounded, "traceroute")
    icmp = "I" in given
    most = read(given.get("m", "30"), 1, 255)
    options = TracerouteOptions(
        target=operands[0], address=lookup(operands[0], names) or 0, icmp=icmp, numeric="n" in given, max_hops=most,
        first_hop=read(given.get("f", "1"), 1, most), probes=read(given.get("q", "3"), 1, MOST),
        port=1 if icmp else read(given["p"], 0, 0xFFFF) if "p" in given else None,
        wait=read(given.get("w", "5"), 1, 86400) * SECOND, tos=read(given.get("t", "0"), 0, 255),
        pause=read(given.get("z", "0"), 0, 3600 * 1000) * MILLISECOND, device=given.get("i", ""))
    least = IP_HEADER + TRANSPORT_HEADER + DATA_SIZE
    size = read(operands[1], least, MOST_SIZE) if len(operands) > 1 else least
    source = lookup(given["s"], names) if "s" in given else 0
    if source is None:
        raise UsageError(f"traceroute: bad address '{given['s'][:60]}'", 1)
    return replace(options, size=size, source=source), "v" in given, notes


def program(context: Context) -> Program:
    """One run of it (program.Maker)."""
    options, _verbose, _notes = parse(context.arguments, context.names)
    if must_ask(context, options.target):
        return Resolved(context, options.target, _made, ("traceroute: bad address 'NAME'", 1))
    return _made(context)


def _made(context: Context) -> BusyboxTraceroute:
    return BusyboxTraceroute(context, *parse(context.arguments, context.names))
