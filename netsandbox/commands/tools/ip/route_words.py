"""Names of tables, protocols and types of routes (lib/rt_names.c), and readers of route arguments."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.ip.table_names import BUILT_IN, MOST, names
from netsandbox.commands.tools.word_values import Family, number, number_of, reader
from netsandbox.commands.tools.words import Key, Words, choose, idle, key, refused, wrong
from netsandbox.linux.ipv4.route_value import Metrics
from netsandbox.wire.names import DSCP

PROTOCOLS = {0: "unspec", 1: "redirect", 2: "kernel", 3: "boot", 4: "static", 8: "gated", 9: "ra", 10: "mrt",
             11: "zebra", 12: "bird", 13: "dnrouted", 14: "xorp", 15: "ntk", 16: "dhcp", 18: "keepalived", 42: "babel",
             99: "openr", 186: "bgp", 187: "isis", 188: "ospf", 189: "rip", 192: "eigrp"}
TYPES = ("local", "nat", "broadcast*", "brd", "anycast*", "multicast*", "prohibit*", "unreachable*", "blackhole*",
         "xresolve*", "unicast*", "throw")


DSFIELDS = {code << 2: name for code, name in DSCP.items() if code and name != "VA"}
"""rt_dsfield: names of values of the TOS byte."""


def dsfield_of(word: str) -> int | None:
    """rtnl_dsfield_a2n: a name, or a hexadecimal number."""
    named = next((tos for tos, name in DSFIELDS.items() if name == word), None)
    if named is not None or not re.fullmatch("(0[xX])?0*[0-9a-fA-F]{1,2}", word):
        return 0 if word == "default" else named
    return int(word, 16)


def dsfield_text(tos: int) -> str:
    """rtnl_dsfield_n2a."""
    return DSFIELDS.get(tos, f"{tos:#04x}")


def protocol_of(word: str) -> str | None:
    return _named(word, PROTOCOLS, 255)


def table_of(word: str) -> str | None:
    """As the kernel knows it: the three that it has itself by name, all others by number."""
    found = _named(word, names(), MOST - 1)
    return next((str(number) for number, name in names().items() if name == found and number not in BUILT_IN), found)


def _named(word: str, names: dict[int, str], highest: int) -> str | None:
    if word in names.values():
        return word
    value = number_of(word)
    return None if value is None or not 0 <= value <= highest else names.get(value, str(value))


def table_number(table: str) -> int:
    return next((number for number, name in BUILT_IN.items() if name == table), None) or int(table)


def type_of(word: str) -> str | None:
    """A route type by its name, which may be cut short unless it begins with a digit."""
    if word[:1].isdigit():
        return None
    found = choose(word, TYPES)
    return "broadcast" if found == "brd" else found


def read_mtu(words: Words) -> tuple[int, bool]:
    """In bytes, and whether it is locked: no router's word changes it."""
    is_locked = words.skip("lock")
    return number('"mtu" value is invalid\n')(words), is_locked


# -- what a route may also have, and has not here

NUMBERS = {"window": 0, "ssthresh": 0, "cwnd": 0, "advmss": 0, "reordering": 0, "hoplimit": 255, "initcwnd": 0,
           "initrwnd": 0}
"""Numbers that the sandbox goes by, and their highest; 0 where any 32 bits do."""
PARTS = {"rtt": 8, "rttvar": 4}
"""Times that the kernel keeps in parts of a millisecond; a number without a unit is of these."""
METRICS = ("window", "rtt", "rttvar", "ssthresh", "cwnd", "advmss", "reordering", "hoplimit", "initcwnd", "features",
           "rto_min", "initrwnd", "quickack", "congctl")
"""What packets go by here, in the order in which iproute2 lists it."""
UNLOCKED = frozenset({"quickack", "rto_min", "features"})
LEARNED = frozenset({"rtt", "rttvar", "ssthresh", "cwnd", "reordering"})
"""What connections find out for those that follow (tcp_metrics), beginning with what the route says."""
LARGEST_MSS = 65495
COMPLAINTS = {"advmss": "mss", "realms": "realm"}
PREFERENCES = ("low", "medium", "high")


