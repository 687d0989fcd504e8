"""What a kernel lab does with sockets of its own: frames, servers and clients, over TCP and UDP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from netsandbox.engine.units import MILLISECOND
from netsandbox.linux.core.devices.interface import HARD_HEADER, VLAN_HEADER, Interface
from netsandbox.linux.core.socket import Process, SocketError
from netsandbox.linux.ipv4.udp import PMTU_MODES, UdpSocket
from netsandbox.linux.tcp.control import ecn
from netsandbox.linux.tcp.stream import StreamSocket
from netsandbox.rig import tcp
from netsandbox.rig.format import Action, Finish
from netsandbox.rig.udp import UdpSender
from netsandbox.wire.addresses import format_ipv4, parse_ipv4
from netsandbox.wire.errors import ParseError
from netsandbox.wire.ethernet import Frame
from netsandbox.wire.ipv4 import IPv4Packet

if TYPE_CHECKING:
    from netsandbox.rig.performance import Performance

CLOSE_TAP = 10 * MILLISECOND
"""How long the kernel takes to close a packet socket: it waits until no processor can still be using it."""
PROCESS = Process("python3", 1)
BACKLOG = 16  # Of a server that does not say


def do_send_frame(performance: Performance, action: Action, finish: Finish) -> None:
    """Raw bytes from a packet socket; each send is a system call of its own."""
    namespace = performance.lab.namespace(action["in"])
    interface = namespace.interfaces.get(action["iface"])
    if interface is None:
        raise SocketError("ENODEV")
    frame = _frame(interface, action["hex"])

    def send(left: int) -> None:
        if not left:
            performance.scheduler.wake_after(CLOSE_TAP, lambda _argument: finish({}))
            return
        if interface.transmit(frame):
            if isinstance(frame.payload, IPv4Packet):  # IP knows nothing of what a packet socket sends
                namespace.count("IpOutTransmits", -1)
                namespace.count("IpExtOutOctets", -frame.payload.total_length)
            performance.scheduler.soon(send, left - 1)
        else:
            finish({"errno": "ENOBUFS"})
    send(action.get("count", 1))


def _frame(interface: Interface, digits: str) -> Frame:
    """What packet_snd takes to that device."""
    try:
        data = bytes.fromhex(digits)
        frame = Frame.parse(data)
    except (ValueError, ParseError):
        raise SocketError("EINVAL") from None
    if not interface.up:
        raise SocketError("ENETDOWN")
    if len(data) > interface.mtu + HARD_HEADER + VLAN_HEADER:
        raise SocketError("EMSGSIZE")
    return frame


def _open_udp(performance: Performance, action: Action) -> UdpSocket:
    socket = UdpSocket(performance.lab.namespace(action["in"]), PROCESS, bool(action.get("reuse")))
    _set_up(performance, action, socket)
    socket.broadcast = bool(action.get("broadcast"))
    return socket


def _open_tcp(performance: Performance, action: Action) -> StreamSocket:
    socket = StreamSocket(performance.lab.namespace(action["in"]), PROCESS, bool(action.get("reuse", True)))
    _set_up(performance, action, socket)
    return socket


def _set_up(performance: Performance, action: Action, socket: UdpSocket | StreamSocket) -> None:
    """Raises: SocketError: EINVAL, of a TTL of 0."""
    socket.ttl = action.get("ttl")
    if socket.ttl == 0:
        raise SocketError("EINVAL")
    socket.tos = action.get("tos", 0) & (0xFF if isinstance(socket, UdpSocket) else ~ecn.BITS)
    if "pmtudisc" in action:
        socket.pmtudisc = PMTU_MODES[action["pmtudisc"]]
    performance.sockets.append(socket)


def do_bind(performance: Performance, action: Action, finish: Finish) -> None:
    """Keeps the socket (listening, for TCP) until the lab ends."""
    socket = (_open_tcp if action["proto"] == "tcp" else _open_udp)(performance, action)
    socket.bind(parse_ipv4(action.get("addr", "0.0.0.0")), action["port"])
    if isinstance(socket, StreamSocket):
        socket.listen(BACKLOG)
    finish({"ok": True})


def do_tcp_serve(performance: Performance, action: Action, finish: Finish) -> None:
    """A server until the lab ends; with `accept` false it never takes a connection from its queue."""
    lab, socket = performance.lab, _open_tcp(performance, action)
    socket.bind(parse_ipv4(action.get("addr", "0.0.0.0")), action["port"])
    socket.listen(action.get("backlog", BACKLOG))
    if not action.get("accept", True):
        finish({"accepted": []})
        return
    server = tcp.Listener(lab, socket, action.get("script", []), action.get("timeout", tcp.SERVER_TIMEOUT))
    finish({"accepted": server.accepted})


def do_tcp_client(performance: Performance, action: Action, finish: Finish) -> None:
    socket = _open_tcp(performance, action)
    socket.bind(parse_ipv4(action.get("from", "0.0.0.0")), action.get("sport", 0))
    tcp.Client(performance.lab, socket, action, finish).start(parse_ipv4(action["to"]))


def do_udp_serve(performance: Performance, action: Action, finish: Finish) -> None:
    """An echo server until the lab ends."""
    lab, socket = performance.lab, _open_udp(performance, action)
    socket.bind(parse_ipv4(action.get("addr", "0.0.0.0")), action["port"])
    received: list[list[Any]] = []

    def serve() -> None:
        try:
            datagram = socket.recv()
            if datagram is None:
                return
            received.append([round(lab.seconds, 6), format_ipv4(datagram.source), datagram.port, len(datagram.data)])
            if action.get("echo", True):
                socket.send(datagram.data, datagram.source, datagram.port)
        except SocketError:
            return
    socket.on_event = serve
    finish({"received": received})


def do_udp_send(performance: Performance, action: Action, finish: Finish) -> None:
    UdpSender(_open_udp(performance, action), performance.scheduler, action, finish).start()
