"""socat's ends by UDP: connected, without a peer, listening for one datagram, or for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.errno import TEXTS
from netsandbox.apps.resolver import Lookup, Reply
from netsandbox.apps.socat.ends import End, number_of, told
from netsandbox.apps.socat.socket_options import RefusedError
from netsandbox.linux.core.socket import SocketError
from netsandbox.linux.ipv4.udp import Datagram, UdpSocket
from netsandbox.wire.addresses import format_ipv4

if TYPE_CHECKING:
    from netsandbox.apps.socat.address import Address
    from netsandbox.apps.socat.socat import Socat


class OneDatagram(End):
    """UDP-RECVFROM: one datagram, and what is said in return."""

    def __init__(self, program: Socat, socket: UdpSocket, datagram: Datagram) -> None:
        super().__init__(program)
        self._socket = socket
        self._datagram = datagram

    def begin(self) -> None:
        self.pair.data(self, self._datagram.data)
        self.pair.at_end(self)

    def write(self, data: bytes) -> None:
        try:
            self._socket.send(data, self._datagram.source, self._datagram.port)
        except SocketError:
            return

    def variables(self) -> dict[str, str]:
        return told(self._datagram.source, self._datagram.port, self._socket.address, self._socket.port)


class Datagrams(End):
    """A connected UDP socket: of an address, or of the peer whose datagram a listening one has heard."""

    def __init__(self, program: Socat, address: Address | None, socket: UdpSocket | None = None,
                 first: Datagram | None = None) -> None:
        super().__init__(program)
        self.address = address
        self.socket = socket
        self._first = first
        self._lookup: Lookup | None = None
        self._waiting: list[bytes] = []

    @property
    def is_ready(self) -> bool:
        return self.socket is not None

    def begin(self) -> None:
        if self.socket is not None:
            self.socket.on_event = self._look
            if self._first is not None:
                self.pair.data(self, self._first.data)
        elif self.address is not None:
            self._lookup = Lookup(self.program.context, self.program.process, self.address.host, self._resolved)
            self._lookup.start()

    def _resolved(self, reply: Reply) -> None:
        self._lookup = None
        assert self.address is not None
        if reply.error:
            self.pair.fail(f'getaddrinfo "{self.address.host}": {reply.error}')
            return
        self._open(self.address, reply.addresses[0])
        if self.socket is not None:
            for data in self._waiting:
                self.write(data)
            self.pair.linger()

    def _open(self, address: Address, peer: int) -> None:
        socket = UdpSocket(self.program.namespace, self.program.process)
        try:
            address.prepare(socket)
            socket.bind(number_of(address.source), address.source_port)
            self.settle(socket, address, peer)
        except RefusedError as error:
            self.pair.fail(str(error))
            return
        except SocketError as error:
            self.pair.fail(f"connect(5, AF=2 {format_ipv4(peer)}:{address.port}, 16): {TEXTS[error.name]}")
            return
        self.socket, socket.on_event = socket, self._look

    def settle(self, socket: UdpSocket, address: Address, peer: int) -> None:
        """Tell the kernel who the peer is."""
        socket.connect(peer, address.port)

    def _look(self) -> None:
        while self.socket is not None:
            try:
                datagram = self.socket.recv()
            except SocketError as error:
                self.pair.fail(f"read(5, 0x7f0000000000, 8192): {TEXTS[error.name]}")
                return
            if datagram is None:
                return
            if self.hears(datagram):
                self.pair.data(self, datagram.data)

    def hears(self, _datagram: Datagram) -> bool:
        """Whether it is for the other end."""
        return True

    def write(self, data: bytes) -> None:
        if self.socket is None:
            self._waiting.append(data)
            return
        try:
            self.send(self.socket, data)
        except SocketError as error:
            self.pair.fail(f"{self.call.format(size=len(data))}: {TEXTS[error.name]}")

    call = "write(5, 0x7f0000000000, {size})"  # What is said to have failed

    def send(self, socket: UdpSocket, data: bytes) -> None:
        """Raises SocketError."""
        socket.send(data)

    def close(self) -> None:
        if self._lookup is not None:
            self._lookup.stop()
        if self.socket is not None:
            self.socket.on_event = None
            self.socket.close()
            self.socket = None
            if self.address is not None:
                self.address.wishes.undo(self.program.namespace)


class Unconnected(Datagrams):
    """UDP-SENDTO, which hears its peer alone, and UDP-DATAGRAM, which hears everybody: of ICMP errors neither hears."""

    _peer = (0, 0)

    def settle(self, socket: UdpSocket, address: Address, peer: int) -> None:
        self._peer, socket.broadcast = (peer, address.port), address.broadcasts
        self.call = f"sendto(5, 0x7f0000000000, {{size}}, 0, AF=2 {format_ipv4(peer)}:{address.port}, 16)"

    def hears(self, datagram: Datagram) -> bool:
        return self.address is None or self.address.kind == "udp-datagram" or self._peer == (
            datagram.source, datagram.port)

    def send(self, socket: UdpSocket, data: bytes) -> None:
        socket.send(data, *self._peer)


class Receiving(Datagrams):
    """UDP-RECV: what comes to a port, from whomever; nothing goes back."""

    def begin(self) -> None:
        address = self.address
        assert address is not None, "it was made of one"
        socket = UdpSocket(self.program.namespace, self.program.process)
        socket.shares = address.shares
        try:
            address.prepare(socket)
            socket.bind(number_of(address.source), address.port)
        except RefusedError as error:
            self.pair.fail(str(error))
            return
        except SocketError as error:
            source = format_ipv4(number_of(address.source))
            self.pair.fail(f"bind(5, {{AF=2 {source}:{address.port}}}, 16): {TEXTS[error.name]}")
            return
        self.socket, socket.on_event = socket, self._look

    def write(self, data: bytes) -> None:
        """Nowhere to."""
