"""A DNS message in tcpdump's words (print-domain.c): read as far as its bytes go, whatever they say."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import IPv6Address

from netsandbox.wire import dns
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.describe_out import characters

RESPONSES = ("", " FormErr", " ServFail", " NXDomain", " NotImp", " Refused", " YXDomain", " YXRRSet", " NXRRSet",
             " NotAuth", " NotZone", " Resp11", " Resp12", " Resp13", " Resp14", " NoChange")
OPERATIONS = ("", " inv_q", " stat", " op3", " notify", " update", " op6", " op7", " op8", " updateA", " updateD",
              " updateDA", " updateM", " updateMA", " zoneInit", " zoneRef")
ODD = 0x6CF  # Bits that no question has (b2&3)
INVERSE = 1
PREFIX, HEADER, RECORD = 2, 12, 10
MULTICAST = 5353
UNITS = (("y", 31536000), ("w", 604800), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1))
CLASSES = {dns.CHAOS: "CHAOS", dns.HESIOD: "HS", 255: "ANY"}
KINDS = {**dns.TYPES, 3: "MD", 4: "MF", 7: "MB", 8: "MG", 9: "MR", 11: "WKS", 14: "MINFO", 19: "X25", 20: "ISDN"}
OPT_WORDS = {1: "LLQ", 2: "UL", dns.NSID: "NSID", 5: "DAU", 6: "DHU", 7: "N3U", 8: "ECS", 9: "EXPIRE",
             dns.COOKIE: "COOKIE", dns.KEEPALIVE: "KEEPALIVE", 12: "PADDING", 13: "CHAIN", 14: "KEY-TAG",
             16: "CLIENT-TAG", 17: "SERVER-TAG"}
POINTER, BITS = 0xC0, 0x40


class _End(Exception):  # noqa: N818 - a message that goes no further
    """The bytes end, or make no sense."""


def describe_dns(data: bytes, size: int, verbose: int = 0, is_multicast: bool = False, asked: bool = False) -> str:
    """`12345+ A? example.com. (29)`, `12345 1/0/0 A 93.184.215.14 (45)`.

    Args:
        size: what the UDP header claims.
        verbose: how many times -v: names of records, then what was asked and the other sections, then TTLs.
        is_multicast: the port is that of mDNS, where a bit of the class has a meaning of its own.
        asked: whether an answer tells what was asked; with -vv it does.
    """
    message = _Message(data, verbose, is_multicast, asked or verbose > 1)
    try:
        message.read()
    except (_End, IndexError):
        return "".join(message.text) + " [|domain]"
    return f"{''.join(message.text)} ({size})"


def describe_dns_over_tcp(data: bytes, length: int, verbose: int) -> str:
    """` 12345+ A? example.com. (29)`: a message behind its length, where it stands alone in a segment."""
    size, claimed = length - PREFIX, int.from_bytes(data[:PREFIX], "big")
    if size < 0:
        return f" [DNS over TCP: length {length} < {PREFIX}] (invalid)"
    if claimed != size:
        return f" [prefix length({claimed}) != length({size})] (invalid)"
    if size < HEADER:
        return f" domain [length {size} < {HEADER}] (invalid)"
    return " " + describe_dns(data[PREFIX:], size, verbose)


def _period(seconds: int) -> str:
    """`1h30m` (unsigned_relts_print)."""
    text = ""
    for letter, size in UNITS:
        count, seconds = divmod(seconds, size)
        text += f"{count}{letter}" if count else ""
    return text or "0s"


class _Message:
    """One message while it is read: its words so far."""

    def __init__(self, data: bytes, verbose: int, is_multicast: bool, asked: bool) -> None:
        self.data = data
        self.verbose = verbose
        self.is_multicast = is_multicast
        self.asked = asked
        self.text: list[str] = []
        self.at = HEADER

    def _number(self, at: int, size: int = 2) -> int:
        if at + size > len(self.data):
            raise _End
        return int.from_bytes(self.data[at:at + size], "big")

    def read(self) -> None:
        ident, flags, *counts = (self._number(at) for at in range(0, HEADER, 2))
        is_response = bool(flags & dns.RESPONSE)
        self.text.append(_answer_head(ident, flags, counts[0]) if is_response else _question_head(ident, flags, counts))
        self._questions(counts[0], is_response)
        if is_response:
            self.text.append(f" {counts[1]}/{counts[2]}/{counts[3]}")
        sections = (("", counts[1]), (" ns:", counts[2]), (" ar:", counts[3]))
        for name, count in sections if self.verbose > 1 else sections[:is_response]:
            self._section(name, count)

    def _questions(self, count: int, is_response: bool) -> None:
        for place in range(count):
            if is_response and not self.asked:
                self.text.append("," if place else "")
                self.at = self._skip_name(self.at) + 4
                continue
            self.text.append((("," if place else "") + " q:") if is_response else "")
            self._question()

    def _question(self) -> None:
        behind = self._skip_name(self.at)
        kind, cls = self._number(behind), self._number(behind + 2)
        mark = ""
        if self.is_multicast:
            mark = " (QU)" if cls & 0x8000 else " (QM)"
            cls &= 0x7FFF
        self.text.append(f" {_kind(kind)}{_class(cls)}{mark}? ")
        self.at = self._name(self.at) + 4

    def _section(self, name: str, count: int) -> None:
        if count and (self.at < len(self.data) or not name):
            self.text.append(name)
            while True:
                self._record()
                count -= 1
                if not count or self.at >= len(self.data):
                    break
                self.text.append(",")
        if count:
            raise _End

    def _record(self) -> None:
        if self.verbose:
            self.text.append(" ")
            at = self._name(self.at)
        else:
            at = self._skip_name_of_record()
        if at + RECORD > len(self.data):
            self.at = len(self.data)
            return
        kind, cls, ttl, size = self._number(at), self._number(at + 2), self._number(at + 4, 4), self._number(at + 8)
        if self.is_multicast and cls & 0x8000 and kind != dns.OPT:
            self.text.append(" (Cache flush)")
            cls &= 0x7FFF
        is_opt = kind == dns.OPT
        self.text.append("" if is_opt else _class(cls))
        self.text.append(f" [{_period(ttl)}]" if self.verbose > 2 and not is_opt else "")
        self.text.append(f" {_kind(kind)}")
        at += RECORD
        self.at = at + size
        if self.at > len(self.data):
            raise _End
        if is_opt:
            self.text.append(f" UDPsize={cls}{' DO' if ttl & dns.DNSSEC_OK else ''}")
        if kind in READERS:
            READERS[kind](self, at, self.at)

    # -- what a record says

    def _address(self, at: int, _end: int) -> None:
        self.text.append(f" {format_ipv4(self._number(at, 4))}")

    def _address6(self, at: int, _end: int) -> None:
        address = IPv6Address(self._number(at, 16))
        mapped = address.ipv4_mapped
        self.text.append(f" ::ffff:{mapped}" if mapped is not None else f" {address}")

    def _target(self, at: int, _end: int) -> None:
        self.text.append(" ")
        self._name(at)

    def _authority(self, at: int, _end: int) -> None:
        if not self.verbose:
            return
        for _name in range(2):
            self.text.append(" ")
            at = self._name(at)
        self._number(at, 20)
        self.text += [f" {self._number(where, 4)}" for where in range(at, at + 20, 4)]

    def _exchange(self, at: int, end: int) -> None:
        self._target(at + 2, end)
        self.text.append(f" {self._number(at)}")

    def _service(self, at: int, end: int) -> None:
        self._target(at + 6, end)
        self.text.append(f":{self._number(at + 4)} {self._number(at)} {self._number(at + 2)}")

    def _texts(self, at: int, end: int) -> None:
        while at < end:
            size = self._number(at, 1)
            self.text.append(f' "{characters(self.data[at + 1:at + 1 + size])}"')
            at += 1 + size

    def _options(self, at: int, end: int) -> None:
        words = []
        while at < end:
            code, size = self._number(at), self._number(at + 2)
            words.append(_option(code, self.data[at + 4:at + 4 + size]))
            at += 4 + size
        self.text.append(f" [{','.join(words)}]" if words else "")

    # -- names

    def _skip_name(self, at: int) -> int:
        """Where a name ends (ns_nskip)."""
        size = self._number(at, 1)
        at += 1
        if size & POINTER == POINTER:
            return at + 1
        while size:
            if size & POINTER == POINTER:
                return at + 1
            if size & POINTER == BITS:
                raise _End
            at += size
            size = self._number(at, 1)
            at += 1
        return at

    def _skip_name_of_record(self) -> int:
        try:
            return self._skip_name(self.at)
        except _End:
            return len(self.data)

    def _name(self, at: int) -> int:
        """Add a name; where it ends (fqdn_print)."""
        end, limit = -1, at
        size = self._number(at, 1)
        if not size:
            self.text.append(".")
        while size:
            if size & POINTER == POINTER:
                target = self._number(at) & 0x3FFF
                end = at + 2 if end < 0 else end
                if target >= limit:
                    self.text.append("<BAD PTR>")
                    raise _End
                at = limit = target
            elif size & POINTER:
                self.text.append("<BAD LABEL TYPE>" if size & POINTER != BITS else f"<ELT {size & 0x3F}>")
                raise _End
            else:
                label = self.data[at + 1:at + 1 + size]
                self.text.append(characters(label))
                if len(label) < size:
                    raise _End
                self.text.append(".")
                at += 1 + size
            size = self._number(at, 1)
        return at + 1 if end < 0 else end


READERS: dict[int, Callable[[_Message, int, int], None]] = {
    dns.A: _Message._address, dns.AAAA: _Message._address6, dns.SOA: _Message._authority, dns.MX: _Message._exchange,
    33: _Message._service, dns.OPT: _Message._options, dns.TXT: _Message._texts,
    **dict.fromkeys((dns.NS, dns.CNAME, dns.PTR, 39), _Message._target)}
"""What is told of a record's data, by its type."""


