"""iperf3 over TCP: a server, a client, and how fast one sends to the other, in virtual time.

A test sends no more than 16 MBytes, and says so: a cable without a rate would take any number of them at once.
"""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.apps.client import StreamClient
from netsandbox.apps.errno import TEXTS
from netsandbox.apps.iperf3 import text, wire
from netsandbox.apps.iperf3.flow import MOST, Flow
from netsandbox.apps.iperf3.server import Daemon, Server
from netsandbox.apps.option_table import OptionTable
from netsandbox.apps.program import Context, Program, UsageError
from netsandbox.apps.resolver import Reply
from netsandbox.apps.stream import Stream
from netsandbox.linux.core.socket import SocketError
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.addresses import format_ipv4

SHORT = (f"note: a test ends after {MOST >> 20} MBytes, as a cable here has no rate of its own; `tc qdisc add dev DEV "
         "root tbf rate 10mbit burst 32kbit latency 50ms` gives it one")
VERSION = "iperf 3.18 (cJSON 1.7.15)"
UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
OPTIONS = OptionTable(
    "iperf3", 1, text.HINT, by_letter=True, usual="4|version4",
    acts="c|client= s|server t|time= n|bytes= p|port= R|reverse 1|one-off v|version i|interval= D|daemon",
    refused="u|udp P|parallel= J|json b|bitrate= f|format= w|window= 6|version6 V|verbose O|omit= l|length= M|set-mss= "
            "C|congestion= N|no-delay S|tos= Z|zerocopy B|bind= F|file= I|pidfile= k|blockcount= A|affinity= d|debug "
            "T|title= X|xbind= h|help logfile= bidir cport= get-server-output repeating-payload dscp= forceflush "
            "timestamps? pacing-timer= fq-rate= udp-counters-64bit extra-data= connect-timeout= rcv-timeout= "
            "snd-timeout= idle-timeout= server-bitrate-limit= sctp mptcp json-stream username= rsa-public-key-path= "
            "rsa-private-key-path= authorized-users-path=")
LONGEST = 86_400  # MAX_TIME: seconds of a test


class Options(NamedTuple):
    host: str
    port: int
    seconds: int
    size: int
    is_reverse: bool


class Client(StreamClient):
    """One test."""

    name = "iperf3"
    heeds_term = True

    def __init__(self, context: Context, options: Options) -> None:
        super().__init__(context)
        self.options = options
        self._address = 0
        self._data: StreamSocket | None = None
        self._flow: Flow | None = None
        self._buffer = b""
        self._cookie = b"netsandbox".ljust(wire.COOKIE - 1, b"a") + b"\0"
        self._other: dict[str, object] | None = None
        self._awaits_results = False

    def start(self) -> None:
        self.look_up(self.options.host)

    def resolved(self, reply: Reply) -> None:
        self._address = reply.addresses[0]
        socket = StreamSocket(self.namespace, self.process)
        socket.nodelay = True
        self.connect(socket, self._address, self.options.port)

    def unresolved(self, reply: Reply) -> None:
        self._give_up(reply.error)

    def _give_up(self, why: str) -> None:
        self.complain(text.REFUSED.format(why=why))
        self.exit(1)

    def connected(self, stream: Stream) -> None:
        self.print(f"Connecting to host {self.options.host}, port {self.options.port}")
        stream.write(self._cookie)

    def failed(self, _stream: Stream, error: str) -> None:
        if self._flow is None:
            self._give_up(TEXTS[error])
        else:
            self.complain("iperf3: error - control socket has closed unexpectedly")
            self.exit(1)

    def ended(self, stream: Stream) -> None:
        self.failed(stream, "ECONNRESET")

    def received(self, _stream: Stream, data: bytes) -> None:
        self._buffer += data
        while self._buffer and self.is_running:
            if self._awaits_results:
                if not self._take_results():
                    return
                continue
            state, self._buffer = self._buffer[0], self._buffer[1:]
            self._enter(state)

    def _enter(self, state: int) -> None:
        assert self.stream is not None, "it has spoken"
        if state == wire.PARAM_EXCHANGE:
            wire.tell(self.stream, {
                "tcp": True, "omit": 0, "time": self.options.seconds, "num": self.options.size, "blockcount": 0,
                "parallel": 1, "len": 131072, "pacing_timer": 1000, "client_version": "3.18",
                **({"reverse": True} if self.options.is_reverse else {})})
        elif state == wire.CREATE_STREAMS:
            self._connect_data()
        elif state == wire.TEST_RUNNING and self._flow is not None:
            self._flow.run(self.options.seconds)
        elif state == wire.TEST_END and self._flow is not None:
            self._end()
        elif state == wire.EXCHANGE_RESULTS and self._flow is not None:
            wire.tell(self.stream, wire.results(
                self._flow.count, self._flow.again if self._flow.sends else -1, self._flow.elapsed))
            self._awaits_results = True
        elif state == wire.DISPLAY_RESULTS:
            self._report()
        elif state == wire.ACCESS_DENIED:
            self.complain("iperf3: error - the server is busy running a test. try again later")
            self.exit(1)

    def _connect_data(self) -> None:
        self._data = socket = StreamSocket(self.namespace, self.process)
        flow = self._flow = Flow(self.scheduler, socket, not self.options.is_reverse, self.print, self._end)
        if self.options.size:
            flow.limit = min(self.options.size, MOST)
        socket.on_event = self._data_connected
        try:
            socket.connect(self._address, self.options.port)
        except SocketError as error:
            self._give_up(TEXTS[error.name])

    def _data_connected(self) -> None:
        socket = self._data
        assert socket is not None, "it has changed"
        if socket.is_connecting:
            return
        error = socket.take_error()
        if error:
            self._give_up(TEXTS[error])
            return
        socket.on_event = None
        socket.send(self._cookie)
        if self.options.is_reverse:
            self.print(f"Reverse mode, remote host {self.options.host} is sending")
        self.print(f"[{text.FD:3}] local {format_ipv4(socket.address)} port {socket.port} connected to "
                   f"{format_ipv4(socket.peer)} port {socket.peer_port}")
        self.print(text.HEADER + ("         Retr  Cwnd" if not self.options.is_reverse else ""))

    def _end(self) -> None:
        assert self.stream is not None, "a test runs"
        assert self._flow is not None, "a test runs"
        self._flow.stop()
        self.stream.write(bytes((wire.TEST_END,)))

    def _take_results(self) -> bool:
        try:
            self._other, self._buffer = wire.unpacked(self._buffer)
        except ValueError:
            self.complain("iperf3: error - unable to receive results")
            self.exit(1)
            return False
        self._awaits_results = self._other is None
        return self._other is not None

    def _report(self) -> None:
        flow, control = self._flow, self.stream
        if flow is None or control is None:
            return
        count, again, elapsed = wire.counted(self._other or {})
        if flow.sends:
            rows = (text.sender(flow.elapsed, flow.count, flow.again), text.receiver(elapsed, count))
        else:
            rows = (text.sender(elapsed, count, again), text.receiver(flow.elapsed, flow.count))
        self.print(f"{text.RULE}\n{text.HEADER}         Retr\n" + "\n".join(rows) + "\n\niperf Done.")
        if max(flow.count, count) >= MOST > self.options.size:
            self.complain(SHORT)
        control.write(bytes((wire.DONE,)))
        self.exit(0)

    def interrupt(self) -> None:
        self.complain("iperf3: interrupt - the client has terminated")
        self.exit(1)

    def stop(self) -> None:
        if self._flow is not None:
            self._flow.stop()
        if self._data is not None:
            self._data.close()
        control, self.stream = self.stream, None
        if control is not None:
            control.close()
        super().stop()


