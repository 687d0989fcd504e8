"""Names of tables, protocols and types of routes (lib/rt_names.c), and readers of route arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from netsandbox.commands.tools.words import Words, choose, number_of, wrong

if TYPE_CHECKING:
    from collections.abc import Callable

PROTOCOLS = {0: "unspec", 1: "redirect", 2: "kernel", 3: "boot", 4: "static", 8: "gated", 9: "ra", 10: "mrt",
             11: "zebra", 12: "bird", 13: "dnrouted", 14: "xorp", 15: "ntk", 16: "dhcp", 18: "keepalived", 42: "babel",
             99: "openr", 186: "bgp", 187: "isis", 188: "ospf", 189: "rip", 192: "eigrp"}
TABLES = {253: "default", 254: "main", 255: "local"}
TYPES = ("local", "nat", "broadcast*", "brd", "anycast*", "multicast*", "prohibit*", "unreachable*", "blackhole*",
         "xresolve*", "unicast*", "throw")


def protocol_of(word: str) -> str | None:
    return _named(word, PROTOCOLS, 255)


def table_of(word: str) -> str | None:
    return _named(word, TABLES, (1 << 32) - 1)


def _named(word: str, names: dict[int, str], highest: int) -> str | None:
    if word in names.values():
        return word
    value = number_of(word)
    return None if value is None or not 0 <= value <= highest else names.get(value, str(value))


def table_number(table: str) -> int:
    return next((number for number, name in TABLES.items() if name == table), None) or int(table)


def type_of(word: str) -> str | None:
    """A route type by its name, which may be cut short unless it begins with a digit."""
    if word[:1].isdigit():
        return None
    found = choose(word, TYPES)
    return "broadcast" if found == "brd" else found


def reader(find: Callable[[str], str | None], complaint: str) -> Callable[[Words], str]:
    """A reader of a name that `find` knows."""
    def read(words: Words) -> str:
        word = words.next()
        found = find(word)
        if found is None:
            raise wrong(word, complaint)
        return found
    return read


def locked_number(complaint: str) -> Callable[[Words], tuple[int, bool]]:
    """A number, and whether it is locked: no router's word changes it."""
    def read(words: Words) -> tuple[int, bool]:
        is_locked = words.skip("lock")
        word = words.next()
        value = number_of(word)
        if value is None or not 0 <= value < 1 << 32:
            raise wrong(word, complaint)
        return value, is_locked
    return read
