"""What tcpdump prints of GRE (RFC 2784, RFC 2890)."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.wire import gre
from netsandbox.wire.describe_out import Out, number

PayloadText = Callable[[Out, bytes, int, int], None]
"""Adds what an EtherType says: out, data, length, type."""
_NAMES = {0x0800: "IPv4", 0x6558: "TEB", 0x86DD: "IPv6", 0x0806: "ARP"}
_FLAGS = ((gre.CHECKSUM, "checksum present"), (0x4000, "routing present"), (gre.KEY, "key present"),
          (gre.SEQUENCE, "sequence# present"))


def gre_text(out: Out, data: bytes, length: int, payload_text: PayloadText) -> None:
    """gre_print_0."""
    flags, kind = number(data, 0, 2, "gre"), number(data, 2, 2, "gre")
    out.add("GREv0")
    if out.verbose:
        out.add(f", Flags [{', '.join(name for bit, name in _FLAGS if flags & bit) or 'none'}]")
    at = 4
    if flags & gre.CHECKSUM:
        if out.verbose:
            out.add(f", sum 0x{number(data, at, 2, 'gre'):x}")
        out.add(f", off 0x{number(data, at + 2, 2, 'gre'):x}")
        at += 4
    if flags & gre.KEY:
        out.add(f", key=0x{number(data, at, 4, 'gre'):x}")
        at += 4
    if flags & gre.SEQUENCE:
        out.add(f", seq {number(data, at, 4, 'gre')}")
        at += 4
    out.add(f", proto {_NAMES.get(kind, 'unknown')} (0x{kind:04x})" if out.link else "")
    out.add(f", length {length}")
    out.add("\n\t" if out.verbose else ": ")
    payload_text(out, data[at:], length - at, kind)
