"""ICMP errors about a segment of ours (net/ipv4/tcp_ipv4.c tcp_v4_err; RFC 5927)."""

from __future__ import annotations

from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.socket import DONT
from netsandbox.linux.ipv4 import icmp
from netsandbox.linux.tcp import timers
from netsandbox.linux.tcp.connection import Connection
from netsandbox.linux.tcp.control import recovery
from netsandbox.linux.tcp.handshake import connect, listen
from netsandbox.linux.tcp.handshake.request import Request
from netsandbox.linux.tcp.sending import output
from netsandbox.linux.tcp.sending.transmit import current_mss, way_of
from netsandbox.linux.tcp.state import TcpState
from netsandbox.wire.icmp import (
    HOST_UNREACHABLE,
    NET_UNREACHABLE,
    PARAMETER_PROBLEM,
    REDIRECT,
    TIME_EXCEEDED,
    UNREACHABLE,
    IcmpMessage,
)
from netsandbox.wire.ipv4 import IPv4Packet
from netsandbox.wire.sequence import between

ERRNO = {0: "ENETUNREACH", 1: "EHOSTUNREACH", 2: "ENOPROTOOPT", 3: "ECONNREFUSED", 4: "EMSGSIZE", 5: "EOPNOTSUPP",
         6: "ENETUNREACH", 7: "EHOSTDOWN", 8: "ENONET", 9: "ENETUNREACH", 10: "EHOSTUNREACH", 11: "ENETUNREACH",
         12: "EHOSTUNREACH", 13: "EHOSTUNREACH", 14: "EHOSTUNREACH", 15: "EHOSTUNREACH"}
"""icmp_err_convert, by the code of "destination unreachable"."""
QUOTED = 8


def receive_error(interface: Interface, packet: IPv4Packet, message: IcmpMessage, quoted: IPv4Packet) -> None:
    """Tell the connection that sent the quoted segment, if it can have sent it."""
    head = quoted.payload_bytes()
    if len(head) < QUOTED:
        return
    port, peer_port = int.from_bytes(head[:2], "big"), int.from_bytes(head[2:4], "big")
    seq = int.from_bytes(head[4:8], "big")
    namespace = interface.namespace
    found = namespace.sockets.connections.get((quoted.src, port, quoted.dst, peer_port))
    if isinstance(found, Request):
        _end_request(found, seq, message)
        return
    if found is None:
        namespace.count("IcmpInErrors")
    if not isinstance(found, Connection) or found.state is TcpState.CLOSE:
        return
    if found.owned and not icmp.is_fragmentation_needed(message):
        namespace.count("TcpExtLockDroppedIcmps")
    if not between(seq, found.una, found.nxt):
        namespace.count("TcpExtOutOfWindowIcmps")
        return
    if message.type == REDIRECT or icmp.is_fragmentation_needed(message):
        found.path_error = interface, packet, message, quoted
        if message.type == REDIRECT or not found.owned:
            take_path(found)
    elif error := _errno(message):
        _note_error(found, error, message, seq)


def _note_error(conn: Connection, error: str, message: IcmpMessage, seq: int) -> None:
    """Before the handshake is done it is the end; later it is what a timeout will be told as."""
    if conn.state in (TcpState.SYN_SENT, TcpState.SYN_RECV):
        connect.fail(conn, error, "icmp")
        return
    conn.soft_error = error
    if message.type == UNREACHABLE and message.code in (NET_UNREACHABLE, HOST_UNREACHABLE) and seq == conn.una:
        timers.revert_backoff(conn)


def _end_request(request: Request, seq: int, message: IcmpMessage) -> None:
    """A half-open connection ends with an error that is about its own SYN and final."""
    namespace = request.listener.namespace
    if seq != request.isn:
        namespace.count("TcpExtOutOfWindowIcmps")
    elif _ends_request(message):
        listen.drop(request)
        namespace.count("TcpExtListenDrops")


def _ends_request(message: IcmpMessage) -> bool:
    """tcp_req_err: of "destination unreachable" only net and host are final for a half-open connection."""
    if message.type == UNREACHABLE:
        return message.code in (NET_UNREACHABLE, HOST_UNREACHABLE)
    return message.type in (PARAMETER_PROBLEM, TIME_EXCEEDED)


def _errno(message: IcmpMessage) -> str:
    if message.type == UNREACHABLE:
        return ERRNO.get(message.code, "")
    return {PARAMETER_PROBLEM: "EPROTO", TIME_EXCEEDED: "EHOSTUNREACH"}.get(message.type, "")


def take_path(conn: Connection) -> None:
    """Learn what an ICMP error has said of the way, once no program has the socket (tcp_v4_mtu_reduced)."""
    said, conn.path_error = conn.path_error, None
    assert said is not None, "one has come"
    icmp.learn_way(*said)
    if said[2].type == UNREACHABLE:
        shorten(conn)


def shorten(conn: Connection) -> None:
    """The path takes less: segments that are too large leave again at once, smaller (tcp_simple_retransmit)."""
    if conn.pmtudisc == DONT:
        return
    before = conn.path_mtu
    way_of(conn)
    current_mss(conn)
    if conn.path_mtu < before and recovery.send_smaller(conn):
        output.push(conn)
