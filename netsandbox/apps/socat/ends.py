"""The ends that socat connects: standard streams, an echo, TCP and UDP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.errno import TEXTS
from netsandbox.apps.resolver import Lookup, Reply
from netsandbox.apps.socat.socket_options import RefusedError
from netsandbox.apps.stream import Stream
from netsandbox.engine.octets import to_bytes, to_text
from netsandbox.engine.units import seconds
from netsandbox.linux.core.socket import SocketError
from netsandbox.wire.addresses import format_ipv4, ipv4_or_none

if TYPE_CHECKING:
    from netsandbox.apps.socat.address import Address
    from netsandbox.apps.socat.socat import Pair, Socat
    from netsandbox.engine.timers import Timer
    from netsandbox.linux.tcp.stream import StreamSocket


class Over:
    """What an end knows in the place of its pair once that is over: nothing comes of anything."""

    def reads(self, end: End) -> bool:
        """Nobody takes what it reads."""
        return False

    def data(self, end: End, data: bytes) -> None:
        """It was read too late."""

    def at_end(self, end: End) -> None:
        """Nobody waits for it."""

    def linger(self) -> None:
        """There is nothing to wait for."""

    def fail(self, text: str) -> None:
        """It ends nothing."""

    def over(self, argument: object) -> None:
        """It is."""


class End:
    """One end of a pair."""

    pair: Pair | Over

    def __init__(self, program: Socat) -> None:
        self.program = program

    @property
    def is_ready(self) -> bool:
        """Whether it is open: a connection that is made is not yet."""
        return True

    @property
    def cuts(self) -> bool:
        """Whether its end cuts a connection off (SO_LINGER 0)."""
        return False

    def begin(self) -> None:
        """Open it, and read what is there."""

    def write(self, data: bytes) -> None:
        """What the other end has read."""

    def finish(self) -> None:
        """The other end reads no more."""

    def close(self) -> None:
        """Give it back."""

    def variables(self) -> dict[str, str]:
        """What a program at the other end is told of this one (socat(1), ENVIRONMENT VARIABLES)."""
        return {}


class Standard(End):
    """Standard input and output."""

    def begin(self) -> None:
        self.program.context.stdin.on_change = self._read
        self._read()

    def _read(self) -> None:
        stdin = self.program.context.stdin
        text = stdin.read()
        if text:
            self.pair.data(self, to_bytes(text))
        if stdin.is_at_end and stdin.on_change is not None:
            stdin.on_change = None
            self.pair.at_end(self)

    def write(self, data: bytes) -> None:
        self.program.output.append(("out", to_text(data)))

    def close(self) -> None:
        self.program.context.stdin.on_change = None


class Cat(End):
    """EXEC:cat: what comes goes back."""

    def write(self, data: bytes) -> None:
        self.pair.data(self, data)

    def finish(self) -> None:
        self.pair.at_end(self)


class StreamEnd(End):
    """A TCP connection (apps.stream.StreamOwner)."""

    def __init__(self, program: Socat, address: Address | None, socket: StreamSocket | None = None) -> None:
        super().__init__(program)
        self.address = address
        self.stream = Stream(socket, self) if socket is not None else None
        self._waiting = b""
        self._ends = False
        self._error = "EPIPE"  # What a write says once the connection is over
        self._lookup: Lookup | None = None
        self._tries = 0
        self._timer: Timer | None = None

    @property
    def is_ready(self) -> bool:
        return self.stream is not None and not self.stream.socket.is_connecting

    @property
    def cuts(self) -> bool:
        return self.stream is not None and bool(self.stream.socket.tuning.cuts)

    def begin(self) -> None:
        if self.stream is not None:
            self.stream.begin()
        elif self.address is not None:
            self._lookup = Lookup(self.program.context, self.program.process, self.address.host, self._resolved)
            self._lookup.start()

    def _resolved(self, reply: Reply) -> None:
        address, self._lookup = self.address, None
        assert address is not None
        if reply.error:
            self.pair.fail(f'getaddrinfo "{address.host}": {reply.error}')
            return
        self._connect(address, reply.addresses[0])

    def _connect(self, address: Address, peer: int) -> None:
        socket = address.wishes.stream(self.program.namespace, self.program.process)
        self.stream = Stream(socket, self)
        try:
            address.prepare(socket)
            if address.source or address.source_port:
                socket.bind(number_of(address.source), address.source_port)
            socket.connect(peer, address.port)
            if address.timeout:
                self._timer = self.program.scheduler.wake_after(
                    seconds(address.timeout), self._too_late, peer, foreground=self.program.foreground)
        except RefusedError as error:
            self.pair.fail(str(error))
        except SocketError as error:
            self._refused(peer, error.name)

    def _again(self, peer: int) -> None:
        self._timer = None
        if self.address is not None:
            self._connect(self.address, peer)

    def _too_late(self, peer: int) -> None:
        """connect-timeout is over."""
        assert self.address is not None
        self._refused(peer, "EINPROGRESS", f"connecting to AF=2 {format_ipv4(peer)}:{self.address.port}: "
                                           f"{TEXTS['ETIMEDOUT']}")

    def _refused(self, address: int, error: str, said: str = "") -> None:
        """It is tried again, as often as the address says, and only the last time told of."""
        self.program.scheduler.cancel(self._timer)
        if self.address is not None and self._tries != self.address.retries:
            self._tries += 1
            if self.stream is not None:
                self.stream.close()
                self.stream = None
            self._timer = self.program.scheduler.wake_after(self.address.pause, self._again, address,
                                                            foreground=self.program.foreground)
            return
        port = self.address.port if self.address is not None else 0
        said = said or f"connect(5, AF=2 {format_ipv4(address)}:{port}, 16): {TEXTS[error]}"
        if self.address is not None and self.address.spelled:
            self.program.complain_of(said, "W")
            said = f"{self.address.spelled}: {TEXTS[error]}"
        self.pair.fail(said)

    def connected(self, stream: Stream) -> None:
        self.program.scheduler.cancel(self._timer)
        stream.write(self._waiting)
        self._waiting = b""
        if self._ends:
            stream.finish()
        self.pair.linger()

    def received(self, stream: Stream, data: bytes) -> None:
        self.pair.data(self, data)

    def ended(self, stream: Stream) -> None:
        self.pair.at_end(self)

    def failed(self, stream: Stream, error: str) -> None:
        if not stream.was_connected:
            self._refused(stream.socket.peer, error)
        elif stream.saw_end:
            self.pair.over(None)
        elif self.pair.reads(self):
            self._fail_of("read", 8192, error)
        self._error = error

    def _fail_of(self, call: str, size: int, error: str) -> None:
        self.pair.fail(f"{call}({5 if self.address is not None else 6}, 0x7f0000000000, {size}): {TEXTS[error]}")

    def write(self, data: bytes) -> None:
        if self.stream is not None and self.stream.is_over:
            self._fail_of("write", len(data), self._error)
        elif self.stream is not None and self.is_ready:
            self.stream.write(data)
        else:
            self._waiting += data

    def finish(self) -> None:
        self._ends = True
        if self.stream is not None and self.is_ready and not (self.address is not None and self.address.keeps_writing):
            self.stream.finish()

    def close(self) -> None:
        if self._lookup is not None:
            self._lookup.stop()
        self.program.scheduler.cancel(self._timer)
        if self.stream is not None and self.stream.socket.is_connecting:
            self.stream.drop()
        elif self.stream is not None:
            self.stream.close()

    def variables(self) -> dict[str, str]:
        if self.stream is None:
            return {}
        socket = self.stream.socket
        return told(socket.peer, socket.peer_port, socket.address, socket.port)


def told(peer: int, peer_port: int, own: int, port: int) -> dict[str, str]:
    """Both ends' addresses and ports, as variables."""
    return {"SOCAT_PEERADDR": format_ipv4(peer), "SOCAT_PEERPORT": str(peer_port), "SOCAT_SOCKADDR": format_ipv4(own),
            "SOCAT_SOCKPORT": str(port)}


def number_of(text: str) -> int:
    """Of an address in digits; 0 for any."""
    return ipv4_or_none(text) or 0
