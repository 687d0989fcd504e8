"""The data connection of iperf3: sends for a time or a number of bytes, or counts what comes, interval by interval."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.apps.iperf3.text import received, sent
from netsandbox.engine.scheduler import Scheduler
from netsandbox.engine.timers import Timer
from netsandbox.engine.units import SECOND
from netsandbox.linux.core.socket import SocketError
from netsandbox.linux.tcp.stream import StreamSocket

BLOCK = bytes(128 * 1024)
READ_SIZE = 1 << 20
MOST = 16 << 20  # Bytes that one test sends at most: a cable without a rate would take any number at once


class Flow:
    """One direction of a test."""

    def __init__(self, scheduler: Scheduler, socket: StreamSocket, sends: bool, print_line: Callable[[str], None],
                 on_done: Callable[[], None]) -> None:
        self.scheduler = scheduler
        self.socket = socket
        self.sends = sends  # whether this end is the sender
        self.limit = MOST  # bytes after which it stops
        self.count = 0  # bytes so far
        self.on_done = on_done  # called once, when the sender has sent all, or the time is over
        self._print = print_line
        self._begin = self._last = 0
        self._last_count = self._last_again = 0
        self._timers: list[Timer] = []
        self._is_over = False

    @property
    def elapsed(self) -> int:
        """Nanoseconds since the test began."""
        return self._last - self._begin

    @property
    def again(self) -> int:
        return self.socket.retransmitted

    def run(self, seconds: int) -> None:
        """Begin; a sender stops after so many seconds, 0: after its limit alone."""
        self._begin = self._last = self.scheduler.clock
        self.socket.on_event = self._look
        self._timers.append(self.scheduler.after(SECOND, self._tick, foreground=True))
        if seconds and self.sends:
            self._timers.append(self.scheduler.after(seconds * SECOND, self._time_is_over, foreground=True))
        self._look()

    def stop(self) -> None:
        """The last interval ends here."""
        if self._is_over:
            return
        self._is_over = True
        for timer in self._timers:
            self.scheduler.cancel(timer)
        if self.scheduler.clock > self._last:
            self._tell()

    def _look(self) -> None:
        try:
            if self.sends:
                self._send()
            else:
                self._read()
        except SocketError:
            self._finish(None)

    def _send(self) -> None:
        """Whole blocks, so that it is often more than what was asked for (iperf_tcp_send)."""
        while not self._is_over and (self.count < self.limit or self.count % len(BLOCK)):
            count = self.socket.send(BLOCK[self.count % len(BLOCK):])
            if not count:
                return
            self.count += count
        if not self._is_over:
            self.scheduler.soon(self._finish)

    def _read(self) -> None:
        while (data := self.socket.recv(READ_SIZE)):
            self.count += len(data)

    def _tick(self, _argument: object) -> None:
        self._tell()
        self._timers.append(self.scheduler.after(SECOND, self._tick, foreground=True))

    def _tell(self) -> None:
        begin, end = self._last - self._begin, self.scheduler.clock - self._begin
        count, again = self.count - self._last_count, self.again - self._last_again
        if self.sends:
            window = self.socket.congestion.window * self.socket.mss
            self._print(sent(begin, end, count, again, window))
        else:
            self._print(received(begin, end, count))
        self._last, self._last_count, self._last_again = self.scheduler.clock, self.count, self.again

    def _time_is_over(self, _argument: object) -> None:
        self._finish(None)

    def _finish(self, _argument: object) -> None:
        if not self._is_over:
            self.stop()
            self.on_done()
