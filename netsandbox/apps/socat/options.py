"""socat's options before its addresses (socat 1.8), and the dump of -v and -x."""

from __future__ import annotations

import re
from typing import NamedTuple

from netsandbox.apps.program import UsageError
from netsandbox.engine.units import SECOND, seconds

IDLE = re.compile(r"-(d+|d[0-4]|D|-experimental|l[ysm].*|lf.+|lp.+|lu|lh|s|S.+|g|0|4|b[0-9]+)")
"""Of the log, of buffers and of other families: they leave no trace here."""
REFUSED = re.compile(r"-(-statistics|r|R|L|W|T.+|6|hh+)")
TIME = re.compile(r"([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,2})?")
HELP = """\
Usage:
socat [options] <bi-address> <bi-address>
   options:
      -V     print version and feature information to stdout, and exit
      -h|-?  print a help text describing command line options and addresses
      -v     verbose text dump of data traffic
      -x     verbose hexadecimal dump of data traffic
      -t<timeout>    wait seconds before closing second channel
      -u     unidirectional mode (left to right)
      -U     unidirectional mode (right to left)"""
VERSION = "socat version 1.8.0.3 (netsandbox)"
ROW = 16


class SocatOptions(NamedTuple):
    """What stands before the addresses."""

    direction: str = ""  # `u` or `U` for one way alone
    dump: str = ""  # letters of v and x
    linger: int = SECOND // 2  # -t in nanoseconds, what one end has once the other reads no more
    notes: tuple[str, ...] = ()  # what is said about options that mean nothing here
    shown: str = ""  # help or version, which is all that it does
    addresses: tuple[str, ...] = ()


def read_options(words: list[str]) -> SocatOptions:
    """Read a command line (UsageError: an option that there is not, or that is not modelled)."""
    options, rest = SocatOptions(), list(words)
    while rest and rest[0].startswith("-") and rest[0] not in ("-", "--") and not rest[0].startswith("-,"):
        word = rest.pop(0)
        if word in ("-V", "-h", "-?"):
            return options._replace(shown=VERSION if word == "-V" else HELP)
        if word in ("-u", "-U"):
            options = options._replace(direction=word[1])
        elif word in ("-v", "-x"):
            options = options._replace(dump=options.dump + word[1])
        elif word in ("-lf", "-lp", "-lm", "-S", "-b") and rest:
            note = f"note: socat {word} {rest.pop(0)} changes nothing in the sandbox"
            options = options._replace(notes=(*options.notes, note))
        elif IDLE.fullmatch(word):
            options = options._replace(notes=(*options.notes, f"note: socat {word} changes nothing in the sandbox"))
        elif REFUSED.fullmatch(word) or word == "-T":
            raise UsageError(f"socat: {word} is not modelled", 1)
        elif word.startswith("-t"):
            options = options._replace(linger=_time(word[2:] or (rest.pop(0) if rest else "")))
        else:
            raise UsageError(f'socat[1] E unknown option "{word}"; use option "-h" for help', 1)
    return options._replace(addresses=tuple(rest))


def _time(word: str) -> int:
    """Nanoseconds of -t's value (strtod)."""
    number = TIME.match(word)
    if number is None or number.end() != len(word):
        wrong = "missing numerical value of" if number is None else "trailing garbage in numerical arg of"
        raise UsageError(f'socat[1] E parseopts(): {wrong} option "-t"', 1)
    return seconds(float(word))


def dump(letters: str, mark: str, when: str, done: int, data: bytes) -> str:
    """How -v and -x tell of data.

    Args:
        mark: > for what goes right, < for what goes left.
        done: bytes that went that way before.
    """
    head = f"{mark} {when}  length={len(data)} from={done} to={done + len(data) - 1}\n"
    if letters.strip("x") == "":
        return head + "".join(f" {octet:02x}" for octet in data) + "\n"
    if "x" not in letters:
        shown = "".join(chr(octet) if 32 <= octet < 127 or octet in (9, 10) else "." if octet != 13 else "\\r"
                        for octet in data)
        return head + shown
    rows = re.findall(rb"[^\n]{1,%d}\n?|\n" % ROW, data)
    return head + "".join(_row(row) for piece in rows for row in (piece[:ROW], piece[ROW:]) if row) + "--\n"


def _row(octets: bytes) -> str:
    text = "".join(chr(octet) if 32 <= octet < 127 else "." for octet in octets)
    return f"{''.join(f' {octet:02x}' for octet in octets):<{ROW * 3}}  {text}\n"
