"""Messages of name servers as dig and host write them: a header, and records in columns (BIND's masterdump.c)."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.wire import dns
from netsandbox.wire.addresses import format_ipv4

TAB = 8
FLAGS = ((dns.RESPONSE, "qr"), (dns.AUTHORITATIVE, "aa"), (dns.TRUNCATED, "tc"), (dns.RECURSION_DESIRED, "rd"),
         (dns.RECURSION_AVAILABLE, "ra"), (dns.AUTHENTIC, "ad"), (dns.CHECKING_DISABLED, "cd"))
UNITS = (("w", 604800), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


class Style(NamedTuple):
    """How records are written."""

    # ttl, cls: whether they are shown
    ttl: bool = True
    cls: bool = True
    units: bool = False  # the TTL as 1h5m
    is_dense: bool = False  # +multiline, in fewer columns

    @property
    def columns(self) -> tuple[int, int, int, int]:
        """Where TTL, class, type and data begin."""
        if self.is_dense or not (self.ttl or self.cls):
            return 24, 24, 24, 32
        return (24, 32, 40, 48) if self.ttl and self.cls else (24, 24, 32, 40)


def padded(text: str, column: int) -> str:
    """With what is between it and the column: tabs and spaces, at least one (indent)."""
    width = len(text.expandtabs(TAB))
    column = max(column, width + 1)
    tabs = column // TAB - width // TAB
    return text + "\t" * tabs + " " * (column % TAB if tabs else column - width)


def record_text(record: dns.Answer, style: Style) -> str:
    at_ttl, at_class, at_type, at_data = style.columns
    line = dotted(record.name)
    if style.ttl:
        line = padded(line, at_ttl) + (in_units(record.ttl) if style.units else str(record.ttl))
    if style.cls:
        line = padded(line, at_class) + "IN"
    line = padded(line, at_type) + dns.TYPES.get(record.type, f"TYPE{record.type}")
    return padded(line, at_data) + data_text(record)


def question_text(question: dns.Question, style: Style) -> str:
    """The semicolon before it does not count."""
    _ttl, at_class, at_type, _data = style.columns
    line = padded(dotted(question.name), at_class) + dns.CLASSES.get(question.cls, f"CLASS{question.cls}")
    return ";" + padded(line, at_type) + dns.TYPES.get(question.type, f"TYPE{question.type}")


def in_units(seconds: int) -> str:
    """`1h1m1s` (dns_ttl_totext)."""
    text = ""
    for unit, size in UNITS:
        count, seconds = divmod(seconds, size)
        text += f"{count}{unit}" if count or (unit == "s" and not text) else ""
    return text


def header_lines(message: dns.Message) -> list[str]:
    flags = " ".join(name for bit, name in FLAGS if message.flags & bit)
    status = dns.RCODES[message.rcode] if message.rcode < len(dns.RCODES) else f"RESERVED{message.rcode}"
    counts = (f"QUERY: {len(message.questions)}, ANSWER: {len(message.answers)}, AUTHORITY: {len(message.authority)}, "
              f"ADDITIONAL: {len(message.additional)}")
    return [f";; ->>HEADER<<- opcode: QUERY, status: {status}, id: {message.ident}", f";; flags: {flags}; {counts}"]


def dotted(name: str) -> str:
    return name if name.endswith(".") else f"{name}."


def data_text(record: dns.Answer) -> str:
    """A record's data as zone files write it."""
    if record.text:
        return dotted(record.text)
    if record.type == dns.A and len(record.data) == 4:
        return format_ipv4(int.from_bytes(record.data, "big"))
    if record.type == dns.TXT and record.data:
        return '"' + record.data[1:1 + record.data[0]].decode("latin-1") + '"'
    return f"\\# {len(record.data)} {record.data.hex().upper()}"
