"""VXLAN: Ethernet frames inside UDP (RFC 7348)."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.wire.errors import ParseError

HEADER = 8
PORT = 4789  # IANA's
LINUX_PORT = 8472  # Linux's own default, older than IANA's
VALID = 0x08  # The flag I: the VNI counts
MAX_VNI = (1 << 24) - 1
OVERHEAD = 50  # Bytes that the outer Ethernet, IPv4, UDP and VXLAN headers add


class VxlanPacket(NamedTuple):
    """The header and the frame behind it."""

    vni: int
    frame: bytes

    @classmethod
    def parse(cls, data: bytes) -> VxlanPacket:
        """Raises ParseError: too few bytes, or the flag I is not set."""
        if len(data) < HEADER:
            raise ParseError("PKT_TOO_SMALL", f"VXLAN needs {HEADER} bytes, here are {len(data)}")
        if not data[0] & VALID:
            raise ParseError("VXLAN_INVALID_HDR", f"VXLAN flags 0x{data[0]:02x}")
        return cls(int.from_bytes(data[4:7], "big"), data[HEADER:])

    def emit(self) -> bytes:
        return bytes([VALID, 0, 0, 0]) + self.vni.to_bytes(3, "big") + b"\0" + self.frame
