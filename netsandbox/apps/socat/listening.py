"""socat's listening addresses: a pair for each connection or sender that comes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps.errno import TEXTS
from netsandbox.apps.socat.datagrams import Datagrams, OneDatagram
from netsandbox.apps.socat.ends import StreamEnd, number_of
from netsandbox.apps.socat.socket_options import RefusedError
from netsandbox.linux.core.socket import SocketError
from netsandbox.linux.ipv4.udp import UdpSocket
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.addresses import format_ipv4

if TYPE_CHECKING:
    from netsandbox.apps.socat.address import Address
    from netsandbox.apps.socat.socat import Socat


class Listening:
    """TCP-LISTEN and UDP-LISTEN."""

    def __init__(self, program: Socat, address: Address) -> None:
        self.program = program
        self.address = address
        self.socket: StreamSocket | UdpSocket | None = None

    def start(self) -> None:
        program = self.program
        socket = self.socket = (
            self.address.wishes.stream(program.namespace, program.process, True)
            if self.address.kind == "tcp-listen" else UdpSocket(program.namespace, program.process, True))
        socket.shares = self.address.shares
        try:
            self.address.prepare(socket)
            socket.bind(number_of(self.address.source), self.address.port)
            if isinstance(socket, StreamSocket):
                socket.listen(self.address.backlog)
        except RefusedError as error:
            self.program.fail(str(error))
            return
        except SocketError as error:
            source = format_ipv4(number_of(self.address.source))
            self.program.fail(f"bind(5, {{AF=2 {source}:{self.address.port}}}, 16): {TEXTS[error.name]}")
            return
        socket.on_event = self._look

    def _look(self) -> None:
        socket = self.socket
        if isinstance(socket, StreamSocket):
            while self.socket is not None and (child := socket.accept()) is not None:
                if not self._lets(child.peer, child.peer_port):
                    child.shutdown()
                    child.close()
                    continue
                if not self.address.forks:
                    self.stop()
                self.program.pair(StreamEnd(self.program, None, child))
        elif socket is not None:
            self._take_datagram(socket)

    def _lets(self, peer: int, port: int) -> bool:
        """Whether a peer is within range, and if not a word about it (xiocheckpeer)."""
        if self.address.lets(peer):
            return True
        self.program.complain_of(f"refusing connection from AF=2 {format_ipv4(peer)}:{port} due to range option", "W")
        return False

    def _take_datagram(self, socket: UdpSocket) -> None:
        try:
            datagram = socket.recv()
        except SocketError:
            return
        if datagram is None or not self._lets(datagram.source, datagram.port):
            return
        if self.address.kind == "udp-once-listen":
            self.program.pair(OneDatagram(self.program, socket, datagram))
            return
        if not self.address.forks:
            self.socket = None
            own = socket
        else:
            own = UdpSocket(self.program.namespace, self.program.process, True)
            own.shares, own.ttl, own.tos, own.interface = socket.shares, socket.ttl, socket.tos, socket.interface
            own.bind(socket.address, socket.port)
        own.connect(datagram.source, datagram.port)
        self.program.pair(Datagrams(self.program, None, own, datagram))

    def stop(self) -> None:
        if self.socket is not None:
            self.socket.on_event = None
            self.socket.close()
            self.address.wishes.undo(self.program.namespace)
            self.socket = None
