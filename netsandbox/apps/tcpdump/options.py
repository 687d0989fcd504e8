"""What `tcpdump` can be told (tcpdump 4.99)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from netsandbox.apps.option_table import OptionTable
from netsandbox.apps.program import UsageError

VERSION = ("tcpdump version 4.99.5\nlibpcap version 1.10.5 (with TPACKET_V3)\nOpenSSL 3.5.1 1 Jul 2025\n"
           "64-bit build, 64-bit time_t")
USAGE = ("Usage: tcpdump [-AbdDefhHIJKlLnNOpqStuUvxX#] [ -B size ] [ -c count ] [--count]\n"
         "\t\t[ -C file_size ] [ -E algo:secret ] [ -F file ] [ -G seconds ]\n"
         "\t\t[ -i interface ] [ --immediate-mode ] [ -j tstamptype ]\n"
         "\t\t[ -M secret ] [ --number ] [ --print ] [ -Q in|out|inout ]\n"
         "\t\t[ -r file ] [ -s snaplen ] [ -T type ] [ --version ]\n"
         "\t\t[ -V file ] [ -w file ] [ -W filecount ] [ -y datalinktype ]\n"
         "\t\t[ --time-stamp-precision precision ] [ --micro ] [ --nano ]\n"
         "\t\t[ -z postrotate-command ] [ -Z user ] [ expression ]")
SNAPLEN = 262144
WHY_NOT = {"F": "it reads no files", "V": "it reads no files", **dict.fromkeys("CGWz", "-w keeps one capture")}
OPTIONS = OptionTable(
    "tcpdump", 1, f"{VERSION}\n{USAGE}", WHY_NOT,
    acts="A c= count D|list-interfaces e h|help i|interface= I|monitor-mode J|list-time-stamp-types "
    "K|dont-verify-checksums j|time-stamp-type= L|list-data-link-types n #|number p|no-promiscuous-mode print "
    "Q|direction= q r= S|absolute-tcp-sequence-numbers s|snapshot-length= t time-stamp-precision= v version w= X x "
    "y|linktype= B|buffer-size=",
    usual="f immediate-mode l O|no-optimize micro",
    idle="U|packet-buffered b H N u Z|relinquish-privileges=", refused="C= d E= F= G= M= m= nano T= V= W= z=")
LINK_TYPES = {True: ("LINUX_SLL (Linux cooked v1)", "LINUX_SLL2 (Linux cooked v2)"), False: (
    "EN10MB (Ethernet)", "DOCSIS (DOCSIS) (printing not supported)")}
"""Of the pseudo-device any, and of others."""


@dataclass
class TcpdumpOptions:
    """tcpdump(8)."""

    interface: str = ""  # a name, `any`, or empty for the first that is up
    count: int | None = None
    expression: str = ""
    numeric: bool = False
    link_header: bool = False
    verbose: int = 0
    quiet: bool = False
    trusts_sums: bool = False
    time_format: int = 0  # how many -t there were
    absolute: bool = False
    is_not_promiscuous: bool = False
    monitors: bool = False
    numbered: bool = False
    hex_dump: int = 0  # 0, 1 for -x, 2 for -xx; has_text: the same with text (-X)
    has_text: bool = False
    direction: str = "inout"  # in, out or inout
    snaplen: int = SNAPLEN
    # write, read: -w and -r, a capture's name
    write: str = ""
    read: str = ""
    prints: bool = False  # --print, what is written is printed too
    has_ascii: int = 0  # -A, the packet as text; more than 1, with the link header
    counts: bool = False  # --count, nothing is printed
    lists: str = ""  # D, L or J: it lists interfaces, link types or time stamps, and does nothing else
    notes: tuple[str, ...] = ()
    shows_help: bool = False  # it does nothing else
    shows_version: bool = False  # of the help, the first lines alone


def parse(arguments: list[str]) -> TcpdumpOptions:
    """The options of a command line, in any order with the expression (UsageError: an option or value that tcpdump does
    not take)."""
    early = next((word for word in arguments if word in ("--version", "--help", "-h")), "")
    if early:
        OPTIONS.read(arguments[:arguments.index(early)])
        return TcpdumpOptions(shows_help=True, shows_version=early == "--version")
    read = OPTIONS.read(arguments)
    options = TcpdumpOptions(expression=" ".join(read.operands), notes=tuple(OPTIONS.notes(read.given)))
    for given in read.given:
        _set(options, given.option.name, given.value)
    if options.read and any(given.option.name == "f" for given in read.given):
        raise UsageError("tcpdump: -f can not be used with -V or -r", 1)
    return options


def _set(options: TcpdumpOptions, name: str, value: str) -> None:
    if name in FLAGS:
        setattr(options, FLAGS[name], True)
    elif name in COUNTED:
        setattr(options, COUNTED[name], getattr(options, COUNTED[name]) + 1)
        options.has_text = options.has_text or name == "X"
    elif name in LISTS:
        options.lists = LISTS[name]
    elif name in READERS:
        READERS[name](options, value)
    if options.time_format > 5:
        raise UsageError("tcpdump: only -t, -tt, -ttt, -tttt and -ttttt are supported", 1)


def _set_interface(options: TcpdumpOptions, value: str) -> None:
    options.interface = value


def _set_write(options: TcpdumpOptions, value: str) -> None:
    options.write = _file("w", value)


def _set_read(options: TcpdumpOptions, value: str) -> None:
    options.read = _file("r", value)


def _set_count(options: TcpdumpOptions, value: str) -> None:
    options.count = _count(value)


def _set_snaplen(options: TcpdumpOptions, value: str) -> None:
    options.snaplen = _snaplen(value)


def _set_direction(options: TcpdumpOptions, value: str) -> None:
    if value not in ("in", "out", "inout"):
        raise UsageError(f"tcpdump: unknown capture direction '{value[:60]}'", 1)
    options.direction = value


def _check_buffer(_options: TcpdumpOptions, value: str) -> None:
    if not (re.fullmatch("[0-9]{1,9}", value, re.ASCII) and int(value)):
        raise UsageError(f"tcpdump: invalid packet buffer size {value[:60]}", 1)


def _check_precision(_options: TcpdumpOptions, value: str) -> None:
    if value not in ("micro", "nano"):
        raise UsageError("tcpdump: unsupported time stamp precision", 1)
    if value == "nano":
        raise UsageError("tcpdump: --time-stamp-precision=nano is not modelled", 1)


def _check_time_stamp(_options: TcpdumpOptions, value: str) -> None:
    if value not in ("host", "host_lowprec", "host_hiprec", "adapter", "adapter_unsynced"):
        raise UsageError(f"tcpdump: invalid time stamp type {value[:60]}", 1)
    if value != "host":
        raise UsageError(f"tcpdump: -j {value} is not modelled", 1)


def _check_link_type(options: TcpdumpOptions, value: str) -> None:
    if value.upper() not in ("EN10MB", "LINUX_SLL2"):
        raise UsageError(f"tcpdump: invalid data link type {value[:60]}", 1)
    if (value.upper() == "EN10MB") == (options.interface == "any"):
        raise UsageError(f"tcpdump: {value.upper()} is not one of the DLTs supported by this device", 1)


FLAGS = {"n": "numeric", "e": "link_header", "q": "quiet", "absolute-tcp-sequence-numbers": "absolute",
         "number": "numbered", "help": "shows_help", "print": "prints", "count": "counts",
         "dont-verify-checksums": "trusts_sums", "no-promiscuous-mode": "is_not_promiscuous",
         "monitor-mode": "monitors"}
COUNTED = {"v": "verbose", "t": "time_format", "x": "hex_dump", "X": "hex_dump", "A": "has_ascii"}
LISTS = {"list-interfaces": "D", "list-data-link-types": "L", "list-time-stamp-types": "J"}
READERS: dict[str, Callable[[TcpdumpOptions, str], None]] = {
    "interface": _set_interface, "w": _set_write, "r": _set_read, "c": _set_count, "direction": _set_direction,
    "snapshot-length": _set_snaplen, "buffer-size": _check_buffer, "time-stamp-precision": _check_precision,
    "time-stamp-type": _check_time_stamp, "linktype": _check_link_type}


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
