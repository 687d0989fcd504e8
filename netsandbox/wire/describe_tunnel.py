"""What tcpdump prints of GRE (RFC 2784, RFC 2890), and of PPTP's (RFC 2637)."""

from __future__ import annotations

from collections.abc import Callable

from netsandbox.wire import gre
from netsandbox.wire.describe_out import Out, number

PayloadText = Callable[[Out, bytes, int, int], None]  # Adds what an EtherType says: out, data, length, type
_NAMES = {0x0800: "IPv4", 0x6558: "TEB", 0x86DD: "IPv6", 0x0806: "ARP", 0x880B: "PPP"}
_DECODED = (0x0800, 0x86DD, 0x8847, 0x8848, 0x6558, 0xFEFE)
_FLAGS = ((gre.CHECKSUM, "checksum present"), (0x4000, "routing present"), (gre.KEY, "key present"),
          (gre.SEQUENCE, "sequence# present"), (0x0800, "source routing present"), (0x0080, "ack present"))
_VERSION = 7


def gre_text(out: Out, data: bytes, length: int, payload_text: PayloadText) -> None:
    """gre_print."""
    flags = number(data, 0, 2, "gre")
    version = flags & _VERSION
    out.add(f"GREv{version}" if version < 2 else f"GREv{version} ERROR: unknown-version")
    if version > 1:
        return
    kind = number(data, 2, 2, "gre")
    if out.verbose:
        out.add(f", Flags [{', '.join(name for bit, name in _FLAGS if flags & bit) or 'none'}]")
    at = _fields_of_pptp(out, data, flags) if version else _fields(out, data, flags)
    has_payload = not version or bool(flags & gre.SEQUENCE)
    out.add("" if has_payload else ", no-payload")
    out.add(f", proto {_NAMES.get(kind, 'unknown')} (0x{kind:04x})" if out.link else "")
    out.add(f", length {length}")
    if has_payload:
        out.add("\n\t" if out.verbose else ": ")
        if version or kind in _DECODED:
            payload_text(out, data[at:], length - at, kind)
        else:
            out.add(f"gre-proto-0x{kind:x}")


def _fields(out: Out, data: bytes, flags: int) -> int:
    """gre_print_0: what the flags tell of, and where it ends."""
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
    return at


def _fields_of_pptp(out: Out, data: bytes, flags: int) -> int:
    """gre_print_1: the key is a payload's length and a call."""
    at = 4
    for flag, name, mask in ((gre.KEY, "call", 0xFFFF), (gre.SEQUENCE, "seq", -1), (0x0080, "ack", -1)):
        if flags & flag:
            out.add(f", {name} {number(data, at, 4, 'gre') & mask}")
            at += 4
    return at
