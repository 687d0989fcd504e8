"""Protocols of lines of text in tcpdump's words (print-smtp.c, -http.c, -rtsp.c, -ftp.c, -sip.c, -ssh.c)."""

from __future__ import annotations

import re

from netsandbox.wire.describe_out import Cut, Out

_HTTP = frozenset({
    "GET", "PUT", "COPY", "HEAD", "LOCK", "MOVE", "POLL", "POST", "BCOPY", "BMOVE", "MKCOL", "TRACE", "LABEL", "MERGE",
    "DELETE", "SEARCH", "UNLOCK", "REPORT", "UPDATE", "NOTIFY", "BDELETE", "CONNECT", "OPTIONS", "CHECKIN", "PROPFIND",
    "CHECKOUT", "CCM_POST", "SUBSCRIBE", "PROPPATCH", "BPROPFIND", "BPROPPATCH", "UNCHECKOUT", "MKACTIVITY",
    "MKWORKSPACE", "UNSUBSCRIBE", "RPC_CONNECT", "VERSION-CONTROL", "BASELINE-CONTROL",
})
_RTSP = frozenset({"OPTIONS", "DESCRIBE", "ANNOUNCE", "SETUP", "PLAY", "PAUSE", "TEARDOWN", "GET_PARAMETER",
                   "SET_PARAMETER", "REDIRECT", "RECORD"})
_SIP = frozenset({"ACK", "BYE", "CANCEL", "DO", "INFO", "INVITE", "MESSAGE", "NOTIFY", "OPTIONS", "PRACK", "QAUTH",
                  "REFER", "REGISTER", "SPRACK", "SUBSCRIBE", "UPDATE", "PUBLISH"})
METHODS = {"HTTP": _HTTP, "RTSP": _RTSP, "SIP": _SIP}  # By the protocols whose messages are known by their beginning
_LONGEST_WORD = 128
_SSH = re.compile(rb"SSH-[ -~]*(?=\r?\n)")


def line_protocol(out: Out, name: str, data: bytes, length: int) -> None:
    """Add the protocol's name and the first line; with -v all of them.

    Args:
        data: as far as they are there.
        length: how many bytes there should be.
    """
    out.add(name)
    is_cut = len(data) < length
    if not _begins_message(name, data, is_cut):
        return
    if not out.verbose:
        line, _rest = _text_line(name, data, is_cut)
        out.add(f": {line}" if line is not None else "")
        return
    out.add(f", length: {length}")
    rest: bytes | None = data
    while rest or (is_cut and rest is not None):
        line, rest = _text_line(name, rest, is_cut)
        if line is not None:
            out.add(f"\n\t{line}")


def ssh_text(data: bytes) -> str:
    """What a peer says of its version before all is enciphered."""
    found = _SSH.match(data)
    return f": SSH: {found[0].decode('ascii')}" if found else ""


def _begins_message(name: str, data: bytes, is_cut: bool) -> bool:
    """Whether the first word is a method, or the second a status code; where there are no methods, all does."""
    methods = METHODS.get(name)
    if methods is None:
        return True
    first, rest = _word(data, is_cut)
    if first.upper() in methods:
        return True
    second, _rest = _word(rest, is_cut)
    return len(second) == 3 and second.isdecimal()


def _word(data: bytes, is_cut: bool) -> tuple[str, bytes]:
    """The word at the beginning and what follows the spaces behind it; nothing where there is no printable word."""
    at = 0
    while at < len(data) and data[at] not in b" \t\r\n":
        if not 32 <= data[at] < 127 or at >= _LONGEST_WORD:
            return "", b""
        at += 1
    if is_cut and at == len(data):
        return "", b""
    return data[:at].decode("ascii"), data[at:].lstrip(b" ")


def _text_line(name: str, data: bytes, is_cut: bool) -> tuple[str | None, bytes | None]:
    """The first line, and what follows it; nothing where bytes come that are no text (is_cut: more bytes should follow
    these)."""
    for at, octet in enumerate(data):
        if octet == 0x0A:
            return data[:at].decode("ascii"), data[at + 1:]
        if octet == 0x0D:
            if data[at + 1:at + 2] == b"\n":
                return data[:at].decode("ascii"), data[at + 2:]
            if is_cut and at + 1 == len(data):
                raise Cut(name.lower())
            return None, None
        if not 32 <= octet < 127 and octet != 0x09:
            return None, None
    if is_cut:
        raise Cut(name.lower())
    return data.decode("ascii"), None
