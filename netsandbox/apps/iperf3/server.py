"""The server's side of iperf3: one test after another."""

from __future__ import annotations

from typing import Any

from netsandbox.apps.errno import TEXTS
from netsandbox.apps.iperf3 import text, wire
from netsandbox.apps.iperf3.flow import MOST, Flow
from netsandbox.apps.program import Context, Program, Task
from netsandbox.apps.stream import Stream
from netsandbox.linux.core.socket import SocketError
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.wire.addresses import format_ipv4


class Server(Program):
    """iperf3 -s (apps.stream.StreamOwner of the control connection)."""

    name = "iperf3"
    heeds_term = True
    listens = True

    def __init__(self, context: Context, port: int, is_one_off: bool) -> None:
        super().__init__(context.namespace, context.next_pid())
        self.port = port
        self.is_one_off = is_one_off
        self.listener = StreamSocket(self.namespace, self.process, reuse=True)
        self._number = 0
        self._forget()

    def _forget(self) -> None:
        """No test runs."""
        self._control: Stream | None = None
        self._data: StreamSocket | None = None
        self._flow: Flow | None = None
        self._buffer = b""
        self._cookie = b""
        self._wanted: dict[str, Any] | None = None
        self._other: dict[str, Any] | None = None

    @property
    def is_endless(self) -> bool:
        return not self.is_one_off

    def start(self) -> None:
        try:
            self.listener.bind(0, self.port)
            self.listener.listen(5)
        except SocketError as error:
            self.complain(f"iperf3: error - unable to start listener for connections: {TEXTS[error.name]}\n"
                          "iperf3: exiting")
            self.exit(1)
            return
        self.listener.foreground = False
        self.listener.on_event = self._accept
        self._listen()

    def _listen(self) -> None:
        self._number += 1
        self.print(f"{text.LINE}\nServer listening on {self.port} (test #{self._number})\n{text.LINE}")

    def _accept(self) -> None:
        while (child := self.listener.accept()) is not None:
            if self._control is None:
                child.nodelay = True
                self._control = Stream(child, self)
                self.print(f"Accepted connection from {format_ipv4(child.peer)}, port {child.peer_port}")
                self._control.begin()
            elif self._wanted is not None and self._data is None:
                self._data = child
                child.on_event = self._greeted
                self._greeted()
            else:
                child.send(bytes((wire.ACCESS_DENIED,)))
                child.close()

    def connected(self, _stream: Stream) -> None:
        """It was, before it was accepted."""

    def received(self, stream: Stream, data: bytes) -> None:
        self._buffer += data
        while self._buffer and self._control is stream and self._take():
            pass

    def _take(self) -> bool:
        """One thing that the client says; False while it is not whole."""
        assert self._control is not None, "it speaks"
        if not self._cookie:
            if len(self._buffer) < wire.COOKIE:
                return False
            self._cookie, self._buffer = self._buffer[:wire.COOKIE], self._buffer[wire.COOKIE:]
            self._say(wire.PARAM_EXCHANGE)
            return True
        if self._wanted is None or self._is_ending:
            return self._take_object()
        state, self._buffer = self._buffer[0], self._buffer[1:]
        if state == wire.TEST_END and self._flow is not None:
            self._flow.stop()
            self._is_ending = True
            self._say(wire.EXCHANGE_RESULTS)
        elif state == wire.DONE:
            self._finish()
        return True

    _is_ending = False  # The client's results come next

    def _take_object(self) -> bool:
        try:
            value, self._buffer = wire.unpacked(self._buffer)
        except ValueError:
            self.complain("iperf3: error - unable to receive parameters from client: ")
            self._abort()
            return False
        if value is None:
            return False
        if self._wanted is None:
            self._wanted = value
            self._say(wire.CREATE_STREAMS)
            return True
        self._other, self._is_ending = value, False
        self._tell_results()
        return True

    def _greeted(self) -> None:
        """The data connection begins with the cookie."""
        data = self._data
        assert data is not None, "it has changed"
        try:
            if data.recv(wire.COOKIE) is None:
                return
        except SocketError:
            self._abort()
            return
        wanted = self._wanted or {}
        self.print(f"[{text.FD:3}] local {format_ipv4(data.address)} port {data.port} connected to "
                   f"{format_ipv4(data.peer)} port {data.peer_port}")
        sends = wanted.get("reverse") is True
        self.print(text.HEADER + ("         Retr  Cwnd" if sends else ""))
        self._flow = Flow(self.scheduler, data, sends, self.print, self._all_sent)
        count, seconds = wanted.get("num"), wanted.get("time")
        if isinstance(count, int) and count > 0:
            self._flow.limit = min(count, MOST)
        self._say(wire.TEST_START, wire.TEST_RUNNING)
        self._flow.run(seconds if isinstance(seconds, int) and seconds > 0 else 0)

    def _all_sent(self) -> None:
        self._say(wire.TEST_END)

    def _say(self, *states: int) -> None:
        if self._control is not None:
            for state in states:
                self._control.write(bytes((state,)))

    def _tell_results(self) -> None:
        flow, control = self._flow, self._control
        assert flow is not None, "a test has run"
        assert control is not None, "a test has run"
        wire.tell(control, wire.results(flow.count, flow.again if flow.sends else -1, flow.elapsed))
        self._say(wire.DISPLAY_RESULTS)
        row = text.sender(flow.elapsed, flow.count, flow.again) if flow.sends else text.receiver(
            flow.elapsed, flow.count)
        self.print(f"{text.RULE}\n{text.HEADER}{'         Retr' * flow.sends}\n{row}")

    def ended(self, _stream: Stream) -> None:
        if self._other is None:
            self.complain("iperf3: error - the client has terminated by signal")
        self._finish()

    def failed(self, stream: Stream, _error: str) -> None:
        self.ended(stream)

    def _abort(self) -> None:
        self._finish()

    def _finish(self) -> None:
        """This test is over."""
        self._drop()
        if self.is_one_off:
            self.exit(0)
            return
        self._listen()

    def _drop(self) -> None:
        control, data, flow = self._control, self._data, self._flow
        self._forget()
        self._is_ending = False
        if flow is not None:
            flow.stop()
        if data is not None:
            data.close()
        if control is not None:
            control.close()

    def interrupt(self) -> None:
        self.complain("iperf3: interrupt - the server has terminated")
        self.exit(1)

    def stop(self) -> None:
        self._drop()
        self.listener.close()


class Daemon(Program):
    """iperf3 -s -D: the server goes on, and nobody waits for it or sees what it prints."""

    name = "iperf3"

    def __init__(self, server: Server) -> None:
        super().__init__(server.namespace, server.process.pid)
        self._server = server

    @property
    def children(self) -> list[Task]:
        return [self._server]

    def start(self) -> None:
        self._server.foreground, self._server.words = False, self.words
        self._server.start()
        if self._server.code is not None:
            self.output += self._server.output
        self.exit(self._server.code or 0)
