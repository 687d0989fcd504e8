"""TCP sockets as programs use them: connect, listen, accept, send, recv, shutdown and close (net/ipv4/tcp.c).

No call waits.  What a program waits for is told by `on_event`, once the queue has run empty; then it asks again.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netsandbox.linux.core.socket import SocketError
from netsandbox.linux.drop import Dropped
from netsandbox.linux.events import PacketDropped
from netsandbox.linux.tcp import alarm, errors, timers, timewait
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control import delivery, recovery
from netsandbox.linux.tcp.events import TcpResetSent
from netsandbox.linux.tcp.handshake import connect, listen
from netsandbox.linux.tcp.receiving import receive, window
from netsandbox.linux.tcp.receiving.input import process
from netsandbox.linux.tcp.sending import burst, output, send_buffer
from netsandbox.linux.tcp.sending.transmit import send_ack, send_reset
from netsandbox.linux.tcp.state import (
    CLOSE,
    CLOSE_WAIT,
    ESTABLISHED,
    FIN_WAIT1,
    FIN_WAIT2,
    LAST_ACK,
    LISTEN,
    RECEIVE_SHUTDOWN,
    SEND_SHUTDOWN,
    SYN_RECV,
    SYN_SENT,
    Keepalive,
    TcpState,
)
from netsandbox.wire.sequence import MASK

OPENING = (SYN_SENT, SYN_RECV)
UNCONNECTED = (CLOSE, LISTEN, *OPENING)
MAY_SEND = (ESTABLISHED, CLOSE_WAIT)
RESET_WHEN_CUT = (ESTABLISHED, CLOSE_WAIT, FIN_WAIT1, FIN_WAIT2, SYN_RECV)
AFTER_CLOSE = {ESTABLISHED: FIN_WAIT1, SYN_RECV: FIN_WAIT1, CLOSE_WAIT: LAST_ACK}
"""Where a FIN of ours leads (new_state of tcp.c)."""


class StreamSocket(Connection):
    """One TCP socket of a program (on_event: called, once the queue is empty, when something may go on: connected,
    refused, readable, room to write, a connection to accept)."""

    __slots__ = ()

    @property
    def is_connected(self) -> bool:
        return self.state not in UNCONNECTED

    @property
    def is_connecting(self) -> bool:
        return self.state in OPENING

    # -- calls

    def connect(self, address: int, port: int) -> None:
        """Begin a connection; `on_event` tells when it is made, or `error` is set (SocketError: no route, no free port,
        EISCONN, EALREADY)."""
        if self.state is not CLOSE or self.listening:
            raise SocketError("EALREADY" if self.is_connecting else "EISCONN")
        connect.begin(self, address, port)

    def listen(self, backlog: int) -> None:
        """Take connections (SocketError: EADDRINUSE when another one listens there, EINVAL on a connected socket)."""
        if self.state not in (CLOSE, LISTEN):
            raise SocketError("EINVAL")
        if not self.port:
            self.bind(0, 0)
        super().listen(backlog)
        self.state = LISTEN

    def accept(self) -> StreamSocket | None:
        """The next whole connection, or None."""
        if self.state is not LISTEN:
            raise SocketError("EINVAL")
        if not self.accepted:
            return None
        child = self.accepted.pop(0)
        child.parent = None
        return child  # type: ignore[return-value]

    def send(self, data: bytes, goes_on: bool = False) -> int:
        """Take data to be sent; how many bytes there was room for, 0 for none now.

        Args:
            goes_on: of the rest it takes what fits in the end, which `taken_more` tells once the call is over.

        Raises:
            SocketError: EPIPE, ENOTCONN, EAGAIN while connecting, or what the connection has failed with.
        """
        self._check_sendable()
        delivery.note_program(self)
        size = send_buffer.room(self, len(data))
        self.waits_for_room = size < len(data)
        if size:
            self.queued += size
            self.writing = send_buffer.Writing(data[size:]) if goes_on else None
            self._call("_write", bytes(data[:size]))
        return size

    def taken_more(self) -> int:
        """Bytes that the call took beyond what it said at first."""
        return self.writing.more if self.writing is not None else 0

    @property
    def most_taken(self) -> int:
        """Bytes of which one call never takes all, however empty the buffer is."""
        return self.send_buffer + 2 * burst.LARGEST_SOCKET_BURST

    def _check_sendable(self) -> None:
        if self.is_connecting:
            raise SocketError("EAGAIN")
        if self.error and (self.state is CLOSE or self.shutdown_flags & SEND_SHUTDOWN):
            self.raise_pending()
        if self.state not in MAY_SEND or self.shutdown_flags & SEND_SHUTDOWN:
            raise SocketError("EPIPE")

    def recv(self, limit: int) -> bytes | None:
        """Up to `limit` bytes; empty at the end of the stream, None when there is nothing yet (SocketError: ENOTCONN,
        or what the connection has failed with)."""
        if not self.received:
            if self.done:
                self.copied = self.expected
                return b""
            self.raise_pending()
            if self.shutdown_flags & RECEIVE_SHUTDOWN:
                return b""
            if self.state in (CLOSE, LISTEN):
                raise SocketError("ENOTCONN")
            return None
        data = self._take(limit)
        self._call("_note_read", None)
        return data

    def then(self, callback: Callable[[Any], object], argument: Any = None) -> None:
        """Call back once everything that was asked of the socket is done, as a program goes on after a call."""
        if self.owned:
            self.calls.append(("_call_back", (callback, argument)))
        else:
            self.namespace.scheduler.go_on(callback, argument)

    def _take(self, limit: int) -> bytes:
        parts: list[bytes] = []
        while self.received and limit > 0:
            head = self.received[0]
            data = head.data
            if len(data) <= limit:
                self.received.pop(0)
                self.memory -= head.memory
            else:
                head.data = data[limit:]
                data = data[:limit]
            limit -= len(data)
            parts.append(data)
            self.copied = (self.copied + len(data)) & MASK
            window.adjust_space(self)
        return b"".join(parts)

    def take_error(self) -> str:
        """SO_ERROR: the errno name that waits, or what an ICMP error has said since; it forgets both (sk_err_soft)."""
        name, self.error, self.soft_error = self.error or self.soft_error, "", ""
        return name

    def shutdown(self) -> None:
        """Send no more (SHUT_WR) (SocketError: ENOTCONN)."""
        if self.state in (CLOSE, LISTEN):
            raise SocketError("ENOTCONN")
        self._call("_shut", None)

    def close(self) -> None:
        """Give the socket back; what was written is still sent."""
        if not self.orphan:
            self._call("_close", bool(self.tuning.cuts))

    def abort(self) -> None:
        """close() with SO_LINGER 0: a RST, and nothing is left."""
        if not self.orphan:
            self._call("_close", True)

    def destroy(self) -> None:
        """SOCK_DESTROY: a RST, and its program gets ECONNABORTED."""
        self._call("_destroy", None)

    def keep_alive(self, wish: Keepalive | None) -> None:
        """SO_KEEPALIVE, with TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT; None turns it off."""
        self.keepalive = wish
        if wish is None:
            alarm.disarm_keepalive(self)
        elif self.state not in (CLOSE, LISTEN):
            alarm.await_peer(self)

    # -- one after another: the queue runs empty between the bursts of a call

    def _call(self, name: str, argument: Any) -> None:
        if self.owned:
            self.calls.append((name, argument))
            return
        getattr(self, name)(argument)
        if not self._pauses():
            self._run()

    def _run(self, _argument: object = None) -> None:
        """Go on with what programs asked for, then with what came meanwhile (lock_sock, release_sock)."""
        while self._step():
            if self._pauses():
                return
        self.owned = False
        self._let_go()

    def _let_go(self) -> None:
        """What was put off while the program had the socket (tcp_release_cb)."""
        if self.path_error is not None:
            errors.take_path(self)
            if self.calls:
                self.namespace.scheduler.go_on(self._run)
        if self.ack_deferred:
            self.ack_deferred = False
            if self.ack_wanted:
                send_ack(self)

    def _pauses(self) -> bool:
        """The queue runs empty before the call goes on."""
        scheduler = self.namespace.scheduler
        if not (self.more_to_send or self.resends or (scheduler.in_process and scheduler.queue and (
                self.is_burst or self.unsent or self.going_on or self.calls or self.held))):
            return False
        self.owned, self.is_burst = True, False
        scheduler.go_on(self._run)
        return True

    def _step(self) -> bool:
        if self.resends:
            recovery.resend_lost(self, self.resends)
            if not self.resends and self.unsent:
                output.push(self)
        elif self.more_to_send:
            output.push(self, self.is_nagle_off)
        elif self.going_on and not (self.held and self.writing is not None and self.writing.flushes):
            (name, argument), self.going_on = self.going_on, None
            getattr(self, name)(argument)
        elif self.held:
            self._take_held()
            if not self.held:
                self.backlog_memory = 0
        elif self.calls and self.path_error is None:
            name, argument = self.calls.pop(0)
            getattr(self, name)(argument)
        else:
            return False
        return True

    def _take_held(self) -> None:
        """What came meanwhile, as long as nothing leaves for it."""
        held, queue = self.held, self.namespace.scheduler.queue
        while held:
            packet, segment, merged, _room = held.pop(0)
            verdict = process(self, packet, segment, merged)
            if isinstance(verdict, Dropped):
                self.drops += merged
                self.namespace.record(PacketDropped(self.namespace.name, packet, verdict))
            if queue:
                return

    def _write(self, data: bytes) -> None:
        if self.state in MAY_SEND:
            send_buffer.write(self, data)

    def _note_read(self, _argument: object) -> None:
        self.is_burst = receive.note_read(self)

    def _call_back(self, what: tuple[Callable[[Any], object], Any]) -> None:
        callback, argument = what
        callback(argument)

    def _shut(self, _argument: object) -> None:
        if self.shutdown_flags & SEND_SHUTDOWN:
            return
        self.shutdown_flags |= SEND_SHUTDOWN
        self._finish()

    def _finish(self) -> None:
        if self.state in AFTER_CLOSE:
            self.change(AFTER_CLOSE[self.state], "close")
            output.queue_fin(self)

    def _close(self, at_once: bool) -> None:
        """__tcp_close."""
        self.shutdown_flags = RECEIVE_SHUTDOWN | SEND_SHUTDOWN
        state = self.state
        unread = bool(self.received)
        self.received.clear()
        self.memory = sum(early.buffer.memory for early in self.early)
        self.on_event = None
        if state is LISTEN:
            self._stop_listening()
        elif state is SYN_SENT or (state is CLOSE and self.key in self.namespace.sockets.connections):
            self._end("close")
        elif state is not CLOSE and (unread or at_once):
            if self.parent is None:
                self.namespace.count(f"TcpExtTCPAbortOn{'Close' if unread else 'Data'}")
            self._reset("unread data" if unread else "abort", state)
        elif state is not CLOSE:
            self._finish()
        self.orphan = True
        self._bury()

    def _destroy(self, _argument: None) -> None:
        """tcp_abort."""
        self.unsent.clear()
        if self.state in RESET_WHEN_CUT:
            self.namespace.record(TcpResetSent(self.namespace.name, *self.key, "abort"))
            send_reset(self)
        if self.state is not CLOSE:
            connect.fail(self, "ECONNABORTED", "abort")

    def _stop_listening(self) -> None:
        self.listening = False
        self.state = CLOSE
        listen.refuse_waiting(self)

    def _reset(self, why: str, state: TcpState) -> None:
        self.unsent.clear()
        if state in RESET_WHEN_CUT:
            self.namespace.record(TcpResetSent(self.namespace.name, *self.key, why))
            send_reset(self)
        self._end("abort")

    def _end(self, why: str) -> None:
        self.change(CLOSE, why)
        self.forget()

    def _bury(self) -> None:
        """Nobody has the socket: what can go goes, and the rest goes on by itself."""
        if self.state is FIN_WAIT2:
            timewait.begin(self, FIN_WAIT2, timewait.fin_timeout(self))
        elif self.state is CLOSE:
            self.forget()

    # -- what the stack asks

    @property
    def has_room(self) -> bool:
        """Whether poll() would tell a program to write; if not, `on_event` will."""
        self.waits_for_room = self.state in MAY_SEND and not send_buffer.is_writable(self)
        return not self.waits_for_room

    def on_timer(self, _argument: object) -> None:
        timers.sent_timer(self)

    def on_keepalive_timer(self, _argument: object) -> None:
        timers.keepalive_timer(self)

    def on_compressed(self, _argument: object) -> None:
        send_ack(self)

    def on_ack_timer(self, _argument: object) -> None:
        timers.ack_timer(self)
