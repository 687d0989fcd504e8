"""What dig says of itself in a question's OPT record (RFC 6891), and the options that change it."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.apps.program import UsageError
from netsandbox.wire import dns

USUAL_SIZE = 1232  # Bytes of an answer by UDP that dig takes (DEFAULT_EDNS_BUFSIZE)
COOKIE_SIZE = 8
MOST_SIZE, MOST_VERSION = 0xFFFF, 0xFF
TURNS_ON = frozenset({"edns", "dnssec", "nsid", "cookie"})
"""Options that bring the record back after +noedns; +bufsize does as long as it holds."""
WORDS = frozenset({"edns", "dnssec", "nsid", "keepalive", "cookie", "bufsize"})


class Edns(NamedTuple):
    """The record of one question."""

    is_on: bool = True
    size: int | None = None  # of +bufsize, None for the usual one
    dnssec: bool = False
    nsid: bool = False
    keepalive: bool = False
    cookie: bytes | None = b""  # its own where it is empty, else hexadecimal; None for no cookie

    def changed(self, name: str, value: str, is_off: bool) -> Edns:
        """After one of dig's options (UsageError: its value is no number, no cookie, or a version that is not
        modelled)."""
        now = self._replace(is_on=self.is_on or (name in TURNS_ON and not is_off))
        if name == "bufsize":
            return now._replace(size=number("buffer size", value, MOST_SIZE) if value else USUAL_SIZE)
        if name == "edns":
            if number("edns", value or "0", MOST_VERSION) and not is_off:
                raise UsageError(f"dig: +edns={value} is not modelled", 1)
            return now._replace(is_on=not is_off)
        if name == "cookie":
            return now._replace(cookie=None if is_off else _cookie(value))
        return {"dnssec": now._replace(dnssec=not is_off), "nsid": now._replace(nsid=not is_off),
                "keepalive": now._replace(keepalive=not is_off)}[name]

    def records(self, cookie: bytes) -> tuple[dns.Answer, ...]:
        """The question's OPT record, if it has one (cookie: the client's own)."""
        if not (self.is_on or self.dnssec or self.size is not None):
            return ()
        options = [(dns.NSID, b"")] if self.nsid else []
        options += [(dns.COOKIE, self.cookie or cookie)] if self.cookie is not None else []
        options += [(dns.KEEPALIVE, b"")] if self.keepalive else []
        return (dns.opt(USUAL_SIZE if self.size is None else self.size, self.dnssec, options),)


def _cookie(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise UsageError("dig: isc_hex_decodestring: bad hex encoding", 1) from None


def number(what: str, text: str, most: int, code: int = 10) -> int:
    """A number as dig reads it (UsageError: it is none, or too much)."""
    is_number = text.isascii() and text.isdecimal()
    if not is_number or int(text) > most:
        why = "out of range" if is_number else "not a valid number"
        raise UsageError(f"dig: Couldn't parse {what}", code, f"invalid {what} '{text}': {why}")
    return int(text)


NAMES_OF_OPTIONS = {dns.NSID: "NSID", dns.COOKIE: "COOKIE", dns.KEEPALIVE: "TCP-KEEPALIVE"}


def option_lines(data: bytes) -> list[str]:
    """What an OPT record says beside its flags, an option a line."""
    lines = []
    while len(data) >= 4:
        code, size = int.from_bytes(data[:2], "big"), int.from_bytes(data[2:4], "big")
        value = f" {data[4:4 + size].hex()}" if size else ""
        lines.append(f"; {NAMES_OF_OPTIONS.get(code, f'OPT={code}')}:{value}")
        data = data[4 + size:]
    return lines
