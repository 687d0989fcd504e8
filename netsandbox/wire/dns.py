"""DNS messages (RFC 1035): parse and build, names compressed as servers do it."""

from __future__ import annotations

from collections.abc import Sequence
from struct import Struct, error, pack
from typing import NamedTuple

from netsandbox.wire.errors import ParseError

PORT = 53
A, NS, CNAME, SOA, PTR, MX, TXT, AAAA, OPT, HTTPS, ANY = 1, 2, 5, 6, 12, 15, 16, 28, 41, 65, 255
TYPES = {A: "A", NS: "NS", CNAME: "CNAME", SOA: "SOA", 10: "NULL", 13: "HINFO", PTR: "PTR", MX: "MX", TXT: "TXT",
         17: "RP", 18: "AFSDB", 25: "KEY", AAAA: "AAAA", 29: "LOC", 33: "SRV", 35: "NAPTR", 37: "CERT", 39: "DNAME",
         OPT: "OPT", 43: "DS", 44: "SSHFP", 46: "RRSIG", 47: "NSEC", 48: "DNSKEY", 50: "NSEC3", 51: "NSEC3PARAM",
         52: "TLSA", 53: "SMIMEA", 59: "CDS", 60: "CDNSKEY", 61: "OPENPGPKEY", 64: "SVCB", HTTPS: "HTTPS", 99: "SPF",
         ANY: "ANY", 256: "URI", 257: "CAA"}
TYPE_NUMBERS = {name: number for number, name in TYPES.items()}
IN, CHAOS, HESIOD = 1, 3, 4
CLASSES = {IN: "IN", CHAOS: "CH", HESIOD: "HS"}
CLASS_NUMBERS = {"IN": IN, "CH": CHAOS, "CHAOS": CHAOS, "HS": HESIOD, "HESIOD": HESIOD}
RESPONSE, AUTHORITATIVE, TRUNCATED, RECURSION_DESIRED, RECURSION_AVAILABLE = 0x8000, 0x400, 0x200, 0x100, 0x80
AUTHENTIC, CHECKING_DISABLED = 0x20, 0x10
NSID, COOKIE, KEEPALIVE = 3, 10, 11  # Options of an OPT record (RFC 5001, 7873, 7828)
DNSSEC_OK = 0x8000
LARGEST = 512  # Bytes of an answer by UDP, where nothing else was said (RFC 1035, 2.3.4)
NOERROR, FORMERR, SERVFAIL, NXDOMAIN, NOTIMP, REFUSED = range(6)
RCODES = ("NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN", "NOTIMP", "REFUSED")
HEADER, MOST_NAME, MOST_LABEL = 12, 255, 63
POINTER = 0xC0
MOST_RECORDS = 64

_HEAD = Struct("!HHHHHH")
_TAIL = Struct("!HHIH")


class Question(NamedTuple):
    """What is asked: names without the last dot."""

    name: str
    type: int = A
    cls: int = IN


class Answer(NamedTuple):
    """A resource record."""

    name: str
    type: int
    ttl: int
    data: bytes  # as on the wire; of names in it, `text` is the readable form
    text: str = ""  # the name that a CNAME, NS or PTR record points to, else empty
    cls: int = IN


class Message(NamedTuple):
    """A query or a response."""

    ident: int
    flags: int
    questions: tuple[Question, ...] = ()
    answers: tuple[Answer, ...] = ()
    authority: tuple[Answer, ...] = ()
    additional: tuple[Answer, ...] = ()

    @property
    def is_response(self) -> bool:
        return bool(self.flags & RESPONSE)

    @property
    def opt(self) -> Answer | None:
        """The OPT record (RFC 6891, 6.1.1), whose class is the size of datagrams and whose TTL has flags."""
        return next((record for record in self.additional if record.type == OPT), None)

    @property
    def rcode(self) -> int:
        return self.flags & 15

    def emit(self, compress: bool = True) -> bytes:
        """The message as bytes (compress: names that stand in it already are pointers to them (RFC 1035, 4.1.4))."""
        known: dict[str, int] | None = {} if compress else None
        sections = self.answers, self.authority, self.additional
        out = bytearray(_HEAD.pack(self.ident, self.flags, len(self.questions), *(len(part) for part in sections)))
        for question in self.questions:
            _put_name(out, question.name, known)
            out += pack("!HH", question.type, question.cls)
        for part in sections:
            for record in part:
                _put_record(out, record, known)
        return bytes(out)


def opt(size: int, dnssec_ok: bool = False, options: Sequence[tuple[int, bytes]] = ()) -> Answer:
    """An OPT record (RFC 6891, 6.1.2).

    Args:
        size: bytes of a datagram that its sender takes.
        options: (code, data) of each.
    """
    data = b"".join(pack("!HH", code, len(value)) + value for code, value in options)
    return Answer("", OPT, DNSSEC_OK if dnssec_ok else 0, data, cls=size)


