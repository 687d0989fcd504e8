"""fping 5.1: who of many answers, by echo requests that take turns (fping.c)."""

from __future__ import annotations

from collections import deque

from netsandbox.apps.client import Client
from netsandbox.apps.errno import TEXTS
from netsandbox.apps.fping_options import number_of, parse, targets
from netsandbox.apps.option_table import Read
from netsandbox.apps.program import Context, Program
from netsandbox.apps.resolver import Reply
from netsandbox.engine.timers import Timer
from netsandbox.engine.units import MILLISECOND, SECOND
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.ipv4 import ip_output
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.icmp import ECHO_REPLY, ECHO_REQUEST, REDIRECT, TIME_EXCEEDED, UNREACHABLE, IcmpMessage, echo
from netsandbox.wire.ipv4 import ICMP, IPv4Packet

HEADER = 8
BACKOFF = 1.5
LONGEST_WAIT = 2000  # Milliseconds that a count waits for an answer, at most
ERRORS = {UNREACHABLE: "Unreachable", REDIRECT: "Redirect", TIME_EXCEEDED: "Time Exceeded", 4: "Source Quench"}
UNREACHABLES = ("Network Unreachable", "Host Unreachable", "Protocol Unreachable", "Port Unreachable",
                "Unreachable (Fragmentation Needed)", "Unreachable (Source Route Failed)",
                "Unreachable (Destination Network Unknown)", "Unreachable (Destination Host Unknown)",
                "Unreachable (Source Host Isolated)", "Unreachable (Communication with Network Prohibited)",
                "Unreachable (Communication with Host Prohibited)",
                "Unreachable (Network Unreachable For Type Of Service)",
                "Unreachable (Host Unreachable For Type Of Service)",
                "Unreachable (Communication Administratively Prohibited)", "Unreachable (Host Precedence Violation)",
                "Unreachable (Precedence cutoff in effect)")


class Target:
    """Who is asked: the times of its answers in milliseconds, None for a request that has none."""

    def __init__(self, name: str, address: int, wait: float) -> None:
        self.name = name
        self.address = address
        self.wait = wait
        self.times: list[float | None] = []

    @property
    def answers(self) -> list[float]:
        return [time for time in self.times if time is not None]

    @property
    def loss(self) -> int:
        """Per cent."""
        return (len(self.times) - len(self.answers)) * 100 // len(self.times) if self.times else 0


