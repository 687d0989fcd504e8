"""A TCP connection as programs here use it: they write without waiting, and are told what comes."""

from __future__ import annotations

from typing import Protocol

from netsandbox.linux.core.socket import SocketError
from netsandbox.linux.tcp.stream import StreamSocket

READ_SIZE = 65536


class StreamOwner(Protocol):
    """Who is told of a stream."""

    def connected(self, stream: Stream) -> None:
        """The handshake is done."""

    def received(self, stream: Stream, data: bytes) -> None:
        """Some bytes have come."""

    def ended(self, stream: Stream) -> None:
        """The peer sends no more."""

    def failed(self, stream: Stream, error: str) -> None:
        """It is over, for the errno of that name."""


class Nobody:
    """The owner of a stream that is over: the one that it had knows the stream, and both would stay for ever."""

    @staticmethod
    def _hears(_stream: Stream, _what: object = None) -> None:
        """Nothing more is told."""

    connected = received = ended = failed = _hears


class Stream:
    """One connection: a socket, and what waits to be sent on it.

    Attributes:
        sent, taken: bytes written so far, and bytes that have come.
        was_connected: whether the handshake was done.
    """

    def __init__(self, socket: StreamSocket, owner: StreamOwner) -> None:
        self.socket = socket
        self.owner: StreamOwner = owner
        self.sent = self.taken = 0
        self._waiting = bytearray()
        self.was_connected = socket.is_connected
        self._ends: str = ""  # What is done once all is sent: nothing, shutdown or close
        self._is_over = False
        socket.on_event = self._look

    @property
    def is_over(self) -> bool:
        """Whether it was closed, or has failed."""
        return self._is_over

    def begin(self) -> None:
        """For a connection that was accepted: look at what has come already."""
        self._look()

    def write(self, data: bytes) -> None:
        """Send, as soon as the connection takes it."""
        self._waiting += data
        self._flush()

    def finish(self) -> None:
        """Send no more, once all is sent."""
        self._ends = self._ends or "shutdown"
        self._flush()

    def close(self) -> None:
        """Give the connection back once all is sent."""
        self._ends = "close"
        self._flush()

    def _be_over(self) -> None:
        self._is_over = True
        self.owner = Nobody

    def drop(self) -> None:
        """The program ends: the kernel closes its socket, whatever waits."""
        if not self._is_over:
            self._be_over()
            self.socket.close()

    def _flush(self) -> None:
        if self._is_over or self.socket.is_connecting:
            return
        try:
            while self._waiting and (count := self.socket.send(bytes(self._waiting[:self.socket.most_taken]))):
                self.sent += count
                del self._waiting[:count]
            if not self._waiting and self._ends == "shutdown":
                self._ends = "done"
                self.socket.shutdown()
        except SocketError as error:
            self._fail(error.name)
            return
        if not self._waiting and self._ends == "close":
            self._be_over()
            self.socket.close()

    def _fail(self, error: str) -> None:
        owner = self.owner
        self._be_over()
        self.socket.close()
        owner.failed(self, error)

    def _look(self) -> None:
        """Something has changed: connect, read and write as far as it goes."""
        socket = self.socket
        if self._is_over or socket.is_connecting:
            return
        if not self.was_connected:
            error = socket.take_error()
            if error:
                self._fail(error)
                return
            self.was_connected = True
            self.owner.connected(self)
        self._read()
        self._flush()

    def _read(self) -> None:
        while not self._is_over and not self._has_ended():
            try:
                data = self.socket.recv(READ_SIZE)
            except SocketError as error:
                self._fail(error.name)
                return
            if data is None:
                return
            if not data:
                self.saw_end = True
                self.owner.ended(self)
                return
            self.taken += len(data)
            self.owner.received(self, data)

    saw_end = False  # Whether the peer has said that it sends no more

    def _has_ended(self) -> bool:
        return self.saw_end
