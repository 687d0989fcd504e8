"""ping, as BusyBox 1.37 has it in the images busybox and alpine: numbered from 0, and silent about ICMP errors."""

from __future__ import annotations

import struct

from netsandbox.apps.busybox.usages import usage
from netsandbox.apps.errno import TEXTS
from netsandbox.apps.hosts import lookup
from netsandbox.apps.option_table import OptionTable
from netsandbox.apps.ping.options import DONT, MAX_SIZE, WANT, PingOptions
from netsandbox.apps.ping.ping import Ping
from netsandbox.apps.ping.text import milliseconds
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.resolved import Resolved, must_ask
from netsandbox.engine.units import MICROSECOND, SECOND, seconds
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.icmp import IcmpMessage
from netsandbox.wire.ipv4 import IPv4Packet

STAMP = struct.Struct("<I")  # The time in microseconds that a payload begins with, if it has room
HALF_SECONDS = 512 * 1024 * MICROSECOND  # What BusyBox takes for half a second where it waits for two round trips
USAGE = usage("ping")
OPTIONS = OptionTable("ping", 1, USAGE, acts="q A c= s= i= t= w= W= I= p=", usual="4", idle="v", refused="6")


class BusyboxPing(Ping):
    """One run of it.  Exit status 0 when a reply came, with -w and -c when all did."""

    def __init__(self, namespace: NetworkNamespace, options: PingOptions, ident: int, pid: int = 1,
                 context: Context | None = None) -> None:
        super().__init__(namespace, options, ident, pid, context)
        self.pmtudisc = DONT if namespace.sysctls.get("net.ipv4.ip_no_pmtu_disc") else WANT

    def _bind_device(self) -> bool:
        for device in self.options.devices:
            if device not in self.namespace.interfaces and lookup(device, {}) is None:
                self.complain(f"ping: bad address '{device}'")
                self.exit(1)
                return False
        return super()._bind_device()

    def _probe_route(self) -> bool:
        """It connects no socket: without a route the first request fails."""
        route = route_output(self.namespace, self.destination, self.bound, self.interface)
        if isinstance(route, OutputRoute):
            return True
        self.namespace.record(route)
        self._print_header()
        self._note_problem(route.error)
        return False

    def _print_header(self) -> None:
        origin = f" from {format_ipv4(self.bound)}" if self.bound else ""
        self.print(f"PING {self.options.target} ({format_ipv4(self.destination)}){origin}: "
                   f"{self.options.size} data bytes")

    def _send(self, number: int) -> str:
        return super()._send(number - 1)

    def _data(self, now: int) -> bytes:
        fill = (self.options.pattern or b"\0") * self.options.size
        stamp = STAMP.pack(now // MICROSECOND & 0xFFFFFFFF) if self.options.size >= STAMP.size else b""
        return stamp + fill[len(stamp):]

    def _goes_on(self) -> bool:
        return self.options.count is None or self.sent < self.options.count

    def _waits_for_buffer(self) -> bool:
        return False

    def _note_problem(self, problem: str) -> None:
        self.complain(f"ping: sendto: {TEXTS.get(problem, problem)}")
        self.exit(1)

    def _is_corrupted(self, message: IcmpMessage) -> bool:
        return False

    def _print_reply(self, packet: IPv4Packet, message: IcmpMessage, micros: int, duplicate: bool) -> None:
        time = f" time={milliseconds(micros)} ms" if len(message.data) >= STAMP.size else ""
        self.print(f"{message.size} bytes from {format_ipv4(packet.src)}: seq={message.seq} ttl={packet.ttl}{time}"
                   + (" (DUP!)" if duplicate else ""))

    def error(self, interface: Interface, packet: IPv4Packet, message: IcmpMessage, quoted: IPv4Packet) -> None:
        """Without -v it says nothing of an ICMP error, and goes on waiting."""

    def _start_lingering(self) -> None:
        if self._lingers or self.options.deadline is not None:
            return
        self._lingers = True
        longest = max(self.round_trips, default=0) * MICROSECOND
        self._after(max(longest // HALF_SECONDS, 1) * SECOND if self.received else self.options.linger, self._finish)

    def _waiting(self, interval: int) -> int:
        return interval

    def _print_statistics(self) -> None:
        loss = (self.sent - self.received) * 100 // self.sent if self.sent else 0
        repeated = f"{self.duplicates} duplicates, " if self.duplicates else ""
        self.print(f"\n--- {self.options.target} ping statistics ---\n{self.sent} packets transmitted, "
                   f"{self.received} packets received, {repeated}{loss}% packet loss")
        trips = self.round_trips
        if trips and self.options.size >= STAMP.size:
            cells = "/".join(milliseconds(value) for value in (min(trips), sum(trips) // len(trips), max(trips)))
            self.print(f"round-trip min/avg/max = {cells} ms")


def parse(arguments: list[str]) -> PingOptions:
    """The options of a command line (UsageError: an option or a value that it does not take)."""
    read = OPTIONS.read(arguments)
    options, operands = read.values, read.operands
    if not operands:
        raise UsageError(USAGE, 1)
    result = PingOptions()
    result.warnings = tuple(OPTIONS.notes(read.given))
    result.target = operands[0]
    result.count = _number(options.get("c", "0"), (1 << 31) - 1) or None
    result.size = _number(options.get("s", "56"), MAX_SIZE)
    result.interval = seconds(_real(options.get("i", "1")))
    result.linger = _number(options.get("W", "10"), 1 << 20) * SECOND
    result.deadline = _number(options.get("w", "0"), 1 << 20) * SECOND or None
    result.ttl = _number(options.get("t", "0"), 255) or None
    result.pattern = bytes([_number(options["p"], 255, 16)]) if "p" in options else b""
    result.broadcast = True
    result.devices = (options["I"],) if options.get("I") else ()
    result.quiet, result.adaptive = "q" in options, "A" in options
    return result


def _number(text: str, most: int, base: int = 10) -> int:
    try:
        value = int(text, base) if text.isascii() and text.isalnum() and len(text) < 12 else -1
    except ValueError:
        value = -1
    if not 0 <= value <= most:
        raise UsageError(f"ping: invalid number '{text}'", 1)
    return value


def _real(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1 << 20:
        raise UsageError(f"ping: invalid number '{text}'", 1)
    return value


def program(context: Context) -> Program:
    """One run of it (program.Maker)."""
    options = parse(context.arguments)
    if must_ask(context, options.target):
        return Resolved(context, options.target, _made, ("ping: bad address 'NAME'", 1))
    return _made(context)


def _made(context: Context) -> BusyboxPing:
    ident = context.next_pid() & 0xFFFF
    return BusyboxPing(context.namespace, parse(context.arguments), ident, ident, context)
