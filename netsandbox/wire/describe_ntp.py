"""A message of NTP in tcpdump's words (print-ntp.c)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from netsandbox.wire.describe_out import visible

MODES = ("unspecified", "symmetric active", "symmetric passive", "Client", "Server", "Broadcast", "Control Message",
         "Reserved")
CONTROL, CONTROL_HEADER = 6, 12
LEAPS = ("", "+1s", "-1s", "clock unsynchronized")
HEADER = 48
EPOCH = datetime(1900, 1, 1, tzinfo=UTC)
NANO = 1_000_000_000


def ntp_text(data: bytes, verbose: int) -> str:
    """`NTPv4, Client, length 48`, and with -v every field."""
    if not data:
        return " [|ntp]"
    mode = data[0] & 7
    head = f"NTPv{data[0] >> 3 & 7}, {MODES[mode]}, length {len(data)}"
    if not verbose:
        return head
    head += f"\n\tLeap indicator: {LEAPS[data[0] >> 6]} ({data[0] & 0xC0})"
    if mode >= CONTROL:
        return head + (_control(data) if mode == CONTROL else "")
    if len(data) < HEADER:
        return f"{head} (invalid)"
    return head + _fields(data) + _behind(data[HEADER:])


def _control(data: bytes) -> str:
    """RFC 9327, 2."""
    if len(data) < CONTROL_HEADER:
        return " (invalid)"
    bits = data[1]
    words = ("Response" if bits & 0x80 else "Request", "Error" if bits & 0x40 else "OK",
             "More" if bits & 0x20 else "Last")
    sequence, status, association, offset, count = (
        int.from_bytes(data[at:at + 2], "big") for at in range(2, CONTROL_HEADER, 2))
    text = (f", {', '.join(words)}, OpCode={bits & 31}\n\tSequence={sequence}, Status={hex(status) if status else 0}, "
            f"Assoc.={association}, Offset={offset}, Count={count}")
    if CONTROL_HEADER + count > len(data):
        return f"{text} (invalid)"
    return text + "\n\tTO-BE-DONE: data not interpreted" * (count > 0)


def _fields(data: bytes) -> str:
    stratum, poll, precision = data[1], *(number - 256 if number > 127 else number for number in data[2:4])
    name = ("unspecified", "primary reference", "secondary reference")[min(stratum, 2)] if stratum < 16 else "reserved"
    origin = data[24:32]
    times = "".join(f"\n\t  {words:<21} {_time(data[at:at + 8])}" for words, at in (
        ("Reference Timestamp:", 16), ("Originator Timestamp:", 24), ("Receive Timestamp:", 32),
        ("Transmit Timestamp:", 40)))
    deltas = "".join(f"\n\t    Originator - {words:<19} {_delta(origin, data[at:at + 8])}" for words, at in (
        ("Receive Timestamp:", 32), ("Transmit Timestamp:", 40)))
    return (f", Stratum {stratum} ({name}), poll {poll}{_period(poll)}, precision {precision}"
            f"\n\tRoot Delay: {_short(data[4:8])}, Root dispersion: {_short(data[8:12])}, "
            f"Reference-ID: {_reference(stratum, data[12:16])}{times}{deltas}")


def _behind(rest: bytes) -> str:
    """A key and what was made with it (RFC 5905, 7.3)."""
    if not rest:
        return ""
    key = f"\n\tKey id: {int.from_bytes(rest[:4], 'big')}"
    if len(rest) == 4:
        return key
    if len(rest) in (20, 24):
        return f"{key}\n\tAuthentication: {rest[4:].hex()}"
    return f"\n\t({len(rest)} more bytes after the header)"


def _period(power: int) -> str:
    if not -32 < power < 32:
        return ""
    return f" ({1 << power}s)" if power >= 0 else f" (1/{1 << -power}s)"


def _short(data: bytes) -> str:
    """16 bits of seconds and 16 of their fraction."""
    return f"{int.from_bytes(data[:2], 'big')}.{int.from_bytes(data[2:], 'big') * 1_000_000 >> 16:06d}"


def _reference(stratum: int, data: bytes) -> str:
    if stratum == 0:
        return "(unspec)"
    return "".join(map(visible, data)) if stratum == 1 else f"0x{data.hex()}"


def _time(data: bytes) -> str:
    """Seconds since 1900 and their fraction, and what that is as a date."""
    seconds, fraction = int.from_bytes(data[:4], "big"), int.from_bytes(data[4:], "big")
    date = f" ({EPOCH + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ})" if seconds else ""
    return f"{seconds}.{fraction * NANO >> 32:09d}{date}"


def _delta(origin: bytes, data: bytes) -> str:
    if not any(origin):
        return _time(data)
    difference = int.from_bytes(data, "big") - int.from_bytes(origin, "big")
    seconds, fraction = divmod(abs(difference), 1 << 32)
    return f"{'+' if difference > 0 else '-'}{seconds}.{fraction * NANO >> 32:09d}"
