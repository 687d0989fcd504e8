"""A TCP segment in tcpdump's words, with what is in it where the port says what that is."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.checksum import internet_checksum, pseudo_header
from netsandbox.wire.describe_dns import describe_dns_over_tcp
from netsandbox.wire.describe_options import tcp_options
from netsandbox.wire.describe_out import Conversations, Out, number, should_be, visible
from netsandbox.wire.describe_resp import resp_text
from netsandbox.wire.describe_text import line_protocol, ssh_text
from netsandbox.wire.tcp import ACK, FIN, HEADER, PROTOCOL, RST, SYN, URG

_FLAGS = "FSRP.UEW"  # From the lowest bit up
_LONGEST_RESET_TEXT = 30
Reader = Callable[[Out, bytes, int], None]
"""Adds what the data are, as far as they are there, and how many they should be."""


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
    if out.verbose and not fragmented and len(data) >= length and not out.trusts:
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
    data = data[:length]
    known = next((port for port in _READERS if port in ports), 0)
    if flags & RST and out.verbose:
        out.add(_reset_text(data, length))
    elif known:
        _READERS[known](out, data, length)


def _reset_text(data: bytes, length: int) -> str:
    """Some stacks say in a reset why they sent it."""
    mark = "RST" if len(data) >= length else "!RST"
    more = "+" if length > _LONGEST_RESET_TEXT else ""
    return f" [{mark}{more} {''.join(visible(octet) for octet in data[:min(length, _LONGEST_RESET_TEXT)])}]"


def _named(name: str) -> Reader:
    """A protocol of lines of text, behind a colon."""
    def read(out: Out, data: bytes, length: int) -> None:
        out.add(": ")
        line_protocol(out, name, data, length)
    return read


def _ssh(out: Out, data: bytes, _length: int) -> None:
    out.add(ssh_text(data))


def _resp(out: Out, data: bytes, _length: int) -> None:
    out.add(resp_text(data))


def _bgp(out: Out, _data: bytes, _length: int) -> None:
    """Its messages are not looked into."""
    out.add(": BGP")


def _dns(out: Out, data: bytes, length: int) -> None:
    out.add(describe_dns_over_tcp(data, length, out.verbose))


_READERS: dict[int, Reader] = {
    21: _named("FTP"), 22: _ssh, 25: _named("SMTP"), 43: _named("WHOIS"), 53: _dns, 80: _named("HTTP"), 179: _bgp,
    554: _named("RTSP"), 6379: _resp, 8080: _named("HTTP"), 8554: _named("RTSP")}
"""By port, in the order in which tcpdump asks."""
