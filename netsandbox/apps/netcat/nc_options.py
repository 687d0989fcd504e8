"""nc's command lines: OpenBSD's and BusyBox's."""

from __future__ import annotations

import re

from netsandbox.apps.busybox.usages import usage
from netsandbox.apps.option_table import OptionTable
from netsandbox.apps.program import UsageError
from netsandbox.wire.services import port_number, service

USAGE = ("usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]\n"
         "\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]\n"
         "\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]\n"
         "\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]\n"
         "\t  [destination] [port]")
BUSYBOX_USAGE = usage("nc")
OPENBSD = OptionTable("nc", 1, USAGE, acts="d h k l N n u v z w= p= s= q=", usual="4",
                      refused="6 b C D F r S t U Z I= O= i= M= m= T= V= W= X= x= P= e=")
BUSYBOX = OptionTable("nc", 1, BUSYBOX_USAGE, acts="l n u v z k w= p= s=")
MOST_PORTS = 65535
LONGEST = (1 << 31) // 1000  # Seconds of -w: an int of milliseconds
LEAST = 1e-6  # What -w 0 waits: not at all


class NcOptions:
    """What is asked for.

    Attributes:
        ports: to connect to, one after another, or the one to listen on.
        shuts: -N: no more is sent once the input has ended.
        is_mute: -d: it does not read its input.
        timeout: seconds of -w, 0 for none.
        speaks: it says why a connection failed without -v.
        backlog: connections that wait to be accepted.
        program: what each connection is the input and output of.
        lingers: seconds that it waits for datagrams after its input has ended; 0 for -w's.
        idles: -w is also how long nothing may come or go.  quits: seconds of -q; None for ever.
    """

    def __init__(self) -> None:
        self.host = ""
        self.ports: list[int] = []
        self.listens = self.keeps = self.udp = self.scans = self.verbose = self.numeric = self.shuts = False
        self.is_mute = False
        self.timeout = 0.0
        self.source = ""
        self.source_port = 0
        self.is_busybox = False
        self.speaks = False
        self.backlog = 1
        self.lingers = 0.0
        self.idles = False
        self.quits: float | None = None
        self.program: tuple[str, ...] = ()


def parse(arguments: list[str]) -> NcOptions:
    """OpenBSD's (UsageError: as nc words it)."""
    read = OPENBSD.read(arguments)
    given, operands = read.values, read.operands
    if "h" in given:
        raise UsageError(USAGE, 0)
    options = usual_options(given)
    options.quits, options.idles = _quits(given.get("q")), True
    options.shuts = "N" in given or options.quits is not None
    options.keeps, options.is_mute = "k" in given, "d" in given
    if not operands and not options.listens:
        raise UsageError(USAGE, 1)
    if len(operands) == (0 if options.listens else 1) and not (options.listens and options.source_port):
        raise UsageError("nc: missing port number", 1)
    if options.listens:
        _listen(options, operands, given)
        return options
    if options.keeps:
        raise UsageError("nc: must use -l with -k", 1)
    options.host = operands[0]
    options.ports = [port for word in operands[1:] for port in ports_of(word)]
    return options


def _quits(text: str | None) -> float | None:
    """Seconds of -q, None for those below zero too."""
    if text is None:
        return None
    if not re.fullmatch(r"-?[0-9]{1,9}", text, re.ASCII):
        raise UsageError(f"nc: quit timer {'too large' if text.isdecimal() else 'invalid'}: {text}", 1)
    return float(text) if int(text) >= 0 else None


def _listen(options: NcOptions, operands: list[str], given: dict[str, str]) -> None:
    """`-l PORT`, `-l ADDRESS PORT` or `-l -p PORT`."""
    if len(operands) > 2 or (operands and given.keys() & {"p", "s"}):
        raise UsageError(USAGE, 1)
    if options.scans:
        raise UsageError("nc: cannot use -z and -l", 1)
    if len(operands) == 2:
        options.source = operands[0]
    options.ports = [_service(operands[-1])] if operands else [options.source_port]


def parse_busybox(arguments: list[str]) -> NcOptions:
    """BusyBox's: `nc -l -p PORT`, `nc HOST PORT` (UsageError: as BusyBox words it)."""
    read = BUSYBOX.read(arguments)
    given, operands = read.values, read.operands
    options = usual_options(given)
    options.is_busybox = True
    options.keeps = "k" in given
    if options.listens:
        options.ports = [options.source_port]
    elif len(operands) == 2:
        options.host, options.ports = operands[0], ports_of(operands[1])
    else:
        raise UsageError(BUSYBOX_USAGE, 1)
    return options


def usual_options(given: dict[str, str]) -> NcOptions:
    options = NcOptions()
    options.listens, options.udp = "l" in given, "u" in given
    options.scans, options.verbose, options.numeric = "z" in given, "v" in given, "n" in given
    options.source = given.get("s", "")
    if "p" in given:
        options.source_port = _service(given["p"])
    if "w" in given:
        options.timeout = float(_number("timeout", given["w"], 0, LONGEST)) or LEAST
    return options


def _number(what: str, text: str, low: int, high: int) -> int:
    """strtonum: a decimal number, or what is wrong with it."""
    digits = text.lstrip(" ").removeprefix("+").removeprefix("-")
    if not (digits.isascii() and digits.isdecimal()):
        raise UsageError(f"nc: {what} invalid: {text}", 1)
    value = int(text[:30])
    if not low <= value <= high:
        raise UsageError(f"nc: {what} too {'small' if value < low else 'large'}: {text}", 1)
    return value


def _service(text: str) -> int:
    """As getaddrinfo takes it, for a port of one's own."""
    number = port_number(text)
    if number is None:
        raise UsageError("nc: getaddrinfo: Servname not supported for ai_socktype", 1)
    return number


def _port(text: str) -> int:
    known = service(text)
    return known[0] if known is not None else _number("port number", text, 1, MOST_PORTS)


def ports_of(text: str) -> list[int]:
    """One port, or a range."""
    low, dash, high = text.partition("-")
    if not dash or service(text) is not None:
        return [_port(text)]
    first, last = sorted((_port(low), _port(high)))
    return list(range(first, last + 1))
