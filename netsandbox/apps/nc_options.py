"""nc's command lines: OpenBSD's and BusyBox's."""

from __future__ import annotations

from netsandbox.apps.idle import judge
from netsandbox.apps.options import getopt
from netsandbox.apps.program import UsageError
from netsandbox.apps.services import SERVICES

USAGE = ("usage: nc [-46CDdFhklNnrStUuvZz] [-I length] [-i interval] [-M ttl]\n"
         "\t  [-m minttl] [-O length] [-P proxy_username] [-p source_port]\n"
         "\t  [-q seconds] [-s sourceaddr] [-T keyword] [-V rtable] [-W recvlimit]\n"
         "\t  [-w timeout] [-X proxy_protocol] [-x proxy_address[:port]]\n"
         "\t  [destination] [port]")
BUSYBOX_USAGE = ("BusyBox v1.37.0 multi-call binary.\n\nUsage: nc [-lnuvz] [-w SEC] [-p PORT] [-s ADDR] [IPADDR PORT]")
MOST_PORTS = 65535


class NcOptions:
    """What is asked for.

    Attributes:
        ports: to connect to, one after another, or the one to listen on.
        shuts: -N: no more is sent once the input has ended.
        is_mute: -d: it does not read its input.
        timeout: seconds of -w, 0 for none.
        speaks: it says why a connection failed without -v.
        backlog: connections that wait to be accepted.
        lingers: seconds that it waits for datagrams after its input has ended; 0 for -w's.
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


def parse(arguments: list[str]) -> NcOptions:
    """OpenBSD's.

    Raises:
        UsageError: as nc words it.
    """
    try:
        given, operands = getopt("nc", arguments, "46bCDdFhklNnrStUuvZz", "wpsqIOiMmTVWXxPe")
    except UsageError as error:
        raise UsageError(f"{error}\n{USAGE}", 1) from None
    judge("nc", [letter for letter in given if letter != "q" or given["q"] not in ("0", "1")])
    if "h" in given:
        raise UsageError(USAGE, 0)
    options = usual_options(given)
    options.shuts = "N" in given or "q" in given
    options.keeps, options.is_mute = "k" in given, "d" in given
    if options.listens:
        if len(operands) > 2 or not (operands or options.source_port):
            raise UsageError(USAGE, 1)
        if len(operands) == 2:
            options.source = operands[0]
        options.ports = ports_of(operands[-1]) if operands else [options.source_port]
    elif len(operands) == 2:
        options.host, options.ports = operands[0], ports_of(operands[1])
    else:
        raise UsageError(USAGE, 1)
    return options


def parse_busybox(arguments: list[str]) -> NcOptions:
    """BusyBox's: `nc -l -p PORT`, `nc HOST PORT`.

    Raises:
        UsageError: as BusyBox words it.
    """
    try:
        given, operands = getopt("nc", arguments, "lnuvzk", "wps")
    except UsageError as error:
        raise UsageError(f"{error}\n{BUSYBOX_USAGE}", 1) from None
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
        options.source_port = _port(given["p"])
    if "w" in given:
        if not given["w"].isdecimal() or not 0 < int(given["w"]) < 1 << 20:
            raise UsageError(f"nc: timeout {'too small' if given['w'] == '0' else 'invalid'}: {given['w']}", 1)
        options.timeout = float(given["w"])
    return options


def _port(text: str) -> int:
    if text in SERVICES:
        return SERVICES[text][0]
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) <= MOST_PORTS:
        raise UsageError(f"nc: port number invalid: {text}", 1)
    return int(text)


def ports_of(text: str) -> list[int]:
    """One port, or a range."""
    low, dash, high = text.partition("-")
    if not dash or text in SERVICES:
        return [_port(text)]
    first, last = sorted((_port(low), _port(high)))
    return list(range(first, last + 1))
