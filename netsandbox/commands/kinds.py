"""The kinds of words that a command takes: how each is read, and how it is completed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from netsandbox.commands.errors import CommandError
from netsandbox.docker.images import IMAGES
from netsandbox.engine.units import MICROSECOND, MILLISECOND, SECOND
from netsandbox.explain.words import Both
from netsandbox.lab.errors import LabError
from netsandbox.linux.bridge.bridge import Bridge
from netsandbox.wire.addresses import format_ipv4

if TYPE_CHECKING:
    from netsandbox.lab.lab import Lab


class Kind(NamedTuple):
    """One kind of word."""

    noun: str  # what a usage line and an error call it
    parse: Callable[[Lab, str], Any]  # text to value; raises CommandError or LabError
    candidates: Callable[[Lab], Iterable[str]]  # what could stand there, from the live lab
    notes: tuple[tuple[str, Both], ...] = ()  # what some of the candidates mean


def _text(_lab: Lab, text: str) -> str:
    return text


def _nothing(_lab: Lab) -> Iterable[str]:
    return ()


def _ends(lab: Lab) -> Iterable[str]:
    """NODE and NODE:IFACE of everything that has interfaces."""
    yield from lab.names()
    yield from (interface.label for interface in lab.interfaces() if not interface.is_loopback)


def _addresses(lab: Lab) -> Iterable[str]:
    return (format_ipv4(own.local) for interface in lab.interfaces() if not interface.is_loopback
            for own in interface.addresses)


def _hosts(lab: Lab) -> Iterable[str]:
    return [host.name for host in lab.hosts()]


def _containers(lab: Lab) -> Iterable[str]:
    return [container.name for _host, container in lab.containers()]


def _modes(lab: Lab) -> Iterable[str]:
    return ["bridge", "host", "none", *(f"container:{name}" for name in _containers(lab))]


def _parse_container(lab: Lab, text: str) -> str:
    lab.container(text)
    return text


def _parse_namespace(lab: Lab, text: str) -> str:
    lab.namespace(text)
    return text


_DURATION = re.compile(r"([0-9]+(?:\.[0-9]+)?|\.[0-9]+)(us|ms|s|sec|m|min|h|d)?")
_UNITS = {"us": MICROSECOND, "ms": MILLISECOND, "s": SECOND, "sec": SECOND, None: SECOND, "m": 60 * SECOND,
          "min": 60 * SECOND, "h": 3600 * SECOND, "d": 86400 * SECOND}
LONGEST = 10 * 365 * 86400 * SECOND


def parse_duration(text: str) -> int:
    """`30s`, `500ms`, `2m`, `1d`, `1.5`: nanoseconds (CommandError: not a duration)."""
    match = _DURATION.fullmatch(text)
    if match is None or len(text) > 24:
        raise CommandError(f"{text[:40]!r} is not a duration; write 30s, 500ms, 2m, 1d or 1.5")
    value = round(float(match[1]) * _UNITS[match[2]])
    if value > LONGEST:
        raise CommandError(f"{text!r} is longer than ten years")
    return value


def _duration(_lab: Lab, text: str) -> int:
    return parse_duration(text)


def bridge_named(lab: Lab, name: str) -> Bridge:
    """A bridge by its own name, as docker0 or host:docker0, or by its switch's (LabError: there is none, or there are
    several)."""
    bridges = lab.bridges()
    found = [bridge for bridge in bridges if name in (bridge.name, bridge.label, bridge.namespace.name)]
    if len(found) != 1:
        there_are = ", ".join(bridge.label for bridge in found or bridges) or "none"
        raise LabError(f"{name!r} is not one bridge; there are: {there_are}")
    return found[0]


def _parse_place(lab: Lab, text: str) -> str:
    """A node, or a bridge of one."""
    if not lab.is_named(text) and any(text in (bridge.name, bridge.label) for bridge in lab.bridges()):
        return text
    lab.existing(text)
    return text


def _count(_lab: Lab, text: str) -> int:
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise CommandError(f"{text[:40]!r} is not a number from 0 to 999999999")
    return int(text)


def choice(*words: str, notes: Mapping[str, Both] = MappingProxyType({})) -> Kind:
    """One of a few words, and what they mean."""
    def parse(_lab: Lab, text: str) -> str:
        if text in words:
            return text
        near = get_close_matches(text, words, 1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        raise CommandError(f"{text[:40]!r} is not one of: {', '.join(words)}{hint}")
    return Kind("|".join(words), parse, lambda _lab: words, tuple(notes.items()))


NEW_NAME = Kind("NAME", _text, _nothing)
NAME = Kind("NAME", _text, lambda lab: lab.names())
HOST = Kind("HOST", _text, _hosts)
CONTAINER = Kind("CONTAINER", _parse_container, _containers)
NAMESPACE = Kind("NODE", _parse_namespace, lambda lab: lab.names())
PLACE = Kind("NODE", _parse_place, lambda lab: lab.names())
"""A node to look at, which is not made for that, or one of its bridges."""
END = Kind("NODE[:IFACE]", _text, _ends)
IMAGE = Kind("IMAGE", _text, lambda _lab: IMAGES)
MODE = Kind("bridge|host|none|container:X", _text, _modes)
TARGET = Kind("TO", _text, lambda lab: [*lab.names(), *_addresses(lab)])
NETWORK = Kind("ADDRESS/LEN", _text, _nothing)
MAC = Kind("MAC", _text, _nothing)
def _percent(_lab: Lab, text: str) -> float:
    """`5%` or `0.5`: a share."""
    match = re.fullmatch(r"([0-9]{1,3}(?:\.[0-9]{1,6})?)%?", text)
    if match is None or float(match[1]) > 100:
        raise CommandError(f"{text[:40]!r} is no share; write 5% or 0.1%")
    return float(match[1]) / 100


_RATES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9}


def _rate(_lab: Lab, text: str) -> int:
    """`1mbit`, `64kbit`: bits a second."""
    match = re.fullmatch(r"([0-9]{1,12}(?:\.[0-9]{1,6})?)([kmg]?)bit", text.lower())
    if match is None or float(match[1]) * _RATES[match[2]] < 8:
        raise CommandError(f"{text[:40]!r} is no rate; write 1mbit or 64kbit")
    return round(float(match[1]) * _RATES[match[2]])


PERCENT = Kind("PERCENT", _percent, lambda _lab: ("1%", "5%", "50%"))
RATE = Kind("RATE", _rate, lambda _lab: ("64kbit", "1mbit", "100mbit"))
DURATION = Kind("TIME", _duration, lambda _lab: ("1s", "6s", "30s", "5m"))
COUNT = Kind("N", _count, _nothing)
WORD = Kind("WORD", _text, _nothing)
WORDS = Kind("…", _text, _nothing)
FILTER = Kind("FILTER", _text, _nothing)
FILE = Kind("FILE", _text, _nothing)
SCENARIO = Kind("SCENARIO", _text, _nothing)
BRANCH = Kind("BRANCH", _text, _nothing)
OF_SESSION = (SCENARIO, BRANCH)  # Kinds whose words the session knows, and the lab does not
