"""Matches about the rest of a packet, and its frame: iprange, length, ttl, mac."""

from __future__ import annotations

from netsandbox.linux.core.hooks import Hook, SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.extension import (
    Given,
    Match,
    Option,
    Span,
    UsageError,
    bounded_span,
    number,
    only_one,
    read_address_range,
    write_span,
)
from netsandbox.linux.netfilter.head import Head
from netsandbox.wire.addresses import AddressError, format_ipv4, format_mac, parse_mac


def write_both_ends(span: Span) -> str:
    return f"{format_ipv4(span.low)}-{format_ipv4(span.high)}"


class AddressRange(Match):
    name = "iprange"
    options = (Option("--src-range", read_address_range, write_both_ends),
               Option("--dst-range", read_address_range, write_both_ends))
    needs_one = "iprange match: You must specify `--src-range' or `--dst-range'"

    @staticmethod
    def warning(given: Given, text: str) -> str:
        is_reversed = given.value.low > given.value.high
        return f"xt_iprange: range {text} is reversed and will never match\n" if is_reversed else ""

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        pairs = (("--src-range", buffer.packet.src), ("--dst-range", buffer.packet.dst))
        return all((self.given[flag].value.low <= address <= self.given[flag].value.high)
                   is not self.given[flag].negated for flag, address in pairs if flag in self.given)

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        pairs = (("--src-range", buffer.packet.src), ("--dst-range", buffer.packet.dst))
        return " ".join(format_ipv4(address) for flag, address in pairs if flag in self.given)

    def listed(self, _numeric: bool) -> str:
        return "".join(f" {name} IP range {'! ' * self.given[flag].negated}{write_both_ends(self.given[flag].value)}"
                       for name, flag in (("source", "--src-range"), ("destination", "--dst-range"))
                       if flag in self.given)


class Length(Match):
    """Bytes of the whole IP packet."""

    name = "length"
    options = (Option("--length", bounded_span(65535), write_span, needed=True),)

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        given = self.given["--length"]
        return (given.value.low <= buffer.packet.total_length <= given.value.high) is not given.negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return str(buffer.packet.total_length)

    def listed(self, _numeric: bool) -> str:
        given = self.given["--length"]
        return f" length {'!' * given.negated}{write_span(given.value)}"


TTL = number(0, 255)


class Ttl(Match):
    name = "ttl"
    options = (Option("--ttl-eq", TTL, aliases=("--ttl",)), Option("--ttl-lt", TTL, can_negate=False),
               Option("--ttl-gt", TTL, can_negate=False))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        only_one(cls.name, given, ("--ttl-lt", "--ttl-gt", "--ttl-eq"))
        if not given:
            raise UsageError("TTL match: You must specify one of `--ttl-eq', `--ttl-lt', `--ttl-gt")

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        (flag, given), = self.given.items()
        ttl = buffer.packet.ttl
        if flag == "--ttl-lt":
            return bool(ttl < given.value)
        return bool(ttl > given.value) if flag == "--ttl-gt" else (ttl == given.value) is not given.negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return f"TTL {buffer.packet.ttl}"

    def listed(self, _numeric: bool) -> str:
        (flag, given), = self.given.items()
        sign = {"--ttl-lt": "<", "--ttl-gt": ">"}.get(flag, "!=" if given.negated else "==")
        return f" TTL match TTL {sign} {given.value}"


def read_mac(text: str) -> int:
    try:
        return parse_mac(text)
    except AddressError:
        raise UsageError("Invalid MAC address specified.") from None


class Mac(Match):
    """The source MAC of the frame that a packet came in."""

    name = "mac"
    hooks = frozenset({Hook.PREROUTING, Hook.INPUT, Hook.FORWARD})
    options = (Option("--mac-source", read_mac, format_mac, needed=True),)

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        given, frame = self.given["--mac-source"], buffer.frame
        return frame is not None and bool(frame.src or frame.dst) and (frame.src == given.value) is not given.negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return format_mac(buffer.frame.src) if buffer.frame is not None else ""

    def listed(self, _numeric: bool) -> str:
        given = self.given["--mac-source"]
        return f" MAC {'! ' * given.negated}{format_mac(given.value)}"


MATCHES: tuple[type[Match], ...] = (AddressRange, Length, Ttl, Mac)