def program(context: Context) -> Program:
    """iperf3(1) (program.Maker) (UsageError: arguments that make no sense, or are not modelled)."""
    given = _given(context.arguments)
    port = _number(given.get("p", str(wire.PORT)), 1, 65535, "port number must be between 1 and 65535 inclusive")
    if "s" in given:
        side = next((letter for letter in given if letter in "tnR"), "")
        if side:
            raise UsageError(text.USAGE.format(why="some option you are trying to set is client only"), 1)
        server = Server(context, port, "1" in given)
        return Daemon(server) if "D" in given else server
    if "1" in given or "D" in given:
        raise UsageError(text.USAGE.format(why="some option you are trying to set is server only"), 1)
    if "t" in given and "n" in given:
        raise UsageError(text.USAGE.format(why="only one test end condition (-t, -n, -k) may be specified"), 1)
    seconds = _number(given.get("t", "0" if "n" in given else "10"), 0, LONGEST,
                      f"test duration valid values are 0 to {LONGEST} seconds")
    return Client(context, Options(given["c"], port, seconds, _bytes(given.get("n", "0")), "R" in given))


def _given(arguments: list[str]) -> dict[str, str]:
    """The options of one side, by letter."""
    read = OPTIONS.read(arguments)
    given, operands = read.values, read.operands
    if given.get("i", "1") not in ("1", "1.0"):
        raise UsageError("iperf3: -i is not modelled but for every second, as it is without", 1)
    if "v" in given:
        raise UsageError(VERSION, 0)
    if operands or ("s" in given) == ("c" in given):
        raise UsageError(text.USAGE.format(why="cannot be both server and client" if "c" in given else text.NO_SIDE), 1)
    return given


def _number(word: str, low: int, high: int, why: str) -> int:
    if not (word.isascii() and word.isdecimal() and low <= int(word) <= high):
        raise UsageError(text.USAGE.format(why=why), 1)
    return int(word)


def _bytes(word: str) -> int:
    """`1M`, as unit_atoi reads it."""
    number, unit = (word[:-1], word[-1:].lower()) if word[-1:].isalpha() else (word, "")
    if unit not in UNITS or not (number.isascii() and number.isdecimal()) or len(number) > 12:
        raise UsageError(text.USAGE.format(why=f"bad number of bytes: {word}"), 1)
    return int(number) * UNITS[unit]
