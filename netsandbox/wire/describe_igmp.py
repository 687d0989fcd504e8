"""An IGMP message in tcpdump's words (print-igmp.c)."""

from __future__ import annotations

from netsandbox.wire.addresses import format_ipv4
from netsandbox.wire.checksum import internet_checksum
from netsandbox.wire.describe_out import Out, number

_QUERY, _REPORT_3 = 0x11, 0x22
_GROUPED = {0x12: "v1 report", 0x16: "v2 report", 0x17: "leave"}
_RECORDS = {1: "is_in", 2: "is_ex", 3: "to_in", 4: "to_ex", 5: "allow", 6: "block"}
_HEADER, _QUERY_3, _RECORD = 8, 12, 8
_USUAL = 100  # Tenths of a second in which an answer is asked for, where nothing else is said


def igmp_text(out: Out, data: bytes, length: int) -> None:
    """Add a message; with -v a report's groups, with -vv their sources."""
    if out.quiet:
        out.add("igmp")
        return
    kind = number(data, 0, 1, "igmp")
    if kind == _QUERY:
        _query(out, data, length)
    elif kind == _REPORT_3:
        _report(out, data, length)
    elif kind in _GROUPED:
        out.add(f"igmp {_GROUPED[kind]} {_address(data, 4)}" + (f" [len {length}]" if length > _HEADER else ""))
    else:
        out.add(f"igmp-{kind}")
    if out.verbose and len(data) >= length and internet_checksum(data[:length]):
        out.add(f" bad igmp cksum {number(data, 2, 2, 'igmp'):x}!")


def _address(data: bytes, at: int) -> str:
    return format_ipv4(number(data, at, 4, "igmp"))


def _query(out: Out, data: bytes, length: int) -> None:
    code = number(data, 1, 1, "igmp")
    out.add("igmp query ")
    if length >= _QUERY_3:
        out.add("v3")
        _query_3(out, data, length, code)
        return
    out.add("v2" if code else "v1")
    if code not in (0, _USUAL):
        out.add(f" [max resp time {code}]")
    out.add(f" [gaddr {_address(data, 4)}]" if number(data, 4, 4, "igmp") else "")
    out.add(f" [len {length}]" if length > _HEADER else "")


def _query_3(out: Out, data: bytes, length: int, code: int) -> None:
    tenths = code if code < 0x80 else (code & 15 | 16) << (code >> 4 & 7) + 3
    if tenths != _USUAL:
        minutes, seconds = divmod(tenths // 10, 60)
        out.add(f" [max resp time {tenths / 10:.1f}s]" if tenths < 600 else
                f" [max resp time {f'{minutes}m' if minutes else ''}{f'{seconds}s' if seconds else ''}]")
    if number(data, 4, 4, "igmp"):
        out.add(f" [gaddr {_address(data, 4)}")
        count = number(data, 10, 2, "igmp")
        is_whole = length >= _QUERY_3 + 4 * count
        out.add(_sources(out, data, _QUERY_3, count, is_always=False) if is_whole else " [invalid number of sources]")
        out.add("]")


def _sources(out: Out, data: bytes, at: int, count: int, is_always: bool) -> str:
    """How many, or with -vv which."""
    if not (count or is_always):
        return ""
    if out.verbose < 2:
        return f", {count} source(s)"
    return " { " + "".join(f"{_address(data, at + 4 * place)} " for place in range(count)) + "}"


def _report(out: Out, data: bytes, length: int) -> None:
    out.add("igmp v3 report")
    if length < _HEADER + _RECORD:
        out.add(f" [invalid len {length}]")
        return
    count, at = number(data, 6, 2, "igmp"), _HEADER
    out.add(f", {count} group record(s)")
    for _record in range(count if out.verbose else 0):
        if length < at + _RECORD:
            out.add(" [invalid number of groups]")
            return
        kind, sources = number(data, at, 1, "igmp"), number(data, at + 2, 2, "igmp")
        out.add(f" [gaddr {_address(data, at + 4)} {_RECORDS.get(kind, f' [v3-report-#{kind}]')}")
        at += _RECORD
        if length < at + 4 * sources:
            out.add(f" [invalid number of sources {sources}]")
            return
        out.add(_sources(out, data, at, sources, is_always=True) + "]")
        at += 4 * sources
