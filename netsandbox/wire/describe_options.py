"""The options of IPv4 and TCP headers in tcpdump's words."""

from __future__ import annotations

from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.describe_out import Out, number
from netsandbox.wire.options import END, NO_OPERATION

_IP = {0: "EOL", 1: "NOP", 7: "RR", 68: "timestamp", 82: "traceroute", 130: "security", 131: "LSRR", 137: "SSRR",
       148: "RA"}
_ROUTES = (7, 131, 137)
_TIMESTAMP, _ROUTER_ALERT = 68, 148

_TCP = {0: "eol", 1: "nop", 2: "mss", 3: "wscale", 4: "sackOK", 5: "sack", 6: "echo", 7: "echoreply", 8: "TS",
        11: "cc", 12: "ccnew", 13: "ccecho", 19: "md5", 20: "scps", 28: "uto", 29: "tcp-ao", 30: "mptcp", 34: "tfo",
        254: "exp"}
_NUMBERS = {2: 2, 3: 1, 6: 4, 7: 4, 11: 4, 12: 4, 13: 4}  # Kinds whose value is one number, and its bytes
_SACK_PERMITTED, _SACK, _TIMESTAMPS = 4, 5, 8
_MD5, _USER_TIMEOUT, _AUTHENTICATION, _FAST_OPEN, _EXPERIMENT = 19, 28, 29, 34, 254
_FAST_OPEN_MAGIC = b"\xf9\x89"  # The experiment that became Fast Open (RFC 6994)
_FIXED = {**_NUMBERS, _TIMESTAMPS: 8, _SACK_PERMITTED: 0, _MD5: 16, _USER_TIMEOUT: 2}
"""Bytes that tcpdump reads of a value, whatever its length says."""


def ip_options(out: Out, data: bytes, size: int) -> bool:
    """Add `NOP,RR 10.0.0.1, 0.0.0.0`: what stands between the brackets of `options ()`.

    Args:
        data: the packet behind the fixed header, as far as it is there.
        size: how many bytes of options the header has.

    Returns:
        False where the bytes end inside an option.
    """
    at, comma = 0, ""
    while at < size:
        out.add(comma)
        kind = number(data, at, 1, "ip")
        out.add(_IP.get(kind, f"unknown {kind}"))
        if kind == END:
            break
        length = 1 if kind == NO_OPERATION else number(data, at + 1, 1, "ip")
        if length > size - at or (length < 2 and kind != NO_OPERATION):
            out.add(f" [bad length {length}]")
            break
        if at + length > len(data):
            return False
        out.add(_ip_value(kind, data[at:at + length]))
        at, comma = at + length, ","
    return True


def _ip_value(kind: int, option: bytes) -> str:
    if kind in _ROUTES:
        return _route(option)
    if kind == _TIMESTAMP:
        return _timestamps(option)
    if kind == _ROUTER_ALERT:
        if len(option) < 4:
            return f" [bad length {len(option)}]"
        value = int.from_bytes(option[2:4], "big")
        return f" value {value}" if value else ""
    return ""


def _route(option: bytes) -> str:
    length = len(option)
    if length < 3:
        return f" [bad length {length}]"
    text = f" [bad length {length}]" if (length + 1) & 3 else ""
    pointer = option[2] - 1
    if pointer < 3 or (pointer + 1) & 3 or pointer > length + 1:
        text += f" [bad ptr {option[2]}]"
    for at in range(3, length - 3, 4):
        text += " " + format_ipv4(int.from_bytes(option[at:at + 4], "big")) + ("," if pointer > at else "")
    return text


def _timestamps(option: bytes) -> str:
    length = len(option)
    if length < 4:
        return f"[bad length {length}]"
    kind, missed = option[3] & 15, option[3] >> 4
    size = 4 if kind == 0 else 8
    pointer = option[2] - 1
    text = " TS{" + (f"[bad length {length}]" if (length - 4) & (size - 1) else "")
    if pointer < 4 or (pointer - 4) & (size - 1) or pointer > length + 1:
        text += f"[bad ptr {option[2]}]"
    names = {0: "TSONLY", 1: "TS+ADDR", 3: "PRESPEC"}
    at = 0
    if kind in names:
        text, at = text + names[kind], 4
        while at + size <= length:
            stamp = int.from_bytes(option[at + size - 4:at + size], "big")
            address = format_ipv4(int.from_bytes(option[at:at + 4], "big")) if size == 8 else ""
            text += (" ^ " if pointer == at else " ") + f"{stamp}@{address}"
            at += size
    else:
        text += f"[bad ts type {kind}]"
    text += " ^ " if pointer == at else ""
    return text + (f" [{missed} hops not recorded]}} " if missed else "}")


