"""ping, as iputils 20240905 has it: its frames, its words, its exit status."""

from __future__ import annotations

from netsandbox.apps.errno import TEXTS
from netsandbox.apps.hosts import canonical
from netsandbox.apps.named_lines import PLACE, NamedLines
from netsandbox.apps.ping import buffer
from netsandbox.apps.ping import options as ping_options
from netsandbox.apps.ping.end import PingEnd
from netsandbox.apps.ping.options import DO, DONT, PROBE, TIMEVAL, WANT, PingOptions
from netsandbox.apps.ping.text import describe_error, describe_options, describe_wrong_data, format_rtt, time_stamp
from netsandbox.apps.program import Context, Program
from netsandbox.apps.resolved import Resolved, must_ask
from netsandbox.engine.timers import Timer
from netsandbox.engine.units import MICROSECOND, MILLISECOND, SECOND
from netsandbox.engine.wheel import expiry
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.ipv4 import ip_options, ip_output
from netsandbox.linux.ipv4.routing import OutputRoute
from netsandbox.wire.addresses import is_multicast
from netsandbox.wire.icmp import ECHO_REPLY, ECHO_REQUEST, REDIRECT, SOURCE_QUENCH, IcmpMessage, echo
from netsandbox.wire.ipv4 import ICMP, IPv4Packet

RECEIVE_TIMEOUT = SECOND  # ping's loop wakes at least this often (SO_RCVTIMEO)
LEAST_INTERVAL = 10 * MILLISECOND  # Between requests without an interval, when no reply comes
LONGEST_SHORTAGE = 500 * MILLISECOND  # What one attempt without a buffer counts for, at most

ECHO_FLOW = ICMP, 0, ECHO_REQUEST << 8  # What stands for a raw socket's ports where next hops are chosen: type and code


