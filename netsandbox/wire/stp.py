"""Spanning tree messages (IEEE 802.1D-1998, clause 9) behind the LLC header 42 42 03."""

from __future__ import annotations

from struct import Struct
from typing import NamedTuple

from netsandbox.wire.errors import ParseError

GROUP_ADDRESS = 0x0180C2000000
LLC = bytes.fromhex("424203")
CONFIG, TCN = 0x00, 0x80
TOPOLOGY_CHANGE, ACKNOWLEDGEMENT = 0x01, 0x80
TICKS = 256  # Times are in 256ths of a second

_LAYOUT = Struct("!HBBBQIQHHHHH")
_TCN = bytes.fromhex("0000 00 80")


class ConfigBpdu(NamedTuple):
    """What a bridge says of the root that it knows."""

    flags: int
    # root, bridge: identifiers: priority (16 bits), then the MAC
    root: int
    cost: int  # of the way to the root
    bridge: int
    port: int  # identifier of the port that sends it: priority (6 bits) and number
    # message_age, max_age, hello_time, forward_delay: in 256ths of a second
    message_age: int
    max_age: int
    hello_time: int
    forward_delay: int

    def emit(self) -> bytes:
        """The message with its LLC header."""
        return LLC + _LAYOUT.pack(0, 0, CONFIG, *self)


def emit_tcn() -> bytes:
    """A topology change notification, which says nothing else."""
    return LLC + _TCN


def parse(data: bytes) -> ConfigBpdu | None:
    """The message in a frame's payload; None is a topology change notification (ParseError: it is none of 802.1D's)."""
    if not data.startswith(LLC):
        raise ParseError("NOT_SPECIFIED", "no LLC header of a spanning tree")
    body = data[len(LLC):]
    if len(body) < len(_TCN) or body[:3] != bytes(3):
        raise ParseError("PKT_TOO_SMALL", "a spanning tree message has at least 4 bytes, and version 0")
    if body[3] == TCN:
        return None
    if body[3] != CONFIG or len(body) < _LAYOUT.size:
        raise ParseError("PKT_TOO_SMALL", f"a configuration message has {_LAYOUT.size} bytes, here are {len(body)}")
    return ConfigBpdu(*_LAYOUT.unpack_from(body)[3:])
