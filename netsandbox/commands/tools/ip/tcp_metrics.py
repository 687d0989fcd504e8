"""`ip tcp_metrics` (ip/tcp_metrics.c): what TCP has found out of the ways to its peers."""

from __future__ import annotations

from typing import NamedTuple

from netsandbox.commands.tools.context import ToolContext, ToolError, ToolResult
from netsandbox.commands.tools.help import usage
from netsandbox.commands.tools.output import General, Row, Style, render
from netsandbox.commands.tools.subcommand import subcommand
from netsandbox.commands.tools.word_values import ANY, prefix_of
from netsandbox.commands.tools.words import USAGE, Words, fits, garbage
from netsandbox.engine.wheel import TICK
from netsandbox.linux.core.errors import KernelError
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netlink.credentials import needs_net_admin
from netsandbox.linux.tcp.handshake.metrics import PathMetrics
from netsandbox.wire.addresses import Network, format_ipv4

COMMANDS = ("delete*", "show*", "list*", "lst*", "flush*", "help*")
PACKET = 17
TICKS_PER_SECOND = 1_000_000_000 // TICK
Pair = tuple[int, int]


class _Selector(NamedTuple):
    """What rows are asked for; `address` and `source` are None where nothing is said."""

    family: str
    address: Network | None
    source: Network | None
    is_one: bool

    def takes(self, pair: Pair) -> bool:
        source, peer = pair
        return (self.family != "inet6" and (self.address is None or peer in self.address)
                and (self.source is None or source in self.source))


def run(context: ToolContext, arguments: list[str], style: Style) -> ToolResult:
    command, words = subcommand("ip tcp_metrics", arguments, COMMANDS)
    if style.family == "link":
        raise ToolError(1, f"Unsupported protocol family: {PACKET}")
    selector = _read(words, style.family, command == "delete")
    known: dict[Pair, PathMetrics] = context.namespace.sockets.metrics
    found = {pair: one for pair, one in known.items() if selector.takes(pair)}
    if command == "delete" or (command == "flush" and found):
        _forget(known, list(found))
    elif selector.is_one and not found:
        raise KernelError("ESRCH")
    if command != "show":
        return ToolResult(0, "", "")
    rows = [_row(context.namespace, *item) for item in found.items()]
    return ToolResult(0, rows[0].text if selector.is_one else render(rows, style), "")


@needs_net_admin
def _forget(known: dict[Pair, PathMetrics], pairs: list[Pair]) -> None:
    if not pairs:
        raise KernelError("ESRCH")
    for pair in pairs:
        del known[pair]


def _read(words: Words, family: str, deletes: bool) -> _Selector:
    """The words as iproute2 walks them: behind each value one word is passed over."""
    address, source, is_one = None, None, False
    while words:
        if words.skip("src", "source"):
            source, _is_one = _prefix(words.next(), source, "src", wants_one=True)
        else:
            keyword = words.next() if words.peek() in ("addr", "address") else "address"
            word = words.next()
            if fits(word, "help*"):
                raise usage("ip tcp_metrics")
            address, is_one = _prefix(word, address, keyword, wants_one=deletes)
        if words:
            words.next()
    if deletes and address is None:
        raise ToolError(USAGE, 'Error: argument "address" is required')
    return _Selector(family, address, source, is_one)


def _prefix(word: str, before: Network | None, keyword: str, wants_one: bool) -> tuple[Network, bool]:
    """A prefix, which may be said but once, and whether it is one address alone."""
    if before is not None:
        raise garbage(keyword, word)
    network = prefix_of(word)
    is_one = word not in ANY and network.length == 32
    if wants_one and not is_one:
        raise ToolError(1, f'Error: a specific IP address is expected rather than "{word}"')
    return network, is_one


def _row(namespace: NetworkNamespace, pair: Pair, found: PathMetrics) -> Row:
    source, peer = pair
    age = (namespace.scheduler.now // TICK - found.at // TICK) / TICKS_PER_SECOND
    row = Row()
    row.put("dst", format_ipv4(peer), format_ipv4(peer))
    row.put("age", General(age), f" age {age:.3f}sec")
    for name, value in (("ssthresh", found.threshold), ("cwnd", found.window), ("reordering", found.reordering)):
        if value:
            row.put(name, value, f" {name} {value}")
    for name, value in (("rtt", found.trip >> 3), ("rttvar", found.deviation >> 2)):
        if value:
            row.put(name, General(value / 1_000_000), f" {name} {value}us")
    row.put("source", format_ipv4(source), f" source {format_ipv4(source)}")
    row.say("\n")
    return row
