"""What `traceroute` can be told (traceroute 2.1), with its words for what it refuses."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import NamedTuple

from netsandbox.apps.hosts import lookup
from netsandbox.apps.option_table import of_ipv6
from netsandbox.apps.program import UsageError
from netsandbox.apps.resolved import UnknownHostError
from netsandbox.engine.units import MILLISECOND, SECOND, seconds

MAX_HOPS, MAX_PROBES, MAX_SIZE = 255, 10, 65000
DATA_SIZE = 40  # Bytes behind the IP header, the transport header included
IP_HEADER, TRANSPORT_HEADER = 20, 8
FIRST_PORT, FIRST_SEQ, UDP_PORT, TCP_PORT = 33434, 1, 53, 80
LONGEST_WAIT = 10 * 365 * 86400 * SECOND
VERSION = ("Modern traceroute for Linux, version 2.1.6\n"
           "Copyright (c) 2016  Dmitry Butskoy,   License: GPL v2 or any later")
USAGE = ("Usage:\n  traceroute [ -4FInTU ] [ -f first_ttl ] [ -i device ] [ -m max_ttl ] [ -N squeries ] [ -p port ] "
         "[ -t tos ] [ -w MAX,HERE,NEAR ] [ -q nqueries ] [ -s src_addr ] [ -z sendwait ] host [ packetlen ]")

_VALUED = {"f": "first_ttl", "g": "gate,...", "i": "device", "m": "max_ttl", "N": "squeries", "p": "port", "t": "tos",
           "l": "flow_label", "w": "MAX,HERE,NEAR", "q": "nqueries", "s": "src_addr", "z": "sendwait", "M": "name",
           "O": "OPTS,...", "P": "prot"}
"""Options with a value, and what the value is called."""
_FLAGS = frozenset("46dFITnreAUDV")
_LONG = {"debug": "d", "dont-fragment": "F", "first": "f", "gateway": "g", "icmp": "I", "tcp": "T", "interface": "i",
         "max-hops": "m", "sim-queries": "N", "port": "p", "tos": "t", "flowlabel": "l", "wait": "w", "queries": "q",
         "source": "s", "sendwait": "z", "extensions": "e", "as-path-lookups": "A", "module": "M", "options": "O",
         "udp": "U", "dccp": "D", "protocol": "P", "version": "V"}
_NOT_MODELLED = frozenset("6grAlODP")
MODULES = {"default": "", "icmp": "I", "tcp": "T", "udp": "U"}  # What -M can be told, and the option that says the same
OTHER_MODULES = ("tcpconn", "udplite", "dccp", "raw")


@dataclass
class TracerouteOptions:
    """traceroute(8): times in nanoseconds, sizes in bytes."""

    target: str = ""
    address: int = 0
    icmp: bool = False
    tcp: bool = False
    constant_port: bool = False
    numeric: bool = False
    dont_fragment: bool = False
    first_hop: int = 1
    max_hops: int = 30
    probes: int = 3
    at_once: int = 16
    # the first UDP port, the TCP port, or for ICMP the first sequence number; None for the usual one
    port: int | None = None
    tos: int = 0
    wait: int = 5 * SECOND
    # here, near: how many times longer than a known answer of the same hop, or of a later one, to wait; 0 for not
    here: float = 3
    near: float = 10
    pause: int = 0
    device: str = ""
    source: int = 0
    size: int = IP_HEADER + DATA_SIZE  # the whole packet
    module: str = ""  # what -M names, if no other option after it says how to probe
    # shows_version, shows_usage: it does nothing else
    shows_version: bool = False
    shows_usage: bool = False


class _Given(NamedTuple):
    """An option as it stands on the line: its number there, counted from 1, is what error texts name."""

    letter: str
    spelling: str
    value: str
    place: int


def parse(arguments: list[str], names: dict[str, int] | None = None) -> TracerouteOptions:
    """The options of a command line.

    Args:
        names: hosts' addresses, as /etc/hosts gives them.

    Raises:
        UsageError: an option or a value that traceroute does not take.
    """
    if not arguments or "--help" in arguments:
        return TracerouteOptions(shows_usage=True)
    options, known = TracerouteOptions(), names or {}
    rest = list(enumerate(arguments, 1))
    operands = []
    while rest:
        place, word = rest.pop(0)
        if word.startswith("-") and len(word) > 1:
            for given in _read(word, place, rest):
                _set(options, given, known)
        else:
            operands.append((place, word))
    if not options.shows_version:
        _set_operands(options, operands, known)
        _check(options)
    return options


def _long(word: str, place: int) -> _Given:
    name, equals, value = word[2:].partition("=")
    letter = _LONG.get(name)
    if letter is None:
        raise UsageError(f"traceroute: {word[:60]} is not modelled" if name in ("mtu", "back", "sport", "fwmark")
                         else f"Bad option `{word[:60]}' (argc {place})")
    if letter in _VALUED and not equals:
        raise UsageError(f"Option `--{name}' (argc {place}) requires an argument: `--{name}={_VALUED[letter]}'")
    return _Given(letter, f"--{name}", value, place)


def _read(word: str, place: int, rest: list[tuple[int, str]]) -> list[_Given]:
    """The options in one word: a long one, one with its value behind it, or several flags."""
    if word.startswith("--"):
        return [_long(word, place)]
    if word == "-UL":
        raise UsageError("traceroute: -UL is not modelled")
    if word[1] in _VALUED and len(word) > 2:
        return [_Given(word[1], f"-{word[1]}", word[2:], place)]
    given = []
    for number, letter in enumerate(word[1:], 1):
        if letter not in _FLAGS and letter not in _VALUED:
            raise UsageError(f"Bad option `-{letter}' (argc {place})")
        if letter in _FLAGS:
            given.append(_Given(letter, f"-{letter}", "", place))
        elif number < len(word) - 1 or not rest:
            raise UsageError(f"Option `-{letter}' (argc {place}) requires an argument: `-{letter} {_VALUED[letter]}'")
        else:
            place, value = rest.pop(0)
            given.append(_Given(letter, f"-{letter}", value, place))
    return given


_SWITCHED = {"I": "icmp", "T": "tcp", "U": "constant_port", "F": "dont_fragment", "n": "numeric", "V": "shows_version"}
_NUMBERS = {"f": "first_hop", "m": "max_hops", "N": "at_once", "p": "port", "t": "tos", "q": "probes"}
"""What flags switch on, and what numbers are of."""


def _set(options: TracerouteOptions, given: _Given, names: dict[str, int]) -> None:
    letter, value = given.letter, given.value
    if letter in _NOT_MODELLED:
        raise UsageError(f"traceroute: {given.spelling} is not modelled{of_ipv6(given.spelling)}")
    refusal = f"Cannot handle `{given.spelling}' option with arg `{value[:60]}' (argc {given.place})"
    if letter in ("I", "T", "U", "M"):  # the last one decides
        options.icmp = options.tcp = options.constant_port = False
        options.module = value
        letter = MODULES.get(value.lower(), letter) if letter == "M" else letter
    if letter in _SWITCHED:
        setattr(options, _SWITCHED[letter], True)
    elif letter in _NUMBERS:
        setattr(options, _NUMBERS[letter], _unsigned(value, refusal))
    elif letter == "i":
        options.device = value
    elif letter == "w":
        options.wait, options.here, options.near = _wait(value, refusal)
    elif letter == "z":
        options.pause = _pause(value, refusal)
    elif letter == "s":
        source = lookup(value, names)
        if source is None:
            raise UsageError(f"{value[:60]}: Name or service not known\n{refusal}")
        options.source = source


def _unsigned(text: str, refusal: str) -> int:
    """strtoul: decimal, 0x… or 0…; a negative number becomes a huge one."""
    match = re.fullmatch(r"\s*([+-]?)(0[xX][0-9a-fA-F]{1,16}|0[0-7]{0,20}|[1-9][0-9]{0,18})", text, re.ASCII)
    if match is None:
        raise UsageError(refusal)
    digits = match[2]
    number = int(digits, 16 if digits[:2] in ("0x", "0X") else 8 if digits.startswith("0") else 10)
    return (-number if match[1] == "-" else number) & 0xFFFFFFFF


def _float(text: str, refusal: str) -> float:
    try:
        number = float(text)
    except ValueError:
        raise UsageError(refusal) from None
    if not math.isfinite(number) or len(text) > 32:
        raise UsageError(refusal)
    return number


def _wait(text: str, refusal: str) -> tuple[int, float, float]:
    """MAX, or MAX,HERE or MAX,HERE,NEAR: what is left out is not looked at."""
    parts = [_float(part, refusal) for part in text.split(",")]
    if len(parts) > 3:
        raise UsageError(refusal)
    longest, here, near = (*parts, 0.0, 0.0)[:3]
    if min(longest, here, near) < 0:
        raise UsageError(f"bad wait specifications `{longest:g},{here:g},{near:g}' used")
    return min(seconds(min(longest, 1e9)), LONGEST_WAIT), here, near


def _pause(text: str, refusal: str) -> int:
    """Seconds, or milliseconds from 10 on."""
    number = _float(text, refusal)
    if number < 0:
        raise UsageError(f"bad sendtime `{number:g}' specified")
    return min(round(number * MILLISECOND) if number >= 10 else seconds(number), LONGEST_WAIT)


def _set_operands(options: TracerouteOptions, operands: list[tuple[int, str]], names: dict[str, int]) -> None:
    if not operands:
        raise UsageError('Specify "host" missing argument.')
    place, options.target = operands[0]
    address = lookup(options.target, names)
    if address is None:
        shown = options.target[:60]
        raise UnknownHostError(options.target, f"{shown}: Name or service not known\n"
                               f"Cannot handle \"host\" cmdline arg `{shown}' on position 1 (argc {place})")
    options.address = address
    if len(operands) > 2:
        place, word = operands[2]
        raise UsageError(f"Extra arg `{word[:60]}' (position 3, argc {place})")
    if len(operands) == 2:
        place, word = operands[1]
        refusal = f"Cannot handle \"packetlen\" cmdline arg `{word[:60]}' on position 2 (argc {place})"
        size = _unsigned(word, refusal)
        if MAX_SIZE < size < 1 << 31:
            raise UsageError(f"too big packetlen {size} specified")
        options.size = max(size if size < 1 << 31 else 0, IP_HEADER + TRANSPORT_HEADER)


def _check(options: TracerouteOptions) -> None:
    if options.module.lower() in OTHER_MODULES:
        raise UsageError(f"traceroute: -M {options.module} is not modelled")
    if options.module and options.module.lower() not in MODULES:
        raise UsageError(f"Unknown traceroute module {options.module[:60]}")
    if options.tcp:
        options.size = IP_HEADER + DATA_SIZE  # a segment without data, and its options
    if not options.first_hop or options.first_hop > options.max_hops:
        raise UsageError("first hop out of range")
    if options.max_hops > MAX_HOPS:
        raise UsageError(f"max hops cannot be more than {MAX_HOPS}")
    if not 0 < options.probes <= MAX_PROBES:
        raise UsageError(f"no more than {MAX_PROBES} probes per hop")
