"""Matches about single fields and bytes: tos, dscp, pkttype, tcpmss, string."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.extension import (
    Given,
    ImpossibleError,
    Match,
    Option,
    UsageError,
    bounded_span,
    number,
    write_span,
)
from netsandbox.linux.netfilter.head import Head
from netsandbox.linux.netfilter.headers import tcp_options
from netsandbox.linux.netfilter.targets.packet import TOS_NAMES, read_dscp_class, read_tos, write_tos
from netsandbox.wire.addresses import BROADCAST_MAC, MAC_GROUP_BIT
from netsandbox.wire.ipv4 import TCP

NAME_MASK = 0x3F
LONGEST_PATTERN = 128
LAST_OFFSET = 65535
OPTION_MSS = 2


class Tos(Match):
    name = "tos"
    options = (Option("--tos", read_tos, write_tos, needed=True),)

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        given = self.given["--tos"]
        return (buffer.packet.tos & given.value.mask == given.value.value) is not given.negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return f"TOS {buffer.packet.tos:#04x}"

    def listed(self, numeric: bool) -> str:
        given = self.given["--tos"]
        name = next((name for name, value in TOS_NAMES.items() if given.value == (value, NAME_MASK)), "")
        return f" tos match{'!' * given.negated}{f' {name}' if name and not numeric else write_tos(given.value)}"


class Dscp(Match):
    name = "dscp"
    options = (Option("--dscp", number(0, 63), lambda value: f"{value:#04x}", excludes=("--dscp-class",)),
               Option("--dscp-class", read_dscp_class))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        super().check(given, head)
        named = given.pop("--dscp-class", None)
        if named is not None:
            given["--dscp"] = named
        if not given:
            raise UsageError("DSCP match: Parameter --dscp is required")

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        given = self.given["--dscp"]
        return (buffer.packet.tos >> 2 == given.value) is not given.negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return f"DSCP {buffer.packet.tos >> 2:#04x}"

    def listed(self, _numeric: bool) -> str:
        given = self.given["--dscp"]
        return f" DSCP match {'!' * given.negated}{given.value:#04x}"


PACKET_TYPES = {"unicast": "unicast", "broadcast": "broadcast", "multicast": "multicast", "otherhost": "otherhost",
                "host": "unicast", "bcast": "broadcast", "mcast": "multicast"}


def read_packet_type(text: str) -> str:
    found = PACKET_TYPES.get(text.lower())
    if found is None:
        raise UsageError(f"Bad packet type '{text}'")
    return found


class PacketType(Match):
    """Whom the frame was sent to; what the host itself sends counts as unicast (xt_pkttype.c)."""

    name = "pkttype"
    options = (Option("--pkt-type", read_packet_type, needed=True),)

    @staticmethod
    def _type_of(buffer: SocketBuffer) -> str:
        destination = buffer.frame.dst if buffer.frame is not None else 0
        if destination == BROADCAST_MAC:
            return "broadcast"
        return "multicast" if destination & MAC_GROUP_BIT else "unicast"

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        given = self.given["--pkt-type"]
        return (self._type_of(buffer) == given.value) is not given.negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        return self._type_of(buffer)

    def listed(self, _numeric: bool) -> str:
        given = self.given["--pkt-type"]
        return f" PKTTYPE {'!' * given.negated}= {given.value}"


class Mss(Match):
    """The maximum segment size that a segment announces (xt_tcpmss.c)."""

    name = "tcpmss"
    options = (Option("--mss", bounded_span(LAST_OFFSET), write_span, needed=True),)

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        super().check(given, head)
        if head.protocol != (False, str(TCP)):
            raise ImpossibleError("EINVAL")

    @staticmethod
    def _mss_of(buffer: SocketBuffer) -> int | None:
        data, at = tcp_options(buffer, of_fragments=True) or b"", 0
        while at < len(data):
            if data[at] == OPTION_MSS and at + 4 <= len(data) and data[at + 1] == 4:
                return int.from_bytes(data[at + 2:at + 4], "big")
            at += 1 if data[at] < OPTION_MSS or at + 1 >= len(data) else data[at + 1] or 1
        return None

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        given, found = self.given["--mss"], self._mss_of(buffer)
        return given.negated if found is None else (found in given.value) is not given.negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        found = self._mss_of(buffer)
        return "no MSS" if found is None else f"MSS {found}"

    def listed(self, _numeric: bool) -> str:
        given = self.given["--mss"]
        return f" tcpmss match {'!' * given.negated}{write_span(given.value)}"


class Pattern(NamedTuple):
    data: bytes


def read_text(text: str) -> Pattern:
    data = text.encode("utf-8", "surrogateescape")
    if len(data) > LONGEST_PATTERN:
        raise UsageError(f'STRING too long "{text}"')
    return Pattern(data)


def read_hex_text(text: str) -> Pattern:
    """`GET|20 2f|`: between bars, bytes in hexadecimal (parse_hex_string)."""
    if not text:
        raise UsageError("STRING must contain at least one char")
    data, at, is_hex = bytearray(), 0, False
    while at < len(text):
        if text[at] == "|":
            is_hex = not is_hex
            at += 1
            while is_hex and text[at:at + 1] == " ":
                at += 1
            continue
        at = _read_hex(text, at, data) if is_hex else _read_plain(text, at, data)
    if len(data) > LONGEST_PATTERN:
        raise UsageError(f'STRING too long "{text}"')
    return Pattern(bytes(data))


def _read_hex(text: str, at: int, data: bytearray) -> int:
    if text[at] == "\\":
        raise UsageError("Cannot include literals in hex data")
    if at + 1 >= len(text):
        raise UsageError("Odd number of hex digits")
    if at + 2 >= len(text):
        raise UsageError("Invalid hex block")
    for digit in text[at:at + 2]:
        if digit not in "0123456789abcdefABCDEF":
            raise UsageError(f"Invalid hex char '{digit}'")
    data.append(int(text[at:at + 2], 16))
    return at + (3 if text[at + 2] == " " else 2)


def _read_plain(text: str, at: int, data: bytearray) -> int:
    if text[at] == "\\":
        at += 1
        if at >= len(text):
            raise UsageError("Bad literal placement at end of string")
    data += text[at].encode("utf-8", "surrogateescape")
    return at + 1


class String(Match):
    """A text somewhere in the packet, from its IP header on (xt_string.c, skb_find_text).

    The two algorithms find the same: a packet here is one piece.
    """

    name = "string"
    options = (Option("--string", read_text, excludes=("--hex-string",)), Option("--hex-string", read_hex_text),
               Option("--algo", str, can_negate=False, needed=True),
               Option("--from", number(0, LAST_OFFSET), can_negate=False),
               Option("--to", number(0, LAST_OFFSET), can_negate=False), Option("--icase", can_negate=False))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        super().check(given, head)
        pattern = given.pop("--hex-string", None)
        if pattern is not None:
            given["--string"] = pattern
        if "--string" not in given:
            raise UsageError("STRING match: You must specify `--string' or `--hex-string'")
        if given["--algo"].value not in ("bm", "kmp"):
            raise ImpossibleError("ENOALGORITHM")
        first, last = (given[flag].value if flag in given else fallback
                       for flag, fallback in (("--from", 0), ("--to", LAST_OFFSET)))
        if first > last or not given["--string"].value.data:
            raise ImpossibleError("EINVAL")

    def prepare(self) -> None:
        self.first = self.value("--from") or 0
        self.last = self.given["--to"].value if "--to" in self.given else LAST_OFFSET
        self.ignores_case = "--icase" in self.given
        found: Pattern = self.given["--string"].value
        self.wanted = found.data.lower() if self.ignores_case else found.data

    def _place(self, buffer: SocketBuffer) -> int:
        data = buffer.packet.emit()[self.first:]
        at = (data.lower() if self.ignores_case else data).find(self.wanted)
        return self.first + at if 0 <= at <= self.last - self.first - len(self.wanted) else -1

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        return (self._place(buffer) >= 0) is not self.given["--string"].negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        at = self._place(buffer)
        return f"at byte {at}" if at >= 0 else "not there"

    def _shown(self) -> tuple[str, str]:
        """The option that says it, and the text in quotes: hexadecimal where a byte cannot be printed."""
        data: bytes = self.given["--string"].value.data
        if all(32 <= byte < 127 for byte in data) and not data.endswith(b"|"):
            return "--string", '"' + data.decode().replace("\\", "\\\\").replace('"', '\\"') + '"'
        if all(32 <= byte < 127 for byte in data):
            return "--string", f'"{data.decode()}"'
        return "--hex-string", f'"|{data.hex()}|"'

    def _bounds(self, first: str, last: str) -> str:
        return (f" {first} {self.first}" if self.first else "") + (
            f" {last} {self.last}" if self.last != LAST_OFFSET else "")

    def written(self) -> str:
        option, text = self._shown()
        return (f"{'! ' * self.given['--string'].negated}{option} {text} --algo {self.given['--algo'].value}"
                f"{self._bounds('--from', '--to')}{' --icase' * self.ignores_case}")

    def listed(self, _numeric: bool) -> str:
        return (f" STRING match {'!' * self.given['--string'].negated} {self._shown()[1]} ALGO name "
                f"{self.given['--algo'].value}{self._bounds('FROM', 'TO')}{' ICASE' * self.ignores_case}")


MATCHES: tuple[type[Match], ...] = (Tos, Dscp, PacketType, Mss, String)