class Fping(Client):
    """One run: requests to all targets, `interval` apart, each asked again as the options say."""

    name = "fping"

    def __init__(self, context: Context, read: Read) -> None:
        super().__init__(context)
        self.read = read
        self.count = number_of(read, "C", number_of(read, "c", 0))
        usual = min(number_of(read, "p", 1000), LONGEST_WAIT) if self.count else 500
        self._wait = number_of(read, "t", usual) * MILLISECOND
        self._names = deque(targets(read))
        self._is_reading = False
        self._targets: list[Target] = []
        self._queue: deque[Target] = deque()
        self._asked: list[tuple[Target, int, int]] = []  # (who, which request to it, when), by sequence number
        self._waiting: dict[int, Timer] = {}
        self._later: list[Timer] = []
        self._unknown = self._timeouts = self._others = self._due = 0
        self._began = 0
        is_plain = not {"q", "a", "u"} & read.values.keys()
        self.tells_each, self.tells_all = bool(self.count) and is_plain, not self.count and is_plain

    def start(self) -> None:
        if not self._names:
            self.exit(1)
            return
        self._next_name()

    def _next_name(self) -> None:
        """Look up what is known at once, one after the other and not one within the other; ask once all are known."""
        if self._is_reading:
            return
        self._is_reading = True
        while self._names and not self.is_looking_up:
            self.look_up(self._names[0])
        self._is_reading = False
        if self._names:
            return
        if not self._targets:
            self.exit(2)
        else:
            self.namespace.open_raw(self)
            self._began = self.scheduler.clock
            self._queue.extend(self._targets)
            self._send_next()

    def resolved(self, reply: Reply) -> None:
        name, address = self._names.popleft(), reply.addresses[0]
        self._targets.append(Target(format_ipv4(address) if "A" in self.read else name, address, self._wait))
        self._next_name()

    def unresolved(self, reply: Reply) -> None:
        self.complain(f"{self._names.popleft()}: {reply.error}")
        self._unknown += 1
        self._next_name()

    def _send_next(self) -> None:
        """The next request of the queue, and then a pause."""
        target = self._queue.popleft()
        self._send(target)
        if self._queue:
            self._later_on(number_of(self.read, "i", 10) * MILLISECOND, None)
        self._end_perhaps()

    def _later_on(self, delay: float, target: Target | None) -> None:
        """Ask a target again, or the queue's next."""
        self._due += 1
        self._later = [timer for timer in self._later if timer.callback is not None]
        self._later.append(self.scheduler.wake_after(int(delay), self._woken, target, self.foreground))

    def _woken(self, target: Target | None) -> None:
        self._due -= 1
        if target is None:
            self._send_next()
        else:
            self._ask_again(target)

    def _ask_again(self, target: Target) -> None:
        is_idle = not self._queue
        self._queue.append(target)
        if is_idle:
            self._send_next()

    def _send(self, target: Target) -> None:
        number = len(self._asked)
        self._asked.append((target, len(target.times), self.scheduler.clock))
        target.times.append(None)
        if self.count and len(target.times) < self.count:
            self._later_on(number_of(self.read, "p", 1000) * MILLISECOND, target)
        problem = self._send_packet(target.address, number & 0xFFFF)
        if problem:
            if self.tells_all:
                self.complain(f"{target.name}: error while sending ping: {TEXTS[problem]}")
            return
        self._waiting[number] = self.scheduler.wake_after(int(target.wait), self._time_out, number, self.foreground)

    def _send_packet(self, address: int, seq: int) -> str:
        route = ip_output.find_route(self.namespace, address, flow=(ICMP, 0, ECHO_REQUEST << 8, 0, 0))
        if isinstance(route, str):
            return route
        if route.route.type == "broadcast":
            return "EACCES"
        size = number_of(self.read, "b", 56)
        ident = self.namespace.next_ident(route.source, address, ICMP)
        request = echo(ECHO_REQUEST, self.process.pid & 0xFFFF, seq, bytes(size))
        packet = IPv4Packet(route.source, address, ICMP, request,
                            number_of(self.read, "H", route.hops or self.namespace.default_ttl), ident,
                            size + 28 <= route.mtu and not route.locked, 0)
        return ip_output.send_datagram(self.namespace, packet, route, False)

    def _time_out(self, number: int) -> None:
        del self._waiting[number]
        self._timeouts += 1
        target, request, _at = self._asked[number]
        if self.tells_each:
            self._tell(target, request, "timed out")
        elif not self.count and not target.answers and len(target.times) <= number_of(self.read, "r", 3):
            target.wait *= BACKOFF
            self._ask_again(target)
        self._end_perhaps()

    def deliver(self, interface: Interface, packet: IPv4Packet) -> bool:
        message = packet.payload
        if packet.protocol != ICMP or not isinstance(message, IcmpMessage):
            return False
        if message.type == ECHO_REPLY and message.ident == self.process.pid & 0xFFFF:
            self.scheduler.soon(self._take, (message.seq, message.size, self.scheduler.clock))
        return True

    def error(self, interface: Interface, packet: IPv4Packet, message: IcmpMessage, quoted: IPv4Packet) -> None:
        head = quoted.payload_bytes()
        if quoted.protocol != ICMP or len(head) < HEADER or head[0] != ECHO_REQUEST or int.from_bytes(
                head[4:6], "big") != self.process.pid & 0xFFFF:
            return
        self._others += 1
        number = int.from_bytes(head[6:8], "big")
        if "q" not in self.read and message.type in ERRORS and number < len(self._asked):
            kind = UNREACHABLES[message.code] if message.type == UNREACHABLE and message.code < len(
                UNREACHABLES) else ERRORS[message.type]
            self.complain(f"ICMP {kind} from {format_ipv4(packet.src)} for ICMP Echo sent to "
                          f"{self._asked[number][0].name}")

    def _take(self, what: tuple[int, int, int]) -> None:
        number, size, at = what
        if number >= len(self._asked) or self.code is not None:
            return
        target, request, sent = self._asked[number]
        if target.times[request] is not None:
            return
        self.scheduler.cancel(self._waiting.pop(number, None))
        target.times[request] = time = (at - sent) / MILLISECOND
        if self.tells_each:
            self._tell(target, request, f"{size} bytes, {_time(time)} ms")
        elif not self.count and len(target.answers) == 1 and (self.tells_all or "a" in self.read):
            took = f" ({_time(time)} ms)" if "e" in self.read else ""
            self.print(f"{target.name}{' is alive' if self.tells_all else ''}{took}")
        self._end_perhaps()

    def _tell(self, target: Target, request: int, what: str) -> None:
        width = max(len(one.name) for one in self._targets)
        average = _time(sum(target.answers) / len(target.answers)) if target.answers else "NaN"
        self.print(f"{target.name:<{width}} : [{request}], {what} ({average} avg, {target.loss}% loss)")

    def _end_perhaps(self) -> None:
        if not self._queue and not self._waiting and not self._due and self.code is None:
            self._finish()

    def _finish(self) -> None:
        silent = [target for target in self._targets if not target.answers]
        for target in silent if not self.count and (self.tells_all or "u" in self.read) else ():
            self.print(f"{target.name}{' is unreachable' if self.tells_all else ''}")
        if self.count:
            self._summarise()
        if "s" in self.read:
            self._tell_statistics(len(silent))
        self.exit(2 if self._unknown else int(bool(silent)))

    def _summarise(self) -> None:
        width = max(len(one.name) for one in self._targets)
        if "q" not in self.read:
            self.complain("")
        for target in self._targets:
            sent, answers = len(target.times), target.answers
            text = f"xmt/rcv/%loss = {sent}/{len(answers)}/{target.loss}%"
            if answers:
                text += ", min/avg/max = " + "/".join(
                    map(_time, (min(answers), sum(answers) / len(answers), max(answers))))
            if "C" in self.read:
                text = " ".join("-" if time is None else _time(time) for time in target.times)
            self.complain(f"{target.name:<{width}} : {text}")

    def _tell_statistics(self, silent: int) -> None:
        answers = [time for target in self._targets for time in target.answers]
        rows = ((len(self._targets), "targets"), (len(self._targets) - silent, "alive"), (silent, "unreachable"),
                (self._unknown, "unknown addresses"), (self._timeouts, "timeouts (waiting for response)"),
                (len(self._asked), "ICMP Echos sent"), (len(answers), "ICMP Echo Replies received"),
                (self._others, "other ICMP received"))
        lines = [f"{number:8} {what}" for number, what in rows]
        times = (min(answers), sum(answers) / len(answers), max(answers)) if answers else (0.0,) * 3
        lines = ["", *lines[:4], "", *lines[4:], ""]
        lines += [f" {_time(time)} ms ({which} round trip time)"
                  for which, time in zip(("min", "avg", "max"), times, strict=True)]
        seconds = (self.scheduler.clock - self._began) / SECOND
        self.complain("\n".join([*lines, f" {seconds:12.3f} sec (elapsed real time)", ""]))

    def interrupt(self) -> None:
        self._finish()

    def stop(self) -> None:
        super().stop()
        for timer in (*self._waiting.values(), *self._later):
            self.scheduler.cancel(timer)
        self.namespace.close_raw(self)


def _time(milliseconds: float) -> str:
    """Three digits that count (sprint_tm)."""
    places = 3 if milliseconds < 1 else 2 if milliseconds < 10 else 1 if milliseconds < 100 else 0
    return f"{milliseconds:.{places}f}"


def program(context: Context) -> Program:
    """fping(8) (program.Maker)."""
    return Fping(context, parse(context.arguments))
