"""TCP in English: what a connection decided, and why a segment ended."""

from __future__ import annotations

Words = tuple[str, ...]

SENTENCES: dict[str, Words] = {
    "TcpStateChanged": ("{ns}: the connection {here} to {there} goes from {old} to {new}.", "{old} → {new}"),
    "TcpStateChanged.connect": ("{ns} begins a connection from {here} to {there} with a SYN.", "{old} → {new}"),
    "TcpStateChanged.handshake": (
        "{ns}: the connection {here} to {there} stands, the handshake is done.", "{old} → {new}"),
    "TcpStateChanged.syn": (
        "{ns}: {there} has sent a SYN while ours was on its way, so both open at once.", "{old} → {new}"),
    "TcpStateChanged.fin": ("{ns}: {there} sends no more to {here}; its FIN has come.", "{old} → {new}"),
    "TcpStateChanged.close": (
        "{ns}: the program closes its side of {here} to {there}, and a FIN says so.", "{old} → {new}"),
    "TcpStateChanged.ack": ("{ns}: {there} has acknowledged the FIN of {here}.", "{old} → {new}"),
    "TcpStateChanged.rst": ("{ns}: a RST ends the connection {here} to {there} at once.", "{old} → {new}"),
    "TcpStateChanged.icmp": (
        "{ns}: an ICMP error ends the connection {here} to {there} before it was made.", "{old} → {new}"),
    "TcpStateChanged.abort": ("{ns} cuts the connection {here} to {there} off.", "{old} → {new}"),
    "TcpStateChanged.timewait": (
        "{ns}: the connection {here} to {there} is over, and is remembered so that late segments do no harm.",
        "{old} → {new}", "60 s"),
    "TcpStateChanged.timeout": ("{ns}: nothing more is waited for between {here} and {there}.", "{old} → {new}"),
    "TcpStateChanged.reuse": (
        "{ns}: a new connection takes the place of the old one between {here} and {there}.", "{old} → {new}"),
    "TcpRetransmitted": (
        "{ns} sends the {what} from {here} to {there} again: no answer has come.",
        "{size} bytes", "attempt {attempt}", "next one after {timeout}"),
    "TcpRetransmitted.fast": (
        "{ns} sends the {what} from {here} to {there} again: later ones have arrived, so it is lost.",
        "{size} bytes", "attempt {attempt}", "next one after {timeout}"),
    "TcpRetransmitted.tail": (
        "{ns} sends the last {what} from {here} to {there} again, to hear early what is missing (tail loss probe).",
        "{size} bytes", "attempt {attempt}", "next one after {timeout}"),
    "TcpRetransmitted.mtu": (
        "{ns} sends the {what} from {here} to {there} again in smaller segments: the path takes no larger ones.",
        "{size} bytes", "attempt {attempt}", "next one after {timeout}"),
    "TcpRetransmitted.window": (
        "{ns} asks {there} whether it takes data from {here} again; its window was shut.",
        "{size} bytes", "attempt {attempt}", "next one after {timeout}"),
    "TcpRetransmitted.syn": (
        "{ns} answers the SYN of {there} with its own {what} from {here}, and acknowledges it.",
        "{size} bytes", "attempt {attempt}", "next one after {timeout}"),
    "TcpResetSent": ("{ns} sends {there} a RST from {here}.", "{here} → {there}"),
    "TcpResetSent.no socket": (
        "{ns} refuses {there} by a RST: no program has the port of {here}.", "socket table: no row for {here}"),
    "TcpResetSent.handshake": (
        "{ns} sends {there} a RST: what it sent to {here} belongs to no handshake.", "{here} → {there}"),
    "TcpResetSent.time-wait": (
        "{ns} sends {there} a RST: the connection with {here} is closed already.", "{here} → {there}"),
    "TcpResetSent.closed": (
        "{ns} sends {there} a RST: the program at {here} has gone, and data comes for it.", "{here} → {there}"),
    "TcpResetSent.unread data": (
        "{ns} sends {there} a RST: the program at {here} closed without reading what had come.", "{here} → {there}"),
    "TcpResetSent.abort": ("{ns} sends {there} a RST: the program at {here} cuts off.", "{here} → {there}"),
    "TcpResetSent.keepalive": (
        "{ns} sends {there} a RST: it has not answered the keepalive probes of {here}.", "tcp_keepalive_probes"),
    "TcpFailed": ("{ns}: the connection {here} to {there} has failed; the program gets {error}.", "{error}"),
    "TcpFailed.rst": (
        "{ns}: {there} has sent a RST, so the program at {here} gets {error}.", "{error}"),
    "TcpFailed.timeout": (
        "{ns}: {there} has not answered for too long, so the program at {here} gets {error}.",
        "{error}", "tcp_syn_retries, tcp_retries2"),
    "TcpFailed.unreachable": (
        "{ns}: all tries to reach {there} are used up; an ICMP error or the routes have said {error} to {here}.",
        "{error}", "tcp_syn_retries, tcp_retries2"),
    "TcpFailed.icmp": (
        "{ns}: an ICMP error came about the SYN to {there}, so the program at {here} gets {error}.", "{error}"),
    "TcpSegmentsSmaller": (
        "{ns}: {there} acknowledges nothing from {here}; perhaps large packets are lost, so segments get smaller.",
        "{size} bytes", "tcp_mtu_probing"),
    "TcpWindowShut": (
        "{ns}: {there} takes no more data now, its window is zero; {waiting} bytes wait at {here}.",
        "{waiting} bytes", "window 0"),
    "TcpCookieSent": (
        "{ns}: too many connections are half open at {here}, so {there} gets a SYN cookie and nothing is kept.",
        "{waiting} half-open connections", "tcp_syncookies"),
    "TcpKeepaliveEnded": (
        "{ns} asks {there} no more: {times} keepalive times without data for {here} are enough; Linux would go on.",
        "{times} keepalive times"),
    "TcpChallenged": (
        "{ns} asks {there} by an ACK what it means: what came for {here} might be forged.", "RFC 5961"),
    "TcpChallenged.syn": (
        "{ns} asks {there} by an ACK what it means: a SYN came inside of its connection with {here}.", "RFC 5961"),
    "TcpChallenged.rst": (
        "{ns} asks {there} by an ACK what it means: a RST came for {here} with the wrong number.", "RFC 5961"),
    "TcpChallenged.ack": (
        "{ns} asks {there} by an ACK what it means: it acknowledges what {here} never sent, or long ago.", "RFC 5961"),
}

