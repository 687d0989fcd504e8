"""Options that a program takes and does nothing about: refused by name, answered with a note, or what is done anyway.

`tests/tools/test_options.py` reads each program's letters, and finds those that nothing reads: each stands here.
"""

from __future__ import annotations

from collections.abc import Iterable

from netsandbox.apps.program import UsageError

BUSYBOX = "busybox_"
"""Stands before the names of BusyBox's programs."""
REFUSED = {
    "busybox_ping": "6", "busybox_traceroute": "6r",
    "arping": "V", "nc": "6bCDFrSUZIOiMmTVWXxPet", "ncat": "6tNCgGimdoxS",
    "telnet": "Ea",
}
"""They ask for something that is not modelled."""
NOTED = {"busybox_ping": "v", "busybox_traceroute": "Fdl"}
"""They ask for what leaves no trace here: bells, sockets that debug, names that nobody has, a pause."""
USUAL = {"nc": "4", "ncat": "4", "telnet": "4", "busybox_ping": "4", "busybox_traceroute": "4"}
"""They ask for what is done anyway; a person's clock and the kernel's are one here (`ping -U`)."""


def judge(program: str, letters: Iterable[str], code: int = 1) -> tuple[str, ...]:
    """What is said about options that mean nothing here, one line each.

    Raises:
        UsageError: one is not modelled; `code` is the program's exit status.
    """
    name = program.removeprefix(BUSYBOX)
    refused = [letter for letter in letters if letter in REFUSED.get(program, "")]
    if refused:
        raise UsageError(f"{name}: -{refused[0]} is not modelled", code)
    return tuple(f"note: {name} -{letter} changes nothing in the sandbox" for letter in letters
                 if letter in NOTED.get(program, ""))
