"""What curl says: the progress meter, and --write-out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from netsandbox.engine.units import SECOND
from netsandbox.wire.http import Head

METER_HEAD = ("  % Total    % Received % Xferd  Average Speed   Time    Time     Time  Current\n"
              "                                 Dload  Upload   Total   Spent    Left  Speed\n")
PARALLEL_HEAD = "DL% UL%  Dled  Uled  Xfers  Live Total     Current  Left    Speed\n"
ESCAPES = {"\\n": "\n", "\\t": "\t", "\\r": "\r", "\\\\": "\\"}


def meter(size: int, sent: int, seconds: float) -> str:
    """The last line of the progress meter of a transfer that is done."""
    total, percent = size + sent, 100 if size or sent else 0
    speed, upload = (round(count / seconds) if seconds > 0 else 0 for count in (size, sent))
    return (f"{percent:3d} {_count(total)}  {100 if size else 0:3d} {_count(size)}  {100 if sent else 0:3d} "
            f"{_count(sent)}  {_count(speed)}  {_count(upload)} --:--:-- --:--:-- --:--:-- {_count(speed)}")


def parallel_meter(amounts: list[tuple[int, int, int]], transfers: int, running: int, seconds: float) -> str:
    """The last line of the meter of transfers at the same time, of each what came, was sent and would have come."""
    came, sent = sum(one[0] for one in amounts), sum(one[1] for one in amounts)
    total = sum(one[2] for one in amounts) if all(one[2] >= 0 for one in amounts) else 0
    speed = round(max(came, sent) / seconds) if seconds > 0 else 0
    shares = (f"{came * 100 // total if total else '--':<3}", f"{'100' if sent else '--':<3}")
    times = (_time(total // speed if speed else 0), _time(int(seconds)),
             _time(max(total // speed - int(seconds), 0) if speed else 0))
    return (f"{' '.join(shares)} {_count(came)} {_count(sent)} {transfers:5d} {running:5d}  {' '.join(times)} "
            f"{_count(speed)}     \n")


def _time(seconds: int) -> str:
    return f"{seconds // 3600:2d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}" if seconds > 0 else "--:--:--"


def _count(number: int) -> str:
    """Five characters for a number of bytes (max5data)."""
    if number < 100_000:
        return f"{number:5d}"
    for unit in "kMGT":
        number, rest = divmod(number, 1024)
        if number < 100:
            return f"{number:2d}.{rest * 10 // 1024}{unit}"
        if number < 10_000:
            return f"{number:4d}{unit}"
    return f"{number:5d}"


WRITTEN = re.compile(r"\\[ntr\\]|%%|%header\{([^}]*)\}|%\{([^}]*)\}")
STREAMS = {"stdout": "out", "stderr": "err"}


def write_out(template: str, variables: Mapping[str, str],
              head: Head | None) -> tuple[list[tuple[str, str]], list[str]]:
    """(the text of -w on its streams, the variables that there are not)."""
    unknown: list[str] = []
    pieces, stream, at = list[tuple[str, str]](), "out", 0
    for match in WRITTEN.finditer(template):
        pieces.append((stream, template[at:match.start()]))
        at, found, name = match.end(), match[0], match[2]
        if name in STREAMS:
            stream = STREAMS[name]
        elif name is not None and name not in variables:
            unknown.append(name)
        elif match[1] is not None:
            pieces.append((stream, head.get(match[1]) if head is not None else ""))
        else:
            pieces.append((stream, variables[name] if name is not None else ESCAPES.get(found, "%")))
    return [*pieces, (stream, template[at:])], unknown


class Counts(NamedTuple):
    """What a transfer amounted to, in bytes and times."""

    size: int
    sent: int
    head: int
    connections: int
    redirects: int


def variables(times: Mapping[str, int], now: int, head: Head | None, counts: Counts) -> dict[str, str]:
    """The variables of -w that tell of time, sizes and the response.

    Args:
        times: virtual nanoseconds of start, lookup, connect, request and first (byte), as far as it came.
    """
    start = times["start"]
    found = {name: f"{max(times.get(mark, start) - start, 0) / SECOND:.6f}"
             for name, mark in (("time_namelookup", "lookup"), ("time_connect", "connect"),
                                ("time_pretransfer", "request"), ("time_starttransfer", "first"))}
    total = (now - start) / SECOND
    word = head.start[1] if head is not None else ""
    code = int(word) if word.isascii() and word.isdecimal() else 0
    return found | {
        "time_total": f"{total:.6f}", "time_appconnect": "0.000000", "time_redirect": "0.000000",
        "http_code": f"{code:03d}", "response_code": f"{code:03d}", "size_download": str(counts.size),
        "size_upload": str(counts.sent), "size_header": str(counts.head),
        "speed_download": str(round(counts.size / total) if total else 0), "speed_upload": "0",
        "num_connects": str(counts.connections), "num_redirects": str(counts.redirects),
        "content_type": head.get("Content-Type") if head else "",
        "http_version": head.version[5:].removesuffix(".0") if head else "0", "http_connect": "000",
        "ssl_verify_result": "0", "num_headers": str(len(head.fields)) if head else "0"}
