"""Transport headers as matches read them: also those of fragments, and what makes no message."""

from __future__ import annotations

from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.wire.tcp import HEADER, TcpSegment

TCP_SIZE_AT, PORTS_SIZE = 12, 4


class HotDropError(Exception):
    """A match has the packet dropped there and then (hotdrop of x_tables): why."""


class CutShortError(HotDropError):
    """What a match has to read is cut off."""

    def __init__(self) -> None:
        super().__init__("cut short")


def raw_header(buffer: SocketBuffer, size: int, of_fragments: bool = False) -> bytes | None:
    """The bytes of a transport header that made no message; None for what is a later fragment, unless wanted
    (CutShortError: there are fewer than `size`)."""
    payload, offset = buffer.packet.payload, buffer.packet.offset
    if isinstance(payload, bytes) and (of_fragments or not offset):
        if len(payload) < size:
            raise CutShortError
        return payload
    return None


def tcp_options(buffer: SocketBuffer, of_fragments: bool = False) -> bytes | None:
    """The options, of a first fragment too; None where there are none to be read."""
    segment = buffer.packet.payload
    if isinstance(segment, TcpSegment):
        return segment.options
    data = raw_header(buffer, HEADER, of_fragments)
    if data is None:
        return None
    size = (data[TCP_SIZE_AT] >> 4) * 4
    if not HEADER <= size <= len(data):
        raise CutShortError
    return data[HEADER:size]


def source_port_of(buffer: SocketBuffer) -> int | None:
    ports = transport_ports(buffer, of_fragments=True)
    return None if ports is None else ports[0]


def destination_port_of(buffer: SocketBuffer) -> int | None:
    ports = transport_ports(buffer, of_fragments=True)
    return None if ports is None else ports[1]


def transport_ports(buffer: SocketBuffer, of_fragments: bool = False) -> tuple[int, int] | None:
    """Source and destination port of the packet, where it has any; of a later fragment its first bytes if wanted."""
    payload = buffer.packet.payload
    if isinstance(payload, bytes):
        if (buffer.packet.offset and not of_fragments) or len(payload) < 4:
            return None
        return int.from_bytes(payload[:2], "big"), int.from_bytes(payload[2:4], "big")
    sport = getattr(payload, "sport", None)
    return None if sport is None else (sport, getattr(payload, "dport", 0))