def realm_of(word: str) -> int | None:
    """A realm's number, or two with a slash between."""
    numbers = [number_of(part) for part in word.split("/", 1)]
    return None if any(n is None or not 0 <= n < 1 << 16 for n in numbers) else numbers[0]


def time_of(word: str) -> float | None:
    """get_time_rtt: milliseconds; a number without a unit is of these."""
    digits = word.rstrip("ms")
    try:
        value = float(digits)
    except ValueError:
        return None
    scale = {"": 1, "ms": 1, "msec": 1, "s": 1000}.get(word[len(digits):])
    return None if scale is None or value < 0 else -(-value * scale // 1)


def _time_in_parts(parts: int) -> Callable[[str], int | None]:
    def find(word: str) -> int | None:
        value = time_of(word)
        return None if value is None else int(value) if word[-1:].isdigit() else int(value * parts)
    return find


def _bounded(high: int) -> Callable[[str], int | None]:
    def find(word: str) -> int | None:
        value = number_of(word)
        return value if value is not None and 0 <= value <= (high or (1 << 32) - 1) else None
    return find


def _one_of(*choices: str) -> Callable[[str], str | None]:
    return lambda word: word if word in choices else None


def metrics() -> tuple[Key, ...]:
    """The words of METRICS."""
    def of_route(name: str, find: Callable[[str], Any], complaint: str = "") -> Key:
        plain = name.rstrip("*")

        def read(words: Words) -> Any:
            is_locked = plain not in UNLOCKED and words.skip("lock")
            if is_locked and plain in LEARNED:
                raise ToolError(1, f"netsandbox: lock of a route's {plain} is not modelled")
            return reader(find, complaint or f'"{COMPLAINTS.get(plain, plain)}" value is invalid\n')(words), is_locked
        return key(name, read=read)
    return (*(of_route(name, _bounded(high)) for name, high in NUMBERS.items()), of_route("rto_min", time_of),
            *(of_route(name, _time_in_parts(parts)) for name, parts in PARTS.items()),
            of_route("features", _one_of("ecn"), '"features" value not valid\n'),
            of_route("congctl*", lambda word: word), of_route("quickack*", _one_of("0", "1")))


def metrics_of(found: dict[str, Any]) -> Metrics:
    """What a line says of them, as the kernel keeps it: times in milliseconds or parts of them, no zeros; and which of
    them are locked, which says nothing to the kernel but is shown.
    """
    said = {name: found[name][0] for name in METRICS if name in found}
    locked = " ".join(name for name in said if found[name][1])
    if "advmss" in said:
        said["advmss"] = min(said["advmss"], LARGEST_MSS)
    said |= {name: int(said[name]) for name in ("rto_min", "quickack") if name in said}
    said |= {"lock": locked} if locked else {}
    return tuple((name, value) for name, value in said.items() if value or name == "rto_min")


def not_modelled(family: Family) -> tuple[Key, ...]:
    """What iproute2 reads of a route, and the sandbox does not do; of IPv6 and MPLS alone the kernel looks at some."""
    def of_route(name: str, find: Callable[[str], Any], kind: Callable[..., Key] = refused) -> Key:
        plain = name.rstrip("*")
        said = f'"{COMPLAINTS.get(plain, plain)}" value is invalid\n'

        def read(words: Words) -> Any:
            words.skip("lock")
            return reader(find, said)(words)
        return kind(name, of="a route", read=read)
    return (of_route("fastopen_no_cookie", _one_of("0", "1")), of_route("realms*", realm_of),
            of_route("expires", _bounded(0), idle), of_route("pref", _one_of(*PREFERENCES, "0", "1", "3"), idle),
            of_route("ttl-propagate", _one_of("enabled", "disabled"), idle),
            refused("from", of="a route", read=family.prefix),
            refused("as", of="a route", read=lambda words: (words.skip("to"), family.address(words))),
            refused("encap", of="a route", read=_encapsulation))


def _encapsulation(words: Words) -> None:
    word = words.next()
    if word not in ("mpls", "ip", "ip6", "ila", "bpf", "seg6", "seg6local", "rpl", "ioam6", "xfrm"):
        raise wrong(word, '"encap type" value is invalid\n')
    raise ToolError(1, "netsandbox: encap of a route is not modelled")
