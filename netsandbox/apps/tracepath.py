"""tracepath, as iputils 20240905 has it: the routers on a way and its MTU, by datagrams that must not be fragmented."""

from __future__ import annotations

from pathlib import Path

from netsandbox.apps.bounds import integer
from netsandbox.apps.hosts import lookup
from netsandbox.apps.named_lines import PLACE, NamedLines
from netsandbox.apps.option_table import OptionTable
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.resolved import Resolved, must_ask
from netsandbox.engine.timers import Timer
from netsandbox.engine.units import MICROSECOND, SECOND
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.socket import PROBE, SocketError
from netsandbox.linux.ipv4.routing import OutputRoute, route_output
from netsandbox.linux.ipv4.udp import ReportedError, UdpSocket
from netsandbox.wire.icmp import TIME_EXCEEDED, TTL_EXCEEDED, UNREACHABLE

USAGE = Path(__file__).with_name("tracepath_usage.txt").read_text(encoding="utf-8").removesuffix("\n")
VERSION = """tracepath from iputils 20240905
libcap: yes, IDN: yes, NLS: no, error.h: yes, getrandom(): yes, __fpending(): yes"""
TABLE = OptionTable("tracepath", 255, USAGE, acts="6 b n V h l= m= p=", usual="4")
FIRST_PORT, PORTS, LARGEST, HEADERS = 44444, 64, 65535, 28
"""The destination ports of probes come round after so many; packet sizes in bytes."""
WIDTH = 52  # Columns that a sender takes
TRIES, PATIENCE = 3, SECOND  # For each hop, and how long each is waited for
REFUSALS = {3: "", 2: "!P", 1: "!H", 7: "!H", 10: "!H", 13: "!H", 14: "!H", 15: "!H", 0: "!N", 6: "!N", 9: "!N",
            8: "!N", 12: "!H", 11: "!N", 5: "!H"}
"""What the codes of Destination Unreachable are printed as, by the errno that they become (icmp_err_convert)."""


class TracepathOptions:
    """tracepath(8): sizes in bytes."""

    target = ""
    numeric = both = False
    length, hops, port = LARGEST, 30, FIRST_PORT


def parse(arguments: list[str]) -> TracepathOptions:
    """The options of a command line (UsageError: what tracepath does not take, or what it says of itself)."""
    read, result = TABLE.read(arguments), TracepathOptions()
    for one in read.given:
        if one.option.name in "hV":
            raise UsageError(USAGE, 255) if one.option.name == "h" else UsageError("", 0, VERSION)
        if one.option.name == "l":
            result.length = integer("tracepath", one.value, -(1 << 31), (1 << 31) - 1)
            if result.length <= HEADERS:
                raise UsageError(f"tracepath: pktlen must be within: {HEADERS} < value <= {(1 << 31) - 1}", 1)
        elif one.option.name == "m":
            result.hops = integer("tracepath", one.value, 0, 255)
        elif one.option.name == "p":
            result.port = integer("tracepath", one.value, 0, 65535)
    result.numeric, result.both = "n" in read, "b" in read
    if len(read.operands) != 1:
        raise UsageError(USAGE, 255)
    result.target, slash, port = read.operands[0].partition("/")
    if slash:
        result.port = integer("tracepath", port, 0, 65535)
    if "6" in read:
        raise UsageError(f"tracepath: {result.target}: Address family for hostname not supported", 1)
    return result


