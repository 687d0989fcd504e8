"""Dissection of what programs say to each other: DNS and HTTP; anything else is bytes."""

from __future__ import annotations

from ipaddress import IPv6Address

from netsandbox.wire import dns
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.describe_out import characters
from netsandbox.wire.describe_text import METHODS
from netsandbox.wire.errors import ParseError
from netsandbox.wire.layers import Field, Layer, Row, bytes_layer, preview, read_fields

DNS_FLAGS = ((dns.AUTHORITATIVE, "authoritative"), (dns.TRUNCATED, "truncated"),
             (dns.RECURSION_DESIRED, "recursion desired"), (dns.RECURSION_AVAILABLE, "recursion available"))
SECTIONS = ("Answer", "Authority", "Additional")
HTTP_PORTS = frozenset({80, 8080})  # Where what begins no message goes on with one
HTTP_BEGINS = (b"HTTP/1.", *(f"{method} ".encode() for method in METHODS["HTTP"]))


def application_layers(ports: tuple[int, int], is_tcp: bool, data: bytes, start: int, end: int) -> tuple[Layer, ...]:
    """What a datagram or a segment between two ports carries."""
    if is_tcp and data.startswith(HTTP_BEGINS, start, end):
        return (_http(data, start, end),)
    if is_tcp and start < end and not HTTP_PORTS.isdisjoint(ports):
        return (Layer("HTTP", f"goes on, {end - start} bytes", start, end, (
            Field("Body", f"{end - start} bytes", start, end),)),)
    if not is_tcp and dns.PORT in ports and end - start >= dns.HEADER:
        summary, fields = _dns(data[start:end])
        moved = (field._replace(start=field.start + start, end=field.end + start) for field in fields)
        return (Layer("DNS", summary, start, end, tuple(moved)),)
    return bytes_layer("Data", data, start, end)


# -- DNS (RFC 1035, 4)


def _dns(message: bytes) -> tuple[str, list[Field]]:
    """In one line, and the fields, which cover the message together."""
    fields = read_fields(message, 0, len(message), _DNS)
    at, told = dns.HEADER, dict.fromkeys(("Question", *SECTIONS), "")
    counts = [int(field.value) for field in fields[2:]]
    try:
        for name, count in zip(told, counts, strict=True):
            for _one in range(min(count, dns.MOST_RECORDS)):
                value, behind = _dns_question(message, at) if name == "Question" else _dns_record(message, at)
                fields.append(Field(name, value, at, behind))
                told[name], at = told[name] or value, behind
    except ParseError:
        pass
    if at < len(message):
        fields.append(Field("Truncated", preview(message[at:]), at, len(message)))
    flags = int.from_bytes(message[2:4], "big")
    if flags & dns.RESPONSE:
        return f"response: {told['Answer'] or _rcode(flags)}", fields
    return f"query: {told['Question'] or 'nothing'}", fields


def _dns_question(message: bytes, at: int) -> tuple[str, int]:
    question, behind = dns.parse_question(message, at)
    return f"{question.name or '.'} {dns.TYPES.get(question.type, question.type)}", behind


def _dns_record(message: bytes, at: int) -> tuple[str, int]:
    record, behind = dns.parse_record(message, at)
    if record.type == dns.A and len(record.data) == 4:
        value = format_ipv4(int.from_bytes(record.data, "big"))
    elif record.type == dns.AAAA and len(record.data) == 16:
        value = str(IPv6Address(record.data))
    else:
        value = record.text or preview(record.data)
    name, kind = record.name or ".", dns.TYPES.get(record.type, record.type)
    return f"{name} {kind} {value}{'' if record.type == dns.OPT else f', TTL {record.ttl}'}".strip(), behind


def _dns_flags(number: int) -> str:
    words = ["response" if number & dns.RESPONSE else "query", *(word for bit, word in DNS_FLAGS if number & bit)]
    if number & dns.RESPONSE:
        words.append(_rcode(number))
    return f"0x{number:04x} ({', '.join(words)})"


def _rcode(flags: int) -> str:
    number = flags & 15
    return dns.RCODES[number] if number < len(dns.RCODES) else f"RCODE {number}"


_DNS: tuple[Row, ...] = (
    (0, 2, "Transaction ID", lambda number: f"0x{number:04x}"), (2, 2, "Flags", _dns_flags), (4, 2, "Questions", str),
    (6, 2, "Answer RRs", str), (8, 2, "Authority RRs", str), (10, 2, "Additional RRs", str))


# -- HTTP (RFC 9112)


def _http(data: bytes, start: int, end: int) -> Layer:
    """A segment that begins with a request or a response: lines up to the empty one, and what is there of a body."""
    fields: list[Field] = []
    at = start
    while at < end:
        behind = data.find(b"\n", at, end) + 1 or end
        line = data[at:behind].rstrip(b"\r\n")
        name, colon, value = line.partition(b":")
        if not fields:
            fields.append(Field("Response" if line.startswith(b"HTTP/") else "Request", characters(line), at, behind))
        elif line:
            text = (characters(name), characters(value.strip())) if colon else ("Line", characters(line))
            fields.append(Field(*text, at, behind))
        else:
            fields.append(Field("End of head", "", at, behind))
            break
        at = behind
    covered = fields[-1].end
    if covered < end:
        fields.append(Field("Body", f"{end - covered} bytes", covered, end))
    return Layer("HTTP", fields[0].value or "HTTP", start, end, tuple(fields))
