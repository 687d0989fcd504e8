"""The conversations of a kernel lab's tcp_serve and tcp_client actions: a script of calls on one socket."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netsandbox.engine.units import seconds
from netsandbox.linux.core.socket import SocketError
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.rig.lab import KernelLab
from netsandbox.wire.addresses import format_ipv4

READ_SIZE = 65536
SERVER_TIMEOUT, CLIENT_TIMEOUT = 10.0, 5.0  # Seconds that one call may take, unless the lab says otherwise
SENDING, RECEIVING = ("send", "send_n"), ("recv", "recv_n", "recv_eof")


class Conversation:
    """Runs a script on a connected socket: each step is one call, which may wait."""

    def __init__(self, lab: KernelLab, socket: StreamSocket, script: list[list[Any]], log: list[list[Any]],
                 timeout: float, on_end: Callable[[], None]) -> None:
        self.lab = lab
        self.socket = socket
        self.script = script
        self.log = log
        self.timeout = seconds(timeout)
        self.on_end = on_end
        self._place = 0
        self._total = 0
        self._left = b""
        self._timer: Any = None
        self._waits = False
        socket.on_event = self._wake

    def start(self, _argument: object = None) -> None:
        """Do the next step, or end."""
        if self._place >= len(self.script):
            self._end()
            return
        step, *args = self.script[self._place]
        self._total, self._left = 0, b"x" * args[0] if step == "send_n" else b""
        if step in ("sleep", "until"):
            pause = args[0] if step == "sleep" else max(0.0, args[0] - self.lab.seconds)
            self.lab.scheduler.wake_after(seconds(pause), self._done)
            return
        self._waits = True
        self._timer = self.lab.scheduler.wake_after(self.timeout, self._time_out)
        self._try()

    def _wake(self, _argument: object = None) -> None:
        """Who reads goes on while there is something to read: who was woken to write comes after (one CPU, EEVDF)."""
        ready = self.lab.scheduler.ready
        if self._waits and self.script[self._place][0] in SENDING and any(
                getattr(other[0], "__func__", None) is not Conversation._wake for other in ready):
            ready.append((self._wake, None, self.lab.scheduler.current))
            return
        self._try()

    def _try(self) -> None:
        """The call as far as it goes now."""
        if not self._waits:
            return
        step, *args = self.script[self._place]
        try:
            finished, value = self._call(step, args)
        except SocketError as error:
            self._fail(error.name)
            return
        if finished:
            self._done(value)

    def _go_on(self, _argument: object) -> None:
        """The call took a part: ask whether there is room for more (poll)."""
        self._waits = True
        self._left = self._left[self.socket.taken_more():]
        if self._left:
            self._try()
        else:
            self._done()

    def _call(self, step: str, args: list[Any]) -> tuple[bool, Any]:
        """(whether the step is done, what it is logged with)."""
        socket = self.socket
        if step in SENDING and not socket.has_room:
            return False, None
        if step == "send":
            count = socket.send(args[0].encode())
            return bool(count) or not args[0], count
        if step == "send_n":
            self._left = self._left[socket.send(self._left, goes_on=True):]
            if self._left:
                self._waits = False
                socket.then(self._go_on)
            return not self._left, None
        if step == "recv":
            data = socket.recv(args[0])
            return data is not None, (data or b"").decode("latin-1")
        if step in RECEIVING:
            return self._receive_all(args[0] if args else 1 << 40)
        if step == "shutdown":
            socket.shutdown()
        elif step == "close":
            socket.close()
        else:
            socket.abort()
        return True, None

    def _receive_all(self, limit: int) -> tuple[bool, Any]:
        """Each call of recv() may take the whole time, where others got something."""
        before = self._total
        while self._total < limit:
            data = self.socket.recv(min(READ_SIZE, limit - self._total))
            if data is None:
                if self._total > before:
                    self.lab.scheduler.cancel(self._timer)
                    self._timer = self.lab.scheduler.wake_after(self.timeout, self._time_out)
                return False, None
            if not data:
                break
            self._total += len(data)
        return True, self._total

    def _stop_waiting(self) -> None:
        self._waits = False
        self.lab.scheduler.cancel(self._timer)

    def _done(self, value: Any = None) -> None:
        self._stop_waiting()
        self.socket.then(self._log, value)

    def _log(self, value: Any) -> None:
        """A thread that sends makes way for the one it wakes, unless it answers that one (one CPU, EEVDF)."""
        self.log.append([round(self.lab.seconds, 6), self.script[self._place][0], value])
        self._place += 1
        before, step = ([""] + [step for step, *_ in self.script])[self._place - 1:self._place + 1]
        if step in SENDING and before not in RECEIVING:
            self.lab.scheduler.soon(self.start)
        else:
            self.start()

    def _fail(self, name: str) -> None:
        self._stop_waiting()
        self.log.append([round(self.lab.seconds, 6), self.script[self._place][0], name])
        self._end()

    def _time_out(self, _argument: object) -> None:
        self._fail("timeout")

    def _end(self) -> None:
        self.socket.close()
        self.on_end()


class Listener:
    """A server: each connection it takes runs the script in a thread of its own."""

    def __init__(self, lab: KernelLab, socket: StreamSocket, script: list[list[Any]], timeout: float) -> None:
        self.lab = lab
        self.socket = socket
        self.script = script
        self.timeout = timeout
        self.accepted: list[list[Any]] = []
        socket.on_event = self._accept

    def _accept(self) -> None:
        while (child := self.socket.accept()) is not None:
            log: list[list[Any]] = []
            self.accepted.append([round(self.lab.seconds, 6), format_ipv4(child.peer), child.peer_port, log])
            conversation = Conversation(self.lab, child, self.script, log, self.timeout, _nothing)
            self.lab.scheduler.soon(conversation.start)


def _nothing() -> None:
    """A server's thread ends in silence."""


class Client:
    """Connects, and then runs the script."""

    def __init__(self, lab: KernelLab, socket: StreamSocket, action: dict[str, Any],
                 finish: Callable[[dict[str, Any]], None]) -> None:
        self.lab = lab
        self.socket = socket
        self.action = action
        self.finish = finish
        self.log: list[list[Any]] = []
        self.timeout = action.get("timeout", CLIENT_TIMEOUT)
        self._timer: Any = None

    def start(self, address: int) -> None:
        """connect(), which waits at most the timeout."""
        try:
            self.socket.connect(address, self.action["port"])
        except SocketError as error:
            self._note(error.name)
            return
        self.socket.on_event = self._look
        self._timer = self.lab.scheduler.wake_after(seconds(self.timeout), self._time_out)

    def _look(self) -> None:
        if self.socket.is_connecting or self._timer is None:
            return
        self.lab.scheduler.cancel(self._timer)
        self._timer = None
        error = self.socket.take_error()
        self._note(error or "ok")
        if not error:
            Conversation(self.lab, self.socket, self.action.get("script", []), self.log, self.timeout,
                         self._end).start()

    def _note(self, value: str) -> None:
        self.log.append([round(self.lab.seconds, 6), "connect", value])
        if value != "ok":
            self.socket.close()
            self._end()

    def _time_out(self, _argument: object) -> None:
        self._timer = None
        self._note("timeout")

    def _end(self) -> None:
        self.finish({"log": self.log})
