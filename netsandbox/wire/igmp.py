"""IGMP messages (RFC 2236, RFC 3376), as far as who listens to which group is told by them."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.wire.checksum import internet_checksum
from netsandbox.wire.errors import ParseError

PROTOCOL = 2
QUERY, REPORT_V1, REPORT_V2, LEAVE, REPORT_V3 = 0x11, 0x12, 0x16, 0x17, 0x22
TYPES = frozenset({QUERY, REPORT_V1, REPORT_V2, LEAVE, REPORT_V3})
IS_INCLUDE, IS_EXCLUDE, TO_INCLUDE, TO_EXCLUDE, ALLOW, BLOCK = range(1, 7)  # Types of group records
HEADER = 8


class IgmpMessage(NamedTuple):
    """One message."""

    type: int
    group: int  # 0 in a general query and in a report of version 3
    # of a report of version 3, the type, the group and the number of sources of each
    records: tuple[tuple[int, int, int], ...] = ()
    code: int = 0  # of a query, within how many tenths of a second it is to be answered

    @classmethod
    def parse(cls, data: bytes) -> IgmpMessage:
        """The message that some bytes hold (ip_mc_check_igmp) (ParseError: too few bytes, or a wrong checksum)."""
        if len(data) < HEADER:
            raise ParseError("PKT_TOO_SMALL", f"IGMP needs {HEADER} bytes, here are {len(data)}")
        if internet_checksum(data):
            raise ParseError("NOT_SPECIFIED", "the IGMP checksum is wrong")
        if data[0] != REPORT_V3:
            return cls(data[0], int.from_bytes(data[4:8], "big"), code=data[1])
        return cls(REPORT_V3, 0, tuple(_records(data, int.from_bytes(data[6:8], "big"))))

    def emit(self) -> bytes:
        """The bytes, with their checksum; of a report of version 3 only records without sources."""
        if self.type == REPORT_V3:
            body = bytes([REPORT_V3]) + bytes(5) + len(self.records).to_bytes(2, "big") + b"".join(
                bytes([kind, 0, 0, 0]) + group.to_bytes(4, "big") for kind, group, _sources in self.records)
        else:
            body = bytes([self.type, self.code, 0, 0]) + self.group.to_bytes(4, "big")
        return body[:2] + internet_checksum(body).to_bytes(2, "big") + body[4:]


def _records(data: bytes, count: int) -> list[tuple[int, int, int]]:
    found, at = [], HEADER
    for _number in range(count):
        if len(data) < at + 8:
            raise ParseError("PKT_TOO_SMALL", "a group record ends early")
        sources = int.from_bytes(data[at + 2:at + 4], "big")
        found.append((data[at], int.from_bytes(data[at + 4:at + 8], "big"), sources))
        at += 8 + 4 * (sources + data[at + 1])
    return found
