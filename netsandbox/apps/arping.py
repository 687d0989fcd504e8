"""arping, as iputils 20240905 has it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from netsandbox.apps.bounds import integer
from netsandbox.apps.events import NOT_KNOWN, OTHER_FAMILY
from netsandbox.apps.hosts import is_ipv6
from netsandbox.apps.option_table import OptionTable
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.resolved import Resolved, must_ask
from netsandbox.apps.tap import BROADCAST, HOST, MULTICAST, Seen, Tap
from netsandbox.engine.timers import Timer
from netsandbox.engine.units import MICROSECOND, SECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4 import arp
from netsandbox.linux.ipv4.routing import OutputRoute, route_output, select_address
from netsandbox.wire.addresses import (
    BROADCAST_MAC,
    LIMITED_BROADCAST,
    AddressError,
    format_ipv4,
    format_mac,
    parse_ipv4,
)
from netsandbox.wire.arp import REPLY, REQUEST, ArpPacket
from netsandbox.wire.ethernet import Frame

FOR_US = frozenset({HOST, BROADCAST, MULTICAST})  # Packet types that arping looks at


USAGE = Path(__file__).with_name("arping_usage.txt").read_text(encoding="utf-8").removesuffix("\n")
OPTIONS = OptionTable("arping", 2, USAGE, acts="f q b D U A h c= I= s= w= i=", refused="V")


@dataclass
class ArpingOptions:
    """arping(8); times in nanoseconds."""

    target: str = ""
    device: str = ""
    count: int | None = None
    source: str = ""
    deadline: int | None = None
    interval: int = SECOND
    detect: bool = False
    unsolicited: bool = False
    answer: bool = False
    broadcast: bool = False
    first: bool = False
    quiet: bool = False


def parse(arguments: list[str], names: dict[str, int] | None = None) -> ArpingOptions:
    """The options of a command line; a name of the target's is looked up (UsageError: an option or value that arping
    does not take)."""
    read = OPTIONS.read(arguments)
    options, operands = read.values, read.operands
    if len(operands) != 1 or "h" in options:
        raise UsageError(USAGE, 2)
    known = (names or {}).get(operands[0])
    target = operands[0] if known is None else format_ipv4(known)
    result = ArpingOptions(target=target, device=options.get("I", ""), source=options.get("s", ""))
    if "c" in options:
        result.count = integer("arping", options["c"], 1, (1 << 31) - 1)
    if "w" in options:
        result.deadline = integer("arping", options["w"], 0, 2147483647) * SECOND or None
    if "i" in options:
        result.interval = integer("arping", options["i"], 0, 2147483) * SECOND
    result.detect, result.answer = "D" in options, "A" in options
    result.unsolicited = "U" in options or "A" in options
    result.broadcast, result.quiet = "b" in options, "q" in options
    result.first = "f" in options or "D" in options
    return result


def _address(text: str) -> int:
    try:
        return parse_ipv4(text)
    except AddressError:
        why = OTHER_FAMILY if is_ipv6(text) else NOT_KNOWN
        raise UsageError(f"arping: {text}: {why}") from None


class Arping(Program):
    """One run of arping.  Exit status 0 with an answer (-D: without one), else 1."""

    name = "arping"

    def __init__(self, namespace: NetworkNamespace, options: ArpingOptions, pid: int = 1) -> None:
        super().__init__(namespace, pid)
        self.options = options
        self.target = 0
        self.source = 0
        self.interface: Interface
        self.sent = self.broadcasts = self.received = self.requests = self.broadcasts_received = 0
        self._destination = BROADCAST_MAC
        self._began = self._sent_at = 0
        self._ticks = 0
        self._timers: list[Timer] = []
        self._tap: Tap | None = None

    @property
    def is_endless(self) -> bool:
        return self.options.count is None and self.options.deadline is None

    def start(self) -> None:
        """Find the source address and send the first probe."""
        try:
            if not self._prepare():
                return
        except UsageError as error:
            self.complain(str(error))
            self.exit(error.code)
            return
        if not self.options.quiet:
            self.print(f"ARPING {format_ipv4(self.target)} from {format_ipv4(self.source)} {self.interface.name}")
        if not self.source and not self.options.detect:
            self.complain("arping: no source address in not-DAD mode")
            self.exit(2)
            return
        self._began = self.scheduler.now
        self._tap = Tap(self.namespace, self.interface, False, self._take, lambda: None)
        if self.options.deadline is not None:
            self._timers.append(self.scheduler.wake_after(self.options.deadline + 1, self._finish,
                                                           foreground=self.foreground))
        self._tick(None)

    def _prepare(self) -> bool:
        """The interface and both addresses; False when arping has said on standard output why it cannot."""
        options = self.options
        self.target = _address(options.target)
        interface = self.namespace.interfaces.get(options.device) if options.device else self._default_interface()
        if interface is None:
            raise UsageError(f"arping: Device {options.device} not available.")
        if not interface.up:
            return self._decline(f'Interface "{interface.name}" is down', 2)
        if interface.is_loopback or interface.noarp:
            return self._decline(f'Interface "{interface.name}" is not ARPable', 0 if options.detect else 2)
        self.interface = interface
        self.source = self._find_source(interface)
        return True

    def _decline(self, why: str, code: int) -> bool:
        if not self.options.quiet:
            self.print(why)
        self.exit(code)
        return False

    def _default_interface(self) -> Interface | None:
        route = route_output(self.namespace, self.target)
        if isinstance(route, OutputRoute) and not route.interface.is_loopback:
            return route.interface
        return next((i for i in self.namespace.interfaces.values() if i.up and not i.is_loopback), None)

    def _find_source(self, interface: Interface) -> int:
        options = self.options
        if options.source:
            wanted = _address(options.source)
        elif options.unsolicited:
            wanted = self.target
        elif options.detect:
            return 0
        else:
            route = route_output(self.namespace, self.target, 0, interface)
            if self.target == LIMITED_BROADCAST or (isinstance(route, OutputRoute) and route.route.type == "broadcast"):
                raise UsageError("arping: connect: Permission denied")
            return route.source if isinstance(route, OutputRoute) else select_address(interface, self.target, "link")
        if not self.namespace.sockets.is_available(wanted):
            raise UsageError("arping: bind: Cannot assign requested address")
        return wanted

    # -- probing

    def _tick(self, _argument: object) -> None:
        if self.code is not None:
            return
        options = self.options
        self._ticks += 1
        if options.count is not None and self._ticks > options.count:
            self._finish(None)
            return
        self._probe()
        if options.deadline is not None and self.scheduler.now >= self._began + options.deadline:
            self._finish(None)
            return
        if options.unsolicited and self._ticks == options.count:
            self._finish(None)
            return
        self._timers = [self.scheduler.wake_after(options.interval, self._tick, foreground=self.foreground),
                        *(timer for timer in self._timers if timer.callback is not None)]

    def _probe(self) -> None:
        operation = REPLY if self.options.answer else REQUEST
        target_mac = self.interface.mac if self.options.answer else self._destination
        self._sent_at = self.scheduler.clock
        arp.send(self.interface, operation, self.source, self.target, target_mac, self._destination)
        self.sent += 1
        self.broadcasts += self._destination == BROADCAST_MAC

    # -- answers

    def _take(self, frames: list[Seen]) -> None:
        """What passed the interface: answers get their turn. A bridge has its ports' frames first, so none is seen."""
        if self.interface.port is not None:
            return
        for seen in frames:
            packet = seen.frame.payload
            if seen.kind in FOR_US and isinstance(packet, ArpPacket) and self._is_answer(packet):
                self.scheduler.soon(self._count, (seen.frame, packet, seen.at))

    def _is_answer(self, packet: ArpPacket) -> bool:
        if packet.spa != self.target:
            return False
        if self.options.detect:
            return packet.sha != self.interface.mac and (not self.source or self.source == packet.tpa)
        return packet.tpa == self.source and packet.tha == self.interface.mac

    def _count(self, what: tuple[Frame, ArpPacket, int]) -> None:
        frame, packet, at = what
        if self.code is not None:
            return
        unicast = frame.dst == self.interface.mac
        if not self.options.quiet:
            kind = "Unicast" if unicast else "Broadcast"
            word = "request" if packet.op == REQUEST else "reply"
            micros = (at - self._sent_at) // MICROSECOND
            self.print(self._told(f"{kind} {word} from {format_ipv4(packet.spa)}", format_mac(packet.sha),
                                  f"{micros // 1000}.{micros % 1000:03d}ms"))
        self.received += 1
        self.requests += packet.op == REQUEST
        self.broadcasts_received += not unicast
        if self.options.first or (self.options.deadline and self.received == self.options.count):
            self._finish(None)
        elif not self.options.broadcast:
            self._destination = packet.sha

    def _finish(self, _argument: object) -> None:
        if self.code is not None:
            return
        if not self.options.quiet:
            self.print(self._summary())
        if self.options.detect:
            self.exit(1 if self.received else 0)
        else:
            self.exit(0 if self.options.unsolicited or self._is_content() else 1)

    def _told(self, what: str, mac: str, time: str) -> str:
        return f"{what} [{mac.upper()}]  {time}"

    def _summary(self) -> str:
        extra = [f"{self.requests} request(s)"] if self.requests else []
        extra += [f"{self.broadcasts_received} broadcast(s)"] if self.broadcasts_received else []
        return (f"Sent {self.sent} probes ({self.broadcasts} broadcast(s))\n"
                f"Received {self.received} response(s)" + (f" ({', '.join(extra)})" if extra else ""))

    def _is_content(self) -> bool:
        """-w and -c together want as many answers as probes."""
        options = self.options
        if options.deadline is not None and options.count is not None and not options.first:
            return self.received >= options.count
        return self.received > 0

    def interrupt(self) -> None:
        self._finish(None)

    def stop(self) -> None:
        for timer in self._timers:
            self.scheduler.cancel(timer)
        if self._tap is not None:
            self._tap.close()
            self._tap = None


def program(context: Context) -> Program:
    """One run of it (program.Maker)."""
    options = parse(context.arguments, context.names)
    if ":" not in options.target and must_ask(context, options.target):
        return Resolved(context, options.target, _made, ("arping: NAME: ERROR", 2))
    return _made(context)


def _made(context: Context) -> Arping:
    return Arping(context.namespace, parse(context.arguments, context.names), context.next_pid())