class Ping(PingEnd):
    """One run of ping."""

    def __init__(self, namespace: NetworkNamespace, options: PingOptions, ident: int, pid: int = 1,
                 context: Context | None = None) -> None:
        names = context.names if context is not None else {}
        super().__init__(namespace, options, ping_options.resolved(options.target, names), pid)
        self.ident = ident if options.ident is None else options.ident
        by_name = options.named or (not options.numeric and options.target in names)
        self._lines = NamedLines(self, context if by_name else None)
        self._sent_at: dict[int, int] = {}
        self._answered: set[int] = set()
        self._shortages = 0  # Attempts in a row for which the kernel had no buffer
        self._acknowledged = 0  # The last request that was answered, by a reply or an error
        self._reported: list[tuple[int, IcmpMessage, int]] = []
        self._unread: list[int] = []
        """Errors whose copies wait in the raw socket; a request that is due is sent before they are read."""
        self._refused = 0  # The last request that a rule of our own host kept back
        self._failed_at = 0
        self._lingers = False
        self._next: Timer | None = None
        self._tail = ping_options.tail(options.size, options.pattern)
        self._buffer = buffer.size_of(options.size, len(options.header), options.send_buffer)
        self._route_shown = b""
        self.pmtudisc = self._usual_pmtudisc() if options.pmtudisc is None else options.pmtudisc

    def _usual_pmtudisc(self) -> int:
        if self.options.broadcast or is_multicast(self.destination):
            return DO
        return DONT if self.namespace.sysctls.get("net.ipv4.ip_no_pmtu_disc") else WANT

    @property
    def is_endless(self) -> bool:
        return self.options.count is None and self.options.deadline is None

    # -- starting

    def start(self) -> None:
        """Probe the route, print the first line, and send the first request."""
        for warning in self.options.warnings:
            self.complain(warning)
        if self.options.verbose:
            self._tell_sockets()
        if not self._bind_device() or not (self.bound or self._probe_route()) or not self._set_ttl():
            return
        self.source = self.source or self.bound
        self.destination = self.destination or self.source
        if self.options.strict:
            self.bound = self.source
        self._print_header()
        self.namespace.open_raw(self)
        if self.options.deadline is not None:
            self._after(self.options.deadline, self._finish)
        self._first = self.scheduler.clock
        self._send_next(None)

    # -- sending

    def _send_next(self, _argument: object) -> None:
        if self.code is not None:
            return
        options = self.options
        if not self._goes_on():
            return
        if options.outstanding and self.sent and (self.sent & 0xFFFF) not in self._answered:
            self._say(f"no answer yet for icmp_seq={self.sent}")
        problem = self._send(self.sent + 1)
        if problem == "ENOBUFS" and self._waits_for_buffer():
            return
        self._shortages = self._shortages if problem else 0
        self.sent += 1
        self._last = self.scheduler.now
        for seq in self._unread if self._failed_at == self._last else ():
            self._acknowledge(seq)
        self._unread = []
        if problem:
            self._note_problem(problem)
        if not self._goes_on():
            self._start_lingering()
        elif self.sent < options.preload and not problem:
            self.scheduler.go_on(self._send_next)
        else:
            self._next = self._after(self._waiting(self._interval or LEAST_INTERVAL), self._send_next)

    def _goes_on(self) -> bool:
        """With a deadline, -c says how many answers to wait for, and requests go on until they are there."""
        options = self.options
        return options.count is None or self.sent < options.count or options.deadline is not None

    def _waits_for_buffer(self) -> bool:
        """Without a buffer it tries again, until that has taken as long as it would wait for an answer (pinger())."""
        wait = min(max(self._interval // 2, LEAST_INTERVAL), LONGEST_SHORTAGE)
        self._shortages += 1
        if self._shortages * wait >= self.options.linger:
            return False
        self._next = self._after(max(self._interval, LEAST_INTERVAL), self._send_next)
        return True

    def _send(self, number: int) -> str:
        route = ip_output.find_route(self.namespace, self.destination, self.bound, self.interface, self.options.direct,
                                     (*ECHO_FLOW, self.options.tos, 0), self.options.mark)
        if isinstance(route, str):
            return route
        options = self.options
        if self._is_broadcast(route) and not options.broadcast:
            return "EACCES"
        seq = number & 0xFFFF
        self._sent_at[seq] = self.scheduler.clock
        self._answered.discard(seq)
        if self.pmtudisc == PROBE:
            route = route.with_mtu(route.interface.mtu)
        packet = self._request(route, seq)
        if not buffer.has_room(self._buffer, packet, route):
            return "ENOBUFS"
        return ip_output.send_datagram(self.namespace, packet, route, self.pmtudisc >= DO, options.mark)

    def _request(self, route: OutputRoute, seq: int) -> IPv4Packet:
        options, source, data = self.options, self.bound or route.source, self._data(self.scheduler.clock)
        fits = options.size + 28 + len(options.header) <= route.mtu
        df = self.pmtudisc >= DO or (self.pmtudisc == WANT and fits and not route.locked)
        ident = 0 if self.pmtudisc >= DO else self.namespace.next_ident(source, self.destination, ICMP)
        usual = 1 if is_multicast(self.destination) else route.hops or self.namespace.default_ttl
        ttl = options.ttl if options.ttl is not None else usual
        packet = IPv4Packet(source, self.destination, ICMP, echo(ECHO_REQUEST, self.ident, seq, data), ttl, ident, df,
                            options.tos, options=options.header)
        return ip_options.recorded(self.namespace, packet) if options.header else packet

    def _data(self, now: int) -> bytes:
        """The payload of a request."""
        if self.options.size < TIMEVAL:
            return self._tail
        return ping_options.timeval(now) + self._tail[TIMEVAL:]

    def _note_problem(self, problem: str) -> None:
        """Hard local error: ping counts the packet as sent, and shows what the kernel queued for it: a size."""
        if not self.options.quiet and problem in ("EMSGSIZE", "ENOBUFS"):
            self.complain(f"ping: sendmsg: {TEXTS.get(problem, problem)}")
        if problem == "EPERM":
            self._refused = self.sent & 0xFFFF
        if problem == "EMSGSIZE":
            self.errors += 1
            self._after(min(self.options.interval, RECEIVE_TIMEOUT), self._check)

    def _start_lingering(self) -> None:
        """After the last request: wait for what may still come."""
        if self._lingers:
            return
        self._lingers = True
        wait = self.options.linger
        if self.received:
            wait = max(2 * max(self.round_trips, default=0) * MICROSECOND, self.options.interval)
        self._after(wait, self._finish)

    # -- receiving (the raw socket)

    def deliver(self, interface: Interface, packet: IPv4Packet) -> bool:
        """An ICMP message for this namespace; True if a raw socket wanted it."""
        message = packet.payload
        if packet.protocol != ICMP or not isinstance(message, IcmpMessage):
            return False
        if message.type == ECHO_REPLY and message.ident == self.ident and self._hears(interface, packet):
            self.scheduler.soon(self._take_reply, (packet, message, self.scheduler.clock))
        return True

    def _hears(self, interface: Interface, packet: IPv4Packet) -> bool:
        looped = interface.is_loopback or interface.l3_table is not None
        came_by = self.namespace.holder_of(packet.dst) if looped else interface
        vrf = interface if interface.l3_table is not None else None
        if came_by is not None and self.interface not in (None, vrf, came_by, came_by.l3mdev):
            return False
        return not self.bound or packet.dst == self.bound

    def error(self, interface: Interface, packet: IPv4Packet, message: IcmpMessage, quoted: IPv4Packet) -> None:
        """An ICMP error about a packet of this namespace."""
        head = quoted.payload_bytes()
        if quoted.protocol != ICMP or quoted.dst != self.destination or len(head) < 8 or head[0] != ECHO_REQUEST:
            return
        ident, seq = int.from_bytes(head[4:6], "big"), int.from_bytes(head[6:8], "big")
        if ident != self.ident or (self.interface is not None and self.interface not in (interface, interface.l3mdev)):
            return
        if message.type in (REDIRECT, SOURCE_QUENCH):
            self.scheduler.soon(self._take_advice, (packet.src, message, seq))
        else:
            self._reported.append((packet.src, message, seq))
            self.scheduler.soon(self._read_errors)

    def _take_reply(self, what: tuple[IPv4Packet, IcmpMessage, int]) -> None:
        self._read_errors(None)
        packet, message, at = what
        if self.code is not None:
            return
        duplicate = message.seq in self._answered
        micros = max(0, (at - self._sent_at.get(message.seq, at)) // MICROSECOND)
        if self._is_corrupted(message):
            self.corrupted += 1
        else:
            self._count_reply(message.seq, micros, duplicate)
        if not self.options.quiet and not self.options.flood:
            self._print_reply(packet, message, micros, duplicate)
        self._check(None)
        if not duplicate:
            self._send_sooner()

    def _is_corrupted(self, message: IcmpMessage) -> bool:
        return not message.is_checksum_right

    def _count_reply(self, seq: int, micros: int, duplicate: bool) -> None:
        self._acknowledge(seq)
        self._answered.add(seq)
        if duplicate:
            self.duplicates += 1
            return
        self.received += 1
        self.round_trips.append(micros)
        self._smoothed += micros - self._smoothed // 8 if self._smoothed else micros * 8

    def _send_sooner(self) -> None:
        """A reply is there: without an interval, or with one that adapts, the next request need not wait."""
        options = self.options
        if self.code is not None or (options.count is not None and self.sent >= options.count):
            return
        if options.adaptive:
            self._interval = (self._smoothed // 8 + 500) // 1000 * MILLISECOND
        elif self._interval:
            return
        self.scheduler.cancel(self._next)
        rest = self._last + self._interval - self.scheduler.now
        if rest > 0:
            self._next = self._after(self._waiting(rest), self._send_next)
        else:
            self._send_next(None)

    def _print_reply(self, packet: IPv4Packet, message: IcmpMessage, micros: int, duplicate: bool) -> None:
        ident = f" ident={self.ident}" if self.options.verbose else ""
        line = f"{message.size} bytes from {PLACE}: icmp_seq={message.seq}{ident} ttl={packet.ttl}"
        options, is_group = self.options, self.options.broadcast or is_multicast(self.destination)
        if len(message.data) < options.size:
            self._say(line + " (truncated)", packet.src)
            return
        line += f" time={format_rtt(micros, options.precise)} ms" if options.size >= TIMEVAL else ""
        is_corrupted = self._is_corrupted(message)
        line += " (DUP!)" if duplicate and not is_corrupted and (options.verbose or not is_group) else ""
        line += " (BAD CHECKSUM!)" if is_corrupted else ""
        line += "" if is_group or packet.src == self.destination else " (DIFFERENT ADDRESS!)"
        told, self._route_shown = describe_options(packet.options, self._route_shown)
        self._say(line + describe_wrong_data(self._tail, message.data) + told, packet.src)

    def _say(self, text: str, *senders: int) -> None:
        """A line, with the time before it if that was asked for."""
        self._lines.say((time_stamp(self.scheduler.clock) if self.options.stamped else "") + text, *senders)

    def _read_errors(self, _argument: object) -> None:
        """The socket's errors are read before what else has come."""
        while self._reported and self.code is None:
            self._take_error(self._reported.pop(0))

    def _take_error(self, what: tuple[int, IcmpMessage, int]) -> None:
        source, message, seq = what
        self.errors += 1
        self._acknowledge(seq)
        self._unread.append(seq)
        self._failed_at = self.scheduler.now
        self._say_error(f"From {PLACE} icmp_seq={seq} {describe_error(message)}", source)
        if seq == self._refused and not self.options.quiet and not self.options.flood:
            self.complain("ping: sendmsg: Operation not permitted")  # REJECT in OUTPUT: refused, and told why at once
        self._check(None)

    def _take_advice(self, what: tuple[int, IcmpMessage, int]) -> None:
        """It comes by the raw socket, as replies do, and answers nothing."""
        self._read_errors(None)
        source, message, seq = what
        if self.code is None:
            self._say_error(f"From {PLACE}: icmp_seq={seq} {describe_error(message)}", source)

    def _say_error(self, text: str, sender: int) -> None:
        if not self.options.quiet and not self.options.flood:
            self._say(text, sender)

    def _acknowledge(self, seq: int) -> None:
        """The answer to a request; those sent since then are in the pipe (acknowledge() of iputils)."""
        since = (self.sent - seq) & 0xFFFF
        if since <= 0x7FFF:
            self._pipe = max(self._pipe, since + 1)
            self._acknowledged = max(self._acknowledged, self.sent - since)

    # -- ending

    def _check(self, _argument: object) -> None:
        """It ends once all that has come is read, or nothing is on its way any more (main_loop of iputils)."""
        options = self.options
        is_enough = options.count is not None and self.received + self.errors >= options.count
        if not is_enough and (options.deadline is None or not self.errors):
            return
        if self._acknowledged >= self.sent:
            self._finish(None)
        else:
            self.scheduler.soon(self._finish)

    def _finish(self, _argument: object) -> None:
        if self.code is None:
            self._lines.then(self._end)

    def _end(self) -> None:
        self._print_statistics()
        if self.options.deadline is not None and self.options.count is not None:
            self.exit(0 if self.received >= self.options.count else 1)
        else:
            self.exit(0 if self.received else 1)

    def interrupt(self) -> None:
        self._finish(None)

    def _waiting(self, interval: int) -> int:
        """ping waits in recvmsg with a timeout (SO_RCVTIMEO), which the kernel's timers round up; with -A in poll()."""
        if self.options.adaptive:
            return interval
        return expiry(self.scheduler.now, interval) - self.scheduler.now

    def stop(self) -> None:
        self._lines.stop()
        for timer in self._timers:
            self.scheduler.cancel(timer)
        self.namespace.close_raw(self)


def program(context: Context) -> Program:
    """One run of it (program.Maker)."""
    target = ping_options.parse(context.arguments).target
    if must_ask(context, target):
        return Resolved(context, target, _made, ("ping: NAME: ERROR", 2), shows_canonical=True)
    return _made(context)


def _made(context: Context) -> Ping:
    ident, options = context.next_pid() & 0xFFFF, ping_options.parse(context.arguments)
    options.target = canonical(context.files, options.target)
    return Ping(context.namespace, options, ident, ident, context)
