"""A TCP segment in tcpdump's words, with the first line of HTTP."""

from __future__ import annotations

from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.checksum import internet_checksum, pseudo_header
from netsandbox.wire.describe_options import tcp_options
from netsandbox.wire.describe_out import Conversations, Cut, Out, number, should_be
from netsandbox.wire.tcp import ACK, FIN, HEADER, PROTOCOL, RST, SYN, URG

_FLAGS = "FSRP.UEW"
"""From the lowest bit up."""
_HTTP_PORTS = frozenset({80, 8080})
_HTTP_METHODS = frozenset({
    "GET", "PUT", "COPY", "HEAD", "LOCK", "MOVE", "POLL", "POST", "BCOPY", "BMOVE", "MKCOL", "TRACE", "LABEL", "MERGE",
    "DELETE", "SEARCH", "UNLOCK", "REPORT", "UPDATE", "NOTIFY", "BDELETE", "CONNECT", "OPTIONS", "CHECKIN", "PROPFIND",
    "CHECKOUT", "CCM_POST", "SUBSCRIBE", "PROPPATCH", "BPROPFIND", "BPROPPATCH", "UNCHECKOUT", "MKACTIVITY",
    "MKWORKSPACE", "UNSUBSCRIBE", "RPC_CONNECT", "VERSION-CONTROL", "BASELINE-CONTROL",
})
_LONGEST_WORD = 128
_LONGEST_RESET_TEXT = 30


def segment_text(out: Out, data: bytes, length: int, source: int, destination: int, fragmented: bool) -> None:
    """Add a segment to a description.

    Args:
        data: the segment, as far as it is there.
        length: how long the packet around it says it is.
        fragmented: more fragments follow, so that nothing can be checked.
    """
    if len(data) < 4:
        out.add(f"{format_ipv4(source)} > {format_ipv4(destination)}:")
        out.cut("tcp")
        return
    ports = number(data, 0, 2, "tcp"), number(data, 2, 2, "tcp")
    out.add(f"{format_ipv4(source)}.{ports[0]} > {format_ipv4(destination)}.{ports[1]}: ")
    if len(data) < HEADER:
        out.cut("tcp")
        return
    header = (data[12] >> 4) * 4
    if header < HEADER:
        claimed = (length - header) & 0xFFFFFFFF
        out.add(f" tcp {claimed} [bad hdr length {header} - too short, < {HEADER}]")
    elif out.quiet:
        out.add(f"tcp {length - header}")
    else:
        _whole_header(out, data, length, (source, destination, *ports), fragmented)


def _whole_header(out: Out, data: bytes, length: int, ends: tuple[int, int, int, int], fragmented: bool) -> None:
    header, flags = (data[12] >> 4) * 4, data[13]
    out.add(f"Flags [{''.join(name for bit, name in enumerate(_FLAGS) if flags >> bit & 1) or 'none'}]")
    numbers = _numbers(out, data, ends)
    if header > length:
        out.add(f" [bad hdr length {header} - too long, > {length}]")
        return
    if out.verbose and not fragmented and len(data) >= length:
        out.add(_checksum(data[:length], *ends[:2]))
    length -= header
    if _header(out, data, length, numbers) and length:
        _payload(out, data[header:], length, flags, ends[2:])


def _header(out: Out, data: bytes, length: int, numbers: tuple[int, int, int]) -> bool:
    """Add the fields behind the flags. False where the options end the description.

    Args:
        length: bytes of data behind the header.
        numbers: sequence and acknowledgment number, and the base of SACK edges.
    """
    header, flags = (data[12] >> 4) * 4, data[13]
    seq, ack, sack_base = numbers
    if out.verbose > 1 or length or flags & (SYN | FIN | RST):
        out.add(f", seq {seq}" + (f":{(seq + length) & 0xFFFFFFFF}" if length else ""))
    if flags & ACK:
        out.add(f", ack {ack}")
    out.add(f", win {number(data, 14, 2, 'tcp')}")
    if flags & URG:
        out.add(f", urg {number(data, 18, 2, 'tcp')}")
    if header > HEADER:
        out.add(", options ")
        if not tcp_options(out, data[HEADER:], header - HEADER, sack_base):
            return False
    out.add(f", length {length}")
    return True


def _numbers(out: Out, data: bytes, ends: tuple[int, int, int, int]) -> tuple[int, int, int]:
    """Sequence and acknowledgment number as they are to be printed, and what SACK edges are counted from."""
    seq, ack, flags = number(data, 4, 4, "tcp"), number(data, 8, 4, "tcp"), data[13]
    if out.conversations is None or not flags & ACK:
        return seq, ack, 0
    return _relative(out.conversations, ends, seq, ack, flags)


