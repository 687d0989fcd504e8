"""Bound sockets of a namespace: who has which port, and who gets a datagram.

A port is taken once per namespace, protocol and address; 0.0.0.0 conflicts
with every specific address (net/ipv4/inet_connection_sock.c, udp.c).
"""

from __future__ import annotations

from itertools import chain
from typing import Any

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.core.sysctl.defaults import RESERVED
from netsandbox.linux.core.sysctl.ranges import ports_of
from netsandbox.linux.core.sysctl.table import Sysctls
from netsandbox.linux.events import BindRefused, SocketBound, SocketClosed

ANY = 0  # INADDR_ANY
DONT, WANT, DO, PROBE = range(4)  # IP_MTU_DISCOVER: whether what is sent may be cut on its way
EVERYWHERE_V6 = "::"
OWN_V6 = (EVERYWHERE_V6, "::1")
"""What a machine has of IPv6, which none of the sandbox speaks: its sockets are seen, and nobody asks there."""
PARITIES, MOST_SKIPPED = 2, 8
"""connect() takes every second port, those of bind() being the others, and skips less than so many of them."""
FEW_PORTS = 4


class Process(tuple[str, int]):
    """(name, pid) of the program that owns a socket, as `ss -p` shows it."""

    __slots__ = ()

    def __new__(cls, name: str, pid: int) -> Process:
        return super().__new__(cls, (name, pid))

    @property
    def name(self) -> str:
        return self[0]

    @property
    def pid(self) -> int:
        return self[1]


class SocketError(OSError):
    """A socket call that failed (name: the errno's name, such as EADDRINUSE)."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class Socket:
    """One socket.

    Attributes:
        protocol: udp or tcp.
        address, port: what it is bound to; port 0 while unbound.
        family, address6: inet or inet6, and what one of inet6 is bound to, as it is written.
        peer, peer_port: what it is connected to, or 0.
        reuse: SO_REUSEADDR.  shares: SO_REUSEPORT, it has its port together with others that say so.
        listening: a TCP socket that holds its port for connections.
        backlog: what `ss` shows as Send-Q of a listener.
        seq: the trace record that tells of its binding.
        error: errno name that the next call fails with, or empty (sk_err).
    """

    protocol = "tcp"

    __slots__ = ("address", "address6", "backlog", "error", "family", "listening", "namespace", "peer", "peer_port",
                 "port", "process", "reuse", "seq", "shares")

    def __init__(self, namespace: NetworkNamespace, process: Process, reuse: bool = False) -> None:
        self.namespace = namespace
        self.process = process
        self.reuse = reuse
        self.shares = False
        self.address = ANY
        self.port = 0
        self.peer = ANY
        self.peer_port = 0
        self.listening = False
        self.backlog = 0
        self.error = ""
        self.family, self.address6 = "inet", EVERYWHERE_V6
        self.seq = 0

    def use_ipv6(self, address: str) -> None:
        """Be one of inet6 that will be bound to an address; empty: stay one of inet."""
        if address:
            self.family, self.address6 = "inet6", address

    def overlaps(self, other: Socket, address: int) -> bool:
        """Whether it would, bound to an address, hear of what the other one hears."""
        own, others, everywhere = (address, other.address, ANY) if self.family == "inet" else (
            self.address6, other.address6, EVERYWHERE_V6)
        return self.family == other.family and (own == others or everywhere in (own, others))

    def raise_pending(self) -> None:
        """Raises SocketError: the one that waits (sk_err), which is forgotten by it."""
        if self.error:
            name, self.error = self.error, ""
            raise SocketError(name)

    def bind(self, address: int, port: int) -> None:
        """Take a port; 0 picks a free one (SocketError: EADDRINUSE or EADDRNOTAVAIL)."""
        self.namespace.sockets.bind(self, address, port)

    def listen(self, backlog: int) -> None:
        """Hold the port as a server; no queue is longer than somaxconn lets it be (__sys_listen) (SocketError:
        EADDRINUSE when another one listens there)."""
        self.namespace.sockets.check_listen(self)
        self.listening = True
        self.backlog = min(backlog, self.namespace.sysctls.get("net.core.somaxconn"))

    def close(self) -> None:
        self.namespace.sockets.close(self)


def _parts(low: int, end: int, is_tcp: bool, reuse: bool) -> list[tuple[int, int]]:
    """Where to look for any port, one after another: (the first, how many); of TCP an even number of them."""
    if not is_tcp:
        return [(low, end - low)]
    middle = low + (end - low) // 4 * 2
    parts = [(low, middle), (middle, end)] if reuse and end - low >= FEW_PORTS else [(low, end)]
    return [(first, (last - first) & ~1 if last - first > 1 else 1) for first, last in parts]


def _reserved(sysctls: Sysctls) -> frozenset[int]:
    return frozenset(ports_of(sysctls.text(RESERVED)) or ())


def hears(socket: Socket, interface: Interface | None) -> bool:
    """inet_sk_bound_dev_eq: a socket that is bound to no device hears of a VRF's packets only by a sysctl."""
    if interface is None:
        return True
    bound, vrf = getattr(socket, "interface", None), interface.l3mdev
    if bound is not None:
        return bound in (interface, vrf)
    return vrf is None or bool(socket.namespace.sysctls.get(
        "net.ipv4.udp_l3mdev_accept" if socket.protocol == "udp" else "net.ipv4.tcp_l3mdev_accept"))