def tcp_options(out: Out, data: bytes, size: int, sack_base: int) -> bool:
    """Add `[mss 1460,sackOK,nop,wscale 7]`.

    Args:
        data: the segment behind the fixed header, as far as it is there.
        size: how many bytes of options the header has.
        sack_base: what the edges of a SACK block are counted from.

    Returns:
        False where they are malformed or cut off: tcpdump says no more of the segment then.
    """
    at, comma = 0, ""
    out.add("[")
    while at < size:
        out.add(comma)
        if number(data, at, 1, "tcp") == END:
            out.add(_TCP[END])
            break
        taken = _tcp_option(out, data[at:], size - at, sack_base, comma)
        if not taken:
            return False
        at, comma = at + taken, ","
    out.add("]")
    return True


def _tcp_option(out: Out, data: bytes, size: int, sack_base: int, comma: str) -> int:
    """How many bytes it has; 0 where it is malformed or cut off."""
    kind = number(data, 0, 1, "tcp")
    length = 1 if kind == NO_OPERATION else number(data, 1, 1, "tcp")
    if length > size or (length < 2 and kind != NO_OPERATION):
        return _bad(out, comma)
    out.add(_TCP.get(kind, f"unknown-{kind}"))
    head = min(length, 2)
    if kind == _EXPERIMENT and length < head + 2:
        return _bad(out, comma)
    printed = _printed(kind, length - head)
    if printed > size - head:
        return _bad(out, comma)
    value = data[head:head + printed]
    if len(value) < printed:
        out.add(_cut_value(kind, value, printed) + " [|tcp]" + (">" if comma else ""))
        return 0
    out.add(_tcp_value(kind, value, sack_base))
    if printed + head != length:
        out.add(f"[len {length}]")
    return head + printed


def _bad(out: Out, comma: str) -> int:
    """tcpdump closes the bracket only behind a comma."""
    out.add("[bad opt]" + ("]" if comma else ""))
    return 0


def _printed(kind: int, length: int) -> int:
    """How many bytes of a value tcpdump reads."""
    return _FIXED.get(kind, length)


def _tcp_value(kind: int, value: bytes, sack_base: int) -> str:
    if kind in _NUMBERS:
        return f" {int.from_bytes(value, 'big')}"
    if kind == _TIMESTAMPS:
        return f" val {int.from_bytes(value[:4], 'big')} ecr {int.from_bytes(value[4:], 'big')}"
    if kind == _SACK:
        if len(value) % 8:
            return " invalid sack"
        edges = [int.from_bytes(value[at:at + 4], "big") - sack_base & 0xFFFFFFFF for at in range(0, len(value), 4)]
        blocks = (f"{{{left}:{right}}}" for left, right in zip(edges[::2], edges[1::2], strict=True))
        return f" {len(value) // 8} " + "".join(blocks)
    return _tcp_words(kind, value)


def _tcp_words(kind: int, value: bytes) -> str:
    """Of what has been added since: keys, fast open, a user's timeout and experiments."""
    if kind == _MD5:
        return f" shared secret not supplied with -M, can't check - {value.hex()}"
    if kind == _USER_TIMEOUT:
        wait = int.from_bytes(value, "big")
        return f" 0x{wait:x} {(wait >> 1) * (60 if wait & 1 else 1)}"
    if kind == _AUTHENTICATION:
        mac = f" mac 0x{value[2:].hex()}" if len(value) > 2 else ""
        return f" keyid {value[0]} rnextkeyid {value[1]}{mac}" if len(value) > 1 else " (invalid)"
    if kind == _FAST_OPEN:
        return f" {_cookie(value)}"
    if kind == _EXPERIMENT:
        return f"-tfo{_cookie(value[2:])}" if value[:2] == _FAST_OPEN_MAGIC else f"-{value[:2].hex()}"
    return f" 0x{value.hex()}" if value else ""


def _cookie(value: bytes) -> str:
    """Of TCP Fast Open (RFC 7413, 4.1.1)."""
    if not value:
        return " cookiereq"
    return f" cookie {value.hex()}" if len(value) % 2 == 0 and 4 <= len(value) <= 16 else " (invalid)"


def _cut_value(kind: int, value: bytes, size: int) -> str:
    """What tcpdump prints of a value before it finds that its end is missing."""
    if kind == _SACK:
        return f" {size // 8} " if size % 8 == 0 else " invalid sack"
    return "" if kind in _NUMBERS or kind == _TIMESTAMPS else f" 0x{value.hex()}"
