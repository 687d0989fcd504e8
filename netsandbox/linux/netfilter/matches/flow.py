"""Matches that count: what a connection has carried (connbytes), how many there are (connlimit), bytes left (quota)."""

from __future__ import annotations

from netsandbox.engine.wheel import TICK
from netsandbox.linux.core.hooks import SocketBuffer
from netsandbox.linux.core.namespace import NetworkNamespace
from netsandbox.linux.netfilter.connection import ASSURED, FlowTuple, tuple_of
from netsandbox.linux.netfilter.extension import (
    BadValueError,
    Given,
    Match,
    Option,
    Span,
    UsageError,
    as_number,
    bounded_span,
    number,
)
from netsandbox.linux.netfilter.head import Head
from netsandbox.linux.netfilter.headers import HotDropError
from netsandbox.linux.netfilter.tcp_states import CL, TW
from netsandbox.wire.addresses import AddressError, parse_ipv4

MOST = (1 << 64) - 1
DIRECTIONS, MODES = ("original", "reply", "both"), ("packets", "bytes", "avgpkt")


def _one_of(option: str, words: tuple[str, ...]) -> _Word:
    return _Word(option, words)


class _Word:
    def __init__(self, option: str, words: tuple[str, ...]) -> None:
        self.option, self.words = option, words

    def __call__(self, text: str) -> str:
        if text not in self.words:
            raise UsageError(f"Unknown {self.option} `{text}'")
        return text


def write_range(span: Span) -> str:
    return str(span.low) if span.high == MOST else f"{span.low}:{span.high}"