class SocketTable:
    """All bound sockets of one namespace, in the order they were bound."""

    __slots__ = ("_by_port", "_draws", "_perturbed", "connections", "metrics", "namespace", "sockets")

    def __init__(self, namespace: NetworkNamespace) -> None:
        self.namespace = namespace
        self.sockets: list[Socket] = []
        self._by_port: dict[tuple[str, int], list[Socket]] = {}
        self._draws = 0  # How often a free port was asked for: each time another one is drawn (udp_lib_get_port)
        self.connections: dict[tuple[int, int, int, int], Any] = {}
        """TCP connections, half-open and closed ones too, by (address, port, peer, peer's port)."""
        self.metrics: dict[tuple[int, int], Any] = {}
        """What TCP has found out of the ways to its peers, by (address, peer)."""
        self._perturbed: dict[tuple[int, int, int], int] = {}
        """How far from its beginning connect() looks for a port, by (address, peer, peer's port)."""

    def bind(self, socket: Socket, address: int, port: int) -> None:
        namespace = self.namespace
        if not self.is_available(address) or socket.address6 not in OWN_V6:
            self._refuse(socket, address, port, "EADDRNOTAVAIL", "")
        if port == 0:
            port = self._free_port(socket, address)
        holder = self._conflict(socket, address, port, socket.reuse)
        if holder is not None:
            self._refuse(socket, address, port, "EADDRINUSE", holder.process.name)
        socket.address, socket.port = address, port
        self.sockets.append(socket)
        self._by_port.setdefault((socket.protocol, port), []).append(socket)
        socket.seq = namespace.trace.end
        namespace.record(SocketBound(namespace.name, socket.protocol, address, port, socket.process.name))

    def _refuse(self, socket: Socket, address: int, port: int, error: str, holder: str) -> None:
        self.namespace.record(BindRefused(self.namespace.name, socket.protocol, address, port,
                                          socket.process.name, error, holder))
        raise SocketError(error)

    def is_available(self, address: int) -> bool:
        """An address of this namespace, or a broadcast or multicast one (inet_addr_valid_or_nonlocal)."""
        if address == ANY or self.namespace.sysctls.get("net.ipv4.ip_nonlocal_bind"):
            return True
        kind = self.namespace.routes.address_type(address)
        return kind in ("local", "broadcast", "multicast")

    def _conflict(self, socket: Socket, address: int, port: int, reuse: bool) -> Socket | None:
        """Who keeps a socket from a port; `reuse`: whether it would share it with whoever would as well."""
        for other in self._by_port.get((socket.protocol, port), ()):
            if not socket.overlaps(other, address):
                continue
            if (reuse and other.reuse and not other.listening) or (socket.shares and other.shares):
                continue
            return other
        return self._connection_in_the_way(socket, address, port, reuse) if socket.protocol == "tcp" else None

    def _connection_in_the_way(self, socket: Socket, address: int, port: int, reuse: bool) -> Any:
        """A connection, or its TIME-WAIT, that holds a port from a bind without SO_REUSEADDR on both."""
        for (own, own_port, _peer, _peer_port), other in self.connections.items():
            if (own_port == port and other is not socket and (address in (ANY, own)) and hasattr(other, "process")
                    and not (reuse and other.reuse) and not (socket.shares and getattr(other, "shares", False))):
                return other
        return None

    def check_listen(self, socket: Socket) -> None:
        for other in self._by_port.get((socket.protocol, socket.port), ()):
            if other is not socket and other.listening and socket.overlaps(other, socket.address) and not (
                    socket.shares and other.shares):
                self._refuse(socket, socket.address, socket.port, "EADDRINUSE", other.process.name)

    def _free_port(self, socket: Socket, address: int) -> int:
        """Any port (udp_lib_get_port, inet_csk_find_open_port): TCP shares none that nobody has named, prefers those
        that connect() does not, and with SO_REUSEADDR the lower half."""
        low, high = self.namespace.sysctls.port_range
        is_tcp, reserved = socket.protocol == "tcp", self.namespace.sysctls.derived(_reserved)
        draw = self.namespace.chance.stream(f"{self.namespace.name}/port/{self._draws}")
        self._draws += 1
        for first, count in _parts(low, high + 1, is_tcp, socket.reuse):
            start = draw.below(count)
            steps = chain(range(1 - start % 2, count, PARITIES), range(start % 2, count, PARITIES))
            for step in steps if is_tcp else range(count):
                port = first + (start + step) % count
                if port not in reserved and self._conflict(socket, address, port, socket.reuse and not is_tcp) is None:
                    return port
        raise SocketError("EADDRINUSE")

    def choose_port(self, socket: Any) -> None:
        """A free port for connect() (inet_hash_connect): bound ones are left alone, the pair must be new (SocketError:
        EADDRNOTAVAIL when there is none)."""
        low, high = self.namespace.sysctls.port_range
        count = high - low + 1
        count -= count % 2 if count > 1 else 0
        peer = socket.address, socket.peer, socket.peer_port
        chance, perturbed = self.namespace.chance, self._perturbed.get(peer, 0)
        reserved = self.namespace.sysctls.derived(_reserved)
        key = f"{self.namespace.name}/connect/{peer[0]}/{peer[1]}/{peer[2]}"
        start = (chance.lasting(key, 64 + count.bit_length()) % count + perturbed) % count & ~1
        for step in chain(range(0, count, PARITIES), range(1, count, PARITIES)):
            port = low + (start + step) % count
            pair = socket.address, port, socket.peer, socket.peer_port
            if pair not in self.connections and port not in reserved and not self._by_port.get(("tcp", port)):
                socket.port = port
                further = chance.stream(f"{key}/{perturbed}").below(MOST_SKIPPED) * PARITIES
                self._perturbed[peer] = perturbed + max(step, further) + PARITIES
                return
        raise SocketError("EADDRNOTAVAIL")

    def adopt(self, connection: Any) -> None:
        """A connection is whole: packets find it."""
        self.connections[connection.key] = connection

    def listener(self, address: int, port: int, interface: Interface | None = None,
                 peer: tuple[int, int] = (ANY, 0)) -> Any:
        """The listening TCP socket for an address of ours: one bound to it before one bound to any.

        Args:
            interface: where the packet came in.  peer: who sent it, and by which port.
        """
        found = None
        for socket in self._by_port.get(("tcp", port), ()):
            if socket.listening and socket.family == "inet" and socket.address in (ANY, address) and hears(
                    socket, interface):
                if socket.address == address:
                    found = socket
                    break
                found = found or socket
        return found if found is None or not found.shares else self._one_of(found, address, peer)

    def _one_of(self, found: Socket, address: int, peer: tuple[int, int]) -> Socket:
        """Of those that share a port and an address the one that a peer always gets (reuseport_select_sock)."""
        group = [socket for socket in self._by_port[found.protocol, found.port]
                 if socket.shares and (socket.address, socket.listening, socket.peer, socket.peer_port) == (
                     found.address, found.listening, found.peer, found.peer_port)]
        name = f"{self.namespace.name}/shared/{address}/{found.port}/{peer[0]}/{peer[1]}"
        return group[self.namespace.chance.first(name, 32) * len(group) >> 32]

    def release(self, socket: Socket) -> None:
        """Nobody has the socket any more, and no connection: its port is free."""
        if socket.port:
            self.close(socket)

    def close(self, socket: Socket) -> None:
        """Give the port back; harmless when the socket is not bound."""
        if socket not in self.sockets:
            return
        self.sockets.remove(socket)
        self._by_port[socket.protocol, socket.port].remove(socket)
        self.namespace.record(SocketClosed(self.namespace.name, socket.protocol, socket.address, socket.port,
                                           socket.process.name))

    def at_port(self, protocol: str, port: int) -> list[Socket]:
        return self._by_port.get((protocol, port), [])

    def elsewhere(self, protocol: str, port: int, address: int) -> tuple[int, str, int] | tuple[()]:
        """Who has a port, but of another address: (the address asked for, the program, the one that it has)."""
        return next(((address, socket.process.name, socket.address) for socket in self.at_port(protocol, port)
                     if socket.family == "inet" and socket.address not in (ANY, address)
                     and (socket.listening or protocol == "udp")), ())

    def of_another_peer(self, protocol: str, here: tuple[int, int], peer: tuple[int, int]) -> tuple[int, ...]:
        """Whom the socket of an address and a port talks to that has nothing to do with this peer:
        (this peer, its port, that peer, its port)."""
        address, port = here
        if protocol == "tcp":
            others = (key[2:] for key in self.connections if key[:2] == here)
        else:
            others = ((socket.peer, socket.peer_port) for socket in self.at_port(protocol, port)
                      if socket.peer and socket.address in (ANY, address))
        return next(((*peer, *other) for other in others if other != peer), ())

    def best(self, protocol: str, address: int, port: int, peer: int, peer_port: int,
             interface: Interface | None = None) -> Any:
        """The socket that gets a unicast packet: connected before specific before wildcard; one of IPv6 hears nothing
        (interface: where the packet came in)."""
        found, best = None, -1
        for socket in self._by_port.get((protocol, port), ()):
            if socket.family != "inet" or socket.address not in (ANY, address) or not hears(socket, interface):
                continue
            if (socket.peer and socket.peer != peer) or (socket.peer_port and socket.peer_port != peer_port):
                continue
            score = 4 * bool(socket.peer) + 4 * bool(socket.peer_port) + 2 * (socket.address != ANY)
            if score >= best:
                found, best = socket, score
        return found if found is None or not found.shares else self._one_of(found, address, (peer, peer_port))
