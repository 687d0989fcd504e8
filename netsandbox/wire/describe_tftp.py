"""A message of TFTP in tcpdump's words (print-tftp.c)."""

from __future__ import annotations

from netsandbox.wire.describe_out import characters

NAMES = {1: "RRQ", 2: "WRQ", 3: "DATA", 4: "ACK", 5: "ERROR", 6: "OACK"}
ERRORS = ("EUNDEF", "ENOTFOUND", "EACCESS", "ENOSPACE", "EBADOP", "EBADID", "EEXISTS", "ENOUSER")
REQUESTS, OPTIONS, ERROR = (1, 2), 6, 5
CUT = " [|tftp]"


def tftp_text(data: bytes, _verbose: int) -> str:
    """`TFTP, length 15, RRQ "file" octet`."""
    text = f"TFTP, length {len(data)}"
    if len(data) < 2:
        return text + CUT
    operation = int.from_bytes(data[:2], "big")
    if operation not in NAMES:
        return f"{text}, tftp-#{operation}"
    text += f", {NAMES[operation]}"
    if len(data) == 2:
        return text + CUT * (operation != OPTIONS)
    if operation in REQUESTS:
        name, mark, rest = data[2:].partition(b"\0")
        text += f' "{characters(name)}"'
        return text + (" " * rest.startswith(b"\0") + _words(rest) if mark and rest else CUT)
    if operation == OPTIONS:
        return text + _words(data[2:])
    if len(data) < 4:
        return text + CUT
    number = int.from_bytes(data[2:4], "big")
    if operation != ERROR:
        return f"{text} block {number}"
    said, mark, _rest = data[4:].partition(b"\0")
    text += f" {ERRORS[number]}" if number < len(ERRORS) else f' tftp-err-#{number} "'
    return f'{text} "{characters(said)}"' + ("" if mark else CUT) if len(data) > 4 else text + CUT


def _words(rest: bytes) -> str:
    """Words that a zero ends, as far as they are whole."""
    text = ""
    while rest:
        word, mark, rest = rest.partition(b"\0")
        text += f" {characters(word)}" if word else ""
        if not mark:
            return text + CUT
    return text
