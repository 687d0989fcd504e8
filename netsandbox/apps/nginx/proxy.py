"""nginx as a client of other servers: which one of a group is asked, and what becomes of its answer.

ngx_http_upstream_round_robin.c: the one with the highest current weight, which then loses all of them; one that
failed as often as max_fails is left out for fail_timeout.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.apps import errno
from netsandbox.apps.http_client import HttpClient
from netsandbox.apps.http_server import Response
from netsandbox.apps.nginx.servers import Upstream, milliseconds
from netsandbox.apps.nginx.text import expand
from netsandbox.engine.units import MILLISECOND
from netsandbox.linux.core.socket import SocketError
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.http import Head, build_head

if TYPE_CHECKING:
    from netsandbox.apps.nginx.site import NginxSite, Request
    from netsandbox.engine.scheduler import Scheduler
    from netsandbox.engine.timers import Timer

TIMEOUT = "60s"
NOT_SENT_ON = frozenset({"host", "connection", "keep-alive", "content-length", "transfer-encoding", "te", "upgrade",
                         "expect"})
NOT_HANDED_BACK = frozenset({"server", "date", "connection", "keep-alive", "transfer-encoding", "content-length",
                             "content-type", "last-modified", "x-pad", "x-accel-expires",
                             "x-accel-redirect", "x-accel-limit-rate", "x-accel-buffering", "x-accel-charset"})
SAFE = frozenset({"GET", "HEAD", "PUT", "DELETE", "OPTIONS", "TRACE"})
"""Methods that are sent to another server once one has failed after it got the request."""


class Peer:
    """One address of a group, and how it has done."""

    def __init__(self, upstream: Upstream, address: int) -> None:
        self.upstream = upstream
        self.address = address
        self.current = 0
        self.effective = upstream.weight
        self.fails = 0
        self.checked = self.accessed = -1 << 62

    @property
    def name(self) -> str:
        return f"{format_ipv4(self.address)}:{self.upstream.port}"

    def is_usable(self, now: int) -> bool:
        told, waits = self.upstream, self.upstream.fail_timeout * MILLISECOND
        return not told.is_down and not (told.max_fails and self.fails >= told.max_fails and
                                         now - self.checked <= waits)

    def failed(self, now: int) -> None:
        self.fails += 1
        self.accessed = self.checked = now
        if self.upstream.max_fails:
            self.effective = max(self.effective - self.upstream.weight // self.upstream.max_fails, 0)

    def succeeded(self) -> None:
        if self.accessed < self.checked:
            self.fails = 0


class Group:
    """The servers that one name stands for."""

    def __init__(self, peers: list[Peer]) -> None:
        self.peers = peers

    def pick(self, tried: set[int], now: int) -> Peer | None:
        """The next one; None where all have failed. The only one of a group is never left out."""
        if len(self.peers) == 1:
            return None if tried or self.peers[0].upstream.is_down else self.peers[0]
        for backup in (False, True):
            able = [peer for at, peer in enumerate(self.peers) if at not in tried and peer.is_usable(now)
                    and peer.upstream.is_backup is backup]
            if able:
                break
        else:
            return None
        for peer in able:
            peer.current += peer.effective
            peer.effective = min(peer.effective + 1, peer.upstream.weight)
        best = max(able, key=lambda peer: peer.current)
        best.current -= sum(peer.effective for peer in able)
        if now - best.checked > best.upstream.fail_timeout * MILLISECOND:
            best.checked = now
        return best


class Exchange:
    """One request that is handed on (http_client.ClientOwner)."""

    def __init__(self, site: NginxSite, request: Request, group: Group, name: str, target: str) -> None:
        self.site = site
        self.request = request
        self.group = group
        self.name = name
        self.target = target
        self._tried: list[Peer] = []
        self._client: HttpClient | None = None
        self._timer: Timer | None = None
        self._head: Head | None = None
        self._body = b""
        self._is_sent = False

    @property
    def asked(self) -> list[str]:
        """The addresses that were tried, or the group that had none."""
        return [peer.name for peer in self._tried] or [self.name]

    @property
    def _scheduler(self) -> Scheduler:
        return self.request.session.stream.socket.namespace.scheduler

    def start(self) -> None:
        """Ask one after the other until one takes the connection."""
        assert self.site.owner is not None
        namespace, process = self.site.owner
        while True:
            tried = {self.group.peers.index(peer) for peer in self._tried}
            peer = self.group.pick(tried, namespace.scheduler.now)
            if peer is None:
                if not self._tried:
                    self._tell("no live upstreams while connecting to upstream", self.name)
                self._finish(502)
                return
            self._tried.append(peer)
            if not self.site.has_room:
                few = f"{self.site.configuration.connections} worker_connections are not enough"
                self._tell(f"{few} while connecting to upstream", peer.name, "alert")
                self._finish(500)
                return
            if self._ask(HttpClient(namespace, process, self), peer):
                return

    def _ask(self, client: HttpClient, peer: Peer) -> bool:
        """Whether a connection is on its way."""
        self._is_sent, self._head, self._body = False, None, b""
        self._client = client
        client.socket.foreground = True
        try:
            client.connect(peer.address, peer.upstream.port)
        except SocketError as error:
            self._note_failure("connect", error.name)
            return False
        self._wait("proxy_connect_timeout")
        return True

    # -- http_client.ClientOwner

    def connected(self, client: HttpClient) -> None:
        head, place = self.request.head, self.request.place
        values = {**self.request.values, "proxy_host": self.name, "proxy_port": str(self._tried[-1].upstream.port)}
        version = place.word("proxy_http_version", "1.0")
        fields = {"host": ("Host", self.name), "connection": ("Connection", "close")}
        for told in place.find("proxy_set_header"):
            fields[told.words[0].lower()] = told.words[0], expand(told.words[1], values)
        if self.request.body:
            fields.setdefault("content-length", ("Content-Length", str(len(self.request.body))))
        sent = [pair for pair in fields.values() if pair[1]]
        sent += [pair for pair in head.fields if pair[0].lower() not in NOT_SENT_ON and pair[0].lower() not in fields]
        self._is_sent = True
        client.request(head.start[0], build_head(f"{head.start[0]} {self.target} HTTP/{version}", sent) +
                       self.request.body)
        self._wait("proxy_read_timeout")

    def got_head(self, _client: HttpClient, _raw: bytes, head: Head) -> None:
        self._head = head
        self._wait("proxy_read_timeout")

    def got_body(self, _client: HttpClient, data: bytes) -> None:
        self._body += data

    def finished(self, client: HttpClient) -> None:
        head = self._head
        client.close()
        self._client = None
        if head is None:
            return
        self._tried[-1].succeeded()
        code = int(head.start[1]) if head.start[1].isdecimal() else 502
        location = self._redirected(head.get("Location"))
        extra = tuple(("Location", location) if name.lower() == "location" else (name, value)
                      for name, value in head.fields if name.lower() not in NOT_HANDED_BACK and not (
                          name.lower() == "location" and location.startswith("/")))
        found = Response(code, self._body, head.get("Content-Type"), head.get("Last-Modified"),
                         reason=" ".join(head.start[2:]), extra=extra,
                         length=head.get("Content-Length") if self.request.head.start[0] == "HEAD" else "")
        self._finish(self.site.moved(self.request, found, location) if location.startswith("/") else found)

    def _redirected(self, location: str) -> str:
        """As proxy_redirect has it unless told otherwise: what leads to the other server leads to this place."""
        told = self.request.place.own["proxy_pass"][-1].words[0]
        has_path = "/" in told.removeprefix("http://")
        begin, instead = (told, self.request.place.words[-1]) if has_path else (f"{told}/", "/")
        return instead + location.removeprefix(begin) if location.startswith(begin) else location

    def broken(self, _client: HttpClient, what: str, error: str) -> None:
        if what == "partial" and self._head is not None:
            self._finish(502)
            return
        self._note_failure(what, error)
        self._go_on()

    # -- what fails

    def _timed_out(self, _argument: object) -> None:
        self._timer = None
        self._note_failure("receive" if self._is_sent else "connect", "ETIMEDOUT")
        if self._is_sent or len(self._tried) == len(self.group.peers):
            self._finish(504)
        else:
            self.start()

    def _go_on(self) -> None:
        if self._is_sent and self.request.head.start[0] not in SAFE:
            self._finish(502)
        else:
            self.start()

    def _note_failure(self, what: str, error: str) -> None:
        """To the error log, and against the server's name."""
        if self._client is not None:
            self._client.close()
            self._client = None
        self._scheduler.cancel(self._timer)
        peer = self._tried[-1]
        peer.failed(self.request.session.host.now)
        number, words = errno.NUMBERS.get(error, 0), errno.TEXTS.get(error, error)
        if error == "ETIMEDOUT":
            during = "reading response header from" if what == "receive" else "connecting to"
            text = f"upstream timed out (110: Connection timed out) while {during} upstream"
        elif what == "connect":
            text = f"connect() failed ({number}: {words}) while connecting to upstream"
        elif what == "empty":
            text = "upstream prematurely closed connection while reading response header from upstream"
        else:
            text = f"recv() failed ({number}: {words}) while reading response header from upstream"
        self._tell(text, peer.name)

    def _tell(self, text: str, name: str, level: str = "error") -> None:
        told, host = self.request.told.rsplit(", host: ", 1)
        where = f'upstream: "http://{name}{self.target}", host: {host}'
        self.site.note(self.request.session, f"{text}, {told}, {where}", level)

    def _wait(self, name: str) -> None:
        """Begin to wait for what is to happen next."""
        self._scheduler.cancel(self._timer)
        length = milliseconds(self.request.place.word(name, TIMEOUT)) * MILLISECOND
        self._timer = self._scheduler.after(length, self._timed_out, None, foreground=False)

    def _finish(self, response: Response | int) -> None:
        self.stop()
        self.site.proxied(self, response)

    def stop(self) -> None:
        """Nobody waits for it any more."""
        self._scheduler.cancel(self._timer)
        self._timer = None
        if self._client is not None:
            self._client.close()
            self._client = None