def _relative(conversations: Conversations, ends: tuple[int, int, int, int], seq: int, ack: int,
              flags: int) -> tuple[int, int, int]:
    """Sequence and acknowledgment number as tcpdump counts them, and the base for SACK edges.

    The first segment seen of a connection, and each SYN, prints its numbers as they are and is what later ones are
    counted from.
    """
    source, destination, sport, dport = ends
    is_reverse = (sport, source) > (dport, destination)
    key = (destination, source, dport, sport) if is_reverse else ends
    known = conversations.get(key)
    if known is None or flags & SYN:
        own, other = seq, (ack - 1) & 0xFFFFFFFF
        conversations[key] = (other, own) if is_reverse else (own, other)
        return seq, ack, other
    own, other = (known[1], known[0]) if is_reverse else known
    return (seq - own) & 0xFFFFFFFF, (ack - other) & 0xFFFFFFFF, other


def _checksum(segment: bytes, source: int, destination: int) -> str:
    found = number(segment, 16, 2, "tcp")
    remainder = internet_checksum(pseudo_header(source, destination, PROTOCOL, len(segment)) + segment)
    verdict = f"incorrect -> 0x{should_be(found, remainder):04x}" if remainder else "correct"
    return f", cksum 0x{found:04x} ({verdict})"


def _payload(out: Out, data: bytes, length: int, flags: int, ports: tuple[int, int]) -> None:
    if flags & RST and out.verbose:
        out.add(_reset_text(data, length))
    elif not _HTTP_PORTS.isdisjoint(ports):
        out.add(": ")
        _http(out, data, length)


def _reset_text(data: bytes, length: int) -> str:
    """Some stacks say in a reset why they sent it."""
    mark = "RST" if len(data) >= length else "!RST"
    more = "+" if length > _LONGEST_RESET_TEXT else ""
    return f" [{mark}{more} {''.join(_visible(octet) for octet in data[:min(length, _LONGEST_RESET_TEXT)])}]"


def _visible(octet: int) -> str:
    text = "M-" if octet > 127 else ""
    octet &= 127
    return text + (chr(octet) if 32 <= octet < 127 else "^" + chr(octet ^ 64))


def _http(out: Out, data: bytes, length: int) -> None:
    out.add("HTTP")
    data = data[:length]
    is_cut = len(data) < length
    if not _begins_message(data, is_cut):
        return
    if not out.verbose:
        line, _rest = _text_line(data, is_cut)
        out.add(f": {line}" if line is not None else "")
        return
    out.add(f", length: {length}")
    rest: bytes | None = data
    while rest or (is_cut and rest is not None):
        line, rest = _text_line(rest, is_cut)
        if line is not None:
            out.add(f"\n\t{line}")


def _begins_message(data: bytes, is_cut: bool) -> bool:
    """Whether the first word is a method, or the second a status code."""
    first, rest = _word(data, is_cut)
    if first.upper() in _HTTP_METHODS:
        return True
    second, _rest = _word(rest, is_cut)
    return len(second) == 3 and second.isdecimal()


def _word(data: bytes, is_cut: bool) -> tuple[str, bytes]:
    """The word at the beginning and what follows the spaces behind it; nothing where there is no printable word."""
    at = 0
    while at < len(data) and data[at] not in b" \t\r\n":
        if not 32 <= data[at] < 127 or at >= _LONGEST_WORD:
            return "", b""
        at += 1
    if is_cut and at == len(data):
        return "", b""
    return data[:at].decode("ascii"), data[at:].lstrip(b" ")


def _text_line(data: bytes, is_cut: bool) -> tuple[str | None, bytes | None]:
    """The first line, and what follows it; nothing where bytes come that are no text.

    Args:
        is_cut: more bytes should follow these.
    """
    for at, octet in enumerate(data):
        if octet == 0x0A:
            return data[:at].decode("ascii"), data[at + 1:]
        if octet == 0x0D:
            if data[at + 1:at + 2] == b"\n":
                return data[:at].decode("ascii"), data[at + 2:]
            if is_cut and at + 1 == len(data):
                raise Cut("http")
            return None, None
        if not 32 <= octet < 127 and octet != 0x09:
            return None, None
    if is_cut:
        raise Cut("http")
    return data.decode("ascii"), None
