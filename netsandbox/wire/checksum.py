"""The Internet checksum (RFC 1071) by arithmetic on one big integer.

A one's-complement sum of 16-bit words is a residue modulo 0xFFFF, and 2**16 is congruent to 1: so the big-endian number
that the bytes spell has the same residue as the sum of its words, and Python divides it in C.
"""

from __future__ import annotations


def internet_checksum(data: bytes) -> int:
    """The 16-bit checksum of some bytes, an odd last byte padded with zero.

    Over data that already holds its right checksum the result is 0.
    """
    number = int.from_bytes(data, "big")
    if len(data) & 1:
        number <<= 8
    return -number % 0xFFFF if number else 0xFFFF


def crc32c(data: bytes | bytearray) -> int:
    """SCTP's checksum (RFC 9260, appendix A), over a packet whose own field is zero; it is sent low byte first."""
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _bit in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    return register ^ 0xFFFFFFFF


def sctp_checksum(data: bytes | bytearray) -> bytes:
    """As it stands in a whole packet's header."""
    return crc32c(data[:8] + bytes(4) + data[12:]).to_bytes(4, "little")


def pseudo_header(source: int, destination: int, protocol: int, length: int) -> bytes:
    """What UDP and TCP checksums cover besides their own bytes (RFC 768, RFC 9293)."""
    return (source << 64 | destination << 32 | protocol << 16 | length).to_bytes(12, "big")