def _option(code: int, data: bytes) -> str:
    text = OPT_WORDS.get(code, f"Opt{code}")
    if code == dns.COOKIE:
        return " ".join(filter(None, (text, data[:8].hex(), data[8:].hex())))
    if code == dns.KEEPALIVE and len(data) == 2:
        return f"{text} {int.from_bytes(data, 'big') / 10:.1f} sec"
    if text == "PADDING":
        return f"{text} ({len(data)})"
    if text == "ECS" and len(data) > 3 and data[:2] == bytes([0, 1]):
        return f"{text} {format_ipv4(int.from_bytes(data[4:8].ljust(4, bytes(1)), 'big'))}/{data[2]}/{data[3]}"
    if (text.startswith("Opt") or code == dns.NSID) and data:
        return f"{text} {data.hex()}"
    return text


def _question_head(ident: int, flags: int, counts: list[int]) -> str:
    text = f"{ident}{OPERATIONS[flags >> 11 & 15]}{'+' if flags & dns.RECURSION_DESIRED else ''}"
    text += "%" if flags & dns.CHECKING_DISABLED else ""
    if flags & ODD & ~dns.CHECKING_DISABLED:
        text += f" [b2&3=0x{flags:x}]"
    questions, answers, authority, additional = counts
    usual = (("a", answers, 0), ("q", questions, 1))
    if flags >> 11 & 15 == INVERSE:
        usual = (("q", questions, 0), ("a", answers, 1))
    for letters, count, expected in (*usual, ("n", authority, 0), ("au", additional, 0)):
        text += f" [{count}{letters}]" if count != expected else ""
    return text


def _answer_head(ident: int, flags: int, questions: int) -> str:
    text = f"{ident}{OPERATIONS[flags >> 11 & 15]}{RESPONSES[flags & 15]}"
    text += "*" if flags & dns.AUTHORITATIVE else ""
    text += "" if flags & dns.RECURSION_AVAILABLE else "-"
    text += "|" if flags & dns.TRUNCATED else ""
    text += "$" if flags & dns.AUTHENTIC else ""
    return text + (f" [{questions}q]" if questions != 1 else "")


def _kind(number: int) -> str:
    return KINDS.get(number, f"Type{number}")


def _class(number: int) -> str:
    return "" if number == dns.IN else f" {CLASSES.get(number, f'(Class {number})')}"
