"""Programs that look a name up before they talk to whoever has it."""

from __future__ import annotations

from netsandbox.apps.program import Context, Program
from netsandbox.apps.resolver import Lookup, Reply
from netsandbox.apps.stream import Stream, StreamOwner
from netsandbox.linux.core.socket import SocketError
from netsandbox.linux.tcp.stream import StreamSocket


class Client(Program):
    """A program that begins with a name."""

    def __init__(self, context: Context) -> None:
        super().__init__(context.namespace, context.next_pid())
        self.context = context
        self._lookup: Lookup | None = None

    @property
    def is_looking_up(self) -> bool:
        return self._lookup is not None

    def look_up(self, name: str) -> None:
        """Find the addresses of a name; `resolved` or `unresolved` is called, at once if nobody needs be asked."""
        self._lookup = Lookup(self.context, self.process, name, self._looked_up)
        self._lookup.start()

    def _looked_up(self, reply: Reply) -> None:
        self._lookup = None
        if reply.error:
            self.unresolved(reply)
        else:
            self.resolved(reply)

    def resolved(self, reply: Reply) -> None:
        """The name has these addresses."""

    def unresolved(self, reply: Reply) -> None:
        """It has none, for this reason."""

    def stop(self) -> None:
        if self._lookup is not None:
            self._lookup.stop()


class StreamClient(Client, StreamOwner):
    """One that then has a TCP connection."""

    def __init__(self, context: Context) -> None:
        super().__init__(context)
        self.stream: Stream | None = None

    def connect(self, socket: StreamSocket, address: int, port: int) -> None:
        """Begin the connection; `failed` is called where there is no way."""
        self.stream = Stream(socket, self)
        try:
            socket.connect(address, port)
        except SocketError as error:
            self.failed(self.stream, error.name)

    def stop(self) -> None:
        super().stop()
        if self.stream is not None:
            self.stream.drop()