class ConnectionBytes(Match):
    """How much a connection has carried so far, this packet included (xt_connbytes.c); it has flows counted."""

    name = "connbytes"
    needs_tracking = needs_counts = True
    options = (Option("--connbytes", bounded_span(MOST, is_open=True), write_range, needed=True),
               Option("--connbytes-dir", _one_of("--connbytes-dir", DIRECTIONS), can_negate=False, needed=True),
               Option("--connbytes-mode", _one_of("--connbytes-mode", MODES), can_negate=False, needed=True))

    def _found(self, buffer: SocketBuffer) -> int | None:
        connection, direction = buffer.connection, self.value("--connbytes-dir")
        if connection is None or connection.counts is None:
            return None
        counts = [connection.counts[DIRECTIONS.index(direction)]] if direction != "both" else list(connection.counts)
        packets, size = (sum(count[at] for count in counts) for at in (0, 1))
        mode = self.value("--connbytes-mode")
        return packets if mode == "packets" else size if mode == "bytes" else size // packets if packets else 0

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        found, given = self._found(buffer), self.given["--connbytes"]
        return found is not None and (found in given.value) is not given.negated

    def seen(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> str:
        found = self._found(buffer)
        return "not counted" if found is None else f"{found} {self.value('--connbytes-mode')}"

    def written(self) -> str:
        given = self.given["--connbytes"]
        return (f"{'! ' * given.negated}--connbytes {write_range(given.value)} --connbytes-mode "
                f"{self.value('--connbytes-mode')} --connbytes-dir {self.value('--connbytes-dir')}")

    def listed(self, _numeric: bool) -> str:
        given = self.given["--connbytes"]
        return (f" {'! ' * given.negated}connbytes {write_range(given.value)} connbytes mode "
                f"{self.value('--connbytes-mode')} connbytes direction {self.value('--connbytes-dir')}")


def read_prefix(text: str) -> int:
    """A prefix length or a netmask, as the length."""
    found = as_number(text)
    if found is not None:
        return found if found <= 32 else 0
    try:
        mask = parse_ipv4(text)
    except AddressError:
        raise BadValueError(
            "bad value for option OPTION, neither a valid network mask nor valid CIDR (0-32).\n") from None
    return mask.bit_count()


class _Counted:
    """The connections of one address, and the tick when it was last looked which are over (nf_conncount_list)."""

    __slots__ = ("looked_at", "tuples")

    def __init__(self, tuples: list[FlowTuple], looked_at: int) -> None:
        self.tuples, self.looked_at = tuples, looked_at


class ConnectionLimit(Match):
    """How many connections an address has, this one included (xt_connlimit.c, nf_conncount.c).

    A connection that is ASSURED already is not counted anew, unless nothing else is; where nothing is left, as at the
    last ACK of the only one, the packet is dropped.  Within one tick nobody looks who is there: each packet of what is
    not tracked counts.
    """

    name = "connlimit"
    needs_tracking = True
    options = (Option("--connlimit-upto", number(0, 0xFFFFFFFF), excludes=("--connlimit-above",)),
               Option("--connlimit-above", number(0, 0xFFFFFFFF)),
               Option("--connlimit-mask", read_prefix, can_negate=False),
               Option("--connlimit-saddr", can_negate=False, excludes=("--connlimit-daddr",)),
               Option("--connlimit-daddr", can_negate=False))

    @classmethod
    def check(cls, given: dict[str, Given], head: Head) -> None:
        super().check(given, head)
        if "--connlimit-upto" not in given and "--connlimit-above" not in given:
            raise UsageError('You must specify "--connlimit-above" or "--connlimit-upto".')
        for flag, other in (("--connlimit-upto", "--connlimit-above"), ("--connlimit-above", "--connlimit-upto")):
            if flag in given and given[flag].negated:
                given[other] = given.pop(flag)._replace(negated=False)
                break

    def prepare(self) -> None:
        self.limit = next(iter(given.value for flag, given in self.given.items() if flag[12:] in ("upto", "above")))
        self.is_above = "--connlimit-above" in self.given
        self.length = self.given["--connlimit-mask"].value if "--connlimit-mask" in self.given else 32
        self.of_receiver = "--connlimit-daddr" in self.given
        self.lists: dict[int, _Counted] = {}
        self.counted = 0

    def holds(self, namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        connection, tick = buffer.connection, namespace.scheduler.now // TICK
        flow = connection.original if connection is not None else tuple_of(buffer.packet)
        if flow is None:
            return False
        address = (buffer.packet.dst if self.of_receiver else buffer.packet.src) & -1 << 32 - self.length
        known = self.lists.get(address)
        if known is None:
            known = self.lists[address] = _Counted([flow], tick)
        elif known.looked_at == tick and (connection is None or not connection.is_confirmed):
            known.tuples = [*known.tuples, flow]
        elif connection is None or not connection.status & ASSURED or (
                buffer.entered is not None and buffer.entered.is_loopback):
            known.tuples = [*(other for other in self._living(namespace, known.tuples) if other != flow), flow]
            known.looked_at = tick
        elif known.looked_at != tick:
            known.tuples = self._living(namespace, known.tuples)
            known.looked_at = tick
        known.tuples = known.tuples or self._living(namespace, [flow])
        self.counted = len(known.tuples)
        if not self.counted:
            raise HotDropError("all over")
        return (self.counted > self.limit) is self.is_above

    @staticmethod
    def _living(namespace: NetworkNamespace, flows: list[FlowTuple]) -> list[FlowTuple]:
        """Those whose connection is not over."""
        table = namespace.netfilter.connections
        found = [(flow, table.find(flow)) for flow in flows] if table is not None else []
        return [flow for flow, known in found if known is not None and not (
            known[0].tcp is not None and known[0].state in (TW, CL))]

    def seen(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> str:
        return f"{self.counted} connections"

    def written(self) -> str:
        return (f"--connlimit-{'above' if self.is_above else 'upto'} {self.limit} --connlimit-mask {self.length} "
                f"--connlimit-{'daddr' if self.of_receiver else 'saddr'}")

    def listed(self, _numeric: bool) -> str:
        end, sign = "dst" if self.of_receiver else "src", ">" if self.is_above else "<="
        return f" #conn {end}/{self.length} {sign} {self.limit}"


class Quota(Match):
    """So many bytes, and no more (xt_quota.c)."""

    name = "quota"
    options = (Option("--quota", number(0, MOST), needed=True),)

    def prepare(self) -> None:
        self.left: int = self.given["--quota"].value

    def holds(self, _namespace: NetworkNamespace, buffer: SocketBuffer) -> bool:
        size, negated = buffer.packet.total_length, self.given["--quota"].negated
        fits = self.left >= size
        self.left = self.left - size if fits else 0
        return fits is not negated

    def seen(self, _namespace: NetworkNamespace, _buffer: SocketBuffer) -> str:
        return f"{self.left} bytes left"

    def listed(self, _numeric: bool) -> str:
        return f" quota: {self.given['--quota'].value} bytes"


MATCHES: tuple[type[Match], ...] = (ConnectionBytes, ConnectionLimit, Quota)