class Tracepath(Program):
    """One run of tracepath (mtu: the largest packet that is known to pass, in bytes)."""

    name = "tracepath"

    def __init__(self, namespace: NetworkNamespace, options: TracepathOptions, destination: int, pid: int,
                 context: Context) -> None:
        super().__init__(namespace, pid)
        self.options = options
        self.destination = destination
        self.mtu = options.length
        number = " ({number})" * options.both
        self._lines = NamedLines(self, None if options.numeric else context, f"???{number}", f"{{name}}{number}", WIDTH)
        self._socket = UdpSocket(namespace, self.process)
        self._socket.pmtudisc, self._socket.recverr = PROBE, True
        self._socket.on_event = self._hear
        self._sent: dict[int, tuple[int, int]] = {}  # The hop and the time of each probe, by its destination port
        self._hop, self._try, self._probes = 1, 0, 0
        self._mtu_before = self.mtu
        self._timer: Timer | None = None

    def start(self) -> None:
        """Send the first probe."""
        self._begin_hop(1)

    def _begin_hop(self, hop: int) -> None:
        if hop > self.options.hops:
            self._lines.say(f"     Too many hops: pmtu {self.mtu}")
            self._resume()
            return
        self._hop, self._try = hop, 0
        self._probe(None)

    def _probe(self, _argument: object) -> None:
        """One probe; when it is too large for the device, one of the size that fits (probe_ttl)."""
        self._mtu_before = self.mtu
        while self.code is None:
            port = self.options.port + self._probes % PORTS & 0xFFFF
            self._sent[port] = self._hop, self.scheduler.clock
            self._socket.ttl = self._hop
            try:
                self._socket.send(bytes(min(self.mtu, LARGEST) - HEADERS), self.destination, port)
            except SocketError as error:
                if error.name == "EMSGSIZE" and self._shrinks():
                    continue
                self._lines.say(f"{self._hop:2d}:  send failed")
                self._resume()
                return
            self._probes += 1
            self._timer = self.scheduler.wake_after(PATIENCE, self._give_up, foreground=self.foreground)
            return

    def _shrinks(self) -> bool:
        """A packet was larger than its device takes, which says how much that is."""
        route = route_output(self.namespace, self.destination, 0)
        if not isinstance(route, OutputRoute) or route.interface.mtu >= self.mtu:
            return False
        self.mtu = route.interface.mtu
        self._lines.say(f"{self._hop:2d}?: {'[LOCALHOST]':<32} pmtu {self.mtu}")
        return True

    def _give_up(self, _argument: object) -> None:
        """No answer within a second; a try in which the MTU was found out is none of the three."""
        self._try += self.mtu == self._mtu_before
        if self._try < TRIES:
            self._probe(None)
            return
        self._lines.say(f"{self._hop:2d}:  no reply")
        self._begin_hop(self._hop + 1)

    def _hear(self) -> None:
        self.scheduler.cancel(self._timer)
        if self._socket.received:
            self._lines.say(f"{self._hop:2d}?: reply received 8)")
            self._resume()
        while self._socket.errors and self.code is None:
            if self._tell(self._socket.errors.pop(0)):
                return
        if self.code is None and self.mtu != self._mtu_before:
            self._try = 0
            self._probe(None)
        elif self.code is None:
            self._begin_hop(self._hop + 1)

    def _tell(self, error: ReportedError) -> bool:
        """A line about an ICMP error (recverr); whether it was the last one."""
        hop, sent = self._sent.get(error.port, (0, error.at))
        micros = (error.at - sent) // MICROSECOND
        line = f"{hop:2d}:  {PLACE}{micros // 1000:3d}.{micros % 1000:03d}ms "
        if (error.type, error.code) == (TIME_EXCEEDED, TTL_EXCEEDED):
            back = _hops(error.ttl)
            self._lines.say(line + (f"asymm {back:2d} " if back != hop else ""), error.offender)
            return False
        if error.type == UNREACHABLE and error.info:
            self.mtu = error.info
            self._lines.say(f"{line}pmtu {self.mtu}", error.offender)
            return False
        mark = REFUSALS.get(error.code, "!H") if error.type == UNREACHABLE else "!P"
        self._lines.say(line + (mark or "reached"), error.offender)
        if not mark and self.mtu != self._mtu_before:
            return False
        self._resume("" if mark else f"hops {hop} back {_hops(error.ttl)} ")
        return True

    def _resume(self, hops: str = "") -> None:
        self._lines.say(f"     Resume: pmtu {self.mtu} {hops}")
        self._lines.then(self._done)

    def _done(self) -> None:
        self.exit(0)

    def stop(self) -> None:
        self.scheduler.cancel(self._timer)
        self._socket.close()
        self._lines.stop()


def program(context: Context) -> Program:
    """One run of it (program.Maker)."""
    target = parse(context.arguments).target
    if must_ask(context, target):
        return Resolved(context, target, _made, ("tracepath: NAME: ERROR", 1))
    return _made(context)


def _made(context: Context) -> Tracepath:
    options = parse(context.arguments)
    destination = lookup(options.target, context.names)
    assert destination is not None, "it was asked for"
    return Tracepath(context.namespace, options, destination, context.next_pid(), context)


def _hops(ttl: int) -> int:
    """How far a packet has come that began with a TTL of 64, 128 or 256."""
    return (65 if ttl <= 64 else 129 if ttl <= 128 else 257) - ttl
