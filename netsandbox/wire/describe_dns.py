"""A DNS message in tcpdump's words (print-domain.c)."""

from __future__ import annotations

from netsandbox.wire import dns
from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.errors import ParseError

RESPONSES = ("", " FormErr", " ServFail", " NXDomain", " NotImp", " Refused", " YXDomain", " YXRRSet", " NXRRSet",
             " NotAuth", " NotZone", " Resp11", " Resp12", " Resp13", " Resp14", " NoChange")
OPERATIONS = ("", " inv_q", " stat", " op3", " notify", " update", " op6", " op7", " op8", " updateA", " updateD",
              " updateDA", " updateM", " updateMA", " zoneInit", " zoneRef")
ODD = 0x6CF
"""Bits that no question has (b2&3)."""


INVERSE = 1
PREFIX, HEADER = 2, 12
UNITS = (("w", 604800), ("d", 86400), ("h", 3600), ("m", 60), ("s", 1))


def describe_dns(data: bytes, size: int, verbose: int = 0) -> str:
    """`12345+ A? example.com. (29)`, `12345 1/0/0 A 93.184.215.14 (45)`.

    Args:
        size: what the UDP header claims.
        verbose: how many times -v: names of records, then what was asked and the other sections, then TTLs.
    """
    try:
        message = dns.parse(data)
    except ParseError:
        return _cut_off(data, size, verbose)
    text = _response(message, verbose) if message.is_response else _question(message, verbose)
    return f"{text} ({size})"


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


def _operation(flags: int) -> str:
    return OPERATIONS[flags >> 11 & 15]


def _cut_off(data: bytes, size: int, verbose: int) -> str:
    """What is read of a message before its bytes run out, or make no sense; records are not looked at below -vv."""
    ident, flags, *counts = (int.from_bytes(data[at:at + 2], "big") for at in range(0, 12, 2))
    if flags & dns.RESPONSE:
        return _answer_head(ident, flags, counts[0]) + " q:" * (verbose > 1 and counts[0] > 0) + " [|domain]"
    text, at = _question_head(ident, flags, counts), 12
    for _question in range(counts[0]):
        try:
            question, at = dns.parse_question(data, at)
        except ParseError:
            return f"{text} [|domain]"
        text += _asked(question)
    return f"{text} [|domain]" if verbose > 1 else f"{text} ({size})"


def _question_head(ident: int, flags: int, counts: list[int]) -> str:
    text = f"{ident}{_operation(flags)}{'+' if flags & dns.RECURSION_DESIRED else ''}"
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


def _question(message: dns.Message, verbose: int) -> str:
    text = _question_head(message.ident, message.flags, [len(part) for part in (
        message.questions, message.answers, message.authority, message.additional)])
    text += ",".join(_asked(question) for question in message.questions)
    return text + _other_sections(message, verbose)


def _asked(question: dns.Question) -> str:
    return f" {_kind(question.type)}{_class(question.cls)}? {_name(question.name)}"


def _period(seconds: int) -> str:
    """`1h30m` (unsigned_relts_print)."""
    text = ""
    for letter, size in UNITS:
        count, seconds = divmod(seconds, size)
        text += f"{count}{letter}" if count else ""
    return text or "0s"


def _answer_head(ident: int, flags: int, questions: int) -> str:
    text = f"{ident}{_operation(flags)}{RESPONSES[flags & 15]}"
    text += "*" if flags & dns.AUTHORITATIVE else ""
    text += "" if flags & dns.RECURSION_AVAILABLE else "-"
    text += "|" if flags & dns.TRUNCATED else ""
    text += "$" if flags & dns.AUTHENTIC else ""
    return text + (f" [{questions}q]" if questions != 1 else "")


def _response(message: dns.Message, verbose: int) -> str:
    text = _answer_head(message.ident, message.flags, len(message.questions))
    if verbose > 1:
        text += ",".join(f" q:{_asked(question)}" for question in message.questions)
    text += f" {len(message.answers)}/{len(message.authority)}/{len(message.additional)}"
    text += ",".join(_record(record, verbose) for record in message.answers)
    return text + _other_sections(message, verbose)


def _other_sections(message: dns.Message, verbose: int) -> str:
    sections = (("ns", message.authority), ("ar", message.additional)) if verbose > 1 else ()
    return "".join(f" {letters}:" + ",".join(_record(record, verbose) for record in records)
                   for letters, records in sections if records)


def _record(record: dns.Answer, verbose: int) -> str:
    head = f" {_name(record.name)}" if verbose else ""
    head += f" [{_period(record.ttl)}]" if verbose > 2 and record.type != dns.OPT else ""
    head += f" {_kind(record.type)}{'' if record.type == dns.OPT else _class(record.cls)}"
    if record.type == dns.OPT:
        return head + _opt(record)
    if record.text:
        return f"{head} {_name(record.text)}"
    if record.type == dns.A and len(record.data) == 4:
        return f"{head} {format_ipv4(int.from_bytes(record.data, 'big'))}"
    if record.type == dns.TXT and record.data:
        return f'{head} "{record.data[1:1 + record.data[0]].decode("latin-1")}"'
    return head


OPT_WORDS = {dns.NSID: "NSID", dns.COOKIE: "COOKIE", dns.KEEPALIVE: "KEEPALIVE"}


def _opt(record: dns.Answer) -> str:
    """` UDPsize=1232 DO [COOKIE 0123456789abcdef]`."""
    words = [OPT_WORDS.get(code, f"Opt{code}") + (
        " " + " ".join(filter(None, (data[:8].hex(), data[8:].hex()))) if code == dns.COOKIE else "")
        for code, data in dns.opt_options(record.data)]
    return (f" UDPsize={record.cls}" + (" DO" if record.ttl & dns.DNSSEC_OK else "")
            + (f" [{','.join(words)}]" if words else ""))


def _kind(number: int) -> str:
    return dns.TYPES.get(number, f"Type{number}")


def _class(number: int) -> str:
    return "" if number == dns.IN else {dns.CHAOS: " CHAOS", 255: " ANY"}.get(number, f" (Class {number})")


def _name(name: str) -> str:
    return f"{name}."