def fits(name: str) -> bool:
    """Whether it can be written as labels."""
    try:
        return bool(encode_name(name))
    except ValueError:
        return False


def encode_name(name: str) -> bytes:
    """A name as labels, uncompressed (ValueError: a label is empty or too long, or the name is)."""
    out = bytearray()
    _put_name(out, name, {})
    return bytes(out)


def _put_name(out: bytearray, name: str, known: dict[str, int] | None) -> None:
    labels = name.rstrip(".").split(".") if name.strip(".") else []
    if len(name) > MOST_NAME - 2:
        raise ValueError("a name that is too long")
    for place in range(len(labels)):
        rest = ".".join(labels[place:]).lower()
        if known is not None and rest in known:
            out += pack("!H", POINTER << 8 | known[rest])
            return
        if known is not None and len(out) < 0x4000:
            known[rest] = len(out)
        label = labels[place].encode("idna" if not labels[place].isascii() else "ascii")
        if not 0 < len(label) <= MOST_LABEL:
            raise ValueError("a label that is empty or too long")
        out += bytes([len(label)]) + label
    out.append(0)


def _put_record(out: bytearray, record: Answer, known: dict[str, int] | None) -> None:
    _put_name(out, record.name, known)
    out += _TAIL.pack(record.type, record.cls, record.ttl, 0)
    start = len(out)
    if record.text and record.type in (CNAME, NS, PTR):
        _put_name(out, record.text, known)
    else:
        out += record.data
    out[start - 2:start] = pack("!H", len(out) - start)


def parse(data: bytes) -> Message:
    """Read a message (ParseError: it makes no sense)."""
    try:
        ident, flags, *counts = _HEAD.unpack_from(data)
        if max(counts) > MOST_RECORDS:
            raise ParseError("DNS", "too many records")
        at, questions = HEADER, []
        for _question in range(counts[0]):
            question, at = parse_question(data, at)
            questions.append(question)
        sections = []
        for count in counts[1:]:
            records = []
            for _record in range(count):
                record, at = parse_record(data, at)
                records.append(record)
            sections.append(tuple(records))
    except (error, IndexError):
        raise ParseError("DNS", "a message that ends early") from None
    return Message(ident, flags, tuple(questions), *sections)


def parse_question(data: bytes, at: int) -> tuple[Question, int]:
    """A question at an offset, and where it ends (ParseError: it makes no sense)."""
    try:
        name, at = _name(data, at)
        kind, cls = Struct("!HH").unpack_from(data, at)
    except (error, IndexError):
        raise ParseError("DNS", "a question that ends early") from None
    return Question(name, kind, cls), at + 4


def parse_record(data: bytes, at: int) -> tuple[Answer, int]:
    """A resource record at an offset, and where it ends (ParseError: it makes no sense)."""
    try:
        name, at = _name(data, at)
        kind, cls, ttl, size = _TAIL.unpack_from(data, at)
        at += _TAIL.size
        text = _name(data, at)[0] if kind in (CNAME, NS, PTR) else ""
    except (error, IndexError):
        raise ParseError("DNS", "a record that ends early") from None
    if at + size > len(data):
        raise ParseError("DNS", "a record that ends early")
    return Answer(name, kind, ttl, data[at:at + size], text, cls), at + size


def _name(data: bytes, at: int) -> tuple[str, int]:
    """(the name at an offset, where it ends); pointers lead backwards only, so that it comes to an end."""
    labels: list[str] = []
    end, limit, total = -1, at, 0
    while True:
        size = data[at]
        if size >= POINTER:
            target = (size & 0x3F) << 8 | data[at + 1]
            end = at + 2 if end < 0 else end
            if target >= limit:
                raise ParseError("DNS", "a pointer that leads nowhere")
            at = limit = target
            continue
        if size > MOST_LABEL:
            raise ParseError("DNS", "a label of an unknown kind")
        at += 1
        if not size:
            return ".".join(labels), at if end < 0 else end
        label = data[at:at + size]
        total += size + 1
        if len(label) < size or total > MOST_NAME:
            raise ParseError("DNS", "a name that ends early or is too long")
        labels.append("".join(chr(byte) if 32 < byte < 127 and byte != 46 else f"\\{byte:03d}" for byte in label))
        at += size


def reverse_name(address: int) -> str:
    """The name that PTR records of an IPv4 address have."""
    return ".".join(str(address >> shift & 255) for shift in (0, 8, 16, 24)) + ".in-addr.arpa"


def reversed_address(name: str) -> int | None:
    """The address that such a name stands for; None for other names."""
    labels = name.lower().rstrip(".").split(".")
    if labels[-2:] != ["in-addr", "arpa"] or len(labels) != 6:
        return None
    value = 0
    for label in reversed(labels[:4]):
        if not label.isascii() or not label.isdecimal() or int(label) > 255:
            return None
        value = value << 8 | int(label)
    return value