REASONS: dict[str, Words] = {
    "PROTO_MEM": ("the socket of port {port} has no memory left for it", "tcp_rmem"),
    "TCP_FLAGS": ("its flags make no sense in the state of the connection", "port {port}"),
    "TCP_ABORT_ON_DATA": ("it brings data, and the program of port {port} has gone", "port {port}"),
    "TCP_ZEROWINDOW": ("it brings data, and the receive window is shut", "port {port}"),
    "TCP_OLD_DATA": ("its data is here already", "port {port}"),
    "TCP_OVERWINDOW": ("its data lies beyond the receive window", "port {port}"),
    "TCP_OFOMERGE": ("its data is here already, ahead of a gap", "port {port}"),
    "TCP_OFO_DROP": ("too much data waits for a gap to be filled", "port {port}", "tcp_rmem"),
    "TCP_RFC7323_PAWS": ("its timestamp is older than the last one, so it is an old duplicate", "port {port}"),
    "TCP_RFC7323_PAWS_ACK": ("it only acknowledges, and newer segments have overtaken it", "port {port}"),
    "TCP_RFC7323_TW_PAWS": (
        "its timestamp is older than the last one of the connection that was closed", "port {port}"),
    "SOCKET_FILTER": (
        "dockerd holds port {port} only so that nobody else gets it, and a filter on its socket drops all",
        "userland-proxy false"),
    "TCP_LISTEN_OVERFLOW": (
        "the queue of the program at port {port} is full: it does not take connections fast enough",
        "{waiting} wait for accept()", "backlog {backlog}", "TcpExtListenDrops of nstat counts it"),
    "TCP_OLD_SEQUENCE": ("its sequence number lies before the receive window", "port {port}"),
    "TCP_INVALID_SEQUENCE": ("its sequence number lies beyond the receive window", "port {port}"),
    "TCP_INVALID_END_SEQUENCE": ("it ends beyond the receive window", "port {port}"),
    "TCP_INVALID_ACK_SEQUENCE": ("it acknowledges a SYN that was never sent", "port {port}"),
    "TCP_RESET": ("it is a RST that ends nothing", "port {port}"),
    "TCP_INVALID_SYN": ("it is a SYN in the middle of a connection", "port {port}"),
    "TCP_CLOSE": ("the connection is closed", "port {port}"),
    "TCP_OLD_ACK": ("it acknowledges what was acknowledged before", "port {port}"),
    "TCP_TOO_OLD_ACK": ("its ACK is far too old to belong to this connection", "port {port}"),
    "TCP_ACK_UNSENT_DATA": ("it acknowledges data that was not sent", "port {port}"),
}
