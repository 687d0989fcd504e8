"""UDP datagrams of ports that belong to a protocol, as tcpdump reads whatever is sent there."""

from __future__ import annotations

import re
from collections.abc import Callable

from netsandbox.wire.describe_dhcp import dhcp_text
from netsandbox.wire.describe_ntp import ntp_text
from netsandbox.wire.describe_out import visible
from netsandbox.wire.describe_tftp import tftp_text

FACILITIES = ("kernel", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp",
              "ntp", "security", "console", "cron", *(f"local{number}" for number in range(8)))
SEVERITIES = ("emergency", "alert", "critical", "error", "warning", "notice", "info", "debug")
PRIORITY = re.compile(rb"<(\d{0,3})(>)?")
ROW = 16
RX_HEADER, RX_INSIDE = 28, (1, 2)
RX_KINDS = {3: "busy", 4: "abort", 5: "ackall", 6: "challenge", 7: "response", 8: "debug", 9: "params", 13: "version"}
RX_FLAGS = ("client-init", "req-ack", "last-pckt", "more-pckts", "free-pckt")


def described(ports: tuple[int, int], data: bytes, verbose: int) -> str | None:
    """What a datagram to or from such a port says; None where that is more than is known here."""
    reader = next((READERS[port] for port in READERS if port in ports), None)
    return None if reader is None else reader(data, verbose)


def _syslog(data: bytes, verbose: int) -> str:
    """print-syslog.c."""
    found = PRIORITY.match(data)
    if found is None:
        return " (invalid)" if data else " [|syslog]"
    if not found[2]:
        return " [|syslog]" if found.end() == len(data) and len(found[1]) < 3 else " (invalid)"
    facility, severity = divmod(int(found[1] or b"0"), 8)
    named = FACILITIES[facility] if facility < len(FACILITIES) else f"unknown ({facility})"
    if not verbose:
        return f"SYSLOG {named}.{SEVERITIES[severity]}, length: {len(data)}"
    text = "".join(visible(octet) for octet in data[found.end():])
    said = (f"SYSLOG, length: {len(data)}\n\tFacility {named} ({facility}), "
            f"Severity {SEVERITIES[severity]} ({severity})\n\tMsg: {text}")
    return said + "".join(_row(data, at) for at in range(0, len(data) if verbose > 1 else 0, ROW))


def _row(data: bytes, at: int) -> str:
    return f"\n\t0x{at:04x}:  {data[at:at + ROW].hex(' ', -2)}"


def _kerberos(data: bytes, _verbose: int) -> str | None:
    if not data:
        return "kerberos [|kerberos]"
    return None if data[0] < 5 else "kerberos" + " v5" * (data[0] in (106, 107))


def _snmp(data: bytes, _verbose: int) -> str | None:
    """What is no BER at its first element."""
    if len(data) < 2:
        return " [no asnlen]" if data else " [nothing to parse]"
    left, claimed = len(data) - 2, data[1]
    return None if data[0] & 31 == 31 or claimed > 127 or claimed <= left else f" [len{left}<asnlen{claimed}]"


def _radius(data: bytes, _verbose: int) -> str | None:
    return " [|radius]" if len(data) < 20 else None


def _isakmp(data: bytes, _verbose: int) -> str | None:
    return " [|isakmp]" if len(data) < 28 else None


def _rx(data: bytes, verbose: int) -> str | None:
    """print-rx.c: of AFS; what is in data and acknowledgments is not looked at."""
    if len(data) < RX_HEADER:
        return f" [|rx] ({len(data)})"
    kind, flags = data[20], data[21]
    if kind in RX_INSIDE:
        return None
    _epoch, cid, call, seq, serial = (int.from_bytes(data[at:at + 4], "big") for at in range(0, 20, 4))
    text = f" rx {RX_KINDS.get(kind, f'type {kind}')}"
    text += f" cid {cid:08x} call# {call}" if verbose > 1 else ""
    text += f" seq {seq} ser {serial}" if verbose else ""
    named = ",".join(f"<{name}>" for bit, name in enumerate(RX_FLAGS) if flags >> bit & 1)
    return text + (f" {named}" if verbose > 1 and named else "") + f" ({len(data)})"


READERS: dict[int, Callable[[bytes, int], str | None]] = {
    67: dhcp_text, 68: dhcp_text, 69: tftp_text, 88: _kerberos, 161: _snmp, 162: _snmp, 123: ntp_text,
    **dict.fromkeys((*range(7000, 7010), 7021), _rx), 500: _isakmp,
    1645: _radius, 1646: _radius, 1812: _radius, 1813: _radius, 514: _syslog}
"""By port, in the order in which tcpdump asks."""
