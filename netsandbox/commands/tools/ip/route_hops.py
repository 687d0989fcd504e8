"""`nexthop via ADDRESS dev DEVICE weight NUMBER`, as often as wanted (ip/iproute.c, parse_nexthops)."""

from __future__ import annotations

from netsandbox.commands.tools.context import ToolError
from netsandbox.commands.tools.names import find_interface
from netsandbox.commands.tools.word_values import Family, number
from netsandbox.commands.tools.words import USAGE, Words
from netsandbox.linux.core.devices.interface import Interface
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netlink.route import Hop

HEAVIEST = 256
REFUSED = ("encap", "realms", "as")


def hops_of(namespace: NetworkNamespace, words: Words, family: Family) -> tuple[Hop, ...]:
    """All that follows the first `nexthop`."""
    hops = [_hop(namespace, words, family)]
    while words:
        word = words.next()
        if word != "nexthop":
            raise ToolError(USAGE, f'Error: "nexthop" or end of line is expected instead of "{word}"')
        hops.append(_hop(namespace, words, family))
    return tuple(hops)


def _hop(namespace: NetworkNamespace, words: Words, family: Family) -> Hop:
    """parse_one_nh."""
    if not words:
        raise ToolError(USAGE, 'Error: unexpected end of line after "nexthop"')
    gateway: int | None = None
    interface: Interface | None = None
    weight, onlink, read = 1, False, False
    while words and words.peek() != "nexthop":
        word = words.peek()
        if word not in ("via", "dev", "weight", "onlink", *REFUSED):
            break
        words.next()
        read = True
        if word == "via":
            gateway = family.gateway(words)
        elif word == "dev":
            interface = _device(namespace, words)
        elif word == "weight":
            weight = number('"weight" is invalid\n', 1, HEAVIEST)(words)
        elif word == "onlink":
            onlink = True
        else:
            raise ToolError(1, f"netsandbox: {word} of a next hop is not modelled")
    if not read and words:
        raise ToolError(USAGE, f'Error: "nexthop" or end of line is expected instead of "{words.peek()}"')
    return Hop(gateway, interface, weight, onlink)


def _device(namespace: NetworkNamespace, words: Words) -> Interface:
    name = words.next()
    found = find_interface(namespace, name)
    if found is None:
        raise ToolError(USAGE, f'Cannot find device "{name}"\nError: cannot parse nexthop')
    return found
