"""What `tcpdump` can be told (tcpdump 4.99)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from netsandbox.apps.options import read_options
from netsandbox.apps.program import UsageError

VERSION = "tcpdump version 4.99.5\nlibpcap version 1.10.5 (with TPACKET_V3)"
USAGE = ("Usage: tcpdump [-#DehKlnNOpqStuUvxX] [ -B size ] [ -c count ] [ -i interface ]\n"
         "\t\t[ -Q in|out|inout ] [ -s snaplen ] [ expression ]")
SNAPLEN = 262144
_FLAGS = frozenset("#AbdDefhHIJKlLnNOpqStuUvxX")
_VALUED = "BcCEFGijmMQrsTVwWyzZ"
_LONG = {"help": "h", "version": "version", "interface": "i", "list-interfaces": "D", "number": "#", "direction": "Q",
         "no-promiscuous-mode": "p", "snapshot-length": "s", "absolute-tcp-sequence-numbers": "S",
         "dont-verify-checksums": "K", "packet-buffered": "U", "immediate-mode": "U", "micro": "U", "print": "print"}
_WITHOUT_EFFECT = frozenset("bfHKlNOuUBs")
_NOT_MODELLED = {"F": "it reads no files", "V": "it reads no files", **dict.fromkeys("CGWz", "-w keeps one capture")}


@dataclass
class TcpdumpOptions:
    """tcpdump(8).

    Attributes:
        interface: a name, `any`, or empty for the first that is up.
        time_format: how many -t there were.
        hex_dump: 0, 1 for -x, 2 for -xx; has_text: the same with text (-X).
        direction: in, out or inout.
        write, read: -w and -r, a capture's name.  prints: --print, what is written is printed too.
        lists_interfaces, shows_help: it does nothing else.  shows_version: of the help, the first lines alone.
    """

    interface: str = ""
    count: int | None = None
    expression: str = ""
    numeric: bool = False
    link_header: bool = False
    verbose: int = 0
    quiet: bool = False
    time_format: int = 0
    absolute: bool = False
    promiscuous: bool = True
    numbered: bool = False
    hex_dump: int = 0
    has_text: bool = False
    direction: str = "inout"
    snaplen: int = SNAPLEN
    write: str = ""
    read: str = ""
    prints: bool = False
    lists_interfaces: bool = False
    shows_help: bool = False
    shows_version: bool = False


def parse(arguments: list[str]) -> TcpdumpOptions:
    """The options of a command line, in any order with the expression.

    Raises:
        UsageError: an option or value that tcpdump does not take.
    """
    options = TcpdumpOptions()
    given, words = read_options("tcpdump", arguments, _FLAGS, _VALUED, _LONG, f"{VERSION}\n{USAGE}", 1)
    for name, value in given:
        _set(options, name, value)
    options.expression = " ".join(words)
    return options


def _set(options: TcpdumpOptions, letter: str, value: str) -> None:
    flags = {"n": "numeric", "e": "link_header", "q": "quiet", "S": "absolute", "#": "numbered",
             "D": "lists_interfaces", "h": "shows_help", "print": "prints"}
    counted = {"v": "verbose", "t": "time_format", "x": "hex_dump", "X": "hex_dump"}
    if letter in flags:
        setattr(options, flags[letter], True)
    elif letter == "version":
        options.shows_help = options.shows_version = True
    elif letter in counted:
        setattr(options, counted[letter], getattr(options, counted[letter]) + 1)
        options.has_text = options.has_text or letter == "X"
    elif letter == "p":
        options.promiscuous = False
    elif letter == "i":
        options.interface = value
    elif letter in ("w", "r"):
        setattr(options, "write" if letter == "w" else "read", _file(letter, value))
    elif letter == "c":
        options.count = _count(value)
    elif letter == "Q":
        if value not in ("in", "out", "inout"):
            raise UsageError(f"tcpdump: unknown capture direction '{value[:60]}'", 1)
        options.direction = value
    elif letter not in _WITHOUT_EFFECT:
        hint = _NOT_MODELLED.get(letter, "")
        raise UsageError(f"tcpdump: -{letter} is not modelled" + (f": {hint}" if hint else ""), 1)
    if letter == "B" and not (re.fullmatch("[0-9]{1,9}", value, re.ASCII) and int(value)):
        raise UsageError(f"tcpdump: invalid packet buffer size {value[:60]}", 1)
    if letter == "s":
        options.snaplen = _snaplen(value)
    if options.time_format > 5:
        raise UsageError("tcpdump: only -t, -tt, -ttt, -tttt and -ttttt are supported", 1)


def _file(letter: str, name: str) -> str:
    if name == "-":
        raise UsageError(f"tcpdump: -{letter} - is not modelled: there is no pipe of bytes; give a name", 1)
    return name


def _count(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", text, re.ASCII) or not 0 < int(text) < 1 << 31:
        raise UsageError(f"tcpdump: invalid packet count {text[:60]}", 1)
    return int(text)


def _snaplen(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,10}", text, re.ASCII) or int(text) > SNAPLEN:
        raise UsageError(f"tcpdump: invalid snaplen {text[:60]} (must be >= 0 and <= {SNAPLEN})", 1)
    return int(text) or SNAPLEN
